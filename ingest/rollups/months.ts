// Which months of which series a pass has replaced: one stretch a series.
import type { RolledUp } from '../../core/registry/registry.ts';
import type { RollupChange, SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

export function monthsOf(
  changes: readonly RollupChange[],
  store: Pick<TelemetryStore, 'seriesOf'>,
): RolledUp[] {
  const stretches = new Map<SeriesHandle, { from: number; to: number }>();
  for (const { series, windows } of changes) {
    const { from, to } = windows.month;
    if (!(from < to)) continue;
    const known = stretches.get(series);
    if (known === undefined) stretches.set(series, { from, to });
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    }
  }
  return [...stretches].map(([series, stretch]) => {
    const { point, quantity } = store.seriesOf(series);
    return { point, quantity, ...stretch };
  });
}

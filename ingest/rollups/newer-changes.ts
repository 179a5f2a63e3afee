// Changes that came while a pass was under way: what was read may hold them already.
import type { Stretch } from '../../core/domain/energy/recompute.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

/** Ask it after the readings were read. The marks of what it tells stay for the next pass. */
export type NewerChanges = (
  series: readonly SeriesHandle[],
) => Promise<ReadonlyMap<SeriesHandle, readonly Stretch[]>>;

/** From the marks of the store, or of the registry where the store keeps none. */
export function newerChangesFrom(
  store: Pick<TelemetryStore, 'marks' | 'findSeries' | 'seriesOf'>,
  registry: { readonly marks: Pick<Registry['marks'], 'pendingOf'> },
): NewerChanges {
  return async (series) => {
    const handles = [...new Set(series)];
    const marks =
      store.marks === undefined
        ? await registry.marks.pendingOf(handles.map((handle) => store.seriesOf(handle)))
        : await store.marks.pendingOf(handles);
    const result = new Map<SeriesHandle, Stretch[]>();
    for (const { point, quantity, from, to } of marks) {
      const handle = quantity === null ? undefined : store.findSeries(point, quantity);
      if (handle === undefined) continue;
      const list = result.get(handle);
      if (list === undefined) result.set(handle, [{ from, to }]);
      else list.push({ from, to });
    }
    return result;
  };
}

// Months that a change of hands cuts: read by days.

import type { Census } from '../../core/domain/accounting/census.ts';
import type { CutMonth, PartialMonth } from '../../core/domain/accounting/metered-lines.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

export type DayStore = Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>;

/** Windows of one query at most: a month has 31 rows. */
const windowsPerRead = 2_000;

export async function readCutDays(
  store: DayStore,
  census: Census,
  cuts: readonly CutMonth[],
): Promise<PartialMonth[]> {
  const asked: { cut: CutMonth; series: SeriesHandle }[] = [];
  for (const cut of cuts) {
    const series = census.series[cut.series];
    const handle = series && store.findSeries(series.point, series.quantity);
    if (handle !== undefined) asked.push({ cut, series: handle });
  }
  const parts: PartialMonth[] = [];
  for (let at = 0; at < asked.length; at += windowsPerRead) {
    const some = asked.slice(at, at + windowsPerRead);
    const answers = await store.rollupWindows(
      'day',
      some.map(({ cut: { from, to }, series }) => ({ series, from, to })),
    );
    for (const [index, { cut }] of some.entries()) {
      const part = { ...cut, value: Number.NaN, measuredMs: 0, estimatedMs: 0 };
      for (const day of answers[index] ?? []) {
        if (day.value !== null) part.value = (Number.isNaN(part.value) ? 0 : part.value) + day.value;
        part.measuredMs += day.measuredMs;
        part.estimatedMs += day.estimatedMs;
      }
      parts.push(part);
    }
  }
  return parts;
}

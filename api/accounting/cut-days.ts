// Months that a change of hands cuts: read by days.

import type { Census } from '../../core/domain/accounting/census.ts';
import { type CutMonth, cutMonths, type PartialMonth } from '../../core/domain/accounting/metered-lines.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

export type DayStore = Pick<TelemetryStore, 'findSeries' | 'rollupWindows'>;

/** Windows of one query at most: a month has 31 rows. */
const windowsPerRead = 2_000;

/** The parts of months that are to be read: most series count for whole months, and are not looked at one by one. */
export function cutsOf(census: Census): readonly CutMonth[] {
  const { starts, to: end } = census.months;
  const [first = end] = starts;
  const edges = new Set(starts).add(end);
  const isEdge = (at: number) => at <= first || at >= end || edges.has(at);
  const isWhole = (series: Census['series'][number]) =>
    series.stretches.every(({ from, to }) => isEdge(from) && isEdge(to));
  if (census.series.every(isWhole)) return [];
  return cutMonths(census);
}

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

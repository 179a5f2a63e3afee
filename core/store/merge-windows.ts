// Windows over series, as engines read them: overlapping ones once; the answer is cut back into what was asked for.
import type { SeriesHandle, Window } from './port.ts';

/** The windows' union as disjoint windows, by series and time. */
export function mergeWindows(windows: readonly Window[]): readonly Window[] {
  const sorted = windows
    .filter((window) => window.from < window.to)
    .sort((a, b) => a.series - b.series || a.from - b.from);
  const merged: { series: SeriesHandle; from: number; to: number }[] = [];
  for (const { series, from, to } of sorted) {
    const last = merged.at(-1);
    if (last?.series === series && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ series, from, to });
  }
  return merged;
}

/** The first index in [start, end) whose value is not below `wanted`; `end` where there is none. */
export function lowerBound(values: ArrayLike<number>, start: number, end: number, wanted: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

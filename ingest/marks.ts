// Dirty marks of a group: which stretch of which series changed, so that the rollups can follow.
import { dayMs } from '../core/domain/time.ts';
import type { DataMark } from '../core/registry/registry.ts';
import type { MarkInput, PositionRow, ReadingColumns, SeriesHandle } from '../core/store/port.ts';

interface Stretch {
  readonly series: SeriesHandle;
  from: number;
  to: number;
}

/**
 * One mark per series, from its first to its last time in the columns. Where that is more than a day, the series is
 * split where more than a day lies between two of its times: scattered late rows must not mark the years between.
 */
export function marksOf(columns: ReadingColumns): MarkInput[] {
  const stretches = new Map<SeriesHandle, Stretch>();
  for (let row = 0; row < columns.length; row++) {
    const series = columns.series[row] ?? 0;
    const ts = columns.ts[row] ?? 0;
    const stretch = stretches.get(series);
    if (stretch === undefined) stretches.set(series, { series, from: ts, to: ts });
    else if (ts < stretch.from) stretch.from = ts;
    else if (ts > stretch.to) stretch.to = ts;
  }
  const marks: MarkInput[] = [];
  const wide = new Map<SeriesHandle, number[]>();
  for (const stretch of stretches.values()) {
    if (stretch.to - stretch.from > dayMs) wide.set(stretch.series, []);
    else marks.push(stretch);
  }
  if (wide.size === 0) return marks;
  for (let row = 0; row < columns.length; row++) {
    wide.get(columns.series[row] ?? 0)?.push(columns.ts[row] ?? 0);
  }
  for (const [series, times] of wide) marks.push(...splitByDayGaps(series, times));
  return marks;
}

/** One mark per terminal, split likewise: trips and findings must follow. */
export function positionMarksOf(rows: readonly PositionRow[]): DataMark[] {
  const times = new Map<PositionRow['vehicle'], number[]>();
  for (const { vehicle, ts } of rows) {
    const known = times.get(vehicle);
    if (known === undefined) times.set(vehicle, [ts]);
    else known.push(ts);
  }
  return [...times].flatMap(([point, all]) =>
    stretchesOf(all).map(({ from, to }) => ({ point, quantity: 'position' as const, from, to })),
  );
}

function splitByDayGaps(series: SeriesHandle, times: readonly number[]): MarkInput[] {
  return stretchesOf(times).map((stretch) => ({ series, ...stretch }));
}

/** Of times in any order: split where more than a day lies between two of them. */
function stretchesOf(times: readonly number[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  let last: { from: number; to: number } | undefined;
  for (const ts of Float64Array.from(times).sort()) {
    if (last !== undefined && ts - last.to <= dayMs) {
      last.to = ts;
    } else {
      last = { from: ts, to: ts };
      stretches.push(last);
    }
  }
  return stretches;
}

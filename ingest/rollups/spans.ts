// Spans of a series' time that get new rows: hours as recomputed, then the days and months that hold them.
import { sumByCalendar } from '../../core/domain/energy/calendar-sums.ts';
import { endOfTime, type HourChange } from '../../core/domain/energy/recompute.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { QuantityKind } from '../../core/domain/units.ts';
import type { RollupChange } from '../../core/store/port.ts';

/** Rows that replace all that stood in [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly RollupRow[];
}

/** Lays changes, each computed after the one before it, over one another: disjoint spans, ascending. */
export function hourSpans(changes: readonly HourChange[]): Span[] {
  const spans: Span[] = [];
  for (const { from, to, hours } of changes) {
    const last = spans.at(-1);
    if (last === undefined || from >= last.to) {
      if (to > from) spans.push({ from, to, rows: hours });
      continue;
    }
    const before = last.rows.filter((row) => row.ts < from);
    const after = last.rows.filter((row) => row.ts >= to);
    spans[spans.length - 1] = {
      from: Math.min(last.from, from),
      to: Math.max(last.to, to),
      rows: [...before, ...hours, ...after],
    };
  }
  return spans;
}

/** The whole days (or months) that spans touch: disjoint, ascending. */
export function wholeBuckets(
  spans: readonly { from: number; to: number }[],
  bucket: 'day' | 'month',
  calendar: Calendar,
): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const span of spans) {
    const from = span.from <= 0 ? 0 : calendar.floor(span.from, bucket);
    const to = span.to >= endOfTime ? endOfTime : calendar.ceil(span.to, bucket);
    const last = result.at(-1);
    if (last !== undefined && from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** The parts of `whole` that `spans` do not cover: what must be read back to fill a day or month. */
export function uncovered(
  whole: { from: number; to: number },
  spans: readonly Span[],
): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  let at = whole.from;
  for (const span of spans) {
    if (span.to <= at || span.from >= whole.to) continue;
    if (span.from > at) result.push({ from: at, to: span.from });
    at = span.to;
  }
  if (at < whole.to) result.push({ from: at, to: whole.to });
  return result;
}

/** Sums `stored` rows outside and the spans' rows inside into the whole buckets; all of them ascend. */
export function largerSpans(
  wholes: readonly { from: number; to: number }[],
  spans: readonly Span[],
  stored: readonly RollupRow[],
  bucket: 'day' | 'month',
  calendar: Calendar,
  kind: QuantityKind,
): Span[] {
  const rows = merged(
    stored,
    spans.flatMap((span) => span.rows),
  );
  let at = 0;
  return wholes.map(({ from, to }) => {
    while ((rows[at]?.ts ?? Number.POSITIVE_INFINITY) < from) at++;
    const start = at;
    while ((rows[at]?.ts ?? Number.POSITIVE_INFINITY) < to) at++;
    return { from, to, rows: sumByCalendar(rows.slice(start, at), bucket, calendar, kind) };
  });
}

/** Where a later change looked at the same stretch again, its word counts. */
export function exclusionWindow(
  changes: readonly HourChange[],
  index: number,
): RollupChange['exclusionWindow'] {
  const change = changes[index];
  if (change === undefined) return { from: 0, to: 0, rows: [] };
  const later = changes.slice(index + 1);
  const rows = change.exclusions.filter(
    ({ ts }) => !later.some((other) => ts >= other.exclusionsFrom && ts < other.exclusionsTo),
  );
  return { from: change.exclusionsFrom, to: change.exclusionsTo, rows };
}

/** Rows with those inside the spans replaced; ascending. */
export function overlay(rows: readonly RollupRow[], spans: readonly Span[]): RollupRow[] {
  // The remembered and the stored rows hold the same buckets: each counts once.
  const once = [...new Map(rows.map((row) => [row.ts, row])).values()];
  const outside = once.filter((row) => !spans.some((span) => row.ts >= span.from && row.ts < span.to));
  return [...outside, ...spans.flatMap((span) => span.rows)].sort((a, b) => a.ts - b.ts);
}

/** Both ascend; of equal times those of `a` come first. */
function merged(a: readonly RollupRow[], b: readonly RollupRow[]): RollupRow[] {
  const result: RollupRow[] = [];
  let inB = 0;
  for (const row of a) {
    for (let next = b[inB]; next !== undefined && next.ts < row.ts; next = b[++inB]) result.push(next);
    result.push(row);
  }
  return result.concat(b.slice(inB));
}

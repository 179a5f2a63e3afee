// Many windows by one query: overlapping windows are merged, so that a row is read once; the answer is cut back into
// the windows that were asked for. And the time ranges by which DuckDB skips what no window touches.
import type { DuckDBConnection } from '@duckdb/node-api';
import { lowerBound } from '../merge-windows.ts';
import type { ReadingSlice, SeriesHandle, Window } from '../port.ts';
import { appendColumns, integers, numbers, sqlInteger } from './rows.ts';

/** More ranges cost more than the skipping saves. */
const mostRanges = 12;
/** Gaps shorter than this are not worth a range of their own. */
const leastGapMs = 3_600_000;

/**
 * A condition on `column` that holds wherever a window does: a few ranges of time, cut at the widest gaps. Written with
 * literals, because only those let DuckDB skip row groups. One late window beside thousands of fresh ones then does not
 * make the query read everything between.
 */
export function timeCondition(column: string, windows: readonly Window[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const { from, to } of windows.toSorted((a, b) => a.from - b.from)) {
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to + leastGapMs) last.to = Math.max(last.to, to);
    else ranges.push({ from, to });
  }
  const gaps = ranges.slice(1).map((range, index) => range.from - (ranges[index]?.to ?? 0));
  const widest = gaps.toSorted((a, b) => b - a)[mostRanges - 2] ?? 0;
  const few: { from: number; to: number }[] = [];
  for (const [index, range] of ranges.entries()) {
    const last = few.at(-1);
    const cut = index === 0 || ((gaps[index - 1] ?? 0) >= widest && few.length < mostRanges);
    if (last === undefined || cut) few.push({ ...range });
    else last.to = range.to;
  }
  return few
    .map(({ from, to }) => `(${column} >= ${sqlInteger(from)} AND ${column} < ${sqlInteger(to)})`)
    .join(' OR ');
}

/** Fills the connection's temporary table `wanted`, within the running transaction. */
export async function appendWanted(connection: DuckDBConnection, windows: readonly Window[]): Promise<void> {
  await appendColumns(
    connection,
    'temp.wanted',
    [
      integers(windows.map((_, slot) => slot)),
      integers(windows.map((window) => window.series)),
      numbers(windows.map((window) => withinBigint(window.from))),
      numbers(windows.map((window) => withinBigint(window.to))),
    ],
    windows.length,
  );
}

/** Infinite and huge times as the last that the file can hold. */
export function withinBigint(ts: number): number {
  return Number(sqlInteger(ts));
}

/** Rows as they stream in by series, time and arrival; the last of a key stays. Grows by doubling. */
export class ReadingCollector {
  #ts = new Float64Array(1_024);
  #value = new Float64Array(1_024);
  #length = 0;
  #series: SeriesHandle = -1;
  #sectionStart = 0;
  /** Where each series' rows stand, [start, end). */
  readonly #sections = new Map<SeriesHandle, readonly [number, number]>();

  add(series: SeriesHandle, ts: number, value: number): void {
    if (series !== this.#series) {
      this.finish();
      this.#series = series;
      this.#sectionStart = this.#length;
    } else if (this.#length > this.#sectionStart && this.#ts[this.#length - 1] === ts) {
      this.#value[this.#length - 1] = value;
      return;
    }
    if (this.#length === this.#ts.length) {
      this.#ts = doubled(this.#ts);
      this.#value = doubled(this.#value);
    }
    this.#ts[this.#length] = ts;
    this.#value[this.#length] = value;
    this.#length++;
  }

  /** Closes the section of the last series; call it after the last row. */
  finish(): void {
    if (this.#series >= 0) this.#sections.set(this.#series, [this.#sectionStart, this.#length]);
  }

  /** The rows of one window: views, not copies. */
  slice(window: Window): ReadingSlice {
    const [start, end] = this.#sections.get(window.series) ?? [0, 0];
    const from = lowerBound(this.#ts, start, end, window.from);
    const to = Math.max(from, lowerBound(this.#ts, start, end, window.to));
    return { ts: this.#ts.subarray(from, to), value: this.#value.subarray(from, to) };
  }
}

function doubled(from: Float64Array): Float64Array<ArrayBuffer> {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}

// Rollups of many series over one stretch, read once and summed in memory as often as buildings and institutions ask: each
// point counts for a building and every institution above it. What is not held is asked of the store.
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { type Calendar, hourMs } from '../../core/domain/time.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import type { RollupBucket, RollupSum, SeriesHandle, TelemetryStore, Window } from '../../core/store/port.ts';
import type { ConsumptionStore } from '../queries/consumption.ts';

/** Rows of one query at most: they stand in memory as objects for a moment, and are taken apart in one piece while others wait. */
const rowsPerRead = 20_000;
/** Numbers of a row: value, measured and estimated ms. The value is NaN where it is not known, all where there is no row. */
const width = 3;

interface Held {
  readonly starts: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly rows: Map<SeriesHandle, Float64Array>;
}

export class RollupCache implements ConsumptionStore {
  readonly #store: ConsumptionStore;
  readonly #calendar: Calendar;
  readonly #held: Record<RollupBucket, Held[]> = { hour: [], day: [], month: [] };

  constructor(store: ConsumptionStore, calendar: Calendar) {
    this.#store = store;
    this.#calendar = calendar;
  }

  findSeries(...args: Parameters<TelemetryStore['findSeries']>) {
    return this.#store.findSeries(...args);
  }

  seriesOfPoint(...args: Parameters<TelemetryStore['seriesOfPoint']>) {
    return this.#store.seriesOfPoint(...args);
  }

  clear(): void {
    for (const list of Object.values(this.#held)) list.length = 0;
  }

  /**
   * Holds rollups of [from, to), 24 bytes each. A series that is left out counts as one without rows there.
   * @param from edge of the bucket
   */
  async load(bucket: RollupBucket, series: readonly SeriesHandle[], from: number, to: number): Promise<void> {
    const starts = this.#calendar.starts(from, to, bucket);
    if (starts.length === 0) return;
    const end = this.#calendar.next(starts.at(-1) ?? from, bucket);
    const held: Held = { starts, from, to: end, rows: new Map() };
    const perRead = Math.max(1, Math.floor(rowsPerRead / starts.length));
    for (let at = 0; at < series.length; at += perRead) {
      const part = series.slice(at, at + perRead);
      const answers = await this.#store.rollupWindows(
        bucket,
        part.map((handle): Window => ({ series: handle, from, to: end })),
      );
      for (const [index, rows] of answers.entries()) {
        const handle = part[index];
        if (handle !== undefined && rows.length > 0) held.rows.set(handle, packed(rows, held, bucket));
      }
    }
    this.#held[bucket].push(held);
  }

  async rollupWindows(
    bucket: RollupBucket,
    windows: readonly Window[],
  ): Promise<readonly (readonly RollupRow[])[]> {
    const held = windows.map(({ from, to }) => this.#holding(bucket, from, to));
    const missing = windows.filter((_, index) => held[index] === undefined);
    const read = missing.length === 0 ? [] : await this.#store.rollupWindows(bucket, missing);
    let next = 0;
    return windows.map((window, index) => {
      const found = held[index];
      return found === undefined ? (read[next++] ?? []) : rowsIn(found, window, bucket);
    });
  }

  async sumRollups(
    bucket: RollupBucket,
    series: readonly SeriesHandle[],
    from: number,
    to: number,
  ): Promise<readonly RollupSum[]> {
    const held = this.#holding(bucket, from, to);
    if (held === undefined) return this.#store.sumRollups(bucket, series, from, to);
    const [first, last] = [place(held, from, bucket), place(held, to, bucket)];
    const rows = [...new Set(series)].flatMap((handle) => held.rows.get(handle) ?? []);
    const sums: RollupSum[] = [];
    for (let index = first; index < last; index++) {
      let [value, known, measuredMs, estimatedMs] = [0, 0, 0, 0];
      for (const row of rows) {
        const at = index * width;
        const measured = row[at + 1] ?? Number.NaN;
        if (Number.isNaN(measured)) continue;
        const ofRow = row[at] ?? Number.NaN;
        if (!Number.isNaN(ofRow)) {
          value += ofRow;
          known++;
        }
        measuredMs += measured;
        estimatedMs += row[at + 2] ?? 0;
      }
      if (known + measuredMs + estimatedMs === 0) continue;
      sums.push({
        ts: held.starts[index] ?? from,
        value: known === 0 ? null : value,
        known,
        measuredMs,
        estimatedMs,
      });
    }
    return sums;
  }

  #holding(bucket: RollupBucket, from: number, to: number): Held | undefined {
    return this.#held[bucket].find((held) => held.from <= from && to <= held.to);
  }
}

function packed(rows: readonly RollupRow[], held: Held, bucket: RollupBucket): Float64Array {
  const result = new Float64Array(held.starts.length * width).fill(Number.NaN);
  for (const { ts, value, measuredMs, estimatedMs } of rows) {
    const at = place(held, ts, bucket) * width;
    result[at] = value ?? Number.NaN;
    result[at + 1] = measuredMs;
    result[at + 2] = estimatedMs;
  }
  return result;
}

function rowsIn(held: Held, { series, from, to }: Window, bucket: RollupBucket): RollupRow[] {
  const packedRows = held.rows.get(series);
  if (packedRows === undefined) return [];
  const rows: RollupRow[] = [];
  for (let index = place(held, from, bucket); index < place(held, to, bucket); index++) {
    const at = index * width;
    const [value = Number.NaN, measuredMs = Number.NaN, estimatedMs = 0] = packedRows.subarray(
      at,
      at + width,
    );
    if (Number.isNaN(measuredMs)) continue;
    const ts = held.starts[index] ?? from;
    rows.push({
      ts,
      value: Number.isNaN(value) ? null : value,
      min: null,
      max: null,
      measuredMs,
      estimatedMs,
    });
  }
  return rows;
}

/** Index of the first bucket that does not begin before `ts`. */
function place({ starts, from }: Held, ts: number, bucket: RollupBucket): number {
  if (bucket === 'hour') return Math.min(starts.length, Math.max(0, Math.ceil((ts - from) / hourMs)));
  return lowerBound(starts, 0, starts.length, ts);
}

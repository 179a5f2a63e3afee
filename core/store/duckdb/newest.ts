// The newest reading of each series, in memory, by handle; read from the file once at the start. Beside it the oldest
// time, and the newest time that was handed to a write (committed or not), by which a row is known to come late.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Reading, ReadingColumns, SeriesHandle } from '../port.ts';
import { eachRow } from './rows.ts';

export class Newest {
  #newestTs = new Float64Array(0);
  #newestValue = new Float64Array(0);
  #oldestTs = new Float64Array(0);
  #head = new Float64Array(0);

  /** Makes room for handles below `count`. */
  reserve(count: number): void {
    if (count <= this.#head.length) return;
    const size = Math.max(count, this.#head.length * 2, 1_024);
    this.#newestTs = grown(this.#newestTs, size, Number.NEGATIVE_INFINITY);
    this.#newestValue = grown(this.#newestValue, size, Number.NaN);
    this.#oldestTs = grown(this.#oldestTs, size, Number.POSITIVE_INFINITY);
    this.#head = grown(this.#head, size, Number.NEGATIVE_INFINITY);
  }

  /** Whether a row at `ts` may hit a key that exists; remembers `ts` for the rows after it. */
  comesLate(series: SeriesHandle, ts: number): boolean {
    if (ts <= (this.#head[series] as number)) return true;
    this.#head[series] = ts;
    return false;
  }

  /** Takes committed rows, in the order of their arrival: at the same time the later arrival counts. */
  take(rows: ReadingColumns): void {
    for (let index = 0; index < rows.length; index++) {
      const series = rows.series[index] as number;
      const ts = rows.ts[index] as number;
      if (ts >= (this.#newestTs[series] as number)) {
        this.#newestTs[series] = ts;
        this.#newestValue[series] = rows.value[index] as number;
      }
      if (ts < (this.#oldestTs[series] as number)) this.#oldestTs[series] = ts;
    }
  }

  get(series: SeriesHandle): Reading | undefined {
    const ts = this.newestTs(series);
    return Number.isFinite(ts) ? { ts, value: this.#newestValue[series] as number } : undefined;
  }

  /** -Infinity where there is none. */
  newestTs(series: SeriesHandle): number {
    return this.#newestTs[series] ?? Number.NEGATIVE_INFINITY;
  }

  /** +Infinity where there is none. */
  oldestTs(series: SeriesHandle): number {
    return this.#oldestTs[series] ?? Number.POSITIVE_INFINITY;
  }

  /** Reads the file: two scans of the readings. */
  async load(connection: DuckDBConnection): Promise<void> {
    await eachRow(
      connection,
      'SELECT series, min(ts)::DOUBLE, max(ts)::DOUBLE FROM readings GROUP BY series',
      (row) => {
        const series = row.number(0);
        this.reserve(series + 1);
        this.#oldestTs[series] = row.number(1);
        this.#newestTs[series] = row.number(2);
        this.#head[series] = row.number(2);
      },
    );
    await eachRow(
      connection,
      `SELECT r.series, arg_max(r.value, r.arrival)
        FROM readings r JOIN (SELECT series, max(ts) AS ts FROM readings GROUP BY series) n
          ON r.series = n.series AND r.ts = n.ts
        GROUP BY r.series`,
      (row) => {
        this.#newestValue[row.number(0)] = row.number(1);
      },
    );
  }
}

function grown(from: Float64Array, size: number, empty: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(size).fill(empty, from.length);
  to.set(from);
  return to;
}

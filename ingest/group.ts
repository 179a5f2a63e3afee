// Rows that go to the store together, by column, and the batches they came from. Two groups take turns: one is being
// written while the next is filled, so their arrays are used again and again.
import type { ErrorCode } from '../core/domain/errors.ts';
import { limits, type Rejection } from '../core/domain/telemetry.ts';
import type { PositionRow, ReadingColumns, SeriesHandle } from '../core/store/port.ts';
import type { BatchKey } from './batch-ids.ts';

/** One batch of a group; its rows stand in the group from `readingsFrom` and `positionsFrom` on. */
export interface GroupBatch {
  readonly agent: string;
  readonly id: string;
  readonly key: BatchKey;
  readonly receivedAt: number;
  readonly readingsFrom: number;
  readonly positionsFrom: number;
  /** `undefined` while all is well, as it nearly always is. */
  refusals: Refusals | undefined;
}

export interface Refusals {
  /** The first ones in full (`limits.rejectedInFull` at most), and the rows they are about … */
  readonly rejected: Rejection[];
  readonly rows: unknown[];
  /** … and how many there are, together and by code. */
  count: number;
  readonly codes: Map<ErrorCode, number>;
}

export class Group {
  readonly series: Float64Array;
  readonly ts: Float64Array;
  readonly value: Float64Array;
  /** Index of each row in the list of its batch. */
  readonly #index: Int32Array;
  readings = 0;
  readonly positions: PositionRow[] = [];
  readonly #positionIndex: number[] = [];
  readonly batches: GroupBatch[] = [];
  readonly #rows: number;

  /** Takes batches until it holds `rows` rows; the last one may go beyond by a batch. */
  constructor(rows: number) {
    const capacity = rows + limits.batchRows;
    this.#rows = rows;
    this.series = new Float64Array(capacity);
    this.ts = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
    this.#index = new Int32Array(capacity);
  }

  get rows(): number {
    return this.readings + this.positions.length;
  }

  get full(): boolean {
    // Batches whose rows were all refused count as well, or a group could grow without an end.
    return this.rows >= this.#rows || this.batches.length >= this.#rows;
  }

  begin(batch: { agent: string; id: string; key: BatchKey; receivedAt: number }): GroupBatch {
    const { agent, id, key, receivedAt } = batch;
    const begun: GroupBatch = {
      agent,
      id,
      key,
      receivedAt,
      readingsFrom: this.readings,
      positionsFrom: this.positions.length,
      refusals: undefined,
    };
    this.batches.push(begun);
    return begun;
  }

  addReading(series: SeriesHandle, ts: number, value: number, index: number): void {
    const at = this.readings++;
    this.series[at] = series;
    this.ts[at] = ts;
    this.value[at] = value;
    this.#index[at] = index;
  }

  addPosition(row: PositionRow, index: number): void {
    this.positions.push(row);
    this.#positionIndex.push(index);
  }

  /** Takes the batches after the first `count` out again, as if they had not been begun. */
  rewind(count: number): void {
    const batch = this.batches[count];
    if (batch === undefined) return;
    this.batches.length = count;
    this.readings = batch.readingsFrom;
    this.positions.length = batch.positionsFrom;
    this.#positionIndex.length = batch.positionsFrom;
  }

  /** Readings [from, to) as columns; they share memory with the group. */
  columns(from: number, to: number): ReadingColumns {
    return {
      series: this.series.subarray(from, to),
      ts: this.ts.subarray(from, to),
      value: this.value.subarray(from, to),
      length: to - from,
    };
  }

  /** The batch and the place in it of row `row`, readings first, then positions. */
  origin(row: number): { batch: GroupBatch; list: 'readings' | 'positions'; index: number } | undefined {
    const isReading = row < this.readings;
    const at = isReading ? row : row - this.readings;
    const batch = this.batches.findLast(
      (candidate) => (isReading ? candidate.readingsFrom : candidate.positionsFrom) <= at,
    );
    const index = isReading ? this.#index[at] : this.#positionIndex[at];
    if (batch === undefined || index === undefined) return undefined;
    return { batch, list: isReading ? 'readings' : 'positions', index };
  }

  reset(): void {
    // The arrays stay; what lies beyond `readings` does not count.
    this.readings = 0;
    this.positions.length = 0;
    this.#positionIndex.length = 0;
    this.batches.length = 0;
  }
}

/** Counts a refusal; its words are made only while they are wanted. */
export function refuse(
  batch: GroupBatch,
  fault: { list: Rejection['list']; index: number; code: ErrorCode; row: unknown },
  message: () => string,
): void {
  const { list, index, code, row } = fault;
  batch.refusals ??= { rejected: [], rows: [], count: 0, codes: new Map() };
  const { refusals } = batch;
  refusals.count++;
  refusals.codes.set(code, (refusals.codes.get(code) ?? 0) + 1);
  if (refusals.rejected.length >= limits.rejectedInFull) return;
  refusals.rejected.push({ id: batch.id, list, index, code, message: message() });
  refusals.rows.push(row);
}

// Readings of one series as an answer brings them, piece by piece: 16 bytes a row, and joined in the end.
import { lowerBound } from '../merge-windows.ts';
import type { ReadingSlice } from '../port.ts';
import type { Row } from './answer.ts';

export class ReadingBlocks {
  #blocks: ReadingSlice[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes [time, value], ascending, of which those outside [from, to) are left out. */
  add(
    rows: readonly Row[],
    from: number = Number.NEGATIVE_INFINITY,
    to: number = Number.POSITIVE_INFINITY,
  ): void {
    const ts = Float64Array.from(rows, (row) => Number(row[0]));
    const start = lowerBound(ts, 0, ts.length, from);
    const end = Math.max(start, lowerBound(ts, 0, ts.length, to));
    if (start === end) return;
    const value = new Float64Array(end - start);
    for (let index = start; index < end; index++) value[index - start] = Number(rows[index]?.[1]);
    this.#put({ ts: value.length === ts.length ? ts : ts.slice(start, end), value });
  }

  /** Takes what reaches beyond the rows so far; the rest of `others` is here already. Empties it. */
  append(others: ReadingBlocks): void {
    for (const { ts, value } of others.#blocks) {
      const start = lowerBound(ts, 0, ts.length, this.#lastTs() + 1);
      if (start === 0) this.#put({ ts, value });
      else if (start < ts.length) this.#put({ ts: ts.subarray(start), value: value.subarray(start) });
    }
    others.#clear();
  }

  /** All rows as two columns. Empties it: half of it is gone before the other half is joined. */
  join(): ReadingSlice {
    const blocks = this.#blocks;
    const length = this.#length;
    this.#clear();
    const [first] = blocks;
    if (blocks.length === 1 && first !== undefined) return first;
    const times = blocks.map(({ ts }) => ts);
    const values = blocks.map(({ value }) => value);
    blocks.length = 0;
    return { ts: joined(times, length), value: joined(values, length) };
  }

  #put(block: ReadingSlice): void {
    this.#blocks.push(block);
    this.#length += block.ts.length;
  }

  #lastTs(): number {
    return this.#blocks.at(-1)?.ts.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  #clear(): void {
    this.#blocks = [];
    this.#length = 0;
  }
}

function joined(parts: Float64Array[], length: number): Float64Array {
  const all = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  parts.length = 0;
  return all;
}

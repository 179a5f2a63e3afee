// The exclusions that a scan has decided: bounded even where a meter sends nonsense, or stands still, for weeks.
import type { Exclusion, ExclusionCode } from './rollup.ts';

/** Readings left out one after another for the same reason are listed one by one up to here, then as one stretch. */
const listedOneByOne = 16;

export class ExclusionList {
  #entries: Exclusion[] = [];
  /** What was left out since the last good reading, by reason. */
  readonly #inARow = new Map<ExclusionCode, { count: number; last: Exclusion }>();

  /** An exclusion of its own, whatever stands beside it. */
  add(entry: Exclusion): void {
    this.#entries.push(entry);
  }

  /** One of possibly very many without a good reading between them. */
  addInARow(entry: Exclusion): void {
    const before = this.#inARow.get(entry.code);
    const count = (before?.count ?? 0) + 1;
    const grows = before !== undefined && count > listedOneByOne + 1;
    const last = grows ? { ...before.last, until: Math.max(before.last.until, entry.until) } : entry;
    if (grows) this.#entries[this.#entries.lastIndexOf(before.last)] = last;
    else this.#entries.push(last);
    this.#inARow.set(entry.code, { count, last });
  }

  /** A good reading: what is left out from here on is listed one by one again. */
  endRow(): void {
    this.#inARow.clear();
  }

  /**
   * @returns the entries before `settledTs`, once, and those that may still grow or go, every time. `settledTs` must
   * not pass an entry before `endRow`.
   */
  takeBefore(settledTs: number): { settled: Exclusion[]; open: Exclusion[] } {
    const settled = this.#entries.filter((entry) => entry.ts < settledTs);
    this.#entries = this.#entries.filter((entry) => entry.ts >= settledTs);
    return { settled, open: [...this.#entries] };
  }
}

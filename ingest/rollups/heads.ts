// What the worker remembers of each series between passes: its facts, and the scan at its end with the rows of the
// day and month under way, so that appended readings cost no look back.
import type { SeriesFacts } from '../../core/domain/energy/facts.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import type { SeriesScan } from '../../core/domain/energy/scan.ts';
import type { SeriesHandle } from '../../core/store/port.ts';

export interface Head {
  readonly scan: SeriesScan;
  /** Hours of the day that holds the next change, before it; and days of its month, before that day. */
  hours: readonly RollupRow[];
  days: readonly RollupRow[];
}

export interface Remembered {
  /** The facts that `head` rests on. */
  readonly facts: SeriesFacts;
  head: Head | undefined;
}

/** Bounded: the series that were kept longest ago are forgotten and cost one look back when they return. */
export class Heads {
  readonly #entries = new Map<SeriesHandle, Remembered>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(series: SeriesHandle): Remembered | undefined {
    return this.#entries.get(series);
  }

  keep(series: SeriesHandle, entry: Remembered): void {
    this.#entries.delete(series);
    this.#entries.set(series, entry);
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }

  forget(series: SeriesHandle): void {
    this.#entries.delete(series);
  }

  clear(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }
}

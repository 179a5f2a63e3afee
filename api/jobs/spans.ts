// Stretches of buckets that are computed together, with the same buckets a year before.
import { LastYear } from '../../core/domain/last-year.ts';
import { type Bucket, type Calendar, hourMs } from '../../core/domain/time.ts';

export interface Span {
  readonly bucket: Bucket;
  /** Starts of adjoining buckets, the last of which ends at `to`. */
  readonly starts: readonly number[];
  /** Of months and years their names, `2026-06` and `2026`, by start; of others none. */
  readonly periods: readonly string[];
  readonly to: number;
  /** For each start the same bucket a year before, where there is one. */
  readonly startsBefore: readonly (number | undefined)[];
  /** The adjoining buckets that those lie in, the last of which ends at `toBefore`; empty where there is none. */
  readonly before: readonly number[];
  readonly toBefore: number;
  /** The bucket that still runs, and the same stretch of it a year before: to the start of the hour that runs. */
  readonly running: { readonly start: number; readonly from: number; readonly to: number } | undefined;
}

export class Spans {
  readonly #calendar: Calendar;
  readonly #lastYear: LastYear;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
    this.#lastYear = new LastYear(calendar);
  }

  /** @param from edge of a bucket */
  of(bucket: Bucket, from: number, to: number, now: number): Span {
    const calendar = this.#calendar;
    const starts = calendar.starts(from, to, bucket);
    const end = calendar.next(starts.at(-1) ?? from, bucket);
    const startsBefore = starts.map((start) => this.#lastYear.of(start, bucket));
    const found = startsBefore.filter((start) => start !== undefined);
    const [first] = found;
    const last = found.at(-1);
    const toBefore = last === undefined ? 0 : calendar.next(last, bucket);
    return {
      bucket,
      starts,
      periods: this.#periods(bucket, starts),
      to: end,
      startsBefore,
      before: first === undefined ? [] : calendar.starts(first, toBefore, bucket),
      toBefore,
      running: this.#running(bucket, starts, startsBefore, now),
    };
  }

  #periods(bucket: Bucket, starts: readonly number[]): string[] {
    if (bucket !== 'month' && bucket !== 'year') return [];
    const length = bucket === 'month' ? 'yyyy-mm'.length : 'yyyy'.length;
    return starts.map((start) => this.#calendar.format(start).slice(0, length));
  }

  /** Of an hour there is no stretch that is known. */
  #running(bucket: Bucket, starts: readonly number[], before: readonly (number | undefined)[], now: number) {
    const index = starts.findLastIndex((start) => start <= now);
    const start = starts[index];
    if (start === undefined || this.#calendar.next(start, bucket) <= now) return undefined;
    const from = before[index];
    const to = bucket === 'hour' ? undefined : this.#lastYear.endOf(Math.floor(now / hourMs) * hourMs);
    return { start, from: from ?? 0, to: from === undefined || to === undefined ? 0 : to };
  }
}

/** Parts of whole days for so many hours: a power of two of them, never less than one day, a month at most. */
export function daysThatFit(hours: number): number {
  // A day may have 25 hours.
  for (const days of [32, 16, 8, 4, 2]) if (days * 24 + 1 <= hours) return days;
  return 1;
}

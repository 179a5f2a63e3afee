// Calendar buckets in the system's time zone. Epoch ms in code; ISO 8601 with offset for people.
import { DateTime, IANAZone, type Zone } from 'luxon';
import { JieyueError } from './errors.ts';
import { firstInstants, instantOf, offsetSteps } from './time-offsets.ts';

export const buckets = ['hour', 'day', 'month', 'year'] as const;
export type Bucket = (typeof buckets)[number];

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** One local year's edges: starts of its days and months, and of the year after it. */
interface Year {
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Bucket edges of one time zone. Zones with whole-hour offsets only (hour buckets are then the same everywhere);
 * days may have 23 to 25 hours. A bucket begins with the first instant of its local date.
 */
export class Calendar {
  readonly zone: string;
  readonly #zone: IANAZone;
  /** Edges by local year, made when first asked for: zone arithmetic is far too slow for every row. */
  readonly #years = new Map<number, Year>();
  #last: Year | undefined;

  /** @throws JieyueError `config.invalid` for a zone that does not exist or is not on whole hours. */
  constructor(zone: string) {
    if (!IANAZone.isValidZone(zone)) {
      throw new JieyueError(
        'config.invalid',
        `time zone "${zone}" does not exist; use an IANA name such as Asia/Shanghai`,
      );
    }
    this.zone = zone;
    this.#zone = IANAZone.create(zone);
    const year = 365 * dayMs;
    for (let ts = 40 * year; ts < 60 * year; ts += 91 * dayMs) {
      if (this.#zone.offset(ts) % 60 !== 0) {
        throw new JieyueError(
          'config.invalid',
          `time zone "${zone}" is not on whole hours, which hour buckets need`,
        );
      }
    }
  }

  /** Start of the bucket that holds `ts`. */
  floor(ts: number, bucket: Bucket): number {
    if (bucket === 'hour') return Math.floor(ts / hourMs) * hourMs;
    const year = this.#yearOf(ts);
    if (bucket === 'year') return year.start;
    const edges = bucket === 'day' ? year.days : year.months;
    return edges[indexAt(edges, ts, year)] ?? year.start;
  }

  /** Start of the bucket after the one that holds `ts`. */
  next(ts: number, bucket: Bucket): number {
    if (bucket === 'hour') return this.floor(ts, 'hour') + hourMs;
    const year = this.#yearOf(ts);
    if (bucket === 'year') return year.end;
    const edges = bucket === 'day' ? year.days : year.months;
    return edges[indexAt(edges, ts, year) + 1] ?? year.end;
  }

  /** The first edge that is not before `ts`. */
  ceil(ts: number, bucket: Bucket): number {
    return this.floor(ts, bucket) === ts ? ts : this.next(ts, bucket);
  }

  /** The starts of all buckets in [from, to); `from` must be an edge. */
  starts(from: number, to: number, bucket: Bucket): number[] {
    const result: number[] = [];
    for (let ts = from; ts < to; ts = this.next(ts, bucket)) result.push(ts);
    return result;
  }

  /** ISO 8601 with the offset of this zone, to the millisecond only where there is one. */
  format(ts: number): string {
    return this.#at(ts).toISO({ suppressMilliseconds: true }) ?? String(ts);
  }

  /**
   * Reads an ISO 8601 time or date. Without an offset it is local to `zone` (default: this calendar's).
   * A local time that a clock change skips or repeats is read with the offset before the change (luxon alone would let
   * the present season decide).
   * @returns epoch ms, or `undefined` for text that is no time.
   */
  parse(text: string, zone: string = this.zone): number | undefined {
    const normal = text.trim().replace(' ', 'T').replaceAll('/', '-');
    const wall = DateTime.fromISO(normal, { zone: 'UTC' });
    const local = DateTime.fromMillis(0, { zone });
    if (!/^[+-]?\d{4}/.test(normal) || !wall.isValid || !local.isValid) return undefined;
    const statesOffset = DateTime.fromISO(normal, { zone: 'UTC+1' }).toMillis() === wall.toMillis();
    return statesOffset ? wall.toMillis() : instantOf(local.zone, wall.toMillis());
  }

  #yearOf(ts: number): Year {
    const last = this.#last;
    if (last !== undefined && ts >= last.start && ts < last.end) return last;
    if (Number.isNaN(new Date(ts).getTime())) throw new RangeError(`${ts} is not a time (epoch ms)`);
    // The local year is that of UTC or one beside it.
    const number = new Date(ts).getUTCFullYear();
    let year = this.#year(number);
    if (ts < year.start) year = this.#year(number - 1);
    else if (ts >= year.end) year = this.#year(number + 1);
    this.#last = year;
    return year;
  }

  #year(number: number): Year {
    const year = this.#years.get(number) ?? makeYear(this.#zone, number);
    this.#years.set(number, year);
    return year;
  }

  #at(ts: number): DateTime {
    return DateTime.fromMillis(ts, { zone: this.#zone });
  }
}

/** Whether midnight is missing on a date, or comes twice: its bucket begins with the first instant of it. */
function makeYear(zone: Zone, number: number): Year {
  const dates: number[] = [];
  const end = dateAsUtc(number + 1, 0);
  for (let date = dateAsUtc(number, 0); date <= end; date += dayMs) dates.push(date);
  const months = Array.from({ length: 12 }, (_, month) => dateAsUtc(number, month));

  const [first = end] = dates;
  const steps = offsetSteps(zone, first - 2 * dayMs, end + 2 * dayMs);
  // A date that was left out (Apia had no 30 December 2011) would begin where the next one does: it is no bucket.
  const days = [...new Set(firstInstants(steps, dates))];
  const nextYear = days.pop() ?? end;
  return { days, months: firstInstants(steps, months), start: days[0] ?? nextYear, end: nextYear };
}

/** The first of a month, epoch ms of its midnight in UTC; `Date.UTC` takes the years before 100 for others. */
function dateAsUtc(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** Index of the edge at or before `ts`: guessed from an even spread, which is off by one at most for days. */
function indexAt(edges: readonly number[], ts: number, year: Year): number {
  let index = Math.min(
    edges.length - 1,
    Math.floor(((ts - year.start) / (year.end - year.start)) * edges.length),
  );
  while (index > 0 && (edges[index] ?? 0) > ts) index--;
  while (index + 1 < edges.length && (edges[index + 1] ?? Number.POSITIVE_INFINITY) <= ts) index++;
  return index;
}

// Calendar buckets in the system's time zone. Epoch ms in code; ISO 8601 with offset for people.
import { DateTime, IANAZone } from 'luxon';
import { JieyueError } from './errors.ts';

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
 * days may have 23 to 25 hours.
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
   * A local time that a clock change skips or repeats is read with the earlier offset, as luxon does.
   * @returns epoch ms, or `undefined` for text that is no time.
   */
  parse(text: string, zone: string = this.zone): number | undefined {
    const normal = text.trim().replace(' ', 'T').replaceAll('/', '-');
    const time = DateTime.fromISO(normal, { zone });
    return time.isValid ? time.toMillis() : undefined;
  }

  #yearOf(ts: number): Year {
    const last = this.#last;
    if (last !== undefined && ts >= last.start && ts < last.end) return last;
    const number = this.#at(ts).year;
    const year = this.#years.get(number) ?? this.#makeYear(number);
    this.#years.set(number, year);
    this.#last = year;
    return year;
  }

  #makeYear(number: number): Year {
    const first = DateTime.fromObject({ year: number }, { zone: this.#zone });
    const end = first.plus({ years: 1 }).startOf('year').toMillis();
    const months: number[] = [];
    const days: number[] = [];
    for (let month = 0; month < 12; month++) {
      const local = first.plus({ months: month });
      const start = local.startOf('month').toMillis();
      const next = month === 11 ? end : local.plus({ months: 1 }).startOf('month').toMillis();
      const count = local.daysInMonth ?? 0;
      // Only a month in which clocks change has days of other lengths.
      const even = next - start === count * dayMs;
      months.push(start);
      for (let day = 0; day < count; day++) {
        days.push(even ? start + day * dayMs : local.plus({ days: day }).startOf('day').toMillis());
      }
    }
    return { days, months, start: months[0] ?? 0, end };
  }

  #at(ts: number): DateTime {
    return DateTime.fromMillis(ts, { zone: this.#zone });
  }
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

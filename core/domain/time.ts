// Calendar buckets in the system's time zone. Epoch ms in code; ISO 8601 with offset for people.
import { DateTime, IANAZone } from 'luxon';
import { JieyueError } from './errors.ts';

export const buckets = ['hour', 'day', 'month', 'year'] as const;
export type Bucket = (typeof buckets)[number];

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/**
 * Bucket edges of one time zone. Zones with whole-hour offsets only (hour buckets are then the same everywhere);
 * days may have 23 to 25 hours.
 */
export class Calendar {
  readonly zone: string;
  readonly #zone: IANAZone;
  /** Start of the local day and of the next one, of the day asked for last. */
  #dayStart = 0;
  #dayEnd = 0;

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
    if (bucket === 'day') {
      if (ts < this.#dayStart || ts >= this.#dayEnd) {
        const start = this.#at(ts).startOf('day');
        this.#dayStart = start.toMillis();
        this.#dayEnd = start.plus({ days: 1 }).startOf('day').toMillis();
      }
      return this.#dayStart;
    }
    return this.#at(ts).startOf(bucket).toMillis();
  }

  /** Start of the bucket after the one that holds `ts`. */
  next(ts: number, bucket: Bucket): number {
    if (bucket === 'hour') return this.floor(ts, 'hour') + hourMs;
    if (bucket === 'day') {
      this.floor(ts, 'day');
      return this.#dayEnd;
    }
    return this.#at(ts)
      .startOf(bucket)
      .plus({ [bucket]: 1 })
      .startOf(bucket)
      .toMillis();
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

  #at(ts: number): DateTime {
    return DateTime.fromMillis(ts, { zone: this.#zone });
  }
}

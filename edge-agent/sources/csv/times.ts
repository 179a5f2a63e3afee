// Times as people and exports write them, to epoch ms. Pure.
import { IANAZone } from 'luxon';
import { limits } from '../../../core/domain/telemetry.ts';
import { dayMs } from '../../../core/domain/time.ts';

/** Epoch ms, or the reason why the text is no time. */
export type ParsedTime = ReadTime | { readonly reason: string };
export interface ReadTime {
  readonly ts: number;
  /** The clock shows this time twice: at `ts`, and after the change again. */
  readonly repeat?: Repeat;
}

/** Epoch ms. */
export interface Repeat {
  /** The second moment at which the clock shows the time. */
  readonly again: number;
  /** When the clock was set back. */
  readonly change: number;
}

const pattern =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:(?:T| +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Reads `2018-01-01T00:00[:00[.000]]` with or without an offset, the same with a blank in place of the T, `2018/1/1 0:00`,
 * a date alone (its midnight), 24:00 (the next midnight) and epoch milliseconds.
 * Without an offset a time is local to `zone`. Of a local time that a clock change repeats both moments are given; one that
 * it skips is no time. A date alone and 24:00 are that midnight by the clock that was not yet changed.
 */
export class TimeReader {
  readonly #zone: IANAZone;
  /** The offsets around the day asked for last: rows mostly come in order. */
  #day = Number.NaN;
  #before = 0;
  #after = 0;
  #change = Number.NaN;

  /** `zone` must exist. */
  constructor(zone: string) {
    this.#zone = IANAZone.create(zone);
  }

  parse(text: string): ParsedTime {
    if (/^\d+$/.test(text)) return epoch(text);
    const match = pattern.exec(text);
    if (match === null)
      return { reason: 'not a time such as 2018-01-31T08:00, 2018/1/31 8:00 or epoch milliseconds' };
    const [, year, , month, day, hour, minute = '0', second = '0', fraction = '', offset] = match;
    const local = utc([year, month, day, hour ?? '0', minute, second].map(Number));
    if (local === undefined) return { reason: 'there is no such date or time of day' };
    const wall = local + Math.floor(Number(`0.${fraction || '0'}`) * 1000);
    if (offset === undefined) return this.#localToUtc(wall, hour === undefined || Number(hour) === 24);
    const shift = offsetMs(offset);
    return shift === undefined ? { reason: `no place has the offset ${offset}` } : within(wall - shift);
  }

  /** `wall`: the local time as if it were UTC; `midnight`: the day is meant, which has one beginning. */
  #localToUtc(wall: number, midnight: boolean): ParsedTime {
    const day = Math.floor(wall / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#before = this.#zone.offset((day - 1) * dayMs) * 60_000;
      this.#after = this.#zone.offset((day + 2) * dayMs) * 60_000;
    }
    const early = wall - this.#before;
    if (this.#before === this.#after) return within(early);
    const late = wall - this.#after;
    const earlyExists = this.#offsetAt(early) === this.#before;
    const lateExists = this.#offsetAt(late) === this.#after;
    if (lateExists && !earlyExists) return within(late);
    if (earlyExists === lateExists && !midnight) {
      if (!earlyExists) {
        return {
          reason: `the clocks of ${this.#zone.name} skipped this time; write it with its offset, such as +02:00`,
        };
      }
      const read = within(early);
      return 'ts' in read ? { ...read, repeat: { again: late, change: this.#changeIn(early, late) } } : read;
    }
    return within(early);
  }

  /** The first moment after `early` with the offset of `late`. */
  #changeIn(early: number, late: number): number {
    if (this.#change > early && this.#change <= late) return this.#change;
    let [old, changed] = [early, late];
    while (changed - old > 1) {
      const middle = Math.floor((old + changed) / 2);
      if (this.#offsetAt(middle) === this.#after) changed = middle;
      else old = middle;
    }
    this.#change = changed;
    return changed;
  }

  #offsetAt(ts: number): number {
    return this.#zone.offset(ts) * 60_000;
  }
}

function epoch(digits: string): ParsedTime {
  if (digits.length === 10) return { reason: 'this looks like epoch seconds; milliseconds have 13 digits' };
  if (digits.length < 12 || digits.length > 14)
    return { reason: 'neither epoch milliseconds nor a date with - or /' };
  return within(Number(digits));
}

function within(ts: number): ParsedTime {
  return ts >= limits.earliestTs ? { ts } : { reason: 'before 1990' };
}

/** `undefined` for 30 February, 25:00, 12:60 and the like. */
function utc(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const endOfDay = hour === 24 && minute === 0 && second === 0;
  if (minute > 59 || second > 59 || (hour > 23 && !endOfDay)) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

function offsetMs(text: string): number | undefined {
  if (text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

// The same bucket a year before, by the calendar: month to month, day by date, hour by date and local hour.
import { type Bucket, type Calendar, hourMs } from './time.ts';

/** A local year's days by `MM-DD`, and the year's number. */
interface DatedYear {
  readonly year: number;
  readonly days: ReadonlyMap<string, number>;
}

/** Remembers the dates of the years it was asked about: zone arithmetic is far too slow for every row. */
export class LastYear {
  readonly #calendar: Calendar;
  /** By the start of the year. */
  readonly #years = new Map<number, DatedYear>();
  /** Start of a day → its `MM-DD`. */
  readonly #dates = new Map<number, string>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /**
   * Start of the bucket a year before the one that starts at `start`; `undefined` where there is none: of 29 February, of
   * an hour that clocks skipped then, of the second of an hour that they repeat now.
   */
  of(start: number, bucket: Bucket): number | undefined {
    const calendar = this.#calendar;
    if (bucket === 'year') return calendar.floor(start - 1, 'year');
    const day = calendar.floor(start, 'day');
    const before = this.#sameDate(day, bucket === 'month');
    if (bucket !== 'hour' || before === undefined) return before;
    const hours = (calendar.next(day, 'day') - day) / hourMs;
    const hoursBefore = (calendar.next(before, 'day') - before) / hourMs;
    if (hours === 24 && hoursBefore === 24) return before + (start - day);
    return this.#sameHour(start, day, before, hoursBefore);
  }

  /**
   * Where a stretch that ends at `end` ended a year before: at the same local hour, or at the next one that there was.
   * @param end start of an hour
   */
  endOf(end: number): number | undefined {
    // 29 February and an hour beside a change of clocks at most.
    for (let hour = end; hour <= end + 26 * hourMs; hour += hourMs) {
      const before = this.of(hour, 'hour');
      if (before !== undefined) return before;
    }
    return undefined;
  }

  #sameDate(day: number, ofMonth: boolean): number | undefined {
    const now = this.#datedYear(this.#calendar.floor(day, 'year'));
    const date = this.#dates.get(day);
    const before = this.#datedYear(this.#calendar.floor(this.#calendar.floor(day, 'year') - 1, 'year'));
    if (date === undefined || before.year !== now.year - 1) return undefined;
    const found = before.days.get(date);
    // The first of a month may have been left out by a change of zone: the month began all the same.
    if (found !== undefined || !ofMonth) return found;
    const first = [...before.days].find(([other]) => other.slice(0, 2) === date.slice(0, 2));
    return first?.[1];
  }

  #sameHour(start: number, day: number, before: number, hoursBefore: number): number | undefined {
    const label = this.#clock(start);
    for (let hour = day; hour < start; hour += hourMs) if (this.#clock(hour) === label) return undefined;
    for (let hour = before; hour < before + hoursBefore * hourMs; hour += hourMs)
      if (this.#clock(hour) === label) return hour;
    return undefined;
  }

  #clock(ts: number): string {
    return this.#calendar.format(ts).slice(11, 13);
  }

  #datedYear(start: number): DatedYear {
    const known = this.#years.get(start);
    if (known !== undefined) return known;
    const calendar = this.#calendar;
    const days = new Map<string, number>();
    for (const day of calendar.starts(start, calendar.next(start, 'year'), 'day')) {
      const date = calendar.format(day).slice(5, 10);
      days.set(date, day);
      this.#dates.set(day, date);
    }
    const dated = { year: Number(calendar.format(start).slice(0, 4)), days };
    this.#years.set(start, dated);
    return dated;
  }
}

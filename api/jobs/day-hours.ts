// The hours of a building's days once more, stamped at the midnight of their day with the local hour beside it.
import type { BoardRow, DayKind } from '../../core/domain/board-series.ts';
import { type Calendar, hourMs } from '../../core/domain/time.ts';
import type { DayKindOf } from '../../core/domain/workdays.ts';
import { type AccountNumbers, valueAt } from './account-sums.ts';
import type { Account } from './accounts.ts';
import type { Span } from './spans.ts';

interface Labelled {
  readonly ts: number;
  /** `00` to `23`. */
  readonly hour: string;
  readonly day: DayKind;
}

/** Places of hours in their days; remembers the last span, which all buildings share. */
export class DayHours {
  readonly #calendar: Calendar;
  readonly #dayKindOf: DayKindOf;
  #labels: { readonly span: Span; readonly list: readonly Labelled[] } | undefined;

  /** @param dayKindOf what days are; where no notice of their year is at hand, Saturdays and Sundays are rest days */
  constructor(calendar: Calendar, dayKindOf: DayKindOf) {
    this.#calendar = calendar;
    this.#dayKindOf = dayKindOf;
  }

  /** An hour that clocks repeat is one of twice the length. */
  *rows({ of, carrier }: Account, span: Span, numbers: AccountNumbers): Generator<BoardRow> {
    let [value, known] = [0, 0];
    const labels = this.#of(span);
    for (const [index, { ts, hour, day }] of labels.entries()) {
      const here = valueAt(numbers, index);
      value += here.value;
      known = Math.max(known, here.known);
      const next = labels[index + 1];
      if (next?.ts === ts && next.hour === hour) continue;
      yield {
        measurement: 'day_hours',
        tags: { building: of, carrier, hour },
        ts,
        fields: { value, known, day },
      };
      [value, known] = [0, 0];
    }
  }

  #of(span: Span): readonly Labelled[] {
    if (this.#labels?.span !== span) this.#labels = { span, list: this.#label(span.starts) };
    return this.#labels.list;
  }

  #label(starts: readonly number[]): Labelled[] {
    const calendar = this.#calendar;
    let [dayStart, dayEnd, hours] = [0, 0, 0];
    let day: DayKind = 'workday';
    return starts.map((start) => {
      if (start < dayStart || start >= dayEnd) {
        dayStart = calendar.floor(start, 'day');
        dayEnd = calendar.next(dayStart, 'day');
        hours = (dayEnd - dayStart) / hourMs;
        day = this.#kindOfDay(calendar.format(dayStart).slice(0, 10));
      }
      const hour =
        hours === 24
          ? String((start - dayStart) / hourMs).padStart(2, '0')
          : calendar.format(start).slice(11, 13);
      return { ts: dayStart, hour, day };
    });
  }

  /** Public holidays are days of rest, adjusted working days (调休上班) are none. */
  #kindOfDay(date: string): DayKind {
    const kind = this.#dayKindOf(date);
    if (kind !== undefined) return kind === 'workday' ? 'workday' : 'weekend';
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday === 0 || weekday === 6 ? 'weekend' : 'workday';
  }
}

// From hours to what was used in each period of the tariff (分时电量), month by month.
import { type Calendar, hourMs } from '../time.ts';
import { periodNames, type TariffDayOf, tariffDayNames } from './periods.ts';
import { slotsOf } from './slots.ts';
import type { Tariff } from './tariff.ts';

/** The place of columns after those of the periods: hours whose kind of day, and so whose period, is not known. */
export const unsortedPlace = periodNames.length;

/** What was used in one local month or a part of it. Columns have a place a period, as `periodNames`, and one more. */
export interface PeriodUse {
  /** Local midnights in one month; epoch ms. */
  readonly from: number;
  readonly to: number;
  /** As far as it is known, in the commodity's unit. */
  readonly quantity: Float64Array;
  /** Time without a known consumption, ms. */
  readonly unknownMs: Float64Array;
}

/** Consumption by hour, in any order. An hour that is not there, or NaN, is unknown. */
export interface HourlyUse {
  /** Starts, epoch ms, on whole hours, each at most once. */
  readonly starts: Float64Array;
  readonly values: Float64Array;
}

/**
 * Sums of [from, to), a piece a month. An hour that a half-hour edge cuts is split evenly.
 * @param dayOf asked only where a season has several schedules
 * @throws RangeError for edges that are no local midnights, hours off the hour, an hour twice
 */
export function periodUse(
  tariff: Tariff,
  calendar: Calendar,
  hours: HourlyUse,
  span: { readonly from: number; readonly to: number },
  dayOf: TariffDayOf,
): PeriodUse[] {
  for (const edge of [span.from, span.to]) {
    if (calendar.floor(edge, 'day') !== edge) throw new RangeError(`${edge} is no local midnight`);
  }
  const { starts, values } = ascending(hours);
  const clock = new PeriodClock(tariff, calendar, dayOf);
  const pieces: PeriodUse[] = [];
  let at = 0;
  for (let from = span.from; from < span.to; ) {
    const to = Math.min(calendar.next(from, 'month'), span.to);
    const { quantity, unknownMs } = emptyColumns();
    for (let hour = from; hour < to; hour += hourMs) {
      while (at < starts.length && (starts[at] ?? 0) < hour) at++;
      const value = starts[at] === hour ? (values[at] ?? Number.NaN) : Number.NaN;
      for (const place of clock.placesOf(hour)) {
        if (Number.isNaN(value)) unknownMs[place] = (unknownMs[place] ?? 0) + hourMs / 2;
        else quantity[place] = (quantity[place] ?? 0) + value / 2;
      }
    }
    pieces.push({ from, to, quantity, unknownMs });
    from = to;
  }
  return pieces;
}

/** A month, or a part of it, of which only the sum is known (a water meter read by the month). `null`: unknown. */
export function wholeUse(from: number, to: number, sum: number | null): PeriodUse {
  const { quantity, unknownMs } = emptyColumns();
  if (sum === null) unknownMs[unsortedPlace] = to - from;
  else quantity[unsortedPlace] = sum;
  return { from, to, quantity, unknownMs };
}

function emptyColumns(): Pick<PeriodUse, 'quantity' | 'unknownMs'> {
  return { quantity: new Float64Array(unsortedPlace + 1), unknownMs: new Float64Array(unsortedPlace + 1) };
}

const unsortedPair = [unsortedPlace, unsortedPlace] as const;
/** Of every period with every other, by index. */
const pairs = periodNames.flatMap((_, first) => periodNames.map((_, second) => [first, second] as const));

/** Knows the two periods of each hour; remembers the last day. */
class PeriodClock {
  /** By month and kind of day: 48 half hours. */
  readonly #slots: readonly (readonly Uint8Array[])[];
  readonly #calendar: Calendar;
  readonly #dayOf: TariffDayOf;
  #start = 0;
  #end = 0;
  #day: Uint8Array | undefined;

  constructor({ timeOfUse }: Tariff, calendar: Calendar, dayOf: TariffDayOf) {
    this.#calendar = calendar;
    this.#dayOf = dayOf;
    this.#slots = Array.from({ length: 12 }, (_, index) => {
      const schedules = timeOfUse?.seasons.find(({ months }) => months.includes(index + 1))?.schedules;
      if (schedules === undefined) return [slotsOf([]).slots];
      if (schedules.length === 1) return [slotsOf(schedules[0]?.spans ?? []).slots];
      return tariffDayNames.map(
        (day) => slotsOf(schedules.find(({ days }) => days.includes(day))?.spans ?? []).slots,
      );
    });
  }

  /** Of the first and the second half of the hour. */
  placesOf(hour: number): readonly [number, number] {
    if (hour < this.#start || hour >= this.#end) this.#turnTo(hour);
    const day = this.#day;
    if (day === undefined) return unsortedPair;
    const even = this.#end - this.#start === 24 * hourMs;
    const clock = even ? (hour - this.#start) / hourMs : Number(this.#calendar.format(hour).slice(11, 13));
    const pair = (day[2 * clock] ?? 0) * periodNames.length + (day[2 * clock + 1] ?? 0);
    return pairs[pair] ?? unsortedPair;
  }

  #turnTo(hour: number): void {
    this.#start = this.#calendar.floor(hour, 'day');
    this.#end = this.#calendar.next(hour, 'day');
    const date = this.#calendar.format(this.#start).slice(0, 10);
    const days = this.#slots[Number(date.slice(5, 7)) - 1] ?? [];
    if (days.length === 1) {
      this.#day = days[0];
      return;
    }
    const kind = this.#dayOf(date);
    this.#day = kind === undefined ? undefined : days[tariffDayNames.indexOf(kind)];
  }
}

function ascending({ starts, values }: HourlyUse): HourlyUse {
  let sorted = true;
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] ?? 0;
    if (start % hourMs !== 0) throw new RangeError(`${start} is not on the hour`);
    if (index > 0 && (starts[index - 1] ?? 0) >= start) sorted = false;
  }
  if (sorted) return { starts, values };
  const order = Array.from(starts.keys()).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  const inOrder = {
    starts: Float64Array.from(order, (index) => starts[index] ?? 0),
    values: Float64Array.from(order, (index) => values[index] ?? Number.NaN),
  };
  const twice = inOrder.starts.findIndex((start, index) => inOrder.starts[index - 1] === start);
  if (twice >= 0) throw new RangeError(`the hour ${inOrder.starts[twice]} is there twice`);
  return inOrder;
}

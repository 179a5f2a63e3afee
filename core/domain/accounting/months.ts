// Arithmetic on adjoining months: which month holds a time, days between midnights, local years, windows of months.
import { dayMs } from '../time.ts';
import type { Months } from './census.ts';

/** Adjoining months of a book by index: [from, to). */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export function monthStart(months: Months, index: number): number {
  return months.starts[index] ?? months.to;
}

export function monthEnd(months: Months, index: number): number {
  return months.starts[index + 1] ?? months.to;
}

/** Index of the month that holds `ts`; -1 before the first, the number of months after the last. */
export function monthAt(months: Months, ts: number): number {
  if (ts >= months.to) return months.starts.length;
  let low = 0;
  let high = months.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((months.starts[middle] ?? 0) <= ts) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Days of [from, to): whole ones between midnights, also where clocks change (a day then has 23 to 25 hours). */
export function daysBetween(from: number, to: number): number {
  const exact = (to - from) / dayMs;
  const whole = Math.round(exact);
  return Math.abs(exact - whole) <= 1 / 23 ? whole : exact;
}

/** The local year of a month: its middle lies in the same year in every time zone. */
export function yearOfMonth(months: Months, index: number): number {
  return middle(months, index).getUTCFullYear();
}

/** The months of a local year, as far as the book holds them. */
export function windowOfYear(months: Months, year: number): Window {
  let from = 0;
  while (from < months.starts.length && yearOfMonth(months, from) < year) from++;
  let to = from;
  while (to < months.starts.length && yearOfMonth(months, to) === year) to++;
  return { from, to };
}

/** From January to the given month, inclusive (本年累计). */
export function yearToDate(months: Months, last: number): Window {
  const { from } = windowOfYear(months, yearOfMonth(months, last));
  return { from, to: last + 1 };
}

/** The twelve months that end with the given one; `undefined` where the book begins later. */
export function rollingTwelve(last: number): Window | undefined {
  return last >= 11 ? { from: last - 11, to: last + 1 } : undefined;
}

/** The same months of another year; `undefined` where the book does not hold them all. */
export function sameMonthsOf(months: Months, window: Window, year: number): Window | undefined {
  const shift = (yearOfMonth(months, window.from) - year) * 12;
  const from = window.from - shift;
  const to = window.to - shift;
  return from >= 0 && to <= months.starts.length ? { from, to } : undefined;
}

/** Time of each month until `asOf`: what means over months are weighted by, ms. */
export function elapsedMs(months: Months, asOf: number): Float64Array {
  return months.starts.map((start, index) => Math.max(0, Math.min(monthEnd(months, index), asOf) - start));
}

/** Of those times, what lies in the stretches. */
export function elapsedIn(
  stretches: readonly { readonly from: number; readonly to: number }[],
  months: Months,
  asOf: number,
): Float64Array {
  const times = new Float64Array(months.starts.length);
  for (const { from, to } of stretches) {
    const until = Math.min(to, asOf);
    for (let month = Math.max(0, monthAt(months, from)); month < times.length; month++) {
      const time = Math.min(until, monthEnd(months, month)) - Math.max(from, monthStart(months, month));
      if (time <= 0) break;
      times[month] = (times[month] ?? 0) + time;
    }
  }
  return times;
}

function middle(months: Months, index: number): Date {
  return new Date((monthStart(months, index) + monthEnd(months, index)) / 2);
}

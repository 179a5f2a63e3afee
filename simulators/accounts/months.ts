// Months that the city's accounts are billed for.
import type { City } from '../city/city.ts';

/** Local months in [from, to) that have ended; the first one in part where `from` lies in it. */
export function monthsBetween(city: City, from: number, to: number): { from: number; to: number }[] {
  const { calendar } = city.days;
  const months = [];
  for (let start = from; ; ) {
    const end = calendar.next(start, 'month');
    if (end > to) return months;
    months.push({ from: start, to: end });
    start = end;
  }
}

// Periods of figures: whole local months, [from, to), and where they lie in a book.
import type { Months } from '../../core/domain/accounting/census.ts';
import type { Window } from '../../core/domain/accounting/months.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { lowerBound } from '../../core/store/merge-windows.ts';
import { sayOfRequests } from '../http/said.ts';
import type { Years } from './span-book.ts';

/** Epoch ms; both on the first of a month. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export function startOfMonth(year: number, month: number, calendar: Calendar): number {
  const shifted = new Date(Date.UTC(2000, month - 1, 1));
  shifted.setUTCFullYear(shifted.getUTCFullYear() - 2000 + year);
  const text = `${String(shifted.getUTCFullYear()).padStart(4, '0')}-${String(shifted.getUTCMonth() + 1).padStart(2, '0')}-01`;
  return calendar.parse(text) ?? Number.NaN;
}

export function wholeYear(year: number, calendar: Calendar): Period {
  return { from: startOfMonth(year, 1, calendar), to: startOfMonth(year + 1, 1, calendar) };
}

/** January to the last month that is over at `at` (本年累计). In January that is the whole year before: none of this one is over. */
export function yearToDateOf(at: number, calendar: Calendar): Period {
  const to = calendar.floor(at, 'month');
  return { from: calendar.floor(to - 1, 'year'), to };
}

/** The twelve months that end with the last one that is over at `at`. */
export function rollingTwelveOf(at: number, calendar: Calendar): Period {
  const { year, month } = monthOf(at, calendar);
  return { from: startOfMonth(year, month - 12, calendar), to: calendar.floor(at, 'month') };
}

/** The same months, so many years later (or earlier, below 0). */
export function shiftedYears({ from, to }: Period, years: number, calendar: Calendar): Period {
  const [first, end] = [monthOf(from, calendar), monthOf(to, calendar)];
  return {
    from: startOfMonth(first.year + years, first.month, calendar),
    to: startOfMonth(end.year + years, end.month, calendar),
  };
}

/** Local year, and month from 1, that hold `at`. */
export function monthOf(at: number, calendar: Calendar): { year: number; month: number } {
  const start = calendar.floor(at, 'month');
  const middle = new Date((start + calendar.next(start, 'month')) / 2);
  return { year: middle.getUTCFullYear(), month: middle.getUTCMonth() + 1 };
}

/** @throws JieyueError `api.bucket-edge` for a period that is not of whole months; `api.bad-request` for an empty one. */
export function checkPeriod(period: Period, calendar: Calendar): void {
  const { from, to } = period;
  if (!(from < to)) throw new JieyueError('api.bad-request', sayOfRequests('time.empty', { from, to }));
  for (const at of [from, to]) {
    if (calendar.floor(at, 'month') !== at)
      throw new JieyueError(
        'api.bucket-edge',
        sayOfRequests('time.month', { at: calendar.format(at), zone: calendar.zone }),
      );
  }
}

export function yearsOf({ from, to }: Period, calendar: Calendar): Years {
  return { first: monthOf(from, calendar).year, last: monthOf(to - 1, calendar).year };
}

/** Where a period of whole months lies in a book that holds it. */
export function windowOf({ starts }: Months, { from, to }: Period): Window {
  return { from: lowerBound(starts, 0, starts.length, from), to: lowerBound(starts, 0, starts.length, to) };
}

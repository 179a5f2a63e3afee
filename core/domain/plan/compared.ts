// What of a year stands against the base year: the whole of both once the year is over; until then the months known in both.
import type { MonthlyYear, PlanFigure } from './figure.ts';
import { type LineOptions, type LinePlace, placeOnLine, type Target } from './line.ts';
import { type SameMonths, sameMonths } from './ytd.ts';

/** Months with what they rest on; places as in `MonthlyYear`. */
export interface YearMonths extends MonthlyYear {
  readonly coverage: Float64Array;
  /** 1 where a factor is not the year's own. */
  readonly provisional: Uint8Array;
}

export interface Compared {
  /** 1 … 12, ascending; all once the year is over; none: nothing can be compared. */
  readonly months: readonly number[];
  /** Of the base year, restated, in these months; and of the year. Coverage of a year that runs: of the month covered least. */
  readonly base: PlanFigure;
  readonly figure: PlanFigure;
}

export function comparedYears(base: PlanFigure, figure: PlanFigure): Compared {
  return { months: allMonths, base, figure };
}

/** @param through last month that is over, 0 … 12 */
export function comparedMonths(now: YearMonths, base: YearMonths, through: number): Compared {
  const same = sameMonths(now, base, through);
  return {
    months: same.months,
    base: figureOf(base, same, same.valueThen),
    figure: figureOf(now, same, same.value),
  };
}

/**
 * Of a year that runs, line, target and gap are of the months compared, and no rate for the years to come is told.
 * @param running the year is not over
 * @param wholeBase whether the base year as a whole is known
 */
export function placeOfCompared(
  target: Target,
  { months, base, figure }: Compared,
  year: number,
  running: { readonly wholeBase: boolean } | undefined,
  options: LineOptions,
): LinePlace {
  const place = placeOnLine(target, base, figure, year, options);
  if (running === undefined) return place;
  const nothing = months.length === 0 && running.wholeBase;
  return { ...place, remaining: null, ...(nothing ? { reason: 'no-months' } : {}) };
}

const allMonths: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);

function figureOf(
  { coverage, provisional }: YearMonths,
  { months }: SameMonths,
  value: number | null,
): PlanFigure {
  return {
    value,
    coverage: months.reduce((least, month) => Math.min(least, coverage[month - 1] ?? 0), months.length && 1),
    provisional: months.some((month) => provisional[month - 1] === 1),
  };
}

// Year to date against the same months of another year (同比): only months that are known in both are compared.
import type { MonthlyYear } from './figure.ts';

export interface SameMonths {
  readonly year: number;
  readonly against: number;
  /** Months compared, 1 … 12. */
  readonly months: readonly number[];
  /** Months of the year to date that are left out, and in which of the two years they are not known. */
  readonly leftOut: readonly { readonly month: number; readonly unknownIn: readonly number[] }[];
  /** Over the months compared, in the indicator's unit: sums over months, divided by the mean of what stands below the line. */
  readonly value: number | null;
  readonly valueThen: number | null;
  /** value ÷ valueThen − 1; `null` where nothing can be compared or there was nothing then. */
  readonly change: number | null;
}

export interface YearToDate {
  readonly lastYear: SameMonths | null;
  readonly baseYear: SameMonths | null;
}

/**
 * @param through last month of the year to date, 1 … 12
 * @returns `null` for a year that was not handed in
 */
export function yearToDate(
  now: MonthlyYear,
  through: number,
  others: { readonly lastYear?: MonthlyYear | undefined; readonly baseYear?: MonthlyYear | undefined },
): YearToDate {
  return {
    lastYear: others.lastYear === undefined ? null : sameMonths(now, others.lastYear, through),
    baseYear: others.baseYear === undefined ? null : sameMonths(now, others.baseYear, through),
  };
}

/** February is compared as it is: 29 days against 28 are not evened out. */
export function sameMonths(now: MonthlyYear, then: MonthlyYear, through: number): SameMonths {
  const months: number[] = [];
  const leftOut: { month: number; unknownIn: number[] }[] = [];
  for (let month = 1; month <= through; month += 1) {
    const unknownIn = [now, then].filter((year) => !isKnown(year, month)).map(({ year }) => year);
    if (unknownIn.length === 0) months.push(month);
    else leftOut.push({ month, unknownIn });
  }
  const value = over(now, months);
  const valueThen = over(then, months);
  const change = value === null || valueThen === null || !(valueThen > 0) ? null : value / valueThen - 1;
  return { year: now.year, against: then.year, months, leftOut, value, valueThen, change };
}

/** A month without anybody or any area to divide by is not known either. */
export function isKnown({ amount, per }: MonthlyYear, month: number): boolean {
  if (!Number.isFinite(amount[month - 1] ?? Number.NaN)) return false;
  return per === undefined || (per[month - 1] ?? Number.NaN) > 0;
}

function over({ amount, per, weight }: MonthlyYear, months: readonly number[]): number | null {
  if (months.length === 0) return null;
  const sum = sumOf(amount, months);
  if (per === undefined) return sum;
  const weights = weight ?? alike;
  const mean =
    sumOf(
      per.map((value, month) => value * (weights[month] ?? 0)),
      months,
    ) / sumOf(weights, months);
  return sum / mean;
}

const alike = new Float64Array(12).fill(1);

function sumOf(column: Float64Array, months: readonly number[]): number {
  return months.reduce((sum, month) => sum + (column[month - 1] ?? 0), 0);
}

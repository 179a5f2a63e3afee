// The year's end projected from the months done and the seasons of past years, with an interval.
//
// Method `seasonal-ratio`. A month is level × season × noise: y(k,m) = L(k)·s(m) + e, the seasons s (mean 1) being the sums of the
// past years' months ÷ their levels, and Var e = φ·L²·s(m): small months scatter more for their size, as heating does in
// autumn. Level of this year: known months ÷ their seasons; a month that is not known is level × season. φ comes from what the
// past years and this year's months leave over; months next to each other resemble each other (ρ, estimated where the past allows
// it), which widens the interval. The interval is Student's t on the degrees of freedom left.
import type { MonthlyYear } from './figure.ts';
import { resemblance } from './resemblance.ts';
import { studentQuantile } from './student.ts';

export const projectionReasons = {
  'no-past-year': { zh: '没有一个完整的历史年度', en: 'no past year is known in all its months' },
  'no-months': {
    zh: '本年尚无已知月份，或无人数、面积',
    en: 'no month of this year is known yet, or nothing to divide by',
  },
  'no-season': {
    zh: '已知月份的季节占比为零，无法推算',
    en: 'the months known have no part in the past years',
  },
} as const satisfies Record<string, { zh: string; en: string }>;
export type ProjectionReason = keyof typeof projectionReasons;

export interface Projection {
  readonly year: number;
  readonly method: 'seasonal-ratio';
  /** Projected year, in the indicator's unit. */
  readonly value: number | null;
  /** Holds the year's end with probability `confidence`; `null` where one past year and one month are all there is. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly confidence: number;
  readonly reason: ProjectionReason | null;
  /** Sum of the months known, of what stands above the line. */
  readonly known: number;
  /** 1 … 12 */
  readonly monthsKnown: readonly number[];
  /** The years whose seasons were used, ascending. */
  readonly pastYears: readonly number[];
  /** How many independent leftovers the width rests on. */
  readonly degreesOfFreedom: number;
}

/** More tell of a building that is no longer there. */
const maxPastYears = 5;

/**
 * @param past any years before this one, in any order; the latest five that are known in all months are used
 * @param confidence 0.8: the interval misses in one year of five
 *
 * Users and area of months to come are taken as those of the last month known: the interval is about consumption alone.
 */
export function projectYear(now: MonthlyYear, past: readonly MonthlyYear[], confidence = 0.8): Projection {
  const years = completeYears(now, past);
  const monthsKnown = allMonths.filter((month) => Number.isFinite(at(now.amount, month)));
  const known = monthsKnown.reduce((sum, month) => sum + at(now.amount, month), 0);
  const shape = {
    year: now.year,
    method: 'seasonal-ratio',
    confidence,
    known,
    monthsKnown,
    pastYears: years.map(({ year }) => year),
  } as const;
  const nothing = { ...shape, value: null, interval: null, degreesOfFreedom: 0 };
  if (years.length === 0) return { ...nothing, reason: 'no-past-year' };
  const per = projectedPer(now);
  if (monthsKnown.length === 0 || Number.isNaN(per)) return { ...nothing, reason: 'no-months' };
  const seasons = seasonsOf(years);
  const done = monthsKnown.reduce((sum, month) => sum + at(seasons, month), 0);
  const rest = allMonths.reduce(
    (sum, month) => sum + (monthsKnown.includes(month) ? 0 : at(seasons, month)),
    0,
  );
  if (rest <= 0) {
    const value = known / per;
    return { ...shape, value, interval: { low: value, high: value }, reason: null, degreesOfFreedom: 0 };
  }
  if (!(done > 0)) return { ...nothing, reason: 'no-season' };
  const level = known / done;
  const value = (known + level * rest) / per;
  const { phi, degreesOfFreedom, rows } = scatter(now, years, seasons, monthsKnown, level);
  if (degreesOfFreedom === 0) return { ...shape, value, interval: null, reason: null, degreesOfFreedom };
  const weights = allMonths.map((month) => {
    const root = Math.sqrt(Math.max(0, at(seasons, month)));
    return monthsKnown.includes(month) ? (-rest / done) * root : root;
  });
  const { variance, widening } = resemblance(rows, weights);
  const spread = Math.abs(level) * Math.sqrt(phi * widening * (1 + 1 / years.length) * variance);
  const half = (studentQuantile((1 + confidence) / 2, degreesOfFreedom) * spread) / per;
  // What is used is used: the year cannot end below the months known, unless credit notes made months negative.
  const floor = level >= 0 ? Math.min(value, known / per) : Number.NEGATIVE_INFINITY;
  return {
    ...shape,
    value,
    interval: { low: Math.max(floor, value - half), high: value + half },
    reason: null,
    degreesOfFreedom,
  };
}

const allMonths: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);

function at(column: Float64Array, month: number): number {
  return column[month - 1] ?? Number.NaN;
}

function completeYears(now: MonthlyYear, past: readonly MonthlyYear[]): readonly MonthlyYear[] {
  return past
    .filter(({ year }) => year < now.year)
    .filter(
      ({ amount }) => allMonths.every((month) => Number.isFinite(at(amount, month))) && levelOf(amount) > 0,
    )
    .toSorted((left, right) => left.year - right.year)
    .slice(-maxPastYears);
}

function levelOf(amount: Float64Array): number {
  return amount.reduce((sum, value) => sum + value, 0) / 12;
}

/** Mean 1. A big year weighs more, as it tells more. */
function seasonsOf(years: readonly MonthlyYear[]): Float64Array {
  const levels = years.reduce((sum, { amount }) => sum + levelOf(amount), 0);
  return Float64Array.from(
    allMonths,
    (month) => years.reduce((sum, { amount }) => sum + at(amount, month), 0) / levels,
  );
}

/** Mean users or area of the year, months to come as the last one known, NaN if none is; 1 for a total. */
function projectedPer(now: MonthlyYear): number {
  if (now.per === undefined) return 1;
  const per = now.per;
  const first = allMonths.find((month) => at(per, month) > 0);
  let last = first === undefined ? Number.NaN : at(per, first);
  let sum = 0;
  for (const month of allMonths) {
    if (at(per, month) > 0) last = at(per, month);
    sum += last;
  }
  return sum / 12;
}

interface Scatter {
  readonly phi: number;
  readonly degreesOfFreedom: number;
  /** Leftovers by year and month, all of one size; NaN where there is none. */
  readonly rows: readonly Float64Array[];
}

function scatter(
  now: MonthlyYear,
  years: readonly MonthlyYear[],
  seasons: Float64Array,
  monthsKnown: readonly number[],
  level: number,
): Scatter {
  const inSeason = allMonths.filter((month) => at(seasons, month) > 0);
  const row = (amount: Float64Array, months: readonly number[], own: number, size: number) =>
    Float64Array.from(allMonths, (month) => {
      if (!months.includes(month) || !inSeason.includes(month) || own === 0) return Number.NaN;
      const season = at(seasons, month);
      return (at(amount, month) - own * season) / (own * Math.sqrt(season) * size);
    });
  const rows = [
    ...years.map(({ amount }) => row(amount, allMonths, levelOf(amount), 1)),
    // This year had no part in the seasons: theirs and its own noise meet.
    row(now.amount, monthsKnown, level, Math.sqrt(1 + 1 / years.length)),
  ];
  const knownInSeason = monthsKnown.filter((month) => inSeason.includes(month)).length;
  const degreesOfFreedom = (years.length - 1) * (inSeason.length - 1) + Math.max(0, knownInSeason - 1);
  const squares = rows.reduce(
    (sum, leftovers) => sum + leftovers.reduce((own, e) => own + (Number.isNaN(e) ? 0 : e * e), 0),
    0,
  );
  return { phi: degreesOfFreedom === 0 ? 0 : squares / degreesOfFreedom, degreesOfFreedom, rows };
}

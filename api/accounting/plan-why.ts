// Why a figure stands where it stands: who makes its gap, and what made its change. Over any months of two years, on one tree.
import { explain } from '../../core/domain/accounting/explain.ts';
import { figureTable } from '../../core/domain/accounting/figures.ts';
import { type Indicator, indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import type { Window } from '../../core/domain/accounting/months.ts';
import type { Totals } from '../../core/domain/accounting/totals.ts';
import { type GapSplit, splitGap, type TreePart } from '../../core/domain/plan/contributions.ts';
import { type DecomposedCommodity, type Decomposition, decompose } from '../../core/domain/plan/decompose.ts';

/** Windows of the same months, of the year and of the base year; none: nothing is compared. */
export interface TwoYears {
  readonly now: readonly Window[];
  readonly base: readonly Window[];
}

/**
 * Of the institutions right below, each with all below it, and of what is left: the institution itself.
 * @param factor what the line is of the base
 * @returns `null` where nothing can be compared
 */
export function gapOf(
  totals: Totals,
  indicator: Indicator,
  top: number,
  below: readonly number[],
  { now, base }: TwoYears,
  factor: number,
): GapSplit | null {
  if (now.length === 0 || base.length === 0) return null;
  const sums = { now: sumOf(totals, indicator, now), base: sumOf(totals, indicator, base) };
  const { institutions } = totals.book;
  const intensity = indicatorEntry(indicator).per !== undefined;
  const part = (place: number, of: (column: Float64Array) => number): TreePart => ({
    institution: institutions[place]?.id ?? '',
    amount: of(sums.now.amount),
    baseAmount: of(sums.base.amount),
    ...(intensity ? { per: of(sums.now.per), basePer: of(sums.base.per) } : {}),
  });
  const at = (column: Float64Array, place: number) => column[place] ?? Number.NaN;
  const known = (value: number) => (Number.isNaN(value) ? 0 : value);
  const parts = below.map((place) => {
    const isNew = Number.isNaN(at(sums.base.amount, place)) && at(sums.base.units, place) === 0;
    const one = part(place, (column) => at(column, place));
    // It was not there yet: it had nothing.
    return isNew ? { ...one, baseAmount: 0, ...(intensity ? { basePer: 0 } : {}) } : one;
  });
  const rest = part(top, (column) =>
    below.reduce((left, place) => left - known(at(column, place)), known(at(column, top))),
  );
  return splitGap([...parts, rest], factor);
}

/** Consumption, users or area, factors (LMDI); with the reason `unknown` where nothing can be compared. */
export function changeOf(
  totals: Totals,
  indicator: Indicator,
  top: number,
  { now, base }: TwoYears,
): Decomposition {
  if (now.length === 0 || base.length === 0) {
    const nothing = { from: Number.NaN, to: Number.NaN, change: Number.NaN };
    return { ...nothing, effects: {}, commodities: [], reason: 'unknown' };
  }
  const { per } = indicatorEntry(indicator);
  const [from, to] = [partsOf(totals, indicator, top, base), partsOf(totals, indicator, top, now)];
  const names = [...new Set([...from.commodities.keys(), ...to.commodities.keys()])];
  const nothing = { quantity: 0, value: 0 };
  return decompose(
    names.map(
      (commodity): DecomposedCommodity => ({
        commodity,
        from: from.commodities.get(commodity) ?? nothing,
        to: to.commodities.get(commodity) ?? nothing,
      }),
    ),
    per === undefined ? null : { kind: per, from: from.denominator, to: to.denominator },
    per === undefined ? 'total' : 'intensity',
  );
}

interface Sums {
  /** NaN: nothing is known. */
  readonly amount: Float64Array;
  readonly per: Float64Array;
  readonly units: Float64Array;
}

/** All institutions: amounts added up, what stands below the line as the mean over the time of all windows. */
function sumOf(totals: Totals, indicator: Indicator, windows: readonly Window[]): Sums {
  const size = totals.book.institutions.length;
  const amount = new Float64Array(size).fill(Number.NaN);
  const per = new Float64Array(size);
  const units = new Float64Array(size);
  const whole = windows.reduce((sum, window) => sum + elapsedOf(totals, window), 0) || 1;
  for (const window of windows) {
    const table = figureTable(totals, indicator, window);
    const share = elapsedOf(totals, window) / whole;
    for (let one = 0; one < size; one++) {
      const value = table.numerator[one] ?? Number.NaN;
      const before = amount[one] ?? Number.NaN;
      if (!Number.isNaN(value)) amount[one] = Number.isNaN(before) ? value : before + value;
      per[one] = (per[one] ?? 0) + (table.denominator[one] ?? 0) * share;
      units[one] = (units[one] ?? 0) + (table.unitsExpected[one] ?? 0) * share;
    }
  }
  return { amount, per, units };
}

/** One institution's quantities and contributions by commodity. */
function partsOf(totals: Totals, indicator: Indicator, top: number, windows: readonly Window[]) {
  const commodities = new Map<string, { quantity: number; value: number }>();
  const whole = windows.reduce((sum, window) => sum + elapsedOf(totals, window), 0) || 1;
  let denominator = 0;
  for (const window of windows) {
    const { parts, figure } = explain(totals, indicator, top, window, { institution: false, use: false });
    denominator += ((figure.denominator ?? 0) * elapsedOf(totals, window)) / whole;
    for (const { commodity, quantity, contribution } of parts) {
      const sum = commodities.get(commodity) ?? { quantity: 0, value: 0 };
      commodities.set(commodity, {
        quantity: sum.quantity + quantity,
        value: sum.value + (contribution ?? Number.NaN),
      });
    }
  }
  return { commodities, denominator };
}

function elapsedOf({ elapsedMs }: Totals, { from, to }: Window): number {
  return elapsedMs.subarray(from, to).reduce((sum, time) => sum + time, 0);
}

// Who makes the gap of an institution: the part of each right below it, on the tree of the plan.
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import { partDue } from '../../../core/domain/plan/line.ts';
import { windowsOf } from '../../accounting/plan-months.ts';
import type { RankedIndicator } from '../../accounting/plan-ranking.ts';
import { gapOf } from '../../accounting/plan-why.ts';
import type { PlanView } from './plan-views.ts';

/** By institution: numbers of those right below. */
export function standingBelow({ view }: PlanView): ReadonlyMap<number, readonly number[]> {
  const below = new Map<number, number[]>();
  for (const [place, above] of view.standing) {
    const list = below.get(above);
    if (list === undefined) below.set(above, [place]);
    else list.push(place);
  }
  return below;
}

/** Contributions to the gap of `top`, by id; those of which something is not known are left out. */
export function contributionsTo(
  { view, plan }: PlanView,
  {
    indicator,
    change,
    months,
  }: Pick<RankedIndicator, 'change' | 'months'> & { readonly indicator: Indicator },
  year: number,
  top: number,
  below: readonly number[],
): ReadonlyMap<string, number> {
  const { totals } = view;
  const { baseYear, endYear } = plan;
  const windows = {
    now: windowsOf(totals.book.months, year, months),
    base: windowsOf(totals.book.months, baseYear, months),
  };
  const factor = 1 + change * partDue({ baseYear, endYear, change }, year);
  const split = gapOf(totals, indicator, top, below, windows, factor);
  return new Map(split?.parts.map(({ institution, contribution }) => [institution, contribution]));
}

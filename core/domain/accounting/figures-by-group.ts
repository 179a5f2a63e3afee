// Figures taken apart by a group of institutions, such as their sector: the groups sum to the whole. Who belongs to a group is asked
// month by month, as who stands below whom.
import { checkWindow, type PlainFigure, plainOf, sumsIn } from './figures.ts';
import { type Indicator, indicatorEntry } from './indicators.ts';
import type { Window } from './months.ts';
import { columns, type MonthTotals, type Totals } from './totals.ts';
import { subtree } from './tree.ts';

/** Number of the institution, number of the month → its group in that month. */
export type GroupOf<Group> = (institution: number, month: number) => Group;

export interface GroupFigure extends PlainFigure {
  /** Numbers of the institutions that were in the group in some month. */
  readonly members: ReadonlySet<number>;
}

/**
 * A figure and all below it taken apart by group: the parts sum to the figure. An institution counts in its group of each month,
 * whatever stands above it, in the months in which it was below `top`. Users and area are means over the whole window, as in
 * any figure: months in another group are months of nobody.
 * @param own `Totals.ownSums` of the indicator, where many are asked for
 * @returns by group; those of which nobody was there, and nothing is known, are left out
 * @throws like `figure`
 */
export function figureByGroup<Group>(
  totals: Totals,
  indicator: Indicator,
  top: number,
  window: Window,
  groupOf: GroupOf<Group>,
  own?: MonthTotals,
): ReadonlyMap<Group, GroupFigure> {
  if (totals.book.institutions[top] === undefined)
    throw new RangeError(`the book has no institution number ${top}`);
  checkWindow(totals, window);
  const { of, per } = indicatorEntry(indicator);
  const months = totals.trees.length;
  const { cells } = own ?? totals.ownSums(of, per);
  const groups = new Map<Group, { readonly cells: Float64Array; readonly members: Set<number> }>();
  let members: readonly number[] = [];
  for (let month = window.from; month < window.to; month++) {
    const tree = totals.trees[month];
    if (tree === undefined) continue;
    if (members.length === 0 || tree !== totals.trees[month - 1]) members = subtree(tree, top);
    for (const one of members) {
      const group = groupOf(one, month);
      const sums = groups.get(group) ?? { cells: new Float64Array(months * columns), members: new Set() };
      groups.set(group, sums);
      // The tree of a month names those too that are not there in it.
      if (totals.book.institutions[one]?.exists[month] === 1) sums.members.add(one);
      const from = (one * months + month) * columns;
      for (let at = 0; at < columns; at++)
        sums.cells[month * columns + at] = (sums.cells[month * columns + at] ?? 0) + (cells[from + at] ?? 0);
    }
  }
  const figures = new Map<Group, GroupFigure>();
  for (const [group, { cells: its, members: inside }] of groups) {
    const figure = plainOf(totals, per, sumsIn(totals, its, 0, window));
    if (inside.size > 0 || figure.numerator !== null) figures.set(group, { ...figure, members: inside });
  }
  return figures;
}

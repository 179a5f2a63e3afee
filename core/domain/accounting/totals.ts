// Totals of every institution with all below it, month by month: what figures are sums of. Made when first asked for.
import type { Book } from './book.ts';
import type { CensusInstitution } from './census.ts';
import type { Measure } from './indicators.ts';
import type { MeasureRule } from './kpi/measure-rule.ts';
import { measureRule } from './kpi/rules.ts';
import { elapsedIn, elapsedMs } from './months.ts';
import { type OwnCells, ownCells } from './own-cells.ts';
import type { Terms } from './terms.ts';
import { type Tree, treesByMonth } from './tree.ts';

export type Per = 'users' | 'area' | undefined;

/** Columns of a cell of `MonthTotals.cells`. */
export const column = {
  value: 0,
  /** Number of lines of which something is known. */
  known: 1,
  /** Users or m² times the ms of the month in which the institution existed so far. */
  denominator: 2,
  expected: 3,
  measured: 4,
  estimated: 5,
  /** Institutions that should be in the figure, times those ms; those that have lines; those that are in it. */
  unitsExpected: 6,
  unitsWithLines: 7,
  unitsCounted: 8,
  lacking: 9,
  /** Institutions of which something was multiplied by a factor that is not the year's own. */
  provisional: 10,
} as const;
export const columns = 11;

/** Sums over each institution's subtree in each month's tree; a cell begins at `(one * months + month) * columns`. */
export interface MonthTotals {
  readonly cells: Float64Array;
}

export interface TotalsOptions {
  /** One tree for all months (parents by institution) instead of each month's own: the past restated (同口径). */
  readonly parent?: Int32Array | undefined;
}

/** One book under one set of terms. */
export class Totals {
  readonly book: Book;
  readonly terms: Terms;
  /** By month. */
  readonly trees: readonly Tree[];
  /** By month: time until the book's `asOf`. */
  readonly elapsedMs: Float64Array;
  readonly #presentMs: readonly Float64Array[];
  readonly #own = new Map<Measure, OwnCells>();
  readonly #sums = new Map<string, MonthTotals>();

  constructor(book: Book, terms: Terms, options: TotalsOptions = {}) {
    this.book = book;
    this.terms = terms;
    this.trees = treesByMonth(book.institutions, book.months.starts.length, options.parent);
    this.elapsedMs = elapsedMs(book.months, book.asOf);
    const { starts, to } = book.months;
    const from = starts[0] ?? to;
    this.#presentMs = book.institutions.map(({ lives }) =>
      lives.length === 1 && lives[0]?.from === from && lives[0].to === to
        ? this.elapsedMs
        : elapsedIn(lives, book.months, book.asOf),
    );
  }

  /** Of the month's time until `asOf`, what the institution existed in: what its people and area are weighted by, ms. */
  presentMs(institution: number, month: number): number {
    return this.#presentMs[institution]?.[month] ?? 0;
  }

  rule(measure: Measure): MeasureRule {
    return measureRule(measure, this.terms);
  }

  /** Whether an institution should be in a figure of the month, has lines for it, and is in it: the cell's states. */
  own(measure: Measure): OwnCells {
    const known = this.#own.get(measure);
    if (known !== undefined) return known;
    const made = ownCells(this.book, this.terms, this.rule(measure));
    this.#own.set(measure, made);
    return made;
  }

  sums(measure: Measure, per: Per): MonthTotals {
    const name = `${measure} ${per ?? ''}`;
    const known = this.#sums.get(name);
    if (known !== undefined) return known;
    const own = this.own(measure);
    const made = { cells: this.#ownTotals(own, per) };
    addUp(made.cells, this.trees);
    this.#sums.set(name, made);
    return made;
  }

  /** Of each institution without those below it; made anew at each call. */
  ownSums(measure: Measure, per: Per): MonthTotals {
    return { cells: this.#ownTotals(this.own(measure), per) };
  }

  /** How an institution stands in the figure of a month: the rule of who counts, in one place. */
  state(measure: Measure, per: Per, institution: number, month: number): CellState {
    const one = this.book.institutions[institution];
    if (one === undefined) return outside;
    const own = this.own(measure);
    const cell = institution * this.trees.length + month;
    const leaf = this.trees[month]?.leaf[institution] === 1;
    return cellState(one, month, per, own, cell, leaf, this.terms.boundary.value.registeredOnly);
  }

  #ownTotals(own: OwnCells, per: Per): Float64Array {
    const { institutions } = this.book;
    const size = institutions.length;
    const months = this.book.months.starts.length;
    const { registeredOnly } = this.terms.boundary.value;
    const cells = new Float64Array(size * months * columns);
    for (let one = 0; one < size; one++) {
      const institution = institutions[one];
      const present = this.#presentMs[one];
      if (institution === undefined || present === undefined) continue;
      for (let month = 0; month < months; month++) {
        const leaf = this.trees[month]?.leaf[one] === 1;
        const elapsed = present[month] ?? 0;
        const cell = one * months + month;
        const hasLines = own.hasLines[cell] === 1;
        const state = cellState(institution, month, per, own, cell, leaf, registeredOnly);
        const at = cell * columns;
        if (state & states.expected) {
          cells[at + column.unitsExpected] = elapsed;
          if (hasLines) cells[at + column.unitsWithLines] = elapsed;
          if (state & states.included && hasLines) cells[at + column.unitsCounted] = elapsed;
        }
        if (!(state & states.included)) continue;
        if (hasLines) cells[at + column.denominator] = denominatorOf(institution, month, per) * elapsed;
        cells[at + column.value] = own.value[cell] ?? 0;
        cells[at + column.known] = own.known[cell] ?? 0;
        cells[at + column.expected] = own.expected[cell] ?? 0;
        cells[at + column.measured] = own.measured[cell] ?? 0;
        cells[at + column.estimated] = own.estimated[cell] ?? 0;
        cells[at + column.lacking] = own.lacking[cell] ?? 0;
        cells[at + column.provisional] = own.provisional[cell] ?? 0;
      }
    }
    return cells;
  }
}

/** Bits: `expected`: it should be in the figure; `included`: its numerator counts (and its denominator, if it has lines). */
export const states = { expected: 1, included: 2 } as const;
export type CellState = number;
const outside: CellState = 0;

function cellState(
  institution: CensusInstitution,
  month: number,
  per: Per,
  { hasAny, hasLines }: OwnCells,
  cell: number,
  leaf: boolean,
  registeredOnly: boolean,
): CellState {
  if (registeredOnly && institution.registered[month] !== 1) return outside;
  const exists = institution.exists[month] === 1;
  const knownSize = per !== undefined && exists && !Number.isNaN(denominatorOf(institution, month, per));
  // A node of the tree that has neither lines nor people nor area of its own is a heading, no unit.
  const expected = exists && (hasAny[cell] === 1 || leaf || knownSize);
  // A part of its energy by all of its people would be no figure: petrol alone, say.
  const included = per === undefined || (knownSize && hasLines[cell] === 1);
  return (expected ? states.expected : 0) | (included ? states.included : 0);
}

/** Users or m² of the institution itself; NaN: not known; 1 for totals. */
export function denominatorOf(institution: CensusInstitution, month: number, per: Per): number {
  if (per === undefined) return 1;
  return (per === 'users' ? institution.users : institution.areaM2)[month] ?? Number.NaN;
}

/** Adds each institution to the one above it; months that share a tree at once. */
function addUp(cells: Float64Array, trees: readonly Tree[]): void {
  const months = trees.length;
  for (let from = 0, to = 1; from < months; from = to++) {
    const tree = trees[from];
    if (tree === undefined) return;
    while (to < months && trees[to] === tree) to++;
    for (const one of tree.order) {
      const above = tree.parent[one] ?? -1;
      if (above < 0) continue;
      const source = (one * months + from) * columns;
      const target = (above * months + from) * columns;
      for (let offset = (to - from) * columns - 1; offset >= 0; offset--) {
        cells[target + offset] = (cells[target + offset] ?? 0) + (cells[source + offset] ?? 0);
      }
    }
  }
}

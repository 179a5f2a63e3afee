// A figure and its company: value, what it is made of, and how far it can be trusted. For one institution or all at once.
import type { Basis } from './bases.ts';
import type { RuleStretch } from './census.ts';
import { type Indicator, indicatorEntry } from './indicators.ts';
import { type FigureReason, ratio } from './kpi/ratio.ts';
import { monthEnd, monthStart, type Window } from './months.ts';
import { defaultThreshold, type Reference, referenceOf } from './terms.ts';
import { column, columns, type Per, states, type Totals } from './totals.ts';
import { subtree } from './tree.ts';

/** Shares of what should be known, 0 to 1; together 1. */
export interface Coverage {
  readonly measured: number;
  readonly estimated: number;
  readonly missing: number;
}

export interface Figure {
  readonly indicator: Indicator;
  /** Id of the institution; all below it are in the figure. */
  readonly institution: string;
  /** Epoch ms, whole months. */
  readonly from: number;
  readonly to: number;
  readonly value: number | null;
  /** The value that it would have had; `reason` says why it is withheld. */
  readonly withheld?: number;
  readonly reason?: FigureReason;
  readonly unit: string;
  /** Of the institutions that have a number below the line, where there is one; `null`: nothing is known. */
  readonly numerator: number | null;
  /** Mean users or m² over the period's days, those before its founding and after its end as none; of a total `null`. */
  readonly denominator: number | null;
  /** Versions of the counting rules by which the users were counted, by id; none where every head is one. */
  readonly userRules: readonly Reference[];
  readonly coverage: Coverage;
  readonly units: {
    /** In the figure for the whole time in which they should be. */
    readonly counted: number;
    readonly expected: number;
    /** Ids of those that should be in it and, for some month at least, are not. */
    readonly missing: readonly string[];
  };
  /** Carbon, some of it by a factor that is not the year's own. */
  readonly provisional: boolean;
  readonly basis: Basis;
  readonly boundary: Reference;
  readonly coefficients: Reference;
  readonly carbonFactors: Reference;
}

/** An indicator of all institutions over one window; columns by the number of the institution. */
export interface FigureTable {
  readonly indicator: Indicator;
  readonly window: Window;
  /** NaN: none, see `reasons`. */
  readonly value: Float64Array;
  /** What `value` is, or would have been but for coverage or a coefficient; NaN: nothing is known. */
  readonly withheld: Float64Array;
  readonly reasons: readonly (FigureReason | undefined)[];
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  readonly measured: Float64Array;
  readonly estimated: Float64Array;
  readonly missing: Float64Array;
  /** Mean number of institutions over the period's time. */
  readonly unitsExpected: Float64Array;
  readonly unitsCounted: Float64Array;
  /** 1 where some of it is by a factor that is not the year's own. */
  readonly provisional: Uint8Array;
}

/**
 * @param institution number in the book
 * @param window months of the book, [from, to)
 * @throws RangeError for an institution or a month that the book does not have
 */
export function figure(totals: Totals, indicator: Indicator, institution: number, window: Window): Figure {
  const { book, terms } = totals;
  return {
    ...plainFigure(totals, indicator, institution, window),
    indicator,
    institution: book.institutions[institution]?.id ?? '',
    from: monthStart(book.months, window.from),
    to: monthEnd(book.months, window.to - 1),
    unit: indicatorEntry(indicator).unit,
    ...companyOf(totals, indicator, institution, window),
    basis: terms.basis,
    boundary: referenceOf(terms.boundary),
    coefficients: referenceOf(terms.coefficients),
    carbonFactors: referenceOf(terms.carbonFactors),
  };
}

export type PlainFigure = Pick<
  Figure,
  'value' | 'withheld' | 'reason' | 'numerator' | 'denominator' | 'coverage' | 'provisional'
>;

/** The numbers of a figure, without who is in it: for many windows of one institution. @throws like `figure` */
export function plainFigure(
  totals: Totals,
  indicator: Indicator,
  institution: number,
  window: Window,
): PlainFigure {
  if (totals.book.institutions[institution] === undefined)
    throw new RangeError(`the book has no institution number ${institution}`);
  checkWindow(totals, window);
  const { of, per } = indicatorEntry(indicator);
  return plainOf(totals, per, sumsOf(totals, of, per, institution, window));
}

/** The numbers of a figure of sums. */
export function plainOf(totals: Totals, per: Per, sums: Sums): PlainFigure {
  const { value, ...rest } = ratioOf(totals, per, sums);
  return {
    value,
    ...rest,
    numerator: Number.isNaN(sums.numerator) ? null : sums.numerator,
    denominator: per === undefined || !(sums.unitsCounted > 0) ? null : sums.denominator,
    coverage: coverageOf(sums, per),
    provisional: sums.provisional > 0,
  };
}

/** As `figure`, of every institution of the book. */
export function figureTable(totals: Totals, indicator: Indicator, window: Window): FigureTable {
  checkWindow(totals, window);
  const size = totals.book.institutions.length;
  const entry = indicatorEntry(indicator);
  const { cells } = totals.sums(entry.of, entry.per);
  const column = () => new Float64Array(size);
  const reasons = new Array<FigureReason | undefined>(size);
  const table = {
    indicator,
    window,
    value: column(),
    withheld: column(),
    reasons,
    numerator: column(),
    denominator: column(),
    measured: column(),
    estimated: column(),
    missing: column(),
    unitsExpected: column(),
    unitsCounted: column(),
    provisional: new Uint8Array(size),
  };
  for (let one = 0; one < size; one++) {
    const sums = sumsIn(totals, cells, one * totals.trees.length, window);
    const { value, withheld, reason } = ratioOf(totals, entry.per, sums);
    const { measured, estimated, missing } = coverageOf(sums, entry.per);
    table.value[one] = value ?? Number.NaN;
    table.withheld[one] = value ?? withheld ?? Number.NaN;
    reasons[one] = reason;
    table.numerator[one] = sums.numerator;
    table.denominator[one] = sums.denominator;
    table.measured[one] = measured;
    table.estimated[one] = estimated;
    table.missing[one] = missing;
    table.unitsExpected[one] = sums.unitsExpected;
    table.unitsCounted[one] = sums.unitsCounted;
    table.provisional[one] = sums.provisional > 0 ? 1 : 0;
  }
  return table;
}

/** Sums of a window; times are divided by the window's: means. */
interface Sums {
  readonly numerator: number;
  readonly denominator: number;
  readonly expected: number;
  readonly measured: number;
  readonly estimated: number;
  readonly unitsExpected: number;
  readonly unitsWithLines: number;
  readonly unitsCounted: number;
  readonly lacking: number;
  readonly provisional: number;
}

function sumsOf(
  totals: Totals,
  measure: Parameters<Totals['sums']>[0],
  per: Per,
  one: number,
  window: Window,
): Sums {
  return sumsIn(totals, totals.sums(measure, per).cells, one * totals.trees.length, window);
}

/** @param first place of the first month's cell */
export function sumsIn(totals: Totals, cells: Float64Array, first: number, window: Window): Sums {
  let value = 0;
  let known = 0;
  let denominator = 0;
  let expected = 0;
  let measured = 0;
  let estimated = 0;
  let unitsExpected = 0;
  let unitsWithLines = 0;
  let unitsCounted = 0;
  let lacking = 0;
  let provisional = 0;
  let elapsed = 0;
  for (let month = window.from; month < window.to; month++) {
    const at = (first + month) * columns;
    value += cells[at + column.value] ?? 0;
    known += cells[at + column.known] ?? 0;
    denominator += cells[at + column.denominator] ?? 0;
    expected += cells[at + column.expected] ?? 0;
    measured += cells[at + column.measured] ?? 0;
    estimated += cells[at + column.estimated] ?? 0;
    unitsExpected += cells[at + column.unitsExpected] ?? 0;
    unitsWithLines += cells[at + column.unitsWithLines] ?? 0;
    unitsCounted += cells[at + column.unitsCounted] ?? 0;
    lacking += cells[at + column.lacking] ?? 0;
    provisional += cells[at + column.provisional] ?? 0;
    elapsed += totals.elapsedMs[month] ?? 0;
  }
  const time = elapsed > 0 ? elapsed : 1;
  return {
    numerator: known > 0 ? value : Number.NaN,
    denominator: denominator / time,
    expected,
    measured,
    estimated,
    unitsExpected: unitsExpected / time,
    unitsWithLines: unitsWithLines / time,
    unitsCounted: unitsCounted / time,
    lacking,
    provisional,
  };
}

function ratioOf(totals: Totals, per: Per, sums: Sums) {
  const { measured, estimated } = coverageOf(sums, per);
  // Where nobody has a line there is no data, whatever stands below.
  const nobody = sums.unitsWithLines === 0 && Number.isNaN(sums.numerator);
  return ratio({
    numerator: sums.numerator,
    denominator: per === undefined || nobody ? undefined : sums.denominator,
    coverage: measured + estimated,
    threshold: totals.terms.threshold ?? defaultThreshold,
    lacksCoefficient: sums.lacking > 0,
  });
}

/** Covered ÷ expected; per person or area times the share of institutions that are in the figure. */
function coverageOf(sums: Sums, per: Per): Coverage {
  if (!(sums.expected > 0)) return { measured: 0, estimated: 0, missing: 1 };
  const units = per === undefined || !(sums.unitsExpected > 0) ? 1 : sums.unitsCounted / sums.unitsExpected;
  const share = units / sums.expected;
  const measured = Math.min(1, sums.measured * share);
  const estimated = Math.min(1 - measured, sums.estimated * share);
  return { measured, estimated, missing: 1 - measured - estimated };
}

/** Who should be in the figure, who is, and by which rules their users were counted. */
function companyOf(
  totals: Totals,
  indicator: Indicator,
  top: number,
  window: Window,
): Pick<Figure, 'units' | 'userRules'> {
  const { of, per } = indicatorEntry(indicator);
  const { institutions, months } = totals.book;
  const { hasLines } = totals.own(of);
  const expected = new Set<number>();
  const missing = new Set<number>();
  const rules = new Set<RuleStretch>();
  let members: readonly number[] = [];
  for (let month = window.from; month < window.to; month++) {
    const tree = totals.trees[month];
    if (tree === undefined || !((totals.elapsedMs[month] ?? 0) > 0)) continue;
    if (members.length === 0 || tree !== totals.trees[month - 1]) members = subtree(tree, top);
    for (const one of members) {
      const state = totals.state(of, per, one, month);
      if (!(state & states.expected) || totals.presentMs(one, month) === 0) continue;
      expected.add(one);
      if (!(state & states.included) || hasLines[one * totals.trees.length + month] !== 1) missing.add(one);
      else if (per === 'users') {
        for (const rule of institutions[one]?.userRules ?? [])
          if (rule.from < monthEnd(months, month) && rule.to > monthStart(months, month)) rules.add(rule);
      }
    }
  }
  const ids = [...missing].sort((a, b) => a - b).map((one) => institutions[one]?.id ?? '');
  return {
    units: { counted: expected.size - missing.size, expected: expected.size, missing: ids },
    userRules: referencesOf(rules),
  };
}

/** Each once, by id and version. */
function referencesOf(rules: ReadonlySet<RuleStretch>): Reference[] {
  const found = new Map<string, Reference>();
  for (const rule of rules) found.set(`${rule.id} ${rule.version}`, referenceOf(rule));
  return [...found.values()].sort((a, b) => (a.id === b.id ? a.version - b.version : a.id < b.id ? -1 : 1));
}

/** @throws RangeError for a window that is not in the book */
export function checkWindow(totals: Totals, { from, to }: Window): void {
  const months = totals.book.months.starts.length;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to || to > months) {
    throw new RangeError(`months ${from} to ${to} are not in the book, which has ${months}`);
  }
}

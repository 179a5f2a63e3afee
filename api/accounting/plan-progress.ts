// Where an institution stands in its plan (序时进度), and why: against the line, against other years, projected to the year's
// end, split by who and by what. The book is that of all years from the base year on; the base is restated (同口径).
import type { Book } from '../../core/domain/accounting/book.ts';
import { type Explanation, explain } from '../../core/domain/accounting/explain.ts';
import { type Figure, figure, figureTable } from '../../core/domain/accounting/figures.ts';
import { type Indicator, indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import { monthAt, windowOfYear } from '../../core/domain/accounting/months.ts';
import { defaultThreshold } from '../../core/domain/accounting/terms.ts';
import { Totals } from '../../core/domain/accounting/totals.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { type CapUse, capUse } from '../../core/domain/plan/caps.ts';
import { type GapSplit, splitGap, type TreePart } from '../../core/domain/plan/contributions.ts';
import { type DecomposedCommodity, type Decomposition, decompose } from '../../core/domain/plan/decompose.ts';
import type { MonthlyYear, PlanFigure } from '../../core/domain/plan/figure.ts';
import { type LinePlace, partDue, placeOnLine, wantedDirection } from '../../core/domain/plan/line.ts';
import { type Projection, projectYear } from '../../core/domain/plan/project.ts';
import { type RestatedBase, restate, restatedBase } from '../../core/domain/plan/restate.ts';
import type { EffectiveCap, EffectiveTarget } from '../../core/domain/plan/targets.ts';
import { type YearToDate, yearToDate } from '../../core/domain/plan/ytd.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { monthOf, wholeYear } from './periods.ts';
import { type InForce, mergedInto, type PlanRegistry, planInForce } from './plan-facts.ts';

export interface PlanQuestion {
  readonly institution: string;
  readonly year: number;
}

export interface IndicatorProgress {
  readonly target: EffectiveTarget;
  /** Of the base year, restated; and of the year. */
  readonly base: Figure;
  readonly figure: Figure;
  readonly place: LinePlace;
  readonly yearToDate: YearToDate;
  readonly projection: Projection;
  /** Who makes the gap: the institutions right below, and what is its own; `null`: not known. */
  readonly gap: GapSplit | null;
  /** What made the change since the base year. */
  readonly change: Decomposition;
}

export interface PlanProgress extends Freshness {
  readonly inForce: InForce;
  readonly restated: RestatedBase;
  readonly indicators: readonly IndicatorProgress[];
  readonly caps: readonly { readonly cap: EffectiveCap; readonly figure: Figure; readonly use: CapUse }[];
}

export interface PlanDeps {
  readonly accounting: Accounting;
  readonly registry: PlanRegistry;
  readonly calendar: Calendar;
}

/**
 * @returns `undefined` where no plan holds at the year's end
 * @throws JieyueError `registry.not-found`; `api.bad-request` for a year before the plan's base year
 */
export async function planProgress(
  deps: PlanDeps,
  question: PlanQuestion,
): Promise<PlanProgress | undefined> {
  const { accounting, registry, calendar } = deps;
  const { institution, year } = question;
  const { to } = wholeYear(year, calendar);
  const inForce = await planInForce(registry, institution, to - 1);
  if (inForce === undefined) return undefined;
  const { plan, targets } = inForce;
  const { baseYear } = plan.value;
  if (year < baseYear)
    throw new JieyueError(
      'api.bad-request',
      `the plan ${plan.id} begins with ${baseYear}; ask for that year or a later one`,
    );
  const indicators = [...targets.targets, ...targets.caps].map(({ indicator }) => indicator);
  const period = { from: wholeYear(baseYear, calendar).from, to };
  const opened = await accounting.open({ indicators, period, terms: { plan: plan.id } });
  const { totals, asOf, checkedAt } = opened;
  const { book } = totals;
  const last = Math.max(
    0,
    Math.min(monthAt(book.months, Math.min(asOf, to) - 1), book.months.starts.length - 1),
  );
  const merged = await mergedInto(registry, book.institutions, to - 1);
  const first = windowOfYear(book.months, baseYear).from;
  const input = { today: treeOf(book, last), baseYear: treeOf(book, first), mergedInto: merged };
  const restatement = restate(input);
  const view: View = {
    totals,
    base: restatedTotals(totals, last, restatement.destination),
    top: placeOf(book, institution),
    below: childrenOf(book, last, placeOf(book, institution)),
    year,
    baseYear,
    through: monthOf(Math.min(asOf, to) - 1, calendar).month,
  };
  return {
    asOf,
    checkedAt,
    inForce,
    restated: restatedBase(institution, input, restatement),
    indicators: targets.targets.map((target) => progressOf(view, target)),
    caps: targets.caps
      .filter((cap) => cap.of === institution)
      .map((cap) => {
        const now = figureOf(view.totals, cap.indicator, view.top, year);
        return { cap, figure: now, use: capUse(cap.cap, cap.endYear, planFigure(now), year) };
      }),
  };
}

interface View {
  readonly totals: Totals;
  /** Under today's tree, with those that were merged. */
  readonly base: Totals;
  readonly top: number;
  readonly below: readonly number[];
  readonly year: number;
  readonly baseYear: number;
  /** Last month of the year to date, 1 to 12. */
  readonly through: number;
}

function progressOf(view: View, target: EffectiveTarget): IndicatorProgress {
  const { totals, base, top, year, baseYear } = view;
  const { indicator } = target;
  const then = figureOf(base, indicator, top, baseYear);
  const now = figureOf(totals, indicator, top, year);
  const place = placeOnLine(target, planFigure(then), planFigure(now), year, {
    wanted: wantedDirection(indicator),
  });
  const months = monthsOf(totals, indicator, top, year);
  const past = Array.from({ length: year - baseYear }, (_, index) => baseYear + index).map((each) =>
    monthsOf(each === baseYear ? base : totals, indicator, top, each),
  );
  return {
    target,
    base: then,
    figure: now,
    place,
    yearToDate: yearToDate(months, view.through, { lastYear: past.at(-1), baseYear: past[0] }),
    projection: projectYear(months, past),
    gap: splitGap(partsOf(view, indicator), 1 + target.change * partDue(target, year)),
    change: changeOf(view, indicator),
  };
}

function figureOf(totals: Totals, indicator: Indicator, top: number, year: number): Figure {
  return figure(totals, indicator, top, windowOfYear(totals.book.months, year));
}

function planFigure({ value, coverage, provisional }: Figure): PlanFigure {
  return { value, coverage: coverage.measured + coverage.estimated, provisional };
}

/** Months that are covered too little to be compared are not known. */
function monthsOf(totals: Totals, indicator: Indicator, top: number, year: number): MonthlyYear {
  const { from, to } = windowOfYear(totals.book.months, year);
  const intensity = indicatorEntry(indicator).per !== undefined;
  const threshold = totals.terms.threshold ?? defaultThreshold;
  const amount = new Float64Array(12).fill(Number.NaN);
  const per = new Float64Array(12).fill(Number.NaN);
  for (let month = from; month < to; month++) {
    const table = figure(totals, indicator, top, { from: month, to: month + 1 });
    if (table.coverage.measured + table.coverage.estimated < threshold - 1e-9) continue;
    amount[month - from] = table.numerator ?? Number.NaN;
    per[month - from] = table.denominator ?? Number.NaN;
  }
  return intensity ? { year, amount, per } : { year, amount };
}

/** The institutions right below, each with all below it, and what is left: the institution itself. */
function partsOf({ totals, base, top, below, year, baseYear }: View, indicator: Indicator): TreePart[] {
  const now = figureTable(totals, indicator, windowOfYear(totals.book.months, year));
  const then = figureTable(base, indicator, windowOfYear(totals.book.months, baseYear));
  const intensity = indicatorEntry(indicator).per !== undefined;
  const part = (id: string, of: (column: Float64Array) => number): TreePart => ({
    institution: id,
    amount: of(now.numerator),
    baseAmount: of(then.numerator),
    ...(intensity ? { per: of(now.denominator), basePer: of(then.denominator) } : {}),
  });
  const at = (column: Float64Array, place: number) => column[place] ?? Number.NaN;
  const known = (value: number) => (Number.isNaN(value) ? 0 : value);
  const parts = below.map((place) => {
    const isNew = Number.isNaN(at(then.numerator, place)) && at(then.unitsExpected, place) === 0;
    const one = part(totals.book.institutions[place]?.id ?? '', (column) => at(column, place));
    // It was not there yet: it had nothing.
    return isNew ? { ...one, baseAmount: 0, ...(intensity ? { basePer: 0 } : {}) } : one;
  });
  const rest = part(totals.book.institutions[top]?.id ?? '', (column) =>
    below.reduce((left, place) => left - known(at(column, place)), known(at(column, top))),
  );
  return [...parts, rest];
}

function changeOf({ totals, base, top, year, baseYear }: View, indicator: Indicator): Decomposition {
  const by = { institution: false, use: false };
  const then = explain(base, indicator, top, windowOfYear(totals.book.months, baseYear), by);
  const now = explain(totals, indicator, top, windowOfYear(totals.book.months, year), by);
  const { per } = indicatorEntry(indicator);
  const below = { from: then.figure.denominator ?? 0, to: now.figure.denominator ?? 0 };
  return decompose(
    commoditiesOf(then, now),
    per === undefined ? null : { kind: per, ...below },
    per === undefined ? 'total' : 'intensity',
  );
}

function commoditiesOf(then: Explanation, now: Explanation): DecomposedCommodity[] {
  const sums = (explanation: Explanation) => {
    const found = new Map<string, { quantity: number; value: number }>();
    for (const { commodity, quantity, contribution } of explanation.parts) {
      const sum = found.get(commodity) ?? { quantity: 0, value: 0 };
      found.set(commodity, {
        quantity: sum.quantity + quantity,
        value: sum.value + (contribution ?? Number.NaN),
      });
    }
    return found;
  };
  const [from, to] = [sums(then), sums(now)];
  const nothing = { quantity: 0, value: 0 };
  return [...new Set([...from.keys(), ...to.keys()])].map((commodity) => ({
    commodity,
    from: from.get(commodity) ?? nothing,
    to: to.get(commodity) ?? nothing,
  }));
}

/** Who exists in a month → who is above. */
function treeOf({ institutions }: Book, month: number): Map<string, string | null> {
  return new Map(
    institutions
      .filter(({ exists }) => exists[month] === 1)
      .map(({ id, parent }) => [id, institutions[parent[month] ?? -1]?.id ?? null]),
  );
}

/** Made once for the totals that they belong to. */
const restatedOf = new WeakMap<Totals, Totals>();

function restatedTotals(totals: Totals, today: number, destination: ReadonlyMap<string, string>): Totals {
  const known = restatedOf.get(totals);
  if (known !== undefined) return known;
  const { book, terms } = totals;
  const made = new Totals(book, terms, { parent: restatedParents(book, today, destination) });
  restatedOf.set(totals, made);
  return made;
}

/** Today's tree; whoever is gone stands below the one that its base belongs to. */
function restatedParents(book: Book, today: number, destination: ReadonlyMap<string, string>): Int32Array {
  const places = new Map(book.institutions.map(({ id }, place) => [id, place]));
  return Int32Array.from(book.institutions, ({ id, parent, exists }) => {
    const into = destination.get(id);
    if (into !== undefined && into !== id) return places.get(into) ?? -1;
    return exists[today] === 1 ? (parent[today] ?? -1) : -1;
  });
}

function childrenOf({ institutions }: Book, month: number, top: number): number[] {
  return institutions.flatMap(({ parent, exists }, place) =>
    exists[month] === 1 && parent[month] === top ? [place] : [],
  );
}

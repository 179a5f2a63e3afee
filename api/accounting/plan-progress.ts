// Where an institution stands in its plan (序时进度), and why: against the line, against other years, projected to the year's
// end, split by who and by what. The book is that of all years from the base year on; the base is restated (同口径).
import { type Figure, figure } from '../../core/domain/accounting/figures.ts';
import type { Indicator } from '../../core/domain/accounting/indicators.ts';
import { windowOfYear } from '../../core/domain/accounting/months.ts';
import type { Terms } from '../../core/domain/accounting/terms.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { type CapUse, capUse } from '../../core/domain/plan/caps.ts';
import {
  type Compared,
  comparedMonths,
  comparedYears,
  placeOfCompared,
  type YearMonths,
} from '../../core/domain/plan/compared.ts';
import type { GapSplit } from '../../core/domain/plan/contributions.ts';
import type { Decomposition } from '../../core/domain/plan/decompose.ts';
import type { PlanFigure } from '../../core/domain/plan/figure.ts';
import {
  type LineOptions,
  type LinePlace,
  partDue,
  placeOnLine,
  wantedDirection,
} from '../../core/domain/plan/line.ts';
import { type Projection, projectYear } from '../../core/domain/plan/project.ts';
import type { RestatedBase } from '../../core/domain/plan/restate.ts';
import type { EffectiveCap, EffectiveTarget } from '../../core/domain/plan/targets.ts';
import { type YearToDate, yearToDate } from '../../core/domain/plan/ytd.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { sayOfRequests } from '../http/said.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { wholeYear } from './periods.ts';
import { type InForce, type PlanRegistry, planInForce } from './plan-facts.ts';
import { monthsOf, monthsOver, windowsOf, yearSoFar } from './plan-months.ts';
import { changeOf, gapOf } from './plan-why.ts';
import { type RestatedView, restatedView } from './restated-view.ts';

export interface PlanQuestion {
  readonly institution: string;
  readonly year: number;
}

/** All of it on one tree (同口径). */
export interface IndicatorProgress {
  readonly target: EffectiveTarget;
  /** Of the whole base year. */
  readonly base: Figure;
  /** Of the year; while it runs, of its months that are over (in January: of what there is of it). */
  readonly figure: Figure;
  /** What place, gap and change are of: both years, or while the year runs the months that are over and known in both. */
  readonly compared: Compared;
  readonly place: LinePlace;
  /** Where the projection would stand on the whole year's line; `null`: the year is over, or nothing can be projected. */
  readonly projected: LinePlace | null;
  /**
   * Where it would stand had the time that is not covered used as much as the time that is: a bill that is missing looks like a saving.
   * `null`: all is covered in both years, or the year runs.
   */
  readonly ifCovered: LinePlace | null;
  readonly yearToDate: YearToDate;
  readonly projection: Projection;
  /** Who makes the gap: the institutions right below, and what is its own; `null`: not known, as where too little is covered. */
  readonly gap: GapSplit | null;
  /** What made the change since the base year; reason `unknown` where no month can be compared. */
  readonly change: Decomposition;
}

export interface CapProgress {
  readonly cap: EffectiveCap;
  /** As `IndicatorProgress.figure`. */
  readonly figure: Figure;
  /** While the year runs it is over for certain or not known. */
  readonly use: CapUse;
  /** What the projected year would use of it; `null`: the year is over, or nothing can be projected. */
  readonly projected: CapUse | null;
}

export interface PlanProgress extends Freshness {
  readonly year: number;
  /** The year was not over at `asOf`. */
  readonly running: boolean;
  /** Months of the year that were: 0 … 12. */
  readonly through: number;
  readonly inForce: InForce;
  /** What figures are under; those of the plan, but for the institution's own region of the grid. */
  readonly terms: Terms;
  readonly restated: RestatedBase;
  readonly indicators: readonly IndicatorProgress[];
  readonly caps: readonly CapProgress[];
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
    throw new JieyueError('api.bad-request', sayOfRequests('plan.begins', { plan: plan.id, year: baseYear }));
  const period = { from: wholeYear(baseYear, calendar).from, to };
  // No indicators: it is not these totals that are asked, but the restated ones.
  const opened = await accounting.open({ indicators: [], period, terms: { plan: plan.id }, institution });
  const { asOf, checkedAt, terms } = opened;
  const { months } = opened.totals.book;
  const restated = await restatedView(opened, registry, baseYear);
  const view: View = {
    restated,
    top: placeOf(opened.totals.book, institution),
    year,
    baseYear,
    through: monthsOver(months, year, asOf),
    running: asOf < to,
  };
  return {
    asOf,
    checkedAt,
    year,
    running: view.running,
    through: view.through,
    inForce,
    terms,
    restated: restated.baseOf(institution),
    indicators: targets.targets.map((target) => progressOf(view, target)),
    caps: targets.caps.filter(({ of }) => of === institution).map((cap) => capOf(view, cap)),
  };
}

interface View {
  readonly restated: RestatedView;
  readonly top: number;
  readonly year: number;
  readonly baseYear: number;
  /** Last month that is over, 0 to 12. */
  readonly through: number;
  readonly running: boolean;
}

function progressOf(view: View, target: EffectiveTarget): IndicatorProgress {
  const { restated, top, year, baseYear, through, running } = view;
  const { totals, standing } = restated;
  const { months } = totals.book;
  const { indicator } = target;
  const base = figure(totals, indicator, top, windowOfYear(months, baseYear));
  const now = figureOf(view, indicator);
  const { own, past } = yearsOf(view, indicator);
  const compared = running
    ? comparedMonths(own, past[0] ?? own, through)
    : comparedYears(planFigure(base), planFigure(now));
  const options = { wanted: wantedDirection(indicator), coverageThreshold: totals.terms.threshold };
  const whole = running ? { wholeBase: base.value !== null } : undefined;
  const projection = projectYear(own, past);
  const windows = {
    now: windowsOf(months, year, compared.months),
    base: windowsOf(months, baseYear, compared.months),
  };
  const place = placeOfCompared(target, compared, year, whole, options);
  const doubtful = place.reason === 'coverage' || place.reason === 'base-coverage';
  const factor = 1 + target.change * partDue(target, year);
  const below = [...standing].flatMap(([one, above]) => (above === top ? [one] : []));
  return {
    target,
    base,
    figure: now,
    compared,
    place,
    projected:
      running && projection.value !== null
        ? placeOnLine(target, planFigure(base), projected(projection, now), year, options)
        : null,
    ifCovered: running ? null : placeIfCovered(target, base, now, year, options),
    yearToDate: yearToDate(own, through, { lastYear: past.at(-1), baseYear: past[0] }),
    projection,
    gap: doubtful ? null : gapOf(totals, indicator, top, below, windows, factor),
    change: changeOf(totals, indicator, top, windows),
  };
}

function placeIfCovered(
  target: EffectiveTarget,
  base: Figure,
  now: Figure,
  year: number,
  options: LineOptions,
): LinePlace | null {
  if ([base, now].every((each) => coveredPart(each) >= 1 - 1e-6)) return null;
  const whole = (each: Figure): PlanFigure => {
    const { value, provisional } = planFigure(each);
    const part = coveredPart(each);
    return { value: value === null || !(part > 0) ? null : value / part, coverage: 1, provisional };
  };
  const place = placeOnLine(target, whole(base), whole(now), year, options);
  return place.gap === null ? null : place;
}

/** Of the time of those that are in the figure: an institution that is not lacks above the line and below. */
function coveredPart({ denominator, coverage, units }: Figure): number {
  const within = denominator === null || units.expected === 0 ? 1 : units.counted / units.expected;
  return (coverage.measured + coverage.estimated) / within;
}

function capOf(view: View, cap: EffectiveCap): CapProgress {
  const { year, running, restated } = view;
  const { own, past } = yearsOf(view, cap.indicator);
  const now = figureOf(view, cap.indicator);
  const projection = projectYear(own, past);
  const coverageThreshold = restated.totals.terms.threshold;
  return {
    cap,
    figure: now,
    use: capUse(cap.cap, cap.endYear, planFigure(now), year, { coverageThreshold, running }),
    projected:
      running && projection.value !== null
        ? capUse(cap.cap, cap.endYear, projected(projection, now), year)
        : null,
  };
}

/** The year and all before it from the base year on, ascending. */
function yearsOf({ restated, top, year, baseYear }: View, indicator: Indicator) {
  const of = (each: number): YearMonths => monthsOf(restated.totals, indicator, top, each);
  const past = Array.from({ length: year - baseYear }, (_, index) => of(baseYear + index));
  return { own: of(year), past };
}

function figureOf({ restated: { totals }, top, year }: View, indicator: Indicator): Figure {
  return figure(totals, indicator, top, yearSoFar(totals.book.months, year, totals.book.asOf));
}

function planFigure({ value, coverage, provisional }: Figure): PlanFigure {
  return { value, coverage: coverage.measured + coverage.estimated, provisional };
}

/** A projection stands in for a year: it is named so where it is shown, and nothing of it is missing. */
function projected({ value }: Projection, { provisional }: Figure): PlanFigure {
  return { value, coverage: 1, provisional };
}

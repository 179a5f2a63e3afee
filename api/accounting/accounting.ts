// Energy accounting, kept up to date: figures of any institution, period, boundary and basis, by month, and taken apart.
import type { Book } from '../../core/domain/accounting/book.ts';
import type { CensusInstitution } from '../../core/domain/accounting/census.ts';
import { type ExplainBy, type Explanation, explain } from '../../core/domain/accounting/explain.ts';
import { type Figure, type FigureTable, figure, figureTable } from '../../core/domain/accounting/figures.ts';
import { figureByGroup, type GroupFigure } from '../../core/domain/accounting/figures-by-group.ts';
import type { Indicator } from '../../core/domain/accounting/indicators.ts';
import { monthEnd, monthStart, type Window } from '../../core/domain/accounting/months.ts';
import type { Reference, Terms } from '../../core/domain/accounting/terms.ts';
import type { Totals } from '../../core/domain/accounting/totals.ts';
import type { Tree } from '../../core/domain/accounting/tree.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { sayOfRequests } from '../http/said.ts';
import { BookKeeper } from './book-keeper.ts';
import { checkPeriod, type Period, windowOf, yearsOf } from './periods.ts';
import type { Standing, Years } from './span-book.ts';
import { ownTerms, type TermsQuestion, termsOf } from './terms.ts';
import { TotalsCache } from './totals-cache.ts';

export interface AccountingDeps {
  readonly store: Pick<TelemetryStore, 'findSeries' | 'series' | 'monthColumns' | 'rollupWindows'>;
  readonly registry: Pick<Registry, 'rollupChanges' | 'census' | 'revision' | 'definitions' | 'facts'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Pause between looks for changes; default 2 s. */
  readonly everyMs?: number | undefined;
}

export interface Question {
  readonly indicators: readonly Indicator[];
  /** Whole months; `periods.ts` makes years, years to date, rolling twelve months. */
  readonly period: Period;
  readonly terms?: TermsQuestion | undefined;
  /** The institution that is asked for, by id: what the terms leave out is as its plan and its region of the grid say. */
  readonly institution?: string | undefined;
}

/** How fresh an answer is. */
export interface Freshness {
  /** Time is expected to be covered up to here. */
  readonly asOf: number;
  /** What changed after this may be missing: a few seconds ago, but where registry or store do not answer. */
  readonly checkedAt: number;
}

/** What an answer is under. */
export interface Under {
  readonly terms: Terms;
  /** The plan that the terms begin with: named, or the institution's own, or the default. */
  readonly plan: Reference;
}

/** Totals of a period under terms, and where the period lies in them. */
export interface Opened extends Freshness, Under {
  readonly standing: Standing;
  readonly totals: Totals;
  readonly window: Window;
}

export interface TreeAnswer extends Freshness, Under {
  /** Ids; columns of the tables are in this order. */
  readonly institutions: Book['institutions'];
  /** Of the period's last month. */
  readonly tree: Tree;
  /** In the order of the indicators that were asked for. */
  readonly tables: readonly FigureTable[];
}

/** Years that one book holds at most. */
const mostYears = 12;

export class Accounting implements Service {
  readonly name = 'accounting';
  readonly #deps: AccountingDeps;
  readonly #keeper: BookKeeper;
  readonly #cache = new TotalsCache();

  constructor(deps: AccountingDeps) {
    this.#deps = deps;
    this.#keeper = new BookKeeper({
      ...deps,
      replacing: (before, after) => this.#cache.renew(before, after),
    });
  }

  /** From now on books that are asked for are followed; without it each question looks for changes itself. */
  start(): Promise<void> {
    return this.#keeper.start();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  /** Follows all changes of the books that are held, now; for tests and commands. */
  settle(): Promise<void> {
    return this.#keeper.settle();
  }

  /** The book of some years with its sources, for whatever is not a figure. */
  book(years: Years): Promise<Standing> {
    return this.#keeper.standing(years);
  }

  /**
   * Figures of one institution and all below it.
   * @throws JieyueError `registry.not-found` (institution, definition); `api.bucket-edge`, `api.bad-request` (period); those
   * of registry and store
   */
  async figures(
    question: Question & { readonly institution: string },
  ): Promise<Freshness & Under & { figures: readonly Figure[] }> {
    const opened = await this.open(question);
    const place = placeOf(opened.totals.book, question.institution);
    const figures = question.indicators.map((indicator) =>
      figure(opened.totals, indicator, place, opened.window),
    );
    return { ...companyOf(opened), figures };
  }

  /** Figures by month: a list an indicator, in the order that was asked for. @throws like `figures` */
  async months(
    question: Question & { readonly institution: string },
  ): Promise<Freshness & Under & { series: readonly (readonly Figure[])[] }> {
    const opened = await this.open(question);
    const { totals, window } = opened;
    const place = placeOf(totals.book, question.institution);
    const months = Array.from({ length: window.to - window.from }, (_, index) => window.from + index);
    const series = question.indicators.map((indicator) =>
      months.map((month) => figure(totals, indicator, place, { from: month, to: month + 1 })),
    );
    return { ...companyOf(opened), series };
  }

  /** Indicators of all institutions, each with what is below it, by column. @throws like `figures` */
  async tree(question: Question): Promise<TreeAnswer> {
    const opened = await this.open(question);
    const { totals, window } = opened;
    const tree = totals.trees[window.to - 1];
    if (tree === undefined) throw new RangeError('a period without months');
    return {
      ...companyOf(opened),
      institutions: totals.book.institutions,
      tree,
      tables: question.indicators.map((indicator) => figureTable(totals, indicator, window)),
    };
  }

  /**
   * Figures of one institution and all below it, taken apart by a group of institutions: the parts sum to each.
   * @param groupOf the group in a month, by its number in the book
   * @throws like `figures`
   */
  async groups<Group>(
    question: Question & { readonly institution: string },
    groupOf: (institution: CensusInstitution, month: number) => Group,
  ): Promise<
    Freshness &
      Under & {
        groups: readonly ReadonlyMap<Group | undefined, GroupFigure>[];
        figures: readonly Figure[];
      }
  > {
    const opened = await this.open(question);
    const { totals, window } = opened;
    const { institutions } = totals.book;
    const place = placeOf(totals.book, question.institution);
    const of = (one: number, month: number) => {
      const institution = institutions[one];
      return institution === undefined ? undefined : groupOf(institution, month);
    };
    return {
      ...companyOf(opened),
      groups: question.indicators.map((indicator) => figureByGroup(totals, indicator, place, window, of)),
      figures: question.indicators.map((indicator) => figure(totals, indicator, place, window)),
    };
  }

  /** A figure with everything that it is made of. @throws like `figures` */
  async explain(
    question: Omit<Question, 'indicators'> & {
      readonly indicator: Indicator;
      readonly institution: string;
      readonly by?: ExplainBy | undefined;
    },
  ): Promise<Freshness & Under & { explanation: Explanation }> {
    const { indicator, institution, by } = question;
    const opened = await this.open({ ...question, indicators: [indicator] });
    const { totals, window } = opened;
    const explanation = explain(totals, indicator, placeOf(totals.book, institution), window, by);
    return { ...companyOf(opened), explanation };
  }

  /** @throws like `figures` */
  async open({ indicators, period, terms: asked = {}, institution }: Question): Promise<Opened> {
    const { definitions, facts } = this.#deps.registry;
    checkPeriod(period, this.#deps.calendar);
    const years = yearsOf(period, this.#deps.calendar);
    if (years.last - years.first >= mostYears)
      throw new JieyueError('api.too-much', sayOfRequests('years.most', { most: mostYears }));
    const saysAll = asked.plan !== undefined && asked.gridRegion !== undefined;
    const own = institution === undefined || saysAll ? {} : await ownTerms(facts, institution, period.to - 1);
    const { terms, plan } = await termsOf(definitions, asked, own);
    const standing = await this.#keeper.standing(years);
    const totals = this.#cache.of(standing.book, terms, indicators);
    const window = windowOf(standing.book.months, period);
    const { asOf, checkedAt } = standing;
    return { standing, terms, plan, totals, window, asOf, checkedAt };
  }
}

/** The number of an institution in a book. @throws JieyueError `registry.not-found` */
export function placeOf({ institutions, months }: Book, id: string): number {
  const place = placesOf(institutions).get(id);
  if (place !== undefined) return place;
  const years = [monthStart(months, 0), monthEnd(months, months.starts.length - 1)].map((at) =>
    new Date(at).toISOString().slice(0, 10),
  );
  const between = { zh: years.join(' 至 '), en: years.join(' and ') };
  throw new JieyueError('registry.not-found', sayOfRequests('institution.then', { id, years: between }));
}

const known = new WeakMap<Book['institutions'], ReadonlyMap<string, number>>();

function placesOf(institutions: Book['institutions']): ReadonlyMap<string, number> {
  const found = known.get(institutions);
  if (found !== undefined) return found;
  const places = new Map(institutions.map(({ id }, place) => [id, place]));
  known.set(institutions, places);
  return places;
}

function companyOf({ asOf, checkedAt, terms, plan }: Opened): Freshness & Under {
  return { asOf, checkedAt, terms, plan };
}

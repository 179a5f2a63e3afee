// Where everybody stands in their plans, in table form: the same places as `planProgress`, without a question an institution.
import type { Indicator } from '../../core/domain/accounting/indicators.ts';
import { type Compared, placeOfCompared } from '../../core/domain/plan/compared.ts';
import { type LinePlace, wantedDirection } from '../../core/domain/plan/line.ts';
import { ranksOf } from '../../core/domain/plan/rank.ts';
import type { EffectiveTarget } from '../../core/domain/plan/targets.ts';
import type { Freshness, Opened } from './accounting.ts';
import { wholeYear, yearsOf } from './periods.ts';
import { type AllPlans, allPlans } from './plan-facts.ts';
import { monthsOver } from './plan-months.ts';
import type { PlanDeps } from './plan-progress.ts';
import { type ComparedTable, comparedTable } from './plan-tables.ts';
import { type RestatedView, restatedView } from './restated-view.ts';
import { named } from './terms.ts';

export interface RankedIndicator {
  readonly indicator: Indicator;
  /** The target: relative change from the base year to the plan's end. */
  readonly change: number;
  /** What place is of (`Compared`): both years, or while the year runs the months that are over and known in both. */
  readonly months: readonly number[];
  readonly base: number | null;
  readonly figure: number | null;
  readonly place: LinePlace;
  /** Among those with the same parent, 1 = best; `null`: its place is not known, or it is known in part only. */
  readonly rank: number | null;
}

export interface RankedInstitution {
  readonly institution: string;
  /** On the restated tree; `null`: nobody. */
  readonly parent: string | null;
  readonly plan: string;
  /** One of its figures rests on a carbon factor that is not the year's own. */
  readonly provisional: boolean;
  /** In the order of its targets. */
  readonly indicators: readonly RankedIndicator[];
}

export interface PlanRanking extends Freshness {
  readonly year: number;
  /** Months of the year that are over: 0 … 12. */
  readonly through: number;
  /**
   * Whoever exists, was not merged and has a plan at the year's end, its own or inherited, that begins with the year or
   * before; by id. Empty where nobody has one.
   */
  readonly institutions: readonly RankedInstitution[];
}

/**
 * A few queries to the registry for all institutions together.
 * @throws JieyueError those of `Accounting.open`; `registry.cycle` for mergers that lead back to themselves
 */
export async function planRanking(deps: PlanDeps, { year }: { readonly year: number }): Promise<PlanRanking> {
  const { accounting, registry, calendar } = deps;
  const { to } = wholeYear(year, calendar);
  const facts = await allPlans(registry, to - 1);
  const rows: Row[] = [];
  let oldest: Opened | undefined;
  for (const group of await groupsOf(deps, facts, year)) {
    rows.push(...rowsOf(group, year));
    if (oldest === undefined || group.opened.asOf < oldest.asOf) oldest = group.opened;
  }
  const { asOf, checkedAt, book } =
    oldest === undefined
      ? await accounting.book(yearsOf(wholeYear(year, calendar), calendar))
      : { ...oldest, book: oldest.totals.book };
  return {
    asOf,
    checkedAt,
    year,
    through: monthsOver(book.months, year, asOf),
    institutions: ranked(rows).sort((a, b) => (a.institution < b.institution ? -1 : 1)),
  };
}

/** Institutions that stand under the same plan and the same region of the grid: under the same totals. */
interface Group {
  readonly opened: Opened;
  readonly view: RestatedView;
  readonly baseYear: number;
  readonly running: boolean;
  readonly members: readonly {
    readonly place: number;
    readonly plan: string;
    readonly targets: readonly EffectiveTarget[];
  }[];
}

async function groupsOf(deps: PlanDeps, facts: AllPlans, year: number): Promise<readonly Group[]> {
  const { accounting, registry, calendar } = deps;
  const definitions = await Promise.all(facts.plans.map((id) => named(registry.definitions, 'plan', id)));
  const plans = new Map(definitions.map(({ id, value }) => [id, value]));
  const { to } = wholeYear(year, calendar);
  const groups: Group[] = [];
  for (const [plan, { baseYear }] of plans) {
    if (baseYear > year) continue;
    const period = { from: wholeYear(baseYear, calendar).from, to };
    const open = async (gridRegion: string | undefined) => {
      const opened = await accounting.open({ indicators: [], period, terms: { plan, gridRegion } });
      return { opened, view: await restatedView(opened, registry, baseYear) };
    };
    const { opened, view } = await open(undefined);
    const byRegion = new Map<string | undefined, Group['members'][number][]>();
    for (const place of view.standing.keys()) {
      const id = opened.totals.book.institutions[place]?.id ?? '';
      const inForce = facts.targetsOf(id, plans);
      if (inForce?.plan !== plan) continue;
      const region = facts.regionOf(id);
      const members = byRegion.get(region) ?? [];
      byRegion.set(region, members);
      members.push({ place, plan, targets: inForce.targets });
    }
    for (const [region, members] of byRegion) {
      const under = region === undefined ? { opened, view } : await open(region);
      groups.push({ ...under, baseYear, members, running: under.opened.asOf < to });
    }
  }
  return groups;
}

interface RowIndicator extends Omit<RankedIndicator, 'rank'> {
  readonly compared: Compared;
  readonly threshold: number | undefined;
}
interface Row extends Omit<RankedInstitution, 'indicators'> {
  readonly indicators: readonly RowIndicator[];
}

function rowsOf({ view, baseYear, running, members }: Group, year: number): Row[] {
  const { totals, standing } = view;
  const { institutions } = totals.book;
  const threshold = totals.terms.threshold;
  const tables = new Map<Indicator, ComparedTable>();
  const tableOf = (indicator: Indicator): ComparedTable => {
    const known = tables.get(indicator) ?? comparedTable(totals, indicator, baseYear, year, running);
    tables.set(indicator, known);
    return known;
  };
  return members.map(({ place: one, plan, targets }) => {
    const indicators = targets.map((target): RowIndicator => {
      const { indicator, change } = target;
      const { compared, wholeBase } = tableOf(indicator).of(one);
      const options = { wanted: wantedDirection(indicator), coverageThreshold: threshold };
      const place = placeOfCompared(target, compared, year, running ? { wholeBase } : undefined, options);
      const { months, base, figure } = compared;
      return {
        indicator,
        change,
        months,
        base: base.value,
        figure: figure.value,
        place,
        compared,
        threshold,
      };
    });
    return {
      institution: institutions[one]?.id ?? '',
      parent: institutions[standing.get(one) ?? -1]?.id ?? null,
      plan,
      provisional: indicators.some(({ place }) => place.provisional),
      indicators,
    };
  });
}

/** Ranks of each indicator among those with the same parent, whatever their plans. */
function ranked(rows: readonly Row[]): RankedInstitution[] {
  const siblings = new Map<
    string,
    { readonly row: number; readonly place: number; readonly of: RowIndicator }[]
  >();
  for (const [row, { parent, indicators }] of rows.entries()) {
    for (const [place, of] of indicators.entries()) {
      const key = `${of.indicator} ${parent ?? ''}`;
      const list = siblings.get(key) ?? [];
      siblings.set(key, list);
      list.push({ row, place, of });
    }
  }
  const ranks = rows.map(({ indicators }) => new Array<number | null>(indicators.length).fill(null));
  for (const list of siblings.values()) {
    const [first] = list;
    if (first === undefined) continue;
    const placed = list.map(({ of: { place, compared } }) => ({ place, figure: compared.figure }));
    const found = ranksOf(placed, wantedDirection(first.of.indicator), first.of.threshold);
    for (const [index, { row, place }] of list.entries()) {
      const own = ranks[row];
      if (own !== undefined) own[place] = found[index] ?? null;
    }
  }
  return rows.map(({ indicators, ...row }, index) => ({
    ...row,
    indicators: indicators.map(({ compared: _, threshold: __, ...each }, place) => ({
      ...each,
      rank: ranks[index]?.[place] ?? null,
    })),
  }));
}

// Where an institution and each below it stand in their quotas (能耗定额), in table form: the same places as `quotaPlace`, without
// a question an institution.

import type { CensusInstitution } from '../../core/domain/accounting/census.ts';
import type { QuotaSet } from '../../core/domain/accounting/definitions.ts';
import { type FigureTable, figureTable } from '../../core/domain/accounting/figures.ts';
import { type Indicator, indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import type { FigureReason } from '../../core/domain/accounting/kpi/ratio.ts';
import { monthAt } from '../../core/domain/accounting/months.ts';
import type { Named } from '../../core/domain/accounting/terms.ts';
import { type ApplicableQuota, applicableQuotas } from '../../core/domain/quota/applicable.ts';
import { placeAmongLevels, type QuotaPlace } from '../../core/domain/quota/place.ts';
import { type Freshness, placeOf } from './accounting.ts';
import { wholeYear, yearsOf } from './periods.ts';
import { yearSoFar } from './plan-months.ts';
import type { QuotaDeps, QuotaQuestion, QuotaReason } from './quota-place.ts';
import { named } from './terms.ts';

export interface QuotaRow {
  readonly institution: string;
  readonly name: string;
  /** The one above in the answer; `null`: the one that was asked for. */
  readonly parent: string | null;
  readonly set: Named<QuotaSet>;
  readonly quota: ApplicableQuota;
  /** While the year runs, of its months that are over. */
  readonly value: number | null;
  readonly why: FigureReason | null;
  /** Measured and estimated. */
  readonly coverage: number;
  readonly place: QuotaPlace;
  readonly reason: QuotaReason | null;
}

/**
 * A row an institution and an indicator of its set, parents first; who is under no set has none.
 * @throws JieyueError `registry.not-found`
 */
export async function quotaTable(
  deps: QuotaDeps,
  question: QuotaQuestion,
): Promise<Freshness & { readonly rows: readonly QuotaRow[] }> {
  const { accounting, registry, calendar } = deps;
  const { institution, year, basis = 'metered' } = question;
  const period = wholeYear(year, calendar);
  const { book, asOf, checkedAt } = await accounting.book(yearsOf(period, calendar));
  const running = asOf < period.to;
  const month = Math.max(0, monthAt(book.months, Math.min(asOf, period.to) - 1));
  const inside = belowOf(placeOf(book, institution), book.institutions, month);
  const said = await nearestFacts(registry.facts, period.to - 1);
  const tables = new Map<string, Promise<ReadonlyMap<Indicator, FigureTable>>>();
  const sets = new Map<string, Named<QuotaSet>>();
  const tablesOf = (set: Named<QuotaSet>, plan: string | undefined, gridRegion: string | undefined) => {
    const key = JSON.stringify([set.id, plan, gridRegion]);
    const known = tables.get(key) ?? open(set, plan, gridRegion);
    tables.set(key, known);
    return known;
  };
  const open = async (set: Named<QuotaSet>, plan: string | undefined, gridRegion: string | undefined) => {
    const { boundary, coefficients, rows } = set.value;
    const indicators = [...new Set(rows.map(({ indicator }) => indicator))];
    const terms = { boundary, coefficients, basis, plan, gridRegion };
    const { totals } = await accounting.open({ indicators, period, terms });
    const window = yearSoFar(totals.book.months, year, totals.book.asOf);
    return new Map(indicators.map((indicator) => [indicator, figureTable(totals, indicator, window)]));
  };
  const rows: QuotaRow[] = [];
  for (const one of inside) {
    const subject = book.institutions[one];
    if (subject === undefined) continue;
    const own = said(subject.id);
    if (own.quota === undefined) continue;
    const set = sets.get(own.quota) ?? (await named(registry.definitions, 'quota', own.quota));
    sets.set(own.quota, set);
    const figures = await tablesOf(set, own.plan, own.gridRegion);
    for (const quota of applicableQuotas(set.value, subject)) {
      const table = figures.get(quota.indicator);
      if (table === undefined) continue;
      const value = known(table.value[one]);
      const per = indicatorEntry(quota.indicator).per === undefined ? 1 : (table.denominator[one] ?? 0);
      rows.push({
        institution: subject.id,
        name: subject.name,
        parent:
          subject.id === institution ? null : (book.institutions[subject.parent[month] ?? -1]?.id ?? null),
        set,
        quota,
        value,
        why: table.reasons[one] ?? null,
        coverage: (table.measured[one] ?? 0) + (table.estimated[one] ?? 0),
        place: placeAmongLevels(running ? null : value, quota.limits, per),
        reason: running ? 'running' : null,
      });
    }
  }
  return { asOf, checkedAt, rows };
}

interface Nearest {
  readonly quota?: string | undefined;
  readonly plan?: string | undefined;
  readonly gridRegion?: string | undefined;
}

/** What an institution says, or the nearest one above it; `null` of a quota or plan: none from here down. */
async function nearestFacts(
  facts: QuotaDeps['registry']['facts'],
  at: number,
): Promise<(institution: string) => Nearest> {
  const parent = await facts.allAt('parent', at);
  const quota = await facts.allAt('quota', at);
  const plan = await facts.allAt('plan', at);
  const gridRegion = await facts.allAt('gridRegion', at);
  return (institution) => {
    const path = new Set<string>();
    for (let id: unknown = institution; typeof id === 'string' && !path.has(id); id = parent.get(id)?.value)
      path.add(id);
    const first = (of: typeof quota, isSaid: (value: unknown) => boolean) => {
      const value = [...path].map((id) => of.get(id)?.value).find(isSaid);
      return typeof value === 'string' ? value : undefined;
    };
    const isSaid = (value: unknown) => value !== undefined;
    return {
      quota: first(quota, isSaid),
      plan: first(plan, isSaid),
      gridRegion: first(gridRegion, (value) => typeof value === 'string'),
    };
  };
}

/** Numbers of the institution and of all that exist below it in a month, parents first. */
function belowOf(top: number, institutions: readonly CensusInstitution[], month: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const [place, { parent, exists }] of institutions.entries()) {
    const above = parent[month] ?? -1;
    if (above < 0 || exists[month] !== 1) continue;
    const list = children.get(above) ?? [];
    children.set(above, list);
    list.push(place);
  }
  const found = new Set([top]);
  for (const one of found) for (const child of children.get(one) ?? []) found.add(child);
  return [...found];
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

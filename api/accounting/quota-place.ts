// Where an institution stands in its quotas (能耗定额), by figures of the set's own boundary and coefficients.
import type { Basis } from '../../core/domain/accounting/bases.ts';
import type { QuotaSet } from '../../core/domain/accounting/definitions.ts';
import { type Figure, figure } from '../../core/domain/accounting/figures.ts';
import type { Named } from '../../core/domain/accounting/terms.ts';
import { type ApplicableQuota, applicableQuotas } from '../../core/domain/quota/applicable.ts';
import { placeAmongLevels, type QuotaPlace } from '../../core/domain/quota/place.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { wholeYear } from './periods.ts';
import { named } from './terms.ts';

export interface QuotaDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'facts' | 'definitions'>;
  readonly calendar: Calendar;
}

export interface QuotaQuestion {
  readonly institution: string;
  readonly year: number;
  /** Default: metered. */
  readonly basis?: Basis | undefined;
}

export interface QuotaAnswer extends Freshness {
  readonly set: Named<QuotaSet>;
  /** One an indicator of which the set has rows; no levels where no row applies. */
  readonly places: readonly {
    readonly quota: ApplicableQuota;
    readonly figure: Figure;
    readonly place: QuotaPlace;
  }[];
}

/**
 * The set is that of the institution, or of the nearest one above that names one.
 * @returns `undefined` where none is named
 * @throws JieyueError `registry.not-found`
 */
export async function quotaPlace(deps: QuotaDeps, question: QuotaQuestion): Promise<QuotaAnswer | undefined> {
  const { accounting, registry, calendar } = deps;
  const { institution, year, basis = 'metered' } = question;
  const period = wholeYear(year, calendar);
  const id = await quotaOf(registry, institution, period.to - 1);
  if (id === undefined) return undefined;
  const set = await named(registry.definitions, 'quota', id);
  const { boundary, coefficients, rows } = set.value;
  const indicators = [...new Set(rows.map(({ indicator }) => indicator))];
  const opened = await accounting.open({ indicators, period, terms: { boundary, coefficients, basis } });
  const { totals, window, asOf, checkedAt } = opened;
  const top = placeOf(totals.book, institution);
  const subject = totals.book.institutions[top] ?? { kind: '', adminLevel: '', climateZone: '', heating: '' };
  const places = applicableQuotas(set.value, subject).map((quota) => {
    const now = figure(totals, quota.indicator, top, window);
    return { quota, figure: now, place: placeAmongLevels(now.value, quota.limits, now.denominator ?? 1) };
  });
  return { asOf, checkedAt, set, places };
}

async function quotaOf(
  registry: QuotaDeps['registry'],
  institution: string,
  at: number,
): Promise<string | undefined> {
  const seen = new Set<string>();
  for (let id: unknown = institution; typeof id === 'string' && !seen.has(id); ) {
    seen.add(id);
    const quota = await registry.facts.valueAt(id, 'quota', at);
    if (quota !== undefined) return typeof quota === 'string' ? quota : undefined;
    id = await registry.facts.valueAt(id, 'parent', at);
  }
  return undefined;
}

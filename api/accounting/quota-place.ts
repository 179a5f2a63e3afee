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
import { yearSoFar } from './plan-months.ts';
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

export const quotaReasons = {
  running: {
    zh: '本年度尚未结束',
    en: 'the year still runs: a part of a year is not held against a limit of whole years',
  },
} as const satisfies Record<string, { zh: string; en: string }>;
export type QuotaReason = keyof typeof quotaReasons;

export interface QuotaAnswer extends Freshness {
  readonly set: Named<QuotaSet>;
  /** One an indicator of which the set has rows; no levels where no row applies. */
  readonly places: readonly {
    readonly quota: ApplicableQuota;
    /** While the year runs, of its months that are over (in January: of what there is of it). */
    readonly figure: Figure;
    readonly place: QuotaPlace;
    /** Why the place is not known, where figure and quota do not say; else `null`. */
    readonly reason: QuotaReason | null;
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
  const terms = { boundary, coefficients, basis };
  const opened = await accounting.open({ indicators, period, terms, institution });
  const { totals, asOf, checkedAt } = opened;
  const running = asOf < period.to;
  const window = yearSoFar(totals.book.months, year, asOf);
  const top = placeOf(totals.book, institution);
  const subject = totals.book.institutions[top] ?? { kind: '', adminLevel: '', climateZone: '', heating: '' };
  const places = applicableQuotas(set.value, subject).map((quota) => {
    const now = figure(totals, quota.indicator, top, window);
    const place = placeAmongLevels(running ? null : now.value, quota.limits, now.denominator ?? 1);
    return { quota, figure: now, place, reason: running ? 'running' : null } as const;
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

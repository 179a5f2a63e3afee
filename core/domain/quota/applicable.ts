// Which rows of a quota set (能耗定额) hold for an institution: the most specific that fits, one an indicator.
import type { QuotaSet } from '../accounting/definitions.ts';
import type { Indicator } from '../accounting/indicators.ts';

/** What rows ask about. Empty: not known. */
export interface QuotaSubject {
  readonly kind: string;
  readonly adminLevel: string;
  readonly climateZone: string;
  readonly heating: string;
}
export type Criterion = keyof QuotaSubject;

export const quotaFits = {
  applies: { zh: '适用', en: 'applies' },
  none: { zh: '定额中没有适用的条目', en: 'no row of the set fits' },
  ambiguous: { zh: '两条及以上条目同等适用', en: 'two rows or more fit equally' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type QuotaFit = keyof typeof quotaFits;

export const criterionNames = {
  kind: { zh: '机构类型', en: 'kind' },
  adminLevel: { zh: '行政层级', en: 'administrative level' },
  climateZone: { zh: '气候区', en: 'climate zone' },
  heating: { zh: '供暖方式', en: 'heating' },
} as const satisfies Record<Criterion, { zh: string; en: string }>;

export interface ApplicableQuota {
  readonly indicator: Indicator;
  readonly fit: QuotaFit;
  /** One a level of the set, from the mildest to the strictest; empty unless it applies. */
  readonly limits: readonly number[];
  /** Places in `set.rows`: the one that applies (first of equal ones), those that fit equally, or none. */
  readonly rows: readonly number[];
  /** Facts of the institution that are not known, and that would decide or might bring in a more specific row. */
  readonly unknown: readonly Criterion[];
}

type Row = QuotaSet['rows'][number];

/**
 * A row that leaves a criterion out takes any. Specific is who states more criteria; rows that fit equally and say the same limits
 * are one.
 * @returns for each indicator that the set has rows of, in the order in which it names them
 */
export function applicableQuotas(
  set: Pick<QuotaSet, 'rows'>,
  subject: QuotaSubject,
): readonly ApplicableQuota[] {
  const byIndicator = new Map<Indicator, number[]>();
  for (const [index, row] of set.rows.entries()) {
    const indexes = byIndicator.get(row.indicator) ?? [];
    indexes.push(index);
    byIndicator.set(row.indicator, indexes);
  }
  return [...byIndicator].map(([indicator, indexes]) => choose(set.rows, indicator, indexes, subject));
}

const asked: Readonly<Record<Criterion, (row: Row) => readonly string[] | undefined>> = {
  kind: (row) => row.kinds,
  adminLevel: (row) => row.adminLevels,
  climateZone: (row) => row.climateZones,
  heating: (row) => row.heating,
};
const criteria = Object.keys(asked) as Criterion[];

function choose(
  rows: readonly Row[],
  indicator: Indicator,
  indexes: readonly number[],
  subject: QuotaSubject,
): ApplicableQuota {
  let best = -1;
  let fitting: number[] = [];
  for (const index of indexes) {
    const row = rows[index];
    if (row === undefined || !fits(row, subject)) continue;
    const specific = specificity(row);
    if (specific > best) fitting = [];
    if (specific >= best) fitting.push(index);
    best = Math.max(best, specific);
  }
  const unknown = undecided(rows, indexes, subject, best);
  const [first] = fitting;
  const limits = first === undefined ? undefined : rows[first]?.limits;
  if (first === undefined || limits === undefined)
    return { indicator, fit: 'none', limits: [], rows: [], unknown };
  const agree = fitting.every((index) => sameLimits(rows[index]?.limits ?? [], limits));
  if (!agree) return { indicator, fit: 'ambiguous', limits: [], rows: fitting, unknown };
  return { indicator, fit: 'applies', limits, rows: [first], unknown };
}

function fits(row: Row, subject: QuotaSubject): boolean {
  return criteria.every((criterion) => asked[criterion](row)?.includes(subject[criterion]) ?? true);
}

function specificity(row: Row): number {
  return criteria.filter((criterion) => asked[criterion](row) !== undefined).length;
}

/** Unknown facts asked about by rows that contradict nothing known and would stand at least as high as the best that fits. */
function undecided(
  rows: readonly Row[],
  indexes: readonly number[],
  subject: QuotaSubject,
  best: number,
): readonly Criterion[] {
  const found = new Set<Criterion>();
  for (const index of indexes) {
    const row = rows[index];
    if (row === undefined || specificity(row) < best) continue;
    const open = criteria.filter(
      (criterion) => asked[criterion](row) !== undefined && subject[criterion] === '',
    );
    const contradicts = criteria.some(
      (criterion) =>
        subject[criterion] !== '' && asked[criterion](row)?.includes(subject[criterion]) === false,
    );
    if (!contradicts) for (const criterion of open) found.add(criterion);
  }
  return criteria.filter((criterion) => found.has(criterion));
}

function sameLimits(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((limit, level) => limit === right[level]);
}

// Where an institution stands among the levels of its quota, and what must go to reach the next one.
import type { QuotaSet } from '../accounting/definitions.ts';

export const placeStates = {
  /** At or under the strictest limit: nothing left to reach. */
  'within-strictest': { zh: '达到{reached}', en: 'within {reached}' },
  between: { zh: '达到{reached}，未达到{next}', en: 'within {reached}, over {next}' },
  'over-mildest': { zh: '超过{next}', en: 'over {next}' },
  'not-known': { zh: '无法判断', en: 'not known' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type PlaceState = keyof typeof placeStates;

export interface QuotaPlace {
  readonly state: PlaceState;
  /** The strictest level reached, by its place in the set's levels; `null`: none, or not known. */
  readonly reached: number | null;
  /** The mildest level not reached; `null`: all are, or not known. */
  readonly next: number | null;
  /** One a level. */
  readonly levels: readonly QuotaDistance[];
  /** What must go to reach the next level; 0 where there is none. `null`: not known. */
  readonly toNext: number | null;
}

export interface QuotaDistance {
  readonly limit: number;
  /** value ÷ limit − 1: above 0 is over it. `null`: not known. */
  readonly distance: number | null;
  /** What must go in the year to come to this level, in the unit above the indicator's line (kgce, m³ …); 0 where it is reached. */
  readonly toGo: number | null;
}

/**
 * @param value the indicator under the boundary and the coefficients of the set; `null`: not known
 * @param limits from the mildest to the strictest, falling or equal; any number
 * @param per users or area of the indicator, 1 for a total; `null`: not known, then nothing to go is told
 */
export function placeAmongLevels(
  value: number | null,
  limits: readonly number[],
  per: number | null,
): QuotaPlace {
  const known = value !== null && Number.isFinite(value) ? value : null;
  const levels = limits.map((limit) => ({
    limit,
    distance: known === null ? null : known / limit - 1,
    toGo: known === null || per === null ? null : Math.max(0, known - limit) * per,
  }));
  if (known === null || limits.length === 0) {
    return { state: 'not-known', reached: null, next: null, levels, toNext: null };
  }
  const firstOver = limits.findIndex((limit) => known > limit);
  if (firstOver < 0)
    return { state: 'within-strictest', reached: limits.length - 1, next: null, levels, toNext: 0 };
  const toNext = levels[firstOver]?.toGo ?? null;
  if (firstOver === 0) return { state: 'over-mildest', reached: null, next: 0, levels, toNext };
  return { state: 'between', reached: firstOver - 1, next: firstOver, levels, toNext };
}

/** For people: 'within guidance', 'within constraint, over guidance' …, by the names of the set's levels. */
export function placeText(place: QuotaPlace, levels: QuotaSet['levels'], language: 'zh-CN' | 'en'): string {
  const text = placeStates[place.state][language === 'en' ? 'en' : 'zh'];
  const name = (level: number | null) =>
    level === null ? '' : (levels[level]?.[language] ?? String(level + 1));
  return text.replace('{reached}', () => name(place.reached)).replace('{next}', () => name(place.next));
}

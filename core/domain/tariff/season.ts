// The heating season of a price by area: how much of it lies before a local date.

/** Days of the months in a year that is no leap year. */
export const monthsWithoutLeap = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

interface Season {
  /** `MM-DD`, both included; `from` after `to`: over the turn of the year. */
  readonly from: string;
  readonly to: string;
}

export interface SeasonPart {
  /** Month in which the season begins, `YYYY-MM`. */
  readonly begins: string;
  /** Of the season's days, the share before the piece and before its end. */
  readonly before: number;
  readonly until: number;
}

/**
 * The season (two at most, where one ends and another begins) that [from, to) touches.
 * @param from local date, days since 1970; `to` likewise, excluded
 */
export function seasonParts(season: Season, from: number, to: number): SeasonPart[] {
  const parts: SeasonPart[] = [];
  const firstYear = new Date(from * 86_400_000).getUTCFullYear() - 1;
  const lastYear = new Date(to * 86_400_000).getUTCFullYear();
  for (let year = firstYear; year <= lastYear; year++) {
    const start = dayOf(year, season.from);
    const end = dayOf(season.from <= season.to ? year : year + 1, season.to) + 1;
    if (end <= from || start >= to) continue;
    const share = (day: number) => (Math.min(Math.max(day, start), end) - start) / (end - start);
    parts.push({ begins: `${year}-${season.from.slice(0, 2)}`, before: share(from), until: share(to) });
  }
  return parts;
}

function dayOf(year: number, monthDay: string): number {
  const [month = 1, day = 1] = monthDay.split('-').map(Number);
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

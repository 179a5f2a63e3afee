// What is wrong with a quota set beyond its shape: limits that do not go with the levels, or rise where they should fall.
import type { QuotaSet } from '../accounting/definitions.ts';

export interface QuotaSetFault {
  /** Place in `rows`. */
  readonly row: number;
  readonly fault: 'level-count' | 'rising';
  readonly message: string;
}

export function quotaSetFaults(set: Pick<QuotaSet, 'levels' | 'rows'>): readonly QuotaSetFault[] {
  return set.rows.flatMap(({ indicator, limits }, row): QuotaSetFault[] => {
    const name = `row ${row + 1} (${indicator})`;
    if (limits.length !== set.levels.length) {
      const message = `${name} has ${limits.length} limits for ${set.levels.length} levels; give one a level`;
      return [{ row, fault: 'level-count', message }];
    }
    const rising = limits.findIndex((limit, level) => limit > (limits[level - 1] ?? limit));
    if (rising < 0) return [];
    const message = `${name} rises from ${limits[rising - 1]} to ${limits[rising]}; give limits from the mildest to the strictest`;
    return [{ row, fault: 'rising', message }];
  });
}

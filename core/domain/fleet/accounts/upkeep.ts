// Upkeep of cars: repairs outside of designated workshops (定点维修), and until when insurance and inspection hold.
import { dayMs } from '../../time.ts';
import type { UpkeepEntry } from './model.ts';

export interface UndesignatedRepair {
  readonly kind: 'undesignated-workshop';
  readonly vehicle: string;
  readonly entry: string;
  readonly at: number;
  readonly amountCny: number;
  readonly workshop: string | null;
}

/** Repairs and maintenance that are known to have been made elsewhere, by time; what is not told accuses nobody. */
export function undesignatedRepairs(entries: readonly UpkeepEntry[]): UndesignatedRepair[] {
  return entries
    .filter(({ kind, designated }) => (kind === 'repair' || kind === 'maintenance') && designated === false)
    .map(({ vehicle, id, at, amountCny, workshop }) => ({
      kind: 'undesignated-workshop' as const,
      vehicle,
      entry: id,
      at,
      amountCny,
      workshop: workshop ?? null,
    }))
    .sort((a, b) => a.at - b.at || (a.entry < b.entry ? -1 : 1));
}

export const dueKinds = ['insurance', 'inspection'] as const;
export type DueKind = (typeof dueKinds)[number];

export interface Due {
  readonly vehicle: string;
  readonly kind: DueKind;
  /** The last day on which it holds; null: no entry says. */
  readonly dueOn: string | null;
  readonly state: 'valid' | 'due-soon' | 'overdue' | 'unknown';
  /** From `date` on; negative: overdue. */
  readonly days: number | null;
}

/**
 * One for each car and kind. The latest date of all entries holds.
 * @param vehicles ids of the cars there are
 * @param date as of, YYYY-MM-DD
 * @param soonDays 30: a month's notice, in which both are renewed without a gap
 */
export function dues(
  vehicles: readonly string[],
  entries: readonly UpkeepEntry[],
  date: string,
  soonDays = 30,
): Due[] {
  const latest = new Map<string, string>();
  for (const { vehicle, kind, dueOn } of entries) {
    if (!dueOn) continue;
    const key = `${kind} ${vehicle}`;
    if (dueOn > (latest.get(key) ?? '')) latest.set(key, dueOn);
  }
  return [...vehicles].sort().flatMap((vehicle) =>
    dueKinds.map((kind): Due => {
      const dueOn = latest.get(`${kind} ${vehicle}`) ?? null;
      if (dueOn === null) return { vehicle, kind, dueOn, state: 'unknown', days: null };
      const days = Math.round((Date.parse(dueOn) - Date.parse(date)) / dayMs);
      return {
        vehicle,
        kind,
        dueOn,
        state: days < 0 ? 'overdue' : days <= soonDays ? 'due-soon' : 'valid',
        days,
      };
    }),
  );
}

// What cars took from outside, for the energy accounts: fuel, and charging away from home, by institution, commodity and month. What own
// piles gave is in the building's bill already. As reports: one of a key, so that nothing counts twice however often it is recorded.
import { type EnergyMonth, energyByMonth, energyEntries } from '../../core/domain/fleet/accounts/energy.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { ReportInput, ReportRecord } from '../../core/registry/ledgers.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Reach } from '../auth/access.ts';
import { cardsOf, carsOf } from './car-records.ts';
import { carsAt } from './cars-at.ts';
import type { FleetIndex } from './visibility.ts';

export interface EnergyRow extends EnergyMonth {
  /** Start of the next month. */
  readonly to: number;
  /** The month has ended; one that runs is not reported. */
  readonly over: boolean;
  /** What the ledger of reports says of exactly this month; `null`: nothing. */
  readonly reported: number | null;
  /** `overlap`: a report of another period stands in the way, and must be taken back first. */
  readonly state: 'missing' | 'same' | 'differs' | 'overlap';
}

export interface VehicleEnergy {
  readonly rows: readonly EnergyRow[];
  /** Card entries of the year that are in no row, by reason. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
}
type LeftOut = 'on-site' | 'no-fuel' | 'no-vehicle';

/** Rows by institution, commodity and month, from the first month with an entry on: later ones without any are 0. */
export async function vehicleEnergy(
  { registry, calendar, now }: { registry: Registry; calendar: Calendar; now: number },
  index: FleetIndex,
  { reach, from, to }: { readonly reach: Reach; readonly from: number; readonly to: number },
): Promise<VehicleEnergy> {
  // Who bought in the year before is expected from January on.
  const since = calendar.floor(from - 1, 'year');
  const cards = await cardsOf(registry, carsOf(index, reach, since, to), since, to);
  const { entries, leftOut } = energyEntries(cards, await carsAt(registry, index));
  const sums = energyByMonth(entries, calendar);
  const reports = await registry.reports.list({ institutions: [...reach.institutions], from, to });
  const ofYear = new Set(cards.filter(({ ts }) => ts >= from).map(({ id }) => id));
  const counts: Record<LeftOut, number> = { 'on-site': 0, 'no-fuel': 0, 'no-vehicle': 0 };
  for (const { entry, reason } of leftOut) if (ofYear.has(entry)) counts[reason]++;
  const months = calendar.starts(from, Math.min(to, now), 'month');
  const rows = [...bySeries(sums)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, series]) => {
      const [first] = series;
      if (first === undefined) return [];
      return months
        .filter((month) => month >= first.month)
        .map((month): EnergyRow => {
          const { institution, commodity, use } = first;
          const { quantity = 0, amountCny = 0 } = series.find((sum) => sum.month === month) ?? {};
          const end = calendar.next(month, 'month');
          const row = { institution, commodity, use, month, to: end, quantity, amountCny };
          return { ...row, over: end <= now, ...standing(row, reports) };
        });
    });
  return { rows, leftOut: counts };
}

/** Of the months that are over, those that the ledger of reports does not hold so. */
export function reportsOf(rows: readonly EnergyRow[]): ReportInput[] {
  return rows
    .filter(({ over, state }) => over && state !== 'same')
    .map(({ institution, commodity, use, month, to, quantity, amountCny }) => ({
      institution,
      commodity,
      use,
      from: month,
      to,
      quantity: rounded(quantity),
      amountCny: rounded(amountCny),
    }));
}

function standing(
  row: EnergyMonth & { readonly to: number },
  reports: readonly ReportRecord[],
): Pick<EnergyRow, 'reported' | 'state'> {
  const same = reports.filter(
    ({ institution, commodity, use, from, to }) =>
      institution === row.institution &&
      commodity === row.commodity &&
      use === row.use &&
      from < row.to &&
      row.month < to,
  );
  const exact = same.find(({ from, to }) => from === row.month && to === row.to);
  if (exact === undefined) return { reported: null, state: same.length > 0 ? 'overlap' : 'missing' };
  const isSame = exact.quantity === rounded(row.quantity) && exact.amountCny === rounded(row.amountCny);
  return { reported: exact.quantity, state: isSame ? 'same' : 'differs' };
}

function bySeries(sums: readonly EnergyMonth[]): Map<string, EnergyMonth[]> {
  const groups = new Map<string, EnergyMonth[]>();
  for (const sum of sums) {
    const key = `${sum.institution} ${sum.commodity}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sum]);
    else group.push(sum);
  }
  return groups;
}

/** To the thousandth, so that the same entries in another order are the same report. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

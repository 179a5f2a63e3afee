// Cars as a stock: which are there at a date, against the permitted numbers (编制数), and which may be renewed.
import { dayMs } from '../../time.ts';
import {
  type Powertrain,
  type VehicleCategory,
  type VehicleClass,
  vehicleCategoryNames,
} from '../vehicles.ts';

/** Dates are YYYY-MM-DD. */
export interface RosterVehicle {
  readonly id: string;
  readonly institution: string;
  readonly category: VehicleCategory;
  readonly vehicleClass: VehicleClass;
  readonly powertrain: Powertrain;
  readonly leased: boolean;
  /** Null: not told; it is taken to have been there always. */
  readonly purchasedOn: string | null;
  /** The first day without it. */
  readonly disposedOn: string | null;
  /** The car it was bought in place of. */
  readonly replaces: string | null;
}

/** Whether it is there at the end of the date. */
export function thereOn({ purchasedOn, disposedOn }: RosterVehicle, date: string): boolean {
  return (purchasedOn === null || purchasedOn <= date) && (disposedOn === null || disposedOn > date);
}

export interface PermitRow {
  readonly institution: string;
  readonly category: VehicleCategory;
  /** Null: no number was recorded. */
  readonly permitted: number | null;
  /** Owned. Leased cars take no permitted number and are shown apart. */
  readonly actual: number;
  readonly leased: number;
  /** Beyond what is permitted; null where that is not known. */
  readonly over: number | null;
  /** Permitted and not used. */
  readonly free: number | null;
}

export interface PermitTotals {
  readonly permitted: number | null;
  readonly actual: number;
  readonly leased: number;
  /** Sums of the rows: a free place here does not make up for a car too many there. */
  readonly over: number | null;
  readonly free: number | null;
  /** Cars in rows without a permitted number. */
  readonly withoutNumber: number;
}

export interface PermitTable {
  /** By institution, then category; rows with neither a number nor a car are left out. */
  readonly rows: readonly PermitRow[];
  readonly total: PermitTotals;
  readonly byCategory: ReadonlyMap<VehicleCategory, PermitTotals>;
  readonly byInstitution: ReadonlyMap<string, PermitTotals>;
}

export type Permits = ReadonlyMap<string, Readonly<Partial<Record<VehicleCategory, number>>>>;

/** @param permits by institution, as of the date; @param vehicles as of the date, in any order */
export function permitTable(vehicles: readonly RosterVehicle[], permits: Permits, date: string): PermitTable {
  const there = vehicles.filter((vehicle) => thereOn(vehicle, date));
  const institutions = [
    ...new Set([...permits.keys(), ...there.map(({ institution }) => institution)]),
  ].sort();
  const rows = institutions.flatMap((institution) =>
    vehicleCategoryNames.flatMap((category): PermitRow[] => {
      const permitted = permits.get(institution)?.[category] ?? null;
      const own = there.filter((car) => car.institution === institution && car.category === category);
      if (permitted === null && own.length === 0) return [];
      const leased = own.filter((car) => car.leased).length;
      const actual = own.length - leased;
      const over = permitted === null ? null : Math.max(0, actual - permitted);
      const free = permitted === null ? null : Math.max(0, permitted - actual);
      return [{ institution, category, permitted, actual, leased, over, free }];
    }),
  );
  const groups = <Key>(keyOf: (row: PermitRow) => Key) =>
    new Map(
      [...new Set(rows.map(keyOf))].map((key) => [key, totals(rows.filter((row) => keyOf(row) === key))]),
    );
  return {
    rows,
    total: totals(rows),
    byCategory: groups(({ category }) => category),
    byInstitution: groups(({ institution }) => institution),
  };
}

export interface RenewalRule {
  /** It may be renewed after more than so many years; null: age alone is no reason. */
  readonly years: number | null;
  /** … or with so many kilometres; null: mileage alone is no reason. */
  readonly km: number | null;
  /** Where the numbers come from. */
  readonly source: string;
}

/** The national rule has no number of kilometres: provinces and cities add one. */
export const renewalDefaults: RenewalRule = {
  years: 8,
  km: null,
  source:
    '党政机关公务用车管理办法 (2017): may be renewed after more than 8 years, and is to be used on while it can be; cited, the text was not read',
};

export interface Renewal {
  readonly vehicle: string;
  readonly state: 'may-be-renewed' | 'not-yet' | 'unknown';
  readonly by: readonly ('age' | 'mileage')[];
  /** The first day on which its age is a reason; null: not known, or no reason. */
  readonly from: string | null;
  readonly ageYears: number | null;
  readonly km: number | null;
}

/** Owned cars that are there at the date, by id. @param kmOf what a car has driven in its life; null: not known */
export function renewals(
  vehicles: readonly RosterVehicle[],
  kmOf: (vehicle: string) => number | null,
  date: string,
  rule: RenewalRule = renewalDefaults,
): Renewal[] {
  const owned = vehicles.filter((vehicle) => thereOn(vehicle, date) && !vehicle.leased);
  return owned
    .map(({ id, purchasedOn }): Renewal => {
      const from =
        purchasedOn === null || rule.years === null ? null : dayAfterYears(purchasedOn, rule.years);
      const km = kmOf(id);
      const by: ('age' | 'mileage')[] = [];
      if (from !== null && date >= from) by.push('age');
      if (rule.km !== null && km !== null && km >= rule.km) by.push('mileage');
      const blind = (rule.years !== null && from === null) || (rule.km !== null && km === null);
      const ageYears =
        purchasedOn === null ? null : (Date.parse(date) - Date.parse(purchasedOn)) / (365.25 * dayMs);
      const state = by.length > 0 ? 'may-be-renewed' : blind ? 'unknown' : 'not-yet';
      return { vehicle: id, state, by, from, ageYears, km };
    })
    .sort((a, b) => (a.vehicle < b.vehicle ? -1 : 1));
}

function totals(rows: readonly PermitRow[]): PermitTotals {
  const sum = (name: 'permitted' | 'over' | 'free') => {
    const known = rows.flatMap((row) => row[name] ?? []);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
  };
  return {
    permitted: sum('permitted'),
    actual: rows.reduce((all, { actual }) => all + actual, 0),
    leased: rows.reduce((all, { leased }) => all + leased, 0),
    over: sum('over'),
    free: sum('free'),
    withoutNumber: rows.reduce((all, { permitted, actual }) => all + (permitted === null ? actual : 0), 0),
  };
}

/** The day after so many years: more than eight years are over on it. */
function dayAfterYears(date: string, years: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year + years, month - 1, day + 1)).toISOString().slice(0, 10);
}

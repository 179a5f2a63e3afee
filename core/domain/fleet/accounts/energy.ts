// What of the cards enters the energy accounts: fuel, and charging away from home. What our own piles gave is in the building's bill
// already (`charging-official` there), and never counts a second time.
import type { Commodity } from '../../accounting/commodities.ts';
import type { Use } from '../../accounting/uses.ts';
import type { Calendar } from '../../time.ts';
import { powertrainEntry } from '../vehicles.ts';
import { type AccountVehicle, byTs, type CardEntry } from './model.ts';

/** A quantity for the accounts, in the unit of its commodity: litres of `gasoline` and `diesel`, kWh of `electricity`. */
export interface EnergyEntry {
  /** The card entry it comes from. */
  readonly entry: string;
  readonly vehicle: string;
  readonly institution: string;
  readonly commodity: Extract<Commodity, 'gasoline' | 'diesel' | 'electricity'>;
  readonly use: Extract<Use, 'vehicle'>;
  readonly ts: number;
  readonly quantity: number;
  readonly amountCny: number;
}

export interface EnergyEntries {
  readonly entries: readonly EnergyEntry[];
  /** `no-fuel`: bought for a car that burns none; nobody knows what it was. `no-vehicle`: the car is not known at that time. */
  readonly leftOut: readonly {
    readonly entry: string;
    readonly reason: 'on-site' | 'no-fuel' | 'no-vehicle';
  }[];
}

/** Each entry is in one of the lists, by time. @param vehicleAt the car of an entry, as of its time */
export function energyEntries(
  entries: readonly CardEntry[],
  vehicleAt: (id: string, ts: number) => AccountVehicle | undefined,
): EnergyEntries {
  const counted: EnergyEntry[] = [];
  const leftOut: EnergyEntries['leftOut'][number][] = [];
  for (const { id, vehicle: car, kind, ts, quantity, amountCny, onSite } of [...entries].sort(byTs)) {
    const vehicle = vehicleAt(car, ts);
    if (kind === 'charging' && onSite) leftOut.push({ entry: id, reason: 'on-site' });
    else if (vehicle === undefined) leftOut.push({ entry: id, reason: 'no-vehicle' });
    else {
      const commodity = kind === 'charging' ? 'electricity' : powertrainEntry(vehicle.powertrain).fuel;
      const { institution } = vehicle;
      if (commodity === null) leftOut.push({ entry: id, reason: 'no-fuel' });
      else
        counted.push({
          entry: id,
          vehicle: car,
          institution,
          commodity,
          use: 'vehicle',
          ts,
          quantity,
          amountCny,
        });
    }
  }
  return { entries: counted, leftOut };
}

/** Of one institution, commodity and month. */
export interface EnergyMonth
  extends Pick<EnergyEntry, 'institution' | 'commodity' | 'use' | 'quantity' | 'amountCny'> {
  /** Start of the month, epoch ms. */
  readonly month: number;
}

/** As a ledger of reports takes them: by month, institution, commodity. */
export function energyByMonth(entries: readonly EnergyEntry[], calendar: Calendar): EnergyMonth[] {
  const sums = new Map<string, EnergyMonth>();
  for (const { institution, commodity, use, ts, quantity, amountCny } of entries) {
    const month = calendar.floor(ts, 'month');
    const key = `${String(month).padStart(16, '0')} ${institution} ${commodity}`;
    const before = sums.get(key) ?? { institution, commodity, use, month, quantity: 0, amountCny: 0 };
    sums.set(key, {
      ...before,
      quantity: before.quantity + quantity,
      amountCny: before.amountCny + amountCny,
    });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

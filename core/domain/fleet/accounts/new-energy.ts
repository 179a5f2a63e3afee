// New-energy cars (新能源汽车): of the cars *replaced* in a year, and of the *stock* at a date. The two are different questions, and
// targets say which they mean: "at least half of the cars replaced in the year" is the first.
import { powertrainEntry } from '../vehicles.ts';
import { type RosterVehicle, thereOn } from './roster.ts';

export interface NewEnergyShare {
  readonly cars: number;
  /** All new-energy cars: the three below. */
  readonly newEnergy: number;
  readonly battery: number;
  readonly plugIn: number;
  readonly fuelCell: number;
  /** Of `cars`; null: there are none. */
  readonly share: number | null;
  readonly batteryShare: number | null;
  readonly plugInShare: number | null;
  /** Least share; null: none is set. */
  readonly target: number | null;
  /** Null: no target, or no cars. */
  readonly met: boolean | null;
  /** New-energy cars that lack for the target, of the same number of cars; null as above. */
  readonly missing: number | null;
}

export interface ReplacementShare extends NewEnergyShare {
  readonly year: number;
  /** Bought in the year in place of no other: they are in no share. */
  readonly additions: number;
}

/** Owned cars that were bought in the year in place of another, whatever became of them since. */
export function replacementShare(
  vehicles: readonly RosterVehicle[],
  year: number,
  target: number | null = null,
): ReplacementShare {
  const bought = vehicles.filter(
    ({ leased, purchasedOn }) => !leased && purchasedOn?.slice(0, 4) === String(year),
  );
  const replacing = bought.filter(({ replaces }) => replaces !== null);
  return { year, additions: bought.length - replacing.length, ...shareOf(replacing, target) };
}

/** Owned cars that are there at the date, YYYY-MM-DD. */
export function stockShare(
  vehicles: readonly RosterVehicle[],
  date: string,
  target: number | null = null,
): NewEnergyShare {
  return shareOf(
    vehicles.filter((vehicle) => !vehicle.leased && thereOn(vehicle, date)),
    target,
  );
}

function shareOf(vehicles: readonly RosterVehicle[], target: number | null): NewEnergyShare {
  const cars = vehicles.length;
  const count = (wanted: string) =>
    vehicles.filter(({ powertrain }) => powertrainEntry(powertrain).newEnergy === wanted).length;
  const [battery, plugIn, fuelCell] = [count('battery'), count('plug-in'), count('fuel-cell')];
  const newEnergy = battery + plugIn + fuelCell;
  const of = (part: number) => (cars === 0 ? null : part / cars);
  // In whole cars, so that half of 3 is 2; 0.07 of 100 must not become 8 by rounding of the machine.
  const wanted = target === null ? null : Math.ceil(target * cars - 1e-9);
  return {
    cars,
    newEnergy,
    battery,
    plugIn,
    fuelCell,
    share: of(newEnergy),
    batteryShare: of(battery),
    plugInShare: of(plugIn),
    target,
    met: wanted === null || cars === 0 ? null : newEnergy >= wanted,
    missing: wanted === null || cars === 0 ? null : Math.max(0, wanted - newEnergy),
  };
}

// Cost per kilometre against cars of the same class.
import type { VehicleClass } from '../vehicles.ts';
import { median } from './model.ts';

export interface ClassCostRule {
  /** The middle of fewer cars says nothing. 5. */
  readonly leastCars: number;
  /** A car that hardly drove has no rate, km. 500: insurance alone would make it dear. */
  readonly leastKm: number;
}

export const classCostDefaults: ClassCostRule = { leastCars: 5, leastKm: 500 };

export interface ClassCost {
  readonly vehicle: string;
  readonly cnyPerKm: number | null;
  /** The middle of its class, itself included; null: too few cars are known. */
  readonly medianCnyPerKm: number | null;
  /** Cars of the class that are known. */
  readonly cars: number;
  /** Of the median; null where either is not known. */
  readonly ratio: number | null;
}

/** In the order of what comes in; cars by their class alone, whatever they are driven by. */
export function classCosts(
  cars: readonly {
    readonly vehicle: string;
    readonly vehicleClass: VehicleClass;
    readonly cnyPerKm: number | null;
    readonly usedKm: number | null;
  }[],
  { leastCars, leastKm }: ClassCostRule = classCostDefaults,
): ClassCost[] {
  const known = new Map<VehicleClass, number[]>();
  for (const { vehicleClass, cnyPerKm, usedKm } of cars) {
    const rates = known.get(vehicleClass) ?? [];
    known.set(vehicleClass, rates);
    if (cnyPerKm !== null && usedKm !== null && usedKm >= leastKm) rates.push(cnyPerKm);
  }
  const medians = new Map([...known].map(([name, rates]) => [name, median(rates)]));
  return cars.map(({ vehicle, vehicleClass, cnyPerKm: own, usedKm }) => {
    const { length } = known.get(vehicleClass) ?? [];
    const cnyPerKm = usedKm !== null && usedKm >= leastKm ? own : null;
    const medianCnyPerKm = length >= leastCars ? (medians.get(vehicleClass) ?? null) : null;
    const ratio = cnyPerKm === null || !medianCnyPerKm ? null : cnyPerKm / medianCnyPerKm;
    return { vehicle, cnyPerKm, medianCnyPerKm, cars: length, ratio };
  });
}

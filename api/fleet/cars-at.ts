// Cars as of any time: what accounts are held against is what was said of the car then, not today.
import type { AccountVehicle } from '../../core/domain/fleet/accounts/model.ts';
import type { Fact, Registry } from '../../core/registry/registry.ts';
import type { FleetIndex } from './visibility.ts';

const dated = ['category', 'vehicleClass', 'powertrain', 'tankL', 'batteryKwh'] as const;
const ever = 8_640_000_000_000_000;

/** Cars of an institution; of one that belonged to nobody then `undefined`. */
export type CarAt = (vehicle: string, ts: number) => AccountVehicle | undefined;

export async function carsAt(registry: Pick<Registry, 'facts'>, index: FleetIndex): Promise<CarAt> {
  const facts = await Promise.all(dated.map((name) => registry.facts.allIn(name, 0, ever)));
  const byCar = facts.map((list) => {
    const cars = new Map<string, Fact[]>();
    for (const fact of list) {
      const before = cars.get(fact.entity);
      if (before) before.push(fact);
      else cars.set(fact.entity, [fact]);
    }
    return cars;
  });
  return (vehicle, ts) => {
    const institution = index.ownerAt(vehicle, ts);
    if (institution === null) return undefined;
    const said = byCar.map((cars) => {
      const own = cars.get(vehicle) ?? [];
      // What was said first is taken to have held before, as the plate on a car does.
      return (own.find((fact) => fact.validFrom <= ts && ts < (fact.validTo ?? ever)) ?? own[0])?.value;
    });
    const [category = 'other', vehicleClass = 'other', powertrain, tankL = null, batteryKwh = null] = said;
    // A car of which nobody said what drives it: what it burns is not known.
    if (powertrain === undefined) return undefined;
    return {
      id: vehicle,
      institution,
      category,
      vehicleClass,
      powertrain,
      tankL,
      batteryKwh,
    } as AccountVehicle;
  };
}

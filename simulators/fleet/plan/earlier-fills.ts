// What a car's card says of the weeks before the simulation begins, so that its first full tank there has one to be held against.
import { Random, seedOf } from '../../random.ts';
import type { SimCar, SimCardEntry } from './types.ts';

export type EarlierFill = Omit<SimCardEntry, 'station'> & { readonly station: string };

const [fills, dayMs] = [6, 86_400_000];

/**
 * Full tanks, each after what the car burns for 100 km: the last one leaves as much in the tank as the car begins with.
 * @param level litres in the tank at `from`, epoch ms (a local midnight)
 * @returns by time; none of a car that is charged: nobody says when a battery was full
 */
export function earlierFills(
  car: SimCar,
  { level, from, seed, station }: { level: number; from: number; seed: number; station: string },
): EarlierFill[] {
  const { tankL, per100Km, powertrain } = car;
  if (tankL === null) return [];
  const random = new Random(seedOf(seed, `earlier fills ${car.id}`));
  const kmADay = 35 + 40 * random.next();
  const found: EarlierFill[] = [];
  let litres = tankL - level;
  let [ts, odometerKm] = [from, car.terminal.odometer?.startKm ?? 20_000];
  for (let fill = fills; fill > 0; fill--) {
    const km = (litres / per100Km) * 100;
    odometerKm -= km;
    ts -= Math.ceil(km / kmADay) * dayMs;
    const quantity = Math.round(tankL * (0.5 + 0.25 * random.next()) * 100) / 100;
    found.unshift({
      document: `KP-${car.id.replace('car-', '')}-A${fill}`,
      card: car.card,
      car: car.id,
      kind: 'fuel',
      ts: ts + (9 + random.int(0, 8)) * 3_600_000,
      quantity,
      amountCny: Math.round(quantity * (powertrain === 'diesel' ? 7.1 : 7.5) * 100) / 100,
      fullTank: true,
      station,
      odometerKm: Math.round(odometerKm),
      onSite: false,
    });
    litres = quantity;
  }
  return found;
}

// Two cars of the demo were bought this year in place of old ones: one with a battery, one without.
import { dayMs } from '../../core/domain/time.ts';
import type { Fleet } from '../../simulators/fleet/city.ts';
import type { SimCar } from '../../simulators/fleet/plan/types.ts';

export interface RetiredCar extends Pick<SimCar, 'institution' | 'category'> {
  readonly replacedBy: string;
  readonly plate: string;
  readonly vehicleClass: 'sedan';
  readonly powertrain: 'petrol';
  readonly tankL: number;
  /** Dates YYYY-MM-DD. */
  readonly purchasedOn: string;
  readonly disposedOn: string;
  readonly disposal: 'auctioned' | 'scrapped';
}

const plates = ['浙Z18206', '浙Z18207'];
/** Before the first day; in the same year, unless it is early in it. */
const [boughtDays, disposedDays] = [45, 30];

/** @returns dates of purchase by car, and what these cars replaced */
export function renewed({ cars, from }: Fleet): {
  bought: ReadonlyMap<string, string>;
  retired: readonly RetiredCar[];
} {
  const own = cars.filter(({ leased }) => !leased);
  const pick = (battery: boolean) =>
    own.filter(({ powertrain }) => (powertrain === 'battery-electric') === battery).at(-1);
  const chosen = [pick(true), pick(false)].filter((car) => car !== undefined);
  return {
    bought: new Map(chosen.map(({ id }) => [id, dateOf(from - boughtDays * dayMs)])),
    retired: chosen.map(({ id, institution, category }, index) => ({
      replacedBy: id,
      plate: plates[index] ?? '',
      institution,
      category,
      vehicleClass: 'sedan',
      powertrain: 'petrol',
      tankL: 55,
      purchasedOn: '2012-06-15',
      disposedOn: dateOf(from - disposedDays * dayMs),
      disposal: index === 0 ? 'auctioned' : 'scrapped',
    })),
  };
}

const offsetMs = 8 * 3_600_000;

function dateOf(at: number): string {
  return new Date(at + offsetMs).toISOString().slice(0, 10);
}

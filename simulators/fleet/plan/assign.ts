// Which misconduct befalls which car on which day: what was asked for, or all kinds in turn by seed.
import { Random, seedOf } from '../../random.ts';
import type { MisconductKind } from '../truth.ts';
import { misconductKinds } from '../truth.ts';
import type { PlanDay } from './days.ts';
import type { SimCar } from './types.ts';

export interface MisconductRequest {
  readonly kind: MisconductKind;
  /** Default: one that suits, by seed. */
  readonly car?: string;
  /** Local date; default: one that suits, by seed. */
  readonly date?: string;
}

/** `${car} ${date}` → what happens; one thing a day and car, and the day after is quiet. */
export type Assigned = ReadonlyMap<string, MisconductKind>;

/**
 * @param wanted requests, or so many rounds of every kind; a kind for which a round finds no suitable day is left out
 * @throws RangeError for a request that no car and day suits
 */
export function assign(
  seed: number,
  wanted: number | readonly MisconductRequest[],
  cars: readonly SimCar[],
  days: readonly PlanDay[],
  sealed: (car: SimCar, day: PlanDay) => boolean,
): Assigned {
  const random = new Random(seedOf(seed, 'misconduct'));
  const assigned = new Map<string, MisconductKind>();
  const requests: readonly MisconductRequest[] =
    typeof wanted === 'number'
      ? Array.from({ length: wanted }, () => misconductKinds.map((kind) => ({ kind }))).flat()
      : wanted;
  const busy = new Map<string, number>();
  for (const request of requests) {
    const { kind } = request;
    const fits = cars.flatMap((car) =>
      request.car !== undefined && request.car !== car.id
        ? []
        : days
            .filter((day) => request.date === undefined || request.date === day.date)
            .filter((day) => dayFits(kind, day, days) && carFits(kind, car))
            .filter((day) => sealed(car, day) === (kind === 'sealed-moved'))
            .filter((day) => near(day).every((date) => !assigned.has(`${car.id} ${date}`)))
            .map((day) => ({ car, day })),
    );
    if (fits.length === 0) {
      if (typeof wanted === 'number') continue;
      throw new RangeError(
        `no car and day suit ${kind}${request.car === undefined ? '' : ` of ${request.car}`}` +
          `${request.date === undefined ? '' : ` on ${request.date}`}`,
      );
    }
    // The cars with the fewest stories come first.
    const least = Math.min(...fits.map(({ car }) => busy.get(car.id) ?? 0));
    const { car, day } = random.pick(fits.filter((fit) => (busy.get(fit.car.id) ?? 0) === least));
    assigned.set(`${car.id} ${day.date}`, kind);
    busy.set(car.id, least + 1);
  }
  return assigned;
}

function near(day: PlanDay): string[] {
  return [-1, 0, 1].map((step) =>
    new Date(Date.parse(day.date) + step * 86_400_000).toISOString().slice(0, 10),
  );
}

function dayFits(kind: MisconductKind, day: PlanDay, days: readonly PlanDay[]): boolean {
  switch (kind) {
    case 'weekend':
      return day.kind === 'weekend';
    case 'seaside':
      return day.sunday && day.kind !== 'workday';
    case 'holiday':
    case 'sealed-moved':
      return day.kind === 'holiday';
    case 'silent-parked':
    case 'unplugged':
      return day.kind === 'workday' && day.index + 2 < days.length;
    default:
      return day.kind === 'workday';
  }
}

function carFits(kind: MisconductKind, car: SimCar): boolean {
  if (car.aroundTheClock) return false;
  return ['card-far', 'over-tank', 'card-two-cars'].includes(kind) ? car.tankL !== null : true;
}

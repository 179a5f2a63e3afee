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
  /** Only where one of these says so, an earlier one before a later one. */
  readonly suits?: readonly ((car: SimCar, day: PlanDay) => boolean)[];
  /** Left out where no car and day suits. */
  readonly optional?: boolean;
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
      ? Array.from({ length: wanted }, () => misconductKinds.map((kind) => ({ kind, optional: true }))).flat()
      : wanted;
  const busy = new Map<string, number>();
  for (const request of requests) {
    const { kind, suits = [() => true] } = request;
    const all = cars.flatMap((car) =>
      request.car !== undefined && request.car !== car.id
        ? []
        : days
            .filter((day) => request.date === undefined || request.date === day.date)
            .filter((day) => dayFits(kind, day, days) && carFits(kind, car))
            .filter((day) => sealed(car, day) === (kind === 'sealed-moved'))
            .filter((day) => near(day).every((date) => !assigned.has(`${car.id} ${date}`)))
            .map((day) => ({ car, day })),
    );
    const fits =
      suits.map((says) => all.filter(({ car, day }) => says(car, day))).find(({ length }) => length > 0) ??
      [];
    if (fits.length === 0) {
      if (request.optional === true) continue;
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
      return day.kind === 'holiday';
    case 'sealed-moved':
      return day.kind !== 'workday';
    case 'unplugged':
      return day.kind === 'workday' && days[day.index + 1]?.kind === 'workday';
    case 'silent-parked':
      return day.kind === 'workday' && day.index + 2 < days.length;
    default:
      return day.kind === 'workday';
  }
}

function carFits(kind: MisconductKind, car: SimCar): boolean {
  if (car.aroundTheClock) return false;
  // One that sleeps may have been heard last under its order.
  if (kind === 'unplugged') return car.terminal.sleepMs === null;
  // It is out of the yard in half a minute: one that speaks seldom may not be seen in it.
  if (kind === 'speeding-in-yard') return car.terminal.everyS < 15;
  return ['card-far', 'over-tank', 'card-two-cars'].includes(kind) ? car.tankL !== null : true;
}

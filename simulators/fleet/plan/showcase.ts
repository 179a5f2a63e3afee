// What a visitor of a fleet must come upon in its first days: of every kind of misconduct that shows at least one, on cars whose places
// may be seen. A notice of holidays may leave these days five working days or no weekend: which car and day, the days decide.
import { type MisconductKind, misconductKinds } from '../truth.ts';
import type { MisconductRequest } from './assign.ts';
import type { PlanDay } from './days.ts';
import type { SimCar } from './types.ts';

export interface Showcase {
  /** The first so many days. */
  readonly days: number;
  /** Cars of these categories show no places: nothing is shown on them. */
  readonly hidden: readonly SimCar['category'][];
}

/** What few days or cars suit comes first. */
const shown: readonly MisconductKind[] = [
  'sealed-moved',
  'seaside',
  'weekend',
  'holiday',
  'over-tank',
  'card-far',
  'silent-driving',
  'cross-region',
  'out-of-hours',
  'idling',
  'wrong-route',
  'trip-without-order',
  'order-without-trip',
  'speeding',
  'speeding-in-yard',
];

/** All of `shown` in the showcase's days, and what `rounds` of every kind lack yet, on any car and day. */
export function shownFirst({ days, hidden }: Showcase, rounds: number): MisconductRequest[] {
  const before = (end: number) => (car: SimCar, day: PlanDay) =>
    day.index < end && !hidden.includes(car.category);
  // Of the last of these days not everything is known when they end.
  const first = shown.map((kind) => ({ kind, optional: true, suits: [before(days - 1), before(days)] }));
  const others = Array.from({ length: rounds }, (_, round) =>
    misconductKinds.filter((kind) => round > 0 || !shown.includes(kind)),
  );
  return [...first, ...others.flat().map((kind) => ({ kind, optional: true }))];
}

/** Whose cars are sealed over weekends too: the first institution that has one to seal whose places may be seen. */
export function sealsWeekends(
  { hidden }: Showcase,
  cars: readonly SimCar[],
  isOnDuty: (car: SimCar) => boolean,
): string | undefined {
  return cars.find((car) => !hidden.includes(car.category) && !isOnDuty(car))?.institution;
}

// Which trips belong to which orders. A trip may have several orders, and an order several trips.
import { uncovered } from '../findings/covers.ts';
import { distanceM } from '../track/geodesy.ts';
import type { Trip } from '../trips/model.ts';
import type { DispatchOrder } from './model.ts';
import type { OrderTolerances } from './tolerances.ts';

export interface Link {
  readonly trip: Trip;
  readonly order: DispatchOrder;
}

/**
 * A trip is linked with every order that holds enough of it. One that no order holds is linked with those that it is near, tolerances
 * included: before an order if it brings the car to where the order's way begins, after it if the car is not back yet. So ten
 * minutes of a late return do not serve the next order, a return alone serves its own, and a private round after it neither.
 * @param trips by time
 */
export function linksOf(
  trips: readonly Trip[],
  orders: readonly DispatchOrder[],
  tolerances: OrderTolerances,
): Link[] {
  const { earlyMs, lateMs, nearM } = tolerances;
  const held = new Set<Trip>();
  const linked = orders.map((order) => {
    const own = new Set(trips.filter((trip) => holds(order, trip, tolerances)));
    for (const trip of own) held.add(trip);
    return own;
  });
  orders.forEach((order, index) => {
    const own = linked[index];
    const home = trips.find((trip) => own?.has(trip))?.from;
    const near = (trip: Trip | undefined): trip is Trip =>
      trip !== undefined &&
      !held.has(trip) &&
      trip.start < order.to + lateMs &&
      trip.end > order.from - earlyMs;
    const add = (trip: Trip | undefined, neighbour: Trip | undefined) => {
      if (!near(trip)) return;
      const within = trip.end > order.from && trip.start < order.to;
      const away = home && distanceM(home.lat, home.lon, trip.from.lat, trip.from.lon) > nearM;
      const follows = neighbour !== undefined && own?.has(neighbour);
      if (within || home === undefined || (away && follows)) own?.add(trip);
    };
    // Forward for what comes after the order, backward for what comes before: each trip hangs on its neighbour.
    trips.forEach((trip, at) => {
      if (trip.end > order.from) add(trip, trips[at - 1]);
    });
    for (let at = trips.length - 1; at >= 0; at--)
      if ((trips[at]?.end ?? 0) <= order.from) add(trips[at], trips[at + 1]);
  });
  return trips.flatMap((trip) =>
    orders.filter((_, index) => linked[index]?.has(trip)).map((order) => ({ trip, order })),
  );
}

/** The stretches of a trip that neither its own orders, tolerances included, nor any other order holds. */
export function uncoveredOf(
  trip: Trip,
  own: readonly DispatchOrder[],
  all: readonly DispatchOrder[],
  { earlyMs, lateMs }: OrderTolerances,
): [from: number, to: number][] {
  const around = own.map(({ from, to }) => ({ from: from - earlyMs, to: to + lateMs }));
  return uncovered(trip.start, trip.end, [...around, ...all]);
}

function holds(order: DispatchOrder, trip: Trip, { overlapMs }: OrderTolerances): boolean {
  const overlap = Math.min(order.to, trip.end) - Math.max(order.from, trip.start);
  return (
    overlap > 0 && overlap >= Math.min(overlapMs, (trip.end - trip.start) / 2, (order.to - order.from) / 2)
  );
}

// What orders allow beside the way itself: being out of working hours, and out of the region.
import { type Area, contains } from '../findings/areas.ts';
import type { Cover } from '../findings/covers.ts';
import type { DispatchOrder } from './model.ts';
import { coordinatesOf, placesOf } from './route.ts';
import { type OrderTolerances, orderDefaults } from './tolerances.ts';

/** At any hour: every approved order, tolerances included. */
export function coversOf(
  orders: readonly DispatchOrder[],
  { earlyMs, lateMs }: OrderTolerances = orderDefaults,
): Cover[] {
  return orders
    .filter(({ state }) => state === 'approved')
    .map(({ id, from, to }) => ({ order: id, from: from - earlyMs, to: to + lateMs }));
}

/** Of these the ones that allow to leave a region: all but those whose places are all known to lie within it. */
export function coversBeyond(
  orders: readonly DispatchOrder[],
  region: Area,
  tolerances: OrderTolerances = orderDefaults,
): Cover[] {
  const leaving = orders.filter((order) => {
    const places = placesOf(order).map(coordinatesOf);
    const inside = places.every((place) => place !== undefined && contains(region, place.lat, place.lon));
    return !inside || !order.destination;
  });
  return coversOf(leaving, tolerances);
}

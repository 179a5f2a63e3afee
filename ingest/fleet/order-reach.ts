// How far back findings of orders must be looked for again: an order is judged as a whole, with all trips and orders that hang on it. Pure.
import { type OrderTolerances, orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { dayMs } from '../../core/domain/time.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Ordered {
  readonly from: number;
  readonly to: number;
}

/** Further back nothing is looked for: no order is longer. */
export const reachMs = 100 * dayMs;

/**
 * @param changedTs of the earliest moment that changed
 * @param orders approved ones of the car, of [changedTs - reachMs, now]
 * @param trips of the same time, as they were found before
 * @returns the beginning of the first order or trip whose findings may change; `changedTs` where none reaches before it
 */
export function orderReach(
  changedTs: number,
  orders: readonly Ordered[],
  trips: readonly Span[],
  { earlyMs, lateMs }: OrderTolerances = orderDefaults,
): number {
  const least = changedTs - reachMs;
  let reach = changedTs;
  // What an order allows after its end may still be found out, so orders that ended shortly before the change count too.
  let drivenIn = (_from: number, _to: number) => true;
  for (;;) {
    let next = reach;
    for (const { from, to } of orders) {
      const hangsOn = to > reach || (to + lateMs > reach && drivenIn(reach, to + lateMs));
      if (hangsOn && from < next) next = from;
    }
    for (const { start, end } of trips) if (end > next - earlyMs && start < next) next = start;
    if (next >= reach) return reach;
    if (next <= least) return least;
    reach = next;
    drivenIn = (from, to) => trips.some(({ start, end }) => start < to && end > from);
  }
}

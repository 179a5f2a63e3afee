// Trips that no order holds, or not for all of their time.
import type { Trip } from '../trips/model.ts';
import { uncoveredOf } from './links.ts';
import { byText, type DispatchOrder, type OrderFinding } from './model.ts';
import type { Sight } from './sight.ts';
import type { OrderTolerances } from './tolerances.ts';

/** @param all every order, withdrawn ones too: the nearest in time is named, within a day, since it may explain the trip */
export function withoutOrder(trip: Trip, all: readonly DispatchOrder[], sight: Sight): OrderFinding {
  const off = ({ from, to }: DispatchOrder) => Math.max(0, from - trip.end, trip.start - to);
  const [nearest] = [...all]
    .filter((order) => off(order) < 86_400_000)
    .sort((a, b) => off(a) - off(b) || byText(a.id, b.id));
  return finding('trip-without-order', trip, trip.start, trip.end, 0, nearest ? [nearest] : [], sight);
}

/**
 * What of a trip its orders do not hold, each stretch with what it is: before the first of them, after the last, or between.
 * Within the tolerance nothing is found; beyond it the whole time before or after the order counts.
 */
export function wrongTimes(
  trip: Trip,
  own: readonly DispatchOrder[],
  all: readonly DispatchOrder[],
  sight: Sight,
  tolerances: OrderTolerances,
): { found: OrderFinding[]; uncovered: [number, number][] } {
  const { earlyMs, lateMs } = tolerances;
  const uncovered = uncoveredOf(trip, own, all, tolerances);
  const opens = Math.min(...own.map(({ from }) => from));
  const closes = Math.max(...own.map(({ to }) => to));
  const found = uncovered.map(([from, to]) => {
    if (to <= opens) {
      const end = to === opens - earlyMs ? opens : to;
      const first = own.filter((order) => order.from === opens);
      return finding('order-started-early', trip, from, end, earlyMs / 60_000, first, sight);
    }
    if (from >= closes) {
      const start = from === closes + lateMs ? closes : from;
      const last = own.filter((order) => order.to === closes);
      return finding('order-ran-over', trip, start, to, lateMs / 60_000, last, sight);
    }
    return finding('order-partly-covered', trip, from, to, 0, own, sight);
  });
  return { found, uncovered };
}

function finding(
  kind: OrderFinding['kind'],
  trip: Trip,
  start: number,
  end: number,
  limit: number,
  orders: readonly DispatchOrder[],
  sight: Sight,
): OrderFinding {
  return {
    kind,
    start,
    end,
    peak: (end - start) / 60_000,
    limit,
    evidence: sight.evidence(start, end),
    open: trip.endsBy === 'data' && end === trip.end,
    orders: orders.map(({ id }) => id).sort(byText),
    trips: [trip.start],
  };
}

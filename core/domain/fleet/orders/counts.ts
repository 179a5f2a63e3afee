// How many dispatches, and how many long ones. They are counted from orders, never from positions.
import type { Calendar } from '../../time.ts';
import type { DispatchOrder } from './model.ts';

export interface OrderCounts {
  readonly dispatches: number;
  /** Of the dispatches. */
  readonly long: number;
  /** Not among the dispatches. */
  readonly withdrawn: number;
}

/** Orders that begin in [from, to), epoch ms: so that months sum to years. */
export function countOrders(
  orders: readonly Pick<DispatchOrder, 'from' | 'long' | 'state'>[],
  from: number,
  to: number,
): OrderCounts {
  const begun = orders.filter((order) => order.from >= from && order.from < to);
  const approved = begun.filter(({ state }) => state === 'approved');
  return {
    dispatches: approved.length,
    long: approved.filter(({ long }) => long).length,
    withdrawn: begun.length - approved.length,
  };
}

/** By the months that begin in [from, to), keyed by their start; `from` is the start of one. */
export function countOrdersByMonth(
  orders: readonly Pick<DispatchOrder, 'from' | 'long' | 'state'>[],
  calendar: Calendar,
  from: number,
  to: number,
): Map<number, OrderCounts> {
  return new Map(
    calendar
      .starts(from, to, 'month')
      .map((start) => [start, countOrders(orders, start, calendar.next(start, 'month'))]),
  );
}

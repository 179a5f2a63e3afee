import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { orderReach, reachMs } from './order-reach.ts';

const at = (hours: number) => hours * hourMs + 1_000 * dayMs;
const order = (from: number, to: number) => ({ from: at(from), to: at(to) });
const trip = (start: number, end: number) => ({ start: at(start), end: at(end) });

describe('what changes reaches back', () => {
  it('not at all without orders', () => {
    expect(orderReach(at(10), [], [trip(5, 6)])).toBe(at(10));
  });

  it('to the beginning of the order that it lies in, however many days ago', () => {
    expect(orderReach(at(100), [order(3, 110)], [])).toBe(at(3));
  });

  it('to the trip that the order began with', () => {
    expect(orderReach(at(100), [order(8, 110)], [trip(6.5, 8.2)])).toBe(at(6.5));
    expect(orderReach(at(100), [order(8, 110)], [trip(6.5, 7.2)])).toBe(at(8));
  });

  it('to an order that ended within the tolerance before it', () => {
    expect(orderReach(at(17.5), [order(9, 17)], [])).toBe(at(9));
    expect(orderReach(at(18.5), [order(9, 17)], [])).toBe(at(18.5));
  });

  it('from order to order only where trips or time tie them', () => {
    const orders = [order(8, 12), order(12.5, 18)];
    expect(orderReach(at(17), orders, [])).toBe(at(12.5));
    expect(orderReach(at(17), orders, [trip(12.6, 13)])).toBe(at(8));
  });

  it('no further than the longest order', () => {
    const chain = Array.from({ length: 3_000 }, (_, day) => order(-24 * day, -24 * day + 25));
    expect(orderReach(at(0), chain, [])).toBe(at(0) - reachMs);
  });
});

it('is never within an order that reaches into what is looked at again, nor within a trip of it', () => {
  const hours = fc.integer({ min: -600, max: 0 });
  const span = fc.tuple(hours, fc.integer({ min: 1, max: 72 }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), fc.array(span, { maxLength: 12 }), (orders, trips) => {
      const ordered = orders.map(([from, lasts]) => order(from, from + lasts));
      const driven = trips.map(([start, lasts]) => trip(start, start + lasts / 24));
      const reach = orderReach(at(0), ordered, driven);
      expect(ordered.every(({ from, to }) => from >= reach || to <= reach)).toBe(true);
      if (reach < at(0)) expect(driven.every(({ start, end }) => start >= reach || end <= reach)).toBe(true);
      // Looked at from there, it reaches no further: one and the same part is computed again.
      expect(orderReach(reach, ordered, driven)).toBeLessThanOrEqual(reach);
    }),
    { seed: 20_261_123, numRuns: 500 },
  );
});

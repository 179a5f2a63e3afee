import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../time.ts';
import { countOrders, countOrdersByMonth } from './counts.ts';

const calendar = new Calendar('Asia/Shanghai');
const [year, next] = [Date.parse('2025-01-01T00:00+08:00'), Date.parse('2026-01-01T00:00+08:00')];

describe('counts of dispatches', () => {
  it('leave withdrawn orders out, and count long ones among the rest', () => {
    const of = (long: boolean, state: 'approved' | 'withdrawn', from = year) => ({ from, long, state });
    const orders = [
      of(true, 'approved'),
      of(false, 'approved'),
      of(true, 'withdrawn'),
      of(true, 'approved', next),
    ];
    expect(countOrders(orders, year, next)).toEqual({ dispatches: 2, long: 1, withdrawn: 1 });
  });

  it('of months sum to the year', () => {
    const order = fc.record({
      from: fc.integer({ min: year - 1e9, max: next + 1e9 }),
      long: fc.boolean(),
      state: fc.constantFrom('approved' as const, 'withdrawn' as const),
    });
    fc.assert(
      fc.property(fc.array(order, { maxLength: 60 }), (orders) => {
        const months = [...countOrdersByMonth(orders, calendar, year, next).values()];
        const whole = countOrders(orders, year, next);
        expect(months).toHaveLength(12);
        for (const name of ['dispatches', 'long', 'withdrawn'] as const)
          expect(months.reduce((sum, month) => sum + month[name], 0)).toBe(whole[name]);
      }),
    );
  });
});

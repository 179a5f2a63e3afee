import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { car, type Leg, order, place } from '../../../testing/driven-car.ts';
import { trackOf } from '../track/columns.ts';
import { matchOrders } from './match.ts';

describe('whatever cars and orders there are', () => {
  const legs = fc
    .array(
      fc.record({
        lasts: fc.integer({ min: 2, max: 120 }),
        km: fc.integer({ min: 0, max: 60 }),
        does: fc.constantFrom('drive', 'park', 'park', 'silent'),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((list) => {
      const result: Leg[] = [];
      let [clock, where] = [0, 0];
      for (const { lasts, km, does } of list) {
        clock += does === 'drive' ? Math.max(lasts, Math.abs(km - where)) : lasts;
        where = does === 'park' ? where : km;
        result.push(does === 'silent' ? [clock + 60, where, 'silent'] : [clock, where]);
        if (does === 'silent') clock += 60;
      }
      return result;
    });
  const orders = fc.array(
    fc
      .tuple(
        fc.integer({ min: -60, max: 900 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 60 }),
        fc.boolean(),
      )
      .map(([from, lasts, km, approved]) =>
        order(from, from + lasts, { destination: place(km), state: approved ? 'approved' : 'withdrawn' }),
      ),
    { maxLength: 6 },
  );
  const runs = { numRuns: 200, seed: 5 };

  it('the order of what comes in does not matter', () => {
    fc.assert(
      fc.property(legs, orders, fc.integer(), (list, some, salt) => {
        const input = car(list);
        const shuffled = <Row>(rows: readonly Row[]) =>
          rows
            .map((row, index) => ({ row, key: Math.imul(index + salt, 0x9e3779b1) >>> 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row);
        expect(matchOrders({ ...input, segments: shuffled(input.segments), orders: shuffled(some) })).toEqual(
          matchOrders({ ...input, orders: some }),
        );
      }),
      runs,
    );
  });

  it('every trip and approved order has one answer, and each finding its evidence', () => {
    let found = 0;
    fc.assert(
      fc.property(legs, orders, (list, some) => {
        const input = car(list);
        const matched = matchOrders({ ...input, orders: some });
        expect(matched.trips).toHaveLength(input.segments.filter(({ kind }) => kind === 'trip').length);
        expect(matched.orders).toHaveLength(some.filter(({ state }) => state === 'approved').length);
        for (const finding of matched.findings) {
          found++;
          expect(finding.evidence.length).toBeGreaterThan(0);
          expect(finding.end).toBeGreaterThanOrEqual(finding.start);
          expect(finding.peak).toBeGreaterThan(0);
        }
        const accused = matched.findings.filter(({ kind }) => kind === 'order-without-trip').length;
        expect(accused).toBe(matched.orders.filter(({ state }) => state === 'without-trip').length);
      }),
      runs,
    );
    expect(found).toBeGreaterThan(100);
  });

  it('an order that covers all of it, and goes there, leaves no accusation', () => {
    fc.assert(
      fc.property(legs, (list) => {
        const all = order(-60, 5_000, { destination: place(0), via: list.map(([, km]) => place(km)) });
        const { findings } = matchOrders({ ...car(list, 6_000), orders: [all] });
        expect(findings).toEqual([]);
      }),
      runs,
    );
  });

  it('without positions nobody is accused of not having driven, or of having driven less', () => {
    fc.assert(
      fc.property(legs, orders, (list, some) => {
        const { track, until } = car(list);
        const blind = matchOrders({ segments: [], track: trackOf([]), until, orders: some });
        expect(blind.findings).toEqual([]);
        expect(track.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });
});

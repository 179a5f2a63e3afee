import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DecomposedCommodity, decompose, logarithmicMean, splitTerm } from './decompose.ts';

const row = (commodity: string, q0: number, f0: number, q1: number, f1: number): DecomposedCommodity => ({
  commodity,
  from: { quantity: q0, value: q0 * f0 },
  to: { quantity: q1, value: q1 * f1 },
});

describe('decomposition of a change (LMDI-I)', () => {
  test('one cause is one effect', () => {
    const people = decompose(
      [row('electricity', 100, 0.1229, 100, 0.1229)],
      { kind: 'users', from: 10, to: 12 },
      'intensity',
    );
    expect(people.effects.consumption).toBeCloseTo(0, 12);
    expect(people.effects.factor).toBeCloseTo(0, 12);
    expect(people.effects.users).toBeCloseTo(people.change, 12);
    expect(people.change).toBeLessThan(0);
    const grid = decompose(
      [row('electricity', 100, 0.58, 100, 0.53)],
      { kind: 'area', from: 10, to: 10 },
      'intensity',
    );
    expect(grid.effects.factor).toBeCloseTo(grid.change, 12);
    expect(grid.effects.area).toBeCloseTo(0, 12);
  });

  test('of a total more users are more, and consumption is what one of them consumes', () => {
    const total = decompose(
      [row('electricity', 100, 1, 120, 1)],
      { kind: 'users', from: 10, to: 12 },
      'total',
    );
    expect(total.effects.users).toBeCloseTo(20, 12);
    expect(total.effects.consumption).toBeCloseTo(0, 12);
    const plain = decompose([row('electricity', 100, 1, 120, 1)], null, 'total');
    expect(plain.effects).toEqual({ consumption: expect.closeTo(20, 9), factor: 0 });
  });

  test('a known example by hand: L(a, b) · ln of each ratio', () => {
    const split = decompose(
      [row('electricity', 1000, 0.6, 1200, 0.5)],
      { kind: 'area', from: 50, to: 60 },
      'intensity',
    );
    const mean = (10 - 12) / Math.log(10 / 12);
    expect(split.effects.consumption).toBeCloseTo(mean * Math.log(1.2), 12);
    expect(split.effects.area).toBeCloseTo(-mean * Math.log(1.2), 12);
    expect(split.effects.factor).toBeCloseTo(mean * Math.log(5 / 6), 12);
  });

  test('a fuel that comes or goes is consumption altogether, its factor no effect', () => {
    const split = decompose(
      [row('raw_coal', 50, 1.9, 0, 0), row('natural_gas', 0, 0, 30, 2.1)],
      { kind: 'users', from: 10, to: 10 },
      'intensity',
    );
    expect(split.effects.consumption).toBeCloseTo((63 - 95) / 10, 12);
    expect(split.effects.factor).toBe(0);
  });

  test('power that becomes wholly green is an effect of the factor', () => {
    const split = decompose([row('electricity', 100, 0.5, 100, 0)], null, 'total');
    expect(split.effects.factor).toBeCloseTo(-50, 12);
    expect(split.effects.consumption).toBe(0);
  });

  test('green power that is taken away is a term below zero: more of it lowers the carbon by its own amount', () => {
    const split = decompose(
      [row('electricity', 1000, 0.5, 1000, 0.5), row('green_power', 100, -0.5, 300, -0.5)],
      { kind: 'area', from: 10, to: 10 },
      'intensity',
    );
    expect(split.reason).toBeNull();
    expect(split.change).toBeCloseTo(-10, 12);
    expect(split.effects).toEqual({
      consumption: expect.closeTo(-10, 12),
      area: expect.closeTo(0, 12),
      factor: expect.closeTo(0, 12),
    });
    const first = decompose([row('green_power', 0, 0, 300, -0.5)], null, 'total');
    expect(first.effects).toEqual({ consumption: expect.closeTo(-150, 12), factor: 0 });
    const cleaner = decompose([row('green_power', 300, -0.6, 300, -0.5)], null, 'total');
    expect(cleaner.effects.factor).toBeCloseTo(30, 12);
  });

  test('a small value in place of the zero comes to the same result as it gets smaller', () => {
    const exact = splitTerm([
      { from: 0, to: 5 },
      { from: 2, to: 3 },
    ]);
    expect(exact).toEqual([15, 0]);
    const distance = (delta: number) => {
      const [first = 0] = splitTerm([
        { from: delta, to: 5 },
        { from: 2, to: 3 },
      ]);
      return Math.abs(first - 15);
    };
    expect(distance(1e-20)).toBeLessThan(distance(1e-10));
    expect(distance(1e-100)).toBeLessThan(distance(1e-20));
    expect(distance(1e-100)).toBeLessThan(0.03);
  });

  test('what cannot be split says why and gives no effects', () => {
    expect(decompose([row('water', Number.NaN, 1, 1, 1)], null, 'total').reason).toBe('unknown');
    expect(decompose([row('water', -1, 1, 1, 1)], null, 'total').reason).toBe('negative');
    expect(decompose([row('water', 1, -1, 1, 1)], null, 'total').reason).toBe('negative');
    expect(decompose([row('water', 1, 1, 1, 1)], { kind: 'users', from: 0, to: 1 }, 'total').reason).toBe(
      'nothing-below',
    );
    const orphan = { commodity: 'heat', from: { quantity: 0, value: 4 }, to: { quantity: 1, value: 1 } };
    expect(decompose([orphan], null, 'total')).toMatchObject({
      reason: 'unknown',
      effects: {},
      commodities: [],
    });
  });

  test('the logarithmic mean lies between its two and is steady where they meet', () => {
    expect(logarithmicMean(3, 3)).toBe(3);
    expect(logarithmicMean(3, 3 * (1 + 1e-14))).toBeCloseTo(3, 12);
    expect(logarithmicMean(1, 100)).toBeCloseTo(99 / Math.log(100), 12);
    expect(logarithmicMean(100, 1)).toBeCloseTo(99 / Math.log(100), 12);
  });

  const quantity = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e6, noNaN: true }));
  const factor = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true }));
  const rows = fc
    .array(fc.tuple(quantity, factor, quantity, factor, fc.constantFrom(1, 1, -1)), {
      minLength: 1,
      maxLength: 12,
    })
    .map((all) => all.map(([q0, f0, q1, f1, sign], index) => row(`c${index}`, q0, sign * f0, q1, sign * f1)));
  const below = fc.double({ min: 0.1, max: 1e5, noNaN: true });

  /** What is added and what is taken away, together: what rounding goes by. */
  const sizeOf = (all: readonly DecomposedCommodity[], from: number, to: number) =>
    all.reduce((sum, one) => sum + Math.abs(one.from.value) + Math.abs(one.to.value), 0) *
    Math.max(1, 1 / from, 1 / to);

  test('effects sum to the change, zeros or not, and run backwards are their opposite', () => {
    fc.assert(
      fc.property(rows, below, below, fc.constantFrom('intensity', 'total'), (all, from, to, kind) => {
        const split = decompose(all, { kind: 'users', from, to }, kind);
        const { consumption = Number.NaN, users = Number.NaN, factor: ofFactor = Number.NaN } = split.effects;
        const size = sizeOf(all, from, to) + Math.abs(consumption) + Math.abs(users) + Math.abs(ofFactor);
        expect(Math.abs(consumption + users + ofFactor - split.change)).toBeLessThanOrEqual(1e-9 * size);
        const turned = all.map((one) => ({ commodity: one.commodity, from: one.to, to: one.from }));
        const back = decompose(turned, { kind: 'users', from: to, to: from }, kind);
        expect(Math.abs((back.effects.consumption ?? 0) + consumption)).toBeLessThanOrEqual(1e-9 * size);
        expect(Math.abs((back.effects.users ?? 0) + users)).toBeLessThanOrEqual(1e-9 * size);
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  test('units of a quantity do not matter', () => {
    fc.assert(
      fc.property(rows, below, below, (all, from, to) => {
        const inThousands = all.map((one) => ({
          commodity: one.commodity,
          from: { ...one.from, quantity: one.from.quantity / 1000 },
          to: { ...one.to, quantity: one.to.quantity / 1000 },
        }));
        const plain = decompose(all, { kind: 'area', from, to }, 'intensity');
        const scaled = decompose(inThousands, { kind: 'area', from, to }, 'intensity');
        const size = 1e-9 * (sizeOf(all, from, to) + Math.abs(plain.effects.consumption ?? 0));
        expect(
          Math.abs((scaled.effects.consumption ?? 0) - (plain.effects.consumption ?? 0)),
        ).toBeLessThanOrEqual(size);
      }),
      { seed: 8 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cnyOf, fenOf, fenOfPart } from './money.ts';

describe('money in fen', () => {
  it.each([
    [1.005, 101],
    [1.004_999, 100],
    [-1.005, -101],
    [8.575, 858],
    [0.1 + 0.2, 30],
    [-0.001, 0],
    [1_234_567.895, 123_456_790],
  ])('rounds %f CNY to %i fen, halves away from zero', (cny, fen) => {
    expect(fenOf(cny)).toBe(fen);
  });

  it('rounds every thousandth as whole numbers do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (thousandths) => {
        expect(fenOf(thousandths / 1000)).toBe(Math.floor((thousandths + 5) / 10));
        expect(fenOf(cnyOf(thousandths))).toBe(thousandths);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('adds up to the fen over parts that adjoin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.array(fc.nat({ max: 30 })), (fen, cuts) => {
        const edges = [0, ...cuts, 31].sort((a, b) => a - b).map((day) => day / 31);
        const parts = edges.slice(1).map((until, index) => fenOfPart(cnyOf(fen), edges[index] ?? 0, until));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(fen);
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

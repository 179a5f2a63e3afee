import { describe, expect, it } from 'vitest';
import { adjustmentBasisPoints, type PowerFactorStandard, powerFactorHundredths } from './power-factor.ts';

/** Rows of the national table: power factor, per cent for the standards 0.90, 0.85, 0.80. */
const table: readonly (readonly [number, number, number, number])[] = [
  [1.0, -0.75, -1.1, -1.3],
  [0.95, -0.75, -1.1, -1.3],
  [0.94, -0.6, -1.1, -1.3],
  [0.93, -0.45, -0.95, -1.3],
  [0.91, -0.15, -0.65, -1.15],
  [0.9, 0, -0.5, -1],
  [0.85, 2.5, 0, -0.5],
  [0.8, 5, 2.5, 0],
  [0.7, 10, 7.5, 5],
  [0.66, 14, 9.5, 7],
  [0.65, 15, 10, 7.5],
  [0.64, 17, 11, 8],
  [0.6, 25, 15, 10],
  [0.59, 27, 17, 11],
  [0.32, 81, 71, 61],
  [0.27, 91, 81, 71],
];

describe('the power-factor adjustment', () => {
  it.each(table)('at %f is that of the national table', (factor, ...rates) => {
    const standards: PowerFactorStandard[] = [0.9, 0.85, 0.8];
    const found = standards.map(
      (standard) => adjustmentBasisPoints(standard, Math.round(factor * 100)) / 100,
    );
    expect(found).toEqual(rates);
  });

  /** Bounds of reactive ÷ active as the table prints them. */
  it.each([
    [0.1003, 100],
    [0.1004, 99],
    [0.3461, 95],
    [0.3462, 94],
    [1.1536, 66],
    [1.1537, 65],
    [1.3508, 59],
    [3.1224, 31],
    [3.1225, 30],
  ])('reads the ratio %f of reactive to active energy as %i hundredths', (ratio, hundredths) => {
    expect(powerFactorHundredths(100_000, 100_000 * ratio)).toBe(hundredths);
  });

  it('is nothing where nothing was used, and never falls as the power factor falls', () => {
    expect(powerFactorHundredths(0, 0)).toBeUndefined();
    for (const standard of [0.9, 0.85, 0.8] as const) {
      for (let hundredths = 1; hundredths <= 100; hundredths++) {
        const better = adjustmentBasisPoints(standard, hundredths);
        expect(adjustmentBasisPoints(standard, hundredths - 1)).toBeGreaterThanOrEqual(better);
      }
    }
  });
});

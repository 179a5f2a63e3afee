import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitGap, type TreePart } from './contributions.ts';

const part = (
  institution: string,
  amount: number,
  per: number,
  baseAmount: number,
  basePer: number,
): TreePart => ({
  institution,
  amount,
  per,
  baseAmount,
  basePer,
});

describe('who contributes to the gap of a tree', () => {
  test('with unchanged shares each part answers for its own intensity and nothing is structure', () => {
    const split = splitGap([part('a', 110, 10, 100, 10), part('b', 90, 10, 100, 10)], 0.95);
    expect(split?.gap).toBeCloseTo(10 - 9.5, 12);
    expect(split?.structure).toBeCloseTo(0, 12);
    expect(split?.parts.map(({ institution }) => institution)).toEqual(['a', 'b']);
    expect(split?.parts[0]?.own).toBeCloseTo(0.75, 12);
    expect(split?.parts[1]?.own).toBeCloseTo(-0.25, 12);
  });

  test('with unchanged intensities all of it is structure: growing above the mean adds', () => {
    const split = splitGap([part('dense', 400, 20, 200, 10), part('light', 50, 10, 50, 10)], 1);
    for (const { own } of split?.parts ?? []) expect(own).toBeCloseTo(0, 12);
    expect(split?.structure).toBeCloseTo(split?.gap ?? 0, 12);
    expect(split?.parts.every(({ structure }) => structure > 0)).toBe(true);
  });

  test('parts that are new, gone, or without users stay exact', () => {
    const split = splitGap(
      [
        part('new', 30, 3, 0, 0),
        part('gone', 0, 0, 70, 5),
        part('empty', 12, 0, 0, 0),
        part('stays', 50, 10, 60, 10),
      ],
      0.97,
    );
    const total = split?.parts.reduce((sum, { contribution }) => sum + contribution, 0);
    expect(total).toBeCloseTo(split?.gap ?? Number.NaN, 12);
    expect(split?.parts.find(({ institution }) => institution === 'empty')?.own).toBeCloseTo(12 / 13, 12);
    expect(split?.parts.find(({ institution }) => institution === 'new')?.own).toBe(0);
  });

  test('what is not known is named and in neither side', () => {
    const split = splitGap(
      [part('a', 110, 10, 100, 10), part('b', Number.NaN, 10, 100, 10), part('c', 1, 1, 1, Number.NaN)],
      1,
    );
    expect(split).toMatchObject({ leftOut: ['b', 'c'], value: 11, line: 10 });
    expect(splitGap([part('b', Number.NaN, 10, 100, 10)], 1)).toBeNull();
    expect(splitGap([part('b', 5, 0, 100, 10)], 1)).toBeNull();
  });

  test('a total is split by amounts, without structure', () => {
    const split = splitGap(
      [
        { institution: 'a', amount: 120, baseAmount: 100 },
        { institution: 'b', amount: 40, baseAmount: 50 },
      ],
      0.9,
    );
    expect(split).toMatchObject({ value: 160, line: 135, gap: 25, structure: 0 });
    expect(split?.parts.map(({ contribution }) => contribution)).toEqual([30, -5]);
  });

  test('contributions sum to the gap for every tree, and their order does not matter', () => {
    const amount = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e6, noNaN: true }));
    const parts = fc
      .array(fc.tuple(amount, amount, amount, amount), { minLength: 1, maxLength: 30 })
      .map((rows) => rows.map((row, index) => part(`i${String(index).padStart(2, '0')}`, ...row)));
    fc.assert(
      fc.property(parts, fc.double({ min: 0.5, max: 1.1, noNaN: true }), (tree, factor) => {
        const split = splitGap(tree, factor);
        if (split === null) return;
        const total = split.parts.reduce((sum, { contribution }) => sum + contribution, 0);
        const size = split.parts.reduce(
          (sum, { own, structure }) => sum + Math.abs(own) + Math.abs(structure),
          0,
        );
        expect(Math.abs(total - split.gap)).toBeLessThanOrEqual(1e-9 * (size + split.value + split.line));
        const turned = splitGap(tree.toReversed(), factor);
        const byId = new Map(turned?.parts.map((row) => [row.institution, row.contribution]));
        for (const row of split.parts) {
          expect(Math.abs((byId.get(row.institution) ?? Number.NaN) - row.contribution)).toBeLessThanOrEqual(
            1e-9 * (size + 1),
          );
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

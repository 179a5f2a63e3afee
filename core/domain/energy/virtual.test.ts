import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RollupRow } from './rollup.ts';
import { combineLeaves, type DatedFormula, formulaPeriods } from './virtual.ts';

const whole = { from: 0, to: 100 };
const formula = (terms: Record<string, number>, from = 0, to = 100): DatedFormula => ({
  from,
  to,
  terms: Object.entries(terms).map(([point, factor]) => ({ point, factor })),
});
const row = (ts: number, value: number | null, measuredMs = 10, estimatedMs = 0): RollupRow => ({
  ts,
  value,
  min: null,
  max: null,
  measuredMs,
  estimatedMs,
});

describe('a virtual point', () => {
  it('is expanded to the points that are measured, factors multiplied along the way', () => {
    const formulas = new Map([
      ['v', [formula({ w: 0.5, a: -1 })]],
      ['w', [formula({ a: 1, b: 2 })]],
    ]);
    expect(formulaPeriods('v', formulas, whole)).toEqual([
      {
        ...whole,
        leaves: [
          { point: 'a', factor: -0.5 },
          { point: 'b', factor: 1 },
        ],
      },
    ]);
    expect(formulaPeriods('a', formulas, whole)).toEqual([]);
  });

  it('changes where its formula or one that it is made of does, and nowhere else', () => {
    const formulas = new Map([
      ['v', [formula({ w: 1 }, 10, 40), formula({ w: 1 }, 40, 90)]],
      ['w', [formula({ a: 1 }, 0, 60), formula({ b: 1 }, 60, 100)]],
      ['x', [formula({ a: 1 }, 30, 50)]],
    ]);
    expect(formulaPeriods('v', formulas, whole)).toEqual([
      { from: 10, to: 60, leaves: [{ point: 'a', factor: 1 }] },
      { from: 60, to: 90, leaves: [{ point: 'b', factor: 1 }] },
    ]);
  });
});

describe('rows of a virtual point', () => {
  it('of a sum are partial where a child is not known, and show it in the covered time', () => {
    const sum = combineLeaves([
      { factor: 1, rows: [row(0, 5), row(10, 6), row(20, 7, 4, 2)] },
      { factor: 0.5, rows: [row(0, 2), row(20, 4, 6, 4)] },
    ]);
    expect(sum).toEqual([row(0, 6), row(10, 6, 0), row(20, 9, 4, 2)]);
  });

  it('of a difference are unknown where a child is not known', () => {
    const rest = combineLeaves([
      { factor: 1, rows: [row(0, 5), row(10, 6), row(20, 7)] },
      { factor: -1, rows: [row(0, 2), row(20, null, 0)] },
    ]);
    expect(rest).toEqual([row(0, 3), row(10, null, 0), row(20, null, 0)]);
  });

  it('are none where no child has any', () => {
    expect(combineLeaves([{ factor: 1, rows: [] }])).toEqual([]);
    expect(combineLeaves([])).toEqual([]);
  });

  it('sum to the same whether virtual points lie between or not', () => {
    const leaf = fc.record({
      factor: fc.constantFrom(1, 0.5, 2),
      rows: fc.uniqueArray(fc.record({ ts: fc.nat(9), value: fc.option(fc.nat(1000)) }), {
        selector: ({ ts }) => ts,
      }),
    });
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 6 }), fc.nat(6), (list, split) => {
        const leaves = list.map(({ factor, rows }) => ({
          factor,
          rows: rows.map(({ ts, value }) => row(ts, value)),
        }));
        const groups = [leaves.slice(0, split), leaves.slice(split)].filter((group) => group.length > 0);
        const nested = combineLeaves(groups.map((group) => ({ factor: 1, rows: combineLeaves(group) })));
        const flat = combineLeaves(leaves);
        expect(nested.map(({ ts }) => ts)).toEqual(flat.map(({ ts }) => ts));
        for (const [index, { value, measuredMs }] of flat.entries()) {
          expect(nested[index]?.measuredMs).toBe(measuredMs);
          if (value === null) expect(nested[index]?.value).toBeNull();
          else expect(nested[index]?.value).toBeCloseTo(value, 9);
        }
      }),
    );
  });
});

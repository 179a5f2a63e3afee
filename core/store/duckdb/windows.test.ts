import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound, mergeWindows } from '../merge-windows.ts';
import { timeCondition } from './windows.ts';

const window = fc
  .tuple(fc.nat({ max: 2 }), fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -10, max: 1e8 }))
  .map(([series, from, length]) => ({ series, from, to: from + length }));

describe('merged windows', () => {
  it('are disjoint and hold exactly the same times', () => {
    fc.assert(
      fc.property(fc.array(window, { maxLength: 20 }), (windows) => {
        const merged = mergeWindows(windows);
        for (const [index, { series, from, to }] of merged.entries()) {
          const next = merged[index + 1];
          expect(from).toBeLessThan(to);
          if (next?.series === series) expect(next.from).toBeGreaterThan(to);
        }
        const holds = (list: typeof windows, series: number, ts: number) =>
          list.some((entry) => entry.series === series && entry.from <= ts && ts < entry.to);
        for (const { series, from, to } of windows) {
          for (const ts of [from - 1, from, to - 1, to]) {
            expect(holds([...merged], series, ts)).toBe(holds(windows, series, ts));
          }
        }
      }),
    );
  });
});

describe('the time condition', () => {
  const ranges = (condition: string) =>
    condition.split(' OR ').map((part) => (part.match(/-?\d+/g) ?? []).map(Number));

  it('holds wherever a window does, in at most twelve ranges', () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 60 }), (windows) => {
        const merged = mergeWindows(windows);
        fc.pre(merged.length > 0);
        const few = ranges(timeCondition('t', merged));
        expect(few.length).toBeLessThanOrEqual(12);
        for (const { from, to } of merged) {
          expect(few.some(([low = 0, high = 0]) => low <= from && to <= high)).toBe(true);
        }
      }),
    );
  });

  it('cuts at the widest gaps, so that one old window does not reach up to the fresh ones', () => {
    const day = 86_400_000;
    const windows = [0, 5_000, 5_001, 5_002].map((at) => ({ series: 1, from: at * day, to: at * day + 10 }));
    expect(ranges(timeCondition('t', windows))[0]).toEqual([0, 10]);
  });

  it('takes windows without end', () => {
    const text = timeCondition('t', [
      { series: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
    ]);
    expect(text).toBe('(t >= -9007199254740991 AND t < 9007199254740991)');
  });
});

describe('the lower bound', () => {
  it('is the first index that is not below', () => {
    const values = [1, 3, 3, 7];
    expect([0, 1, 2, 3, 4, 7, 8].map((wanted) => lowerBound(values, 0, 4, wanted))).toEqual([
      0, 0, 1, 1, 3, 3, 4,
    ]);
    expect(lowerBound(values, 2, 3, 9)).toBe(3);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uncovered } from './covers.ts';

const span = fc.tuple(fc.integer({ min: -10, max: 60 }), fc.integer({ min: 0, max: 30 }));
const covers = fc.array(
  span.map(([from, lasts]) => ({ from, to: from + lasts })),
  { maxLength: 8 },
);

describe('what covers leave of a stretch', () => {
  it('is told by each moment, whatever their order', () => {
    fc.assert(
      fc.property(span, covers, ([from, lasts], list) => {
        const left = uncovered(from, from + lasts, list);
        expect(uncovered(from, from + lasts, [...list].reverse())).toEqual(left);
        for (let at = from; at < from + lasts; at++) {
          const covered = list.some((cover) => cover.from <= at && at < cover.to);
          expect(left.some(([a, b]) => a <= at && at < b)).toBe(!covered);
        }
        left.forEach(([a, b], index) => {
          expect(a).toBeLessThan(b);
          expect(a).toBeGreaterThanOrEqual(left[index - 1]?.[1] ?? from);
        });
      }),
      { seed: 5 },
    );
  });
});

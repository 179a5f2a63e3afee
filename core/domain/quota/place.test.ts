import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeAmongLevels, placeText } from './place.ts';

const levels = [
  { 'zh-CN': '约束值', en: 'constraint' },
  { 'zh-CN': '基准值', en: 'baseline' },
  { 'zh-CN': '引导值', en: 'guidance' },
];

describe('place among the levels of a quota', () => {
  test('between, within the strictest, over the mildest: each with distance and what must go', () => {
    const between = placeAmongLevels(9, [12, 10, 8], 1000);
    expect(between).toMatchObject({ state: 'between', reached: 1, next: 2, toNext: 1000 });
    expect(between.levels.map(({ distance }) => distance)).toEqual([9 / 12 - 1, 9 / 10 - 1, 9 / 8 - 1]);
    expect(placeAmongLevels(8, [12, 10, 8], 1000)).toMatchObject({
      state: 'within-strictest',
      reached: 2,
      next: null,
      toNext: 0,
    });
    const over = placeAmongLevels(15, [12, 10, 8], 1000);
    expect(over).toMatchObject({ state: 'over-mildest', reached: null, next: 0, toNext: 3000 });
    expect(over.levels.map(({ toGo }) => toGo)).toEqual([3000, 5000, 7000]);
  });

  test('one level is enough, equal levels are reached together', () => {
    expect(placeAmongLevels(9, [10], 1)).toMatchObject({ state: 'within-strictest', reached: 0 });
    expect(placeAmongLevels(11, [10], 1)).toMatchObject({ state: 'over-mildest', toNext: 1 });
    expect(placeAmongLevels(10, [12, 10, 10], 1)).toMatchObject({ state: 'within-strictest', reached: 2 });
  });

  test('without a value nothing is concluded; without users or area nothing is told to go', () => {
    expect(placeAmongLevels(null, [12, 10], 5)).toMatchObject({
      state: 'not-known',
      reached: null,
      toNext: null,
    });
    expect(placeAmongLevels(11, [12, 10], null)).toMatchObject({ state: 'between', toNext: null });
    expect(placeAmongLevels(11, [], 5).state).toBe('not-known');
  });

  test('people read the names of the levels', () => {
    const text = (value: number | null, language: 'zh-CN' | 'en') =>
      placeText(placeAmongLevels(value, [12, 10, 8], 1), levels, language);
    expect([7, 9, 20, null].map((value) => text(value, 'en'))).toEqual([
      'within guidance',
      'within baseline, over guidance',
      'over constraint',
      'not known',
    ]);
    expect([7, 9, 20].map((value) => text(value, 'zh-CN'))).toEqual([
      '达到引导值',
      '达到基准值，未达到引导值',
      '超过约束值',
    ]);
  });

  test('what must go is enough and no more: taking it away reaches the next level', () => {
    const limits = fc
      .array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 10 })
      .map((drawn) => drawn.toSorted((a, b) => b - a));
    const positive = fc.double({ min: 0.1, max: 5000, noNaN: true });
    fc.assert(
      fc.property(limits, positive, positive, (falling, value, per) => {
        const place = placeAmongLevels(value, falling, per);
        if (place.next === null) {
          expect(value).toBeLessThanOrEqual(falling.at(-1) ?? 0);
          return;
        }
        const limit = falling[place.next] ?? 0;
        expect((value * per - (place.toNext ?? 0)) / per / limit).toBeCloseTo(1, 9);
        expect(place.next).toBe(place.reached === null ? 0 : place.reached + 1);
        const reached = placeAmongLevels(limit, falling, per).reached ?? -1;
        expect(reached).toBeGreaterThanOrEqual(place.next);
      }),
      { seed: 12 },
    );
  });
});

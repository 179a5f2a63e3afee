import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardEntry } from './model.ts';
import { consumption, tankSpans } from './tank-spans.ts';

const unknown = () => null;
let count = 0;
const fill = (ts: number, quantity: number, more: Partial<CardEntry> = {}): CardEntry => ({
  id: `fill-${String(++count).padStart(4, '0')}`,
  card: 'card',
  vehicle: 'car',
  kind: 'fuel',
  ts,
  quantity,
  amountCny: quantity * 8,
  fullTank: true,
  onSite: false,
  ...more,
});

describe('consumption from full to full', () => {
  it('is what was filled since, over what was driven since; the first fill belongs to before', () => {
    const [span, ...others] = tankSpans(
      [
        fill(1, 30, { odometerKm: 1_000 }),
        fill(2, 20, { odometerKm: 1_300, fullTank: false }),
        fill(3, 28, { odometerKm: 1_600 }),
      ],
      unknown,
    );
    expect(others).toEqual([]);
    expect(span).toMatchObject({ quantity: 48, partialFills: 1, km: 600, kmBy: 'odometer', per100Km: 8 });
  });

  it('takes positions where the odometer is missing, fell, or contradicts them, and says so', () => {
    const seen = () => 500;
    const one = (first?: number, last?: number) =>
      tankSpans([fill(1, 30, { odometerKm: first }), fill(2, 40, { odometerKm: last })], seen)[0];
    expect(one(1_000)).toMatchObject({ km: 500, kmBy: 'odometer-missing', per100Km: 8 });
    expect(one(1_000, 900)).toMatchObject({ km: 500, kmBy: 'odometer-fell' });
    expect(one(1_000, 9_000)).toMatchObject({ km: 500, kmBy: 'odometer-disagrees' });
    expect(one(1_000, 1_000)).toMatchObject({ km: 500, kmBy: 'odometer-disagrees' });
    const still = tankSpans([fill(1, 30, { odometerKm: 7 }), fill(2, 1, { odometerKm: 7 })], unknown);
    expect(still).toMatchObject([{ km: 0, per100Km: null }]);
    expect(one(1_000, 1_550)).toMatchObject({ km: 550, kmBy: 'odometer' });
  });

  it('is unknown, not 0, where nobody knows how far the car went, or no tank was ever full', () => {
    const spans = tankSpans([fill(1, 30), fill(2, 40)], unknown);
    expect(spans).toMatchObject([{ km: null, kmBy: 'unknown', per100Km: null }]);
    expect(consumption(spans, 0, 9)).toMatchObject({
      per100Km: null,
      spans: 0,
      spansWithoutKm: 1,
      reason: 'no-distance',
    });
    expect(tankSpans([fill(1, 30, { fullTank: false }), fill(2, 40, { fullTank: null })], unknown)).toEqual(
      [],
    );
    expect(consumption([], 0, 9)).toMatchObject({ per100Km: null, reason: 'no-span' });
  });

  const fills = fc
    .array(
      fc.record({
        ts: fc.integer({ min: 0, max: 1_000 }),
        quantity: fc.integer({ min: 1, max: 60 }),
        fullTank: fc.constantFrom(true, false, null),
      }),
      { maxLength: 20 },
    )
    .map((list) => list.map(({ ts, quantity, fullTank }) => fill(ts, quantity, { fullTank })));
  const seen = (from: number, to: number) => to - from;

  it('neither loses nor invents a litre, in whatever order entries come', () => {
    fc.assert(
      fc.property(fills, (entries) => {
        const spans = tankSpans(entries, seen);
        expect(tankSpans([...entries].reverse(), seen)).toEqual(spans);
        const ordered = [...entries].sort((a, b) => a.ts - b.ts || (a.id < b.id ? -1 : 1));
        const first = ordered.findIndex(({ fullTank }) => fullTank === true);
        const last = ordered.findLastIndex(({ fullTank }) => fullTank === true);
        const between = first < 0 ? [] : ordered.slice(first + 1, last + 1);
        const sum = (list: readonly { quantity: number }[]) =>
          list.reduce((all, { quantity }) => all + quantity, 0);
        expect(sum(spans)).toBe(sum(between));
        const months = [0, 250, 500, 750].map((from) => consumption(spans, from, from + 250));
        const whole = consumption(spans, 0, 1_000);
        const inside = spans.filter(({ end }) => end < 1_000);
        expect(sum(months)).toBe(sum(inside));
        expect(sum(months)).toBe(whole.quantity);
        expect(months.reduce((all, { km }) => all + km, 0)).toBe(whole.km);
      }),
      { seed: 5 },
    );
  });

  it('does not depend on how fills in part are split', () => {
    fc.assert(
      fc.property(fills, (entries) => {
        const split = entries.flatMap((entry) =>
          entry.fullTank === true
            ? [entry]
            : [
                { ...entry, quantity: entry.quantity / 2 },
                { ...entry, id: `${entry.id}-b`, quantity: entry.quantity / 2 },
              ],
        );
        const sums = (list: readonly CardEntry[]) =>
          tankSpans(list, seen).map(({ quantity, km }) => [quantity, km]);
        expect(sums(split)).toEqual(sums(entries));
      }),
      { seed: 5 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Effect, effectsOf, type PointState, type Term } from './census-counting.ts';

const blank: PointState = {
  role: 'billing',
  housed: true,
  parent: -1,
  use: undefined,
  terms: undefined,
  counts: false,
};
const billing = (more: Partial<PointState> = {}): PointState => ({ ...blank, ...more });
const sub = (parent: number, more: Partial<PointState> = {}): PointState => ({
  ...blank,
  role: 'sub-meter',
  parent,
  ...more,
});
const virtual = (terms: Record<number, number>, more: Partial<PointState> = {}): PointState => ({
  ...blank,
  role: 'virtual',
  counts: true,
  terms: Object.entries(terms).map(([point, factor]): Term => ({ point: Number(point), factor })),
  ...more,
});

/** `point@place use factor`, moves as `point@place from>to factor`. */
function shown(points: readonly PointState[], measures = points.map(() => true)): string[] {
  return effectsOf(points, measures)
    .map(({ point, place, use, leaves, factor }) =>
      leaves === undefined
        ? `${point}@${place} ${use} ${factor}`
        : `${point}@${place} ${leaves}>${use} ${factor}`,
    )
    .sort();
}

describe('points that count', () => {
  it('are billing points, but none below another one that counts', () => {
    expect(shown([billing(), billing({ parent: 0 }), sub(0), billing()])).toEqual([
      '0@0 building 1',
      '3@3 building 1',
    ]);
  });

  it('are not those of which nobody answers for the place: then the ones below count', () => {
    expect(shown([billing({ housed: false }), billing({ parent: 0 })])).toEqual(['1@1 building 1']);
  });

  it('are looked for above points that measure another carrier', () => {
    const points = [billing(), sub(0), billing({ parent: 1 })];
    expect(shown(points, [true, false, true])).toEqual(['0@0 building 1']);
    expect(shown(points, [false, false, true])).toEqual(['2@2 building 1']);
  });

  it('move energy to a use of their own when they are below one that counts', () => {
    const points = [billing(), sub(0, { use: 'data-centre' }), sub(1), sub(2, { use: 'charging-staff' })];
    expect(shown(points)).toEqual([
      '0@0 building 1',
      '1@0 building>data-centre 1',
      '3@0 data-centre>charging-staff 1',
    ]);
    expect(shown([billing({ use: 'canteen' }), sub(0, { use: 'canteen' })])).toEqual(['0@0 canteen 1']);
    expect(shown([sub(-1, { use: 'canteen' })])).toEqual([]);
  });
});

describe('virtual points that count', () => {
  it('stand in place of what they add', () => {
    expect(shown([billing(), billing(), virtual({ 0: 1, 1: 1 })])).toEqual([
      '0@2 building 1',
      '1@2 building 1',
    ]);
  });

  it('leave what they subtract to whoever it belongs to', () => {
    const tenant = billing({ parent: 0 });
    expect(shown([billing(), tenant, virtual({ 0: 1, 1: -1 })])).toEqual([
      '0@2 building 1',
      '1@1 building 1',
      '1@2 building -1',
    ]);
    // A private tenant's sub-meter counts for nobody, and what is below it moves nothing.
    expect(shown([billing(), sub(0), virtual({ 0: 1, 1: -1 }), sub(1, { use: 'canteen' })])).toEqual([
      '0@2 building 1',
      '1@2 building -1',
    ]);
  });

  it('share one point between two places', () => {
    expect(shown([billing(), virtual({ 0: 0.6 }), virtual({ 0: 0.4 }), sub(0, { use: 'canteen' })])).toEqual([
      '0@1 building 0.6',
      '0@2 building 0.4',
      '3@1 building>canteen 0.6',
      '3@2 building>canteen 0.4',
    ]);
  });

  it('are left out where they would count something twice', () => {
    expect(shown([billing(), sub(0), virtual({ 1: 1 })])).toEqual(['0@0 building 1']);
    expect(shown([billing(), virtual({ 0: 0.6 }), virtual({ 0: 0.6 })])).toEqual(['0@1 building 0.6']);
    expect(shown([billing(), sub(0), virtual({ 0: 1, 1: 1 })])).toEqual(['0@0 building 1']);
    expect(shown([billing(), billing(), virtual({ 1: 1 }, { parent: 0 })])).toEqual([
      '0@0 building 1',
      '1@1 building 1',
    ]);
  });

  it('find room once another one subtracts, whatever their order', () => {
    const rest = virtual({ 0: 1, 1: -1 });
    const part = virtual({ 1: 1 });
    const seen = ['0@2 building 1', '1@2 building -1', '1@3 building 1'];
    expect(shown([billing(), sub(0), rest, part])).toEqual(seen);
    expect(shown([billing(), sub(0), part, rest])).toEqual([
      '0@3 building 1',
      '1@2 building 1',
      '1@3 building -1',
    ]);
  });

  it('may be made of others, which then do not count by themselves', () => {
    const inner = virtual({ 0: 1, 1: 1 });
    expect(shown([billing(), billing(), inner, virtual({ 2: 0.5 })])).toEqual([
      '0@3 building 0.5',
      '1@3 building 0.5',
    ]);
    expect(shown([billing(), sub(0), { ...inner, counts: false }, virtual({ 2: 1, 0: -1 })])).toEqual([
      '0@0 building 1',
    ]);
  });

  it('may hang in the tree above or below what they are made of', () => {
    expect(shown([billing({ parent: 2 }), billing({ parent: 2 }), virtual({ 0: 1, 1: 1 })])).toEqual([
      '0@2 building 1',
      '1@2 building 1',
    ]);
    expect(shown([billing(), sub(0), virtual({ 0: 1, 1: -1 }, { parent: 0 })])).toEqual([
      '0@2 building 1',
      '1@2 building -1',
    ]);
    expect(shown([billing(), virtual({ 0: 1 }, { use: 'heating' }), sub(1, { use: 'canteen' })])).toEqual([
      '0@1 heating 1',
      '2@1 heating>canteen 1',
    ]);
  });
});

describe('in any forest with any formulas', () => {
  const size = 9;
  const point = fc.record({
    role: fc.constantFrom('billing' as const, 'billing' as const, 'sub-meter' as const, 'virtual' as const),
    housed: fc.boolean(),
    up: fc.nat(),
    measures: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    use: fc.option(fc.constantFrom('canteen' as const, 'heating' as const), { nil: undefined }),
    terms: fc.array(fc.record({ point: fc.nat(size - 1), factor: fc.constantFrom(1, 1, -1, 0.5, -0.5) }), {
      minLength: 1,
      maxLength: 3,
    }),
    counts: fc.boolean(),
  });
  const forest = fc.array(point, { minLength: size, maxLength: size }).map((list) => {
    const points = list.map(({ role, housed, up, use, terms, counts }, index): PointState => {
      const isVirtual = role === 'virtual';
      return {
        role,
        housed,
        // Upwards in the list only, as formulas go downwards: no circles.
        parent: index === 0 ? -1 : (up % (index + 1)) - 1,
        use,
        terms: isVirtual
          ? terms.filter(
              (term) => term.point !== index && (list[term.point]?.role !== 'virtual' || term.point < index),
            )
          : undefined,
        counts: isVirtual && counts,
      };
    });
    return { points, measures: list.map((entry) => entry.measures) };
  });

  function factors(effects: readonly Effect[], moves: boolean): Map<number, number> {
    const sums = new Map<number, number>();
    for (const { point, factor, leaves } of effects) {
      if ((leaves !== undefined) === moves) sums.set(point, (sums.get(point) ?? 0) + factor);
    }
    return sums;
  }

  it('nothing counts twice: what is counted of a point and of all above it is once at most', () => {
    fc.assert(
      fc.property(forest, ({ points, measures }) => {
        const counted = factors(effectsOf(points, measures), false);
        for (let place = 0; place < points.length; place++) {
          if (measures[place] && points[place]?.role === 'virtual') continue;
          let weight = 0;
          for (let at = place; at >= 0; at = points[at]?.parent ?? -1) weight += counted.get(at) ?? 0;
          if ((counted.get(place) ?? 0) > 0) expect(weight).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('without formulas every billing point of a place is counted exactly once, and only points that do not count move', () => {
    fc.assert(
      fc.property(forest, ({ points: all, measures }) => {
        const points = all.map((state) => ({ ...state, counts: false }));
        const effects = effectsOf(points, measures);
        const counted = factors(effects, false);
        for (const [place, { role, housed }] of points.entries()) {
          if (role !== 'billing' || !housed || !measures[place]) continue;
          let weight = 0;
          for (let at = place; at >= 0; at = points[at]?.parent ?? -1) weight += counted.get(at) ?? 0;
          expect(weight).toBe(1);
        }
        for (const [moving] of factors(effects, true)) expect(counted.has(moving)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

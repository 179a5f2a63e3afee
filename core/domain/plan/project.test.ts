import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MonthlyYear } from './figure.ts';
import { projectYear } from './project.ts';

// A real school's year, beside the repository; without it the simulated shapes remain.
const schoolFile = fileURLToPath(new URL('../../../../shared/data/school-2018-hourly.csv', import.meta.url));

const electricity = [1.05, 0.9, 0.85, 0.8, 0.9, 1.15, 1.35, 1.35, 1.05, 0.85, 0.85, 0.9];
const heat = [2.9, 2.5, 1.6, 0.4, 0, 0, 0, 0, 0, 0.3, 1.5, 2.8];

describe('projection of the year', () => {
  test('exact seasons are continued exactly, whatever the level', () => {
    const now = cut(year(2025, electricity, 70), 5);
    const projection = projectYear(now, [year(2023, electricity, 100), year(2024, electricity, 90)]);
    expect(projection.value).toBeCloseTo(70 * sum(electricity), 9);
    expect(projection.interval?.high).toBeCloseTo(70 * sum(electricity), 6);
    expect(projection).toMatchObject({ pastYears: [2023, 2024], monthsKnown: [1, 2, 3, 4, 5], reason: null });
  });

  test('without a past year that is known in all months there is no projection', () => {
    const holed = year(2024, electricity, 90);
    holed.amount[7] = Number.NaN;
    const now = cut(year(2025, electricity, 70), 5);
    expect(projectYear(now, [])).toMatchObject({
      value: null,
      interval: null,
      reason: 'no-past-year',
      known: 70 * 4.5,
    });
    expect(projectYear(now, [holed])).toMatchObject({ value: null, reason: 'no-past-year' });
    expect(projectYear(now, [year(2026, electricity, 1)])).toMatchObject({
      value: null,
      reason: 'no-past-year',
    });
  });

  test('one past year and one month give a value without an interval', () => {
    const projection = projectYear(cut(year(2025, electricity, 70), 1), [year(2024, electricity, 90)]);
    expect(projection.value).toBeCloseTo(840, 0);
    expect(projection.interval).toBeNull();
  });

  test('no month known, or only months without a part in the past, give no projection', () => {
    expect(projectYear(cut(year(2025, heat, 70), 0), [year(2024, heat, 90)]).reason).toBe('no-months');
    const summer = cut(year(2025, heat, 70), 9);
    summer.amount.fill(Number.NaN, 0, 5);
    expect(projectYear(summer, [year(2024, heat, 90)])).toMatchObject({ value: null, reason: 'no-season' });
  });

  test('only the latest five past years are used, in any order', () => {
    const past = [2017, 2024, 2019, 2022, 2020, 2021, 2023].map((number) =>
      year(number, electricity, number),
    );
    expect(projectYear(cut(year(2025, electricity, 7), 3), past).pastYears).toEqual([
      2020, 2021, 2022, 2023, 2024,
    ]);
  });

  test('a complete year is its own projection', () => {
    const projection = projectYear(year(2025, electricity, 70), [year(2024, heat, 90)]);
    expect(projection.value).toBeCloseTo(840, 9);
    expect(projection.interval).toEqual({ low: projection.value, high: projection.value });
  });

  test('an intensity divides by the users known, the last of them carried on', () => {
    const users = new Float64Array(12).fill(Number.NaN);
    users.set([100, 100, 120]);
    const now = { ...cut(year(2025, electricity, 70), 3), per: users };
    expect(projectYear(now, [year(2024, electricity, 90)]).value).toBeCloseTo(840 / ((200 + 1200) / 12), 9);
  });

  test('order of past years changes nothing, units scale everything', () => {
    const noise = random(5);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 11 }),
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        (done, scale) => {
          const past = [2021, 2022, 2023].map((number) =>
            noisy(number, electricity, 100, noise, 0, 'relative'),
          );
          const now = cut(noisy(2024, electricity, 90, noise, 0, 'relative'), done);
          const plain = projectYear(now, past);
          expect(projectYear(now, past.toReversed())).toEqual(plain);
          const inOtherUnits = projectYear(
            scaled(now, scale),
            past.map((one) => scaled(one, scale)),
          );
          expect(inOtherUnits.value ?? 0).toBeCloseTo((plain.value ?? 0) * scale, 3);
          expect((inOtherUnits.interval?.low ?? 0) / scale).toBeCloseTo(plain.interval?.low ?? 0, 3);
          expect(plain.interval?.low).toBeLessThanOrEqual(plain.value ?? 0);
          expect(plain.interval?.high).toBeGreaterThanOrEqual(plain.value ?? 0);
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });
});

describe('calibration by back-testing: the 80 % interval, seeded years, 1 to 5 past years, 3 to 9 months done', () => {
  const shapes: [string, readonly number[]][] = [
    ['electricity', electricity],
    ['heat', heat],
  ];
  for (const [name, shape] of shapes) {
    for (const kind of ['relative', 'proportional'] as const) {
      test(`${name}, independent months, ${kind} noise: about four years of five are inside`, () => {
        const rate = hitRate(shape, kind, 0, [1, 2, 3, 5]);
        expect(rate).toBeGreaterThan(0.72);
        expect(rate).toBeLessThan(0.89);
      });
    }
  }

  test('months that resemble each other (0.3): about four of five where the past shows it', () => {
    const rate = hitRate(electricity, 'relative', 0.3, [2, 3, 5]);
    expect(rate).toBeGreaterThan(0.74);
    expect(rate).toBeLessThan(0.89);
  });

  test('the interval rests on the noise: at twice the noise it is about twice as wide', () => {
    const width = (size: number) => {
      const noise = random(77);
      let total = 0;
      for (let run = 0; run < 200; run += 1) {
        const past = [2021, 2022, 2023].map((number) =>
          noisy(number, electricity, 100, noise, 0, 'relative', size),
        );
        const { interval } = projectYear(
          cut(noisy(2024, electricity, 90, noise, 0, 'relative', size), 6),
          past,
        );
        total += interval === null ? 0 : interval.high - interval.low;
      }
      return total;
    };
    expect(width(0.08) / width(0.04)).toBeGreaterThan(1.8);
    expect(width(0.08) / width(0.04)).toBeLessThan(2.2);
  });

  test.skipIf(!existsSync(schoolFile))(
    'the months of a real school (needs ../shared/data): about four of five',
    () => {
      const shape = new Array<number>(12).fill(0);
      for (const line of readFileSync(schoolFile, 'utf8').split('\n').slice(1)) {
        const [start = '', energy = ''] = line.split(',');
        const month = Number(start.slice(5, 7)) - 1;
        if (month >= 0) shape[month] = (shape[month] ?? 0) + Number(energy);
      }
      const mean = sum(shape) / 12;
      const rate = hitRate(
        shape.map((value) => value / mean),
        'relative',
        0,
        [1, 2, 3, 5],
      );
      expect(rate).toBeGreaterThan(0.74);
      expect(rate).toBeLessThan(0.89);
    },
  );
});

type Noise = 'relative' | 'proportional';

function hitRate(
  shape: readonly number[],
  kind: Noise,
  resemblance: number,
  pastYears: readonly number[],
): number {
  const noise = random(20_251_231);
  let hits = 0;
  let runs = 0;
  for (const count of pastYears) {
    for (const done of [3, 6, 9]) {
      for (let run = 0; run < 200; run += 1) {
        const level = 100 * Math.exp(0.05 * noise());
        const past = Array.from({ length: count }, (_, index) =>
          noisy(2020 + index, shape, level * (1 - 0.02 * index), noise, resemblance, kind),
        );
        const whole = noisy(2030, shape, level * 0.9, noise, resemblance, kind);
        const { interval } = projectYear(cut(whole, done), past);
        const end = sum(whole.amount);
        if (interval !== null && interval.low <= end && end <= interval.high) hits += 1;
        runs += 1;
      }
    }
  }
  return hits / runs;
}

function noisy(
  number: number,
  shape: readonly number[],
  level: number,
  noise: () => number,
  resemblance: number,
  kind: Noise,
  size = 0.08,
): MonthlyYear {
  let state = noise();
  const amount = Float64Array.from(shape, (season) => {
    state = resemblance * state + Math.sqrt(1 - resemblance ** 2) * noise();
    if (kind === 'relative') return level * season * Math.exp(size * state);
    return Math.max(0, level * (season + size * Math.sqrt(season) * state));
  });
  return { year: number, amount };
}

/** Normal deviates from a seed. */
function random(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function year(number: number, shape: readonly number[], level: number): MonthlyYear {
  return { year: number, amount: Float64Array.from(shape, (season) => season * level) };
}

function cut({ year: number, amount }: MonthlyYear, done: number): MonthlyYear {
  return { year: number, amount: amount.map((value, month) => (month < done ? value : Number.NaN)) };
}

function scaled({ year: number, amount }: MonthlyYear, by: number): MonthlyYear {
  return { year: number, amount: amount.map((value) => value * by) };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

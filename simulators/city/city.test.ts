import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { quantityEntry } from '../../core/domain/units.ts';
import { subMeters } from './channels.ts';
import { type City, createCity } from './city.ts';
import type { CityEvent } from './types.ts';

const to = Date.parse('2026-11-20T09:30:00+08:00');
const demo = createCity({ seed: 1, to, size: 'demo' });
const at = (text: string): number => Date.parse(`${text}+08:00`);
const use = (city: City, point: string, from: string, until: string): number =>
  city.trueConsumption(
    point,
    quantityEntry(city.point(point).register ?? '')?.carrier ?? 'fuel',
    at(from),
    at(until),
  );
const day = (city: City, point: string, date: string): number =>
  city.trueConsumption(point, 'electricity', at(`${date}T00:00`), at(`${date}T00:00`) + 24 * hourMs);

describe('the demo city', () => {
  test('begins with the base year of the plan that ended with 2025 and is hourly for two years', () => {
    expect(demo.days.calendar.format(demo.from)).toBe('2020-01-01T00:00:00+08:00');
    expect(demo.days.calendar.format(demo.hourlyFrom)).toBe('2024-11-20T00:00:00+08:00');
  });

  test('has institutions in a tree, each building in one, each point in a building', () => {
    const institutions = new Set(demo.institutions.map(({ id }) => id));
    for (const { parent } of demo.institutions)
      expect(parent === null || institutions.has(parent)).toBe(true);
    for (const { institution } of demo.buildings) expect(institutions).toContain(institution);
    expect(new Set(demo.points.map(({ point }) => point)).size).toBe(demo.points.length);
    expect(demo.points.flatMap(({ quantities }) => quantities).length).toBeGreaterThanOrEqual(90);
    expect(new Set(demo.buildings.map(({ kind }) => kind))).toEqual(
      new Set(['office', 'school', 'hospital', 'library']),
    );
  });

  test('has at most one register at a point, so that multiplier and width are the point’s own', () => {
    for (const point of demo.points) {
      const registers = point.quantities.filter((quantity) => quantityEntry(quantity)?.kind === 'register');
      expect(registers).toEqual(point.register === null ? [] : [point.register]);
    }
  });
});

test('no register of the demo rolls over by chance, for years to come', () => {
  for (const point of demo.points) {
    if (point.device === null) continue;
    const { startValue, multiplier, wrapsAt } = point.device;
    const counted =
      demo.energyAt(point, at('2029-12-31T00:00')) -
      demo.energyAt(point, point.installation?.from ?? demo.from);
    expect(startValue + counted / multiplier, point.point).toBeLessThan(wrapsAt);
  }
});

describe('consumption', () => {
  test('is the same by seed, whatever was asked for first', () => {
    const other = createCity({ seed: 1, to, size: 'demo' });
    const times = [at('2026-08-03T14:25'), at('2021-03-01T00:00'), at('2024-02-29T12:00:07')];
    for (const point of demo.points.filter(({ device }) => device !== null)) {
      const forwards = times.map((ts) => demo.energyAt(point, ts));
      const backwards = [...times].reverse().map((ts) => other.energyAt(other.point(point.point), ts));
      expect(backwards.reverse()).toEqual(forwards);
    }
    expect(createCity({ seed: 2, to, size: 'demo' }).energyAt(demo.point('jgdl.main'), to)).not.toBe(
      demo.energyAt(demo.point('jgdl.main'), to),
    );
  });

  test('of sub-meters, losses and the sun balances the main meter at every moment', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...demo.buildings),
        fc.integer({ min: demo.from, max: to }),
        fc.integer({ min: 1000, max: 400 * 24 * hourMs }),
        ({ id }, from, length) => {
          const until = from + length;
          const of = (meter: string): number => {
            const point = demo.points.find((each) => each.point === `${id}.${meter}`);
            return point === undefined ? 0 : demo.energyAt(point, until) - demo.energyAt(point, from);
          };
          const parts = [...subMeters, 'ev'].reduce((sum, meter) => sum + of(meter), 0);
          const supplied = of('main') + of('pv') - of('pvx');
          expect(supplied).toBeGreaterThanOrEqual(parts * 1.017 - 1e-6);
          expect(supplied).toBeLessThanOrEqual(parts * 1.023 + 1e-6);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  test('is additive, never falls and stays under the rating', () => {
    const counted = demo.points.filter(({ device }) => device !== null);
    fc.assert(
      fc.property(
        fc.constantFrom(...counted),
        fc.integer({ min: demo.from, max: to }),
        fc.integer({ min: 0, max: 48 * hourMs }),
        fc.integer({ min: 0, max: 48 * hourMs }),
        (point, start, first, second) => {
          const [a, b, c] = [start, start + first, start + first + second].map((ts) =>
            demo.energyAt(point, ts),
          ) as [number, number, number];
          expect(b).toBeGreaterThanOrEqual(a);
          expect(c).toBeGreaterThanOrEqual(b);
          const rating = point.installation?.ratingPerHour ?? 0;
          expect(c - a).toBeLessThanOrEqual((rating * (first + second)) / hourMs + 1e-6);
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  test('is the integral of the demand', () => {
    const from = at('2026-07-08T10:00');
    for (const name of ['jgdl.main', 'rmyy.water', 'dyzx.pv']) {
      let sum = 0;
      for (let second = 0; second < 7200; second++)
        sum += demo.demandAt(name, from + second * 1000 + 500) / 3600;
      const point = demo.point(name);
      expect(demo.energyAt(point, from + 2 * hourMs) - demo.energyAt(point, from)).toBeCloseTo(sum, 3);
    }
  });

  test('goes on after the present', () => {
    expect(day(demo, 'jgdl.main', '2029-03-06')).toBeGreaterThan(100);
  });
});

describe('a building looks like what it is', () => {
  test('an office: workday over weekend over nothing, a dip at lunch', () => {
    expect(day(demo, 'hjdl.main', '2026-04-15')).toBeGreaterThan(2 * day(demo, 'hjdl.main', '2026-04-18'));
    expect(day(demo, 'hjdl.main', '2026-04-18')).toBeGreaterThan(10);
    const lunch = use(demo, 'hjdl.a1', '2026-04-15T12:00', '2026-04-15T13:00');
    expect(lunch).toBeLessThan(0.8 * use(demo, 'hjdl.a1', '2026-04-15T10:00', '2026-04-15T11:00'));
  });

  test('a public holiday is quiet, the Sunday worked in return is not', () => {
    expect(day(demo, 'hjdl.a1', '2026-10-05')).toBeLessThan(0.3 * day(demo, 'hjdl.a1', '2026-10-12'));
    expect(day(demo, 'hjdl.a1', '2026-09-20')).toBeGreaterThan(0.8 * day(demo, 'hjdl.a1', '2026-09-21'));
  });

  test('air-conditioning peaks in July and August and rests in April', () => {
    const month = (from: string, until: string): number => use(demo, 'xzzx.b1', from, until);
    const summer = month('2025-07-01T00:00', '2025-08-01T00:00');
    expect(summer).toBeGreaterThan(5 * month('2025-04-01T00:00', '2025-05-01T00:00'));
    expect(summer).toBeGreaterThan(1.5 * month('2025-01-01T00:00', '2025-02-01T00:00'));
  });

  test('a school is empty in August, a library on Mondays', () => {
    expect(day(demo, 'dyzx.a1', '2026-08-12')).toBeLessThan(0.3 * day(demo, 'dyzx.a1', '2026-05-13'));
    expect(day(demo, 'tsgd.a1', '2026-05-11')).toBeLessThan(0.3 * day(demo, 'tsgd.a1', '2026-05-12'));
  });

  test('a hospital never sleeps', () => {
    const night = use(demo, 'rmyy.main', '2026-04-16T02:00', '2026-04-16T03:00');
    expect(night).toBeGreaterThan(0.3 * use(demo, 'rmyy.main', '2026-04-16T10:00', '2026-04-16T11:00'));
  });

  test('the sun shines by day, a heated building takes heat in winter only', () => {
    expect(use(demo, 'dyzx.pv', '2026-06-01T23:00', '2026-06-02T03:00')).toBe(0);
    expect(use(demo, 'dyzx.pv', '2026-06-01T00:00', '2026-07-01T00:00')).toBeGreaterThan(5_000);
    expect(use(demo, 'xzzx.heat', '2026-01-12T00:00', '2026-01-19T00:00')).toBeGreaterThan(10);
    expect(use(demo, 'xzzx.heat', '2026-07-12T00:00', '2026-07-19T00:00')).toBe(0);
  });

  test('the weather stays between -2 and 38 °C, with a winter and a summer', () => {
    const temperatures = Array.from({ length: 2_000 }, (_, index) => demo.days.at(index)).flatMap((each) => [
      ...each.temperature,
    ]);
    expect(Math.min(...temperatures)).toBeGreaterThan(-2);
    expect(Math.min(...temperatures)).toBeLessThan(3);
    expect(Math.max(...temperatures)).toBeLessThan(38);
    expect(Math.max(...temperatures)).toBeGreaterThan(34);
  });
});

describe('waste', () => {
  const from = at('2026-03-02T04:00');
  const events: CityEvent[] = [
    { kind: 'water-leak', building: 'dyzx', channel: 'water', from, to: null, perHour: 1.4 },
    { kind: 'left-on', building: 'jgdl', channel: 'a1', from, to: at('2026-03-20T00:00'), perHour: 21 },
  ];
  const city = createCity({ seed: 1, to, size: 'small', events });
  const night = (point: string, date: string): number => use(city, point, `${date}T02:00`, `${date}T03:00`);

  test('a leak lifts the night minimum of water by its flow, from its first hour on', () => {
    expect(night('dyzx.water', '2026-02-26')).toBeLessThan(0.2);
    expect(night('dyzx.water', '2026-03-05') - 1.4).toBeLessThan(0.2);
    expect(night('dyzx.water', '2026-10-03')).toBeGreaterThanOrEqual(1.4);
  });

  test('what is left on shows at night and not by day', () => {
    const plain = createCity({ seed: 1, to, size: 'small' });
    const extra = (hour: string, next: string): number =>
      use(city, 'jgdl.a1', hour, next) - use(plain, 'jgdl.a1', hour, next);
    expect(extra('2026-03-10T02:00', '2026-03-10T03:00')).toBeCloseTo(21, 9);
    expect(extra('2026-03-10T10:00', '2026-03-10T11:00')).toBeCloseTo(0, 9);
    expect(extra('2026-03-25T02:00', '2026-03-25T03:00')).toBeCloseTo(0, 6);
  });
});

test('a city of any number of buildings has an agent in each where that is wanted', () => {
  const city = createCity({ seed: 5, to, size: 9, agents: 'per-building', from: at('2026-01-01T00:00') });
  expect(city.agents).toHaveLength(9);
  expect(city.points.every(({ agent, building }) => agent === building)).toBe(true);
});

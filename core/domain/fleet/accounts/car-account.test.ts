import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../time.ts';
import type { OdometerSpan } from '../track/odometer.ts';
import type { Segment, Stop, Trip } from '../trips/model.ts';
import { type CarRecords, calendarYear, carAccounts, sumAccounts, sumNames } from './car-account.ts';
import type { CardEntry } from './model.ts';

const calendar = new Calendar('Asia/Shanghai');
const local = (text: string) => Date.parse(`${text}+08:00`);
const year = local('2025-01-01T00:00');
const next = local('2026-01-01T00:00');
const hour = 3_600_000;
const place = { lat: 30, lon: 114 };
const told = (km: number, filledKm = 0): OdometerSpan => ({
  km,
  resets: 0,
  rollBacks: 0,
  leaps: 0,
  filledKm,
});
const trip = (start: number, hours: number, distanceKm: number, odometer = told(Number.NaN)) =>
  ({
    kind: 'trip',
    start,
    end: start + hours * hour,
    from: place,
    to: place,
    distanceKm,
    odometer,
    endsBy: 'stop',
  }) as Trip;
const stop = (start: number, end: number) => ({ kind: 'stop', start, end, at: place, gapMs: 0 }) as Stop;
const gap = (start: number, end: number, distanceKm: number, odometer = told(Number.NaN)): Segment => ({
  kind: 'gap',
  start,
  end,
  reason: 'silence',
  from: place,
  to: place,
  distanceKm,
  odometer,
});
const entry = (ts: number, more: Partial<CardEntry> = {}): CardEntry => ({
  id: `${ts}`,
  card: 'card',
  vehicle: 'car',
  kind: 'fuel',
  ts,
  quantity: 40,
  amountCny: 300,
  fullTank: true,
  onSite: false,
  ...more,
});
const empty: CarRecords = { vehicle: 'car', segments: [], cards: [], upkeep: [], orders: [] };

describe('the account of a car', () => {
  it('shows consumption, cost, dispatches from orders, and what is unknown as such', () => {
    const records: CarRecords = {
      ...empty,
      segments: [
        stop(year, year + hour),
        trip(year + hour, 10, 600),
        stop(year + 11 * hour, year + 99 * hour),
      ],
      cards: [entry(year + hour), entry(year + 11 * hour, { quantity: 48, amountCny: 360 })],
      upkeep: [{ id: 'u', vehicle: 'car', kind: 'repair', at: year + hour, amountCny: 540 }],
      orders: [{ from: year, long: true, state: 'approved' }],
    };
    const [january, february] = carAccounts(records, calendarYear(calendar, year), calendar);
    expect(january?.sums).toMatchObject({
      usedKm: 600,
      trips: 1,
      daysUsed: 1,
      dispatches: 1,
      longDispatches: 1,
    });
    expect(january?.sums).toMatchObject({
      fuelL: 88,
      fuelCny: 660,
      upkeepCny: 540,
      totalCny: 1_200,
      chargingKwh: null,
    });
    expect(january?.ratios).toMatchObject({ cnyPerKm: 2, kwhPer100Km: null });
    expect(january?.ratios.litresPer100Km).toBeCloseTo(8, 9);
    expect(january?.consumption.charging.reason).toBe('no-span');
    expect(february?.sums).toMatchObject({ usedKm: null, fuelL: null, totalCny: null, dispatches: 0 });
    expect(february?.mileage).toBeNull();
  });

  const moment = fc.integer({ min: year - 40 * 24 * hour, max: next + 40 * 24 * hour });
  const records: fc.Arbitrary<CarRecords> = fc.record({
    vehicle: fc.constantFrom('a', 'b', 'c'),
    segments: fc.array(
      fc
        .tuple(
          moment,
          fc.integer({ min: 1, max: 72 }),
          fc.integer({ min: 0, max: 900 }),
          fc.constantFrom(1, 1.04, 3, Number.NaN),
          fc.constantFrom('trip', 'trip', 'stop', 'gap'),
        )
        .map(([start, hours, km, factor, kind]) =>
          kind === 'stop'
            ? stop(start, start + hours * hour)
            : kind === 'gap'
              ? gap(start, start + hours * hour, km, told(km * factor))
              : trip(start, hours, km, told(km * factor)),
        ),
      { maxLength: 30 },
    ),
    cards: fc.uniqueArray(
      fc
        .tuple(
          moment,
          fc.integer({ min: 1, max: 60 }),
          fc.boolean(),
          fc.boolean(),
          fc.constantFrom('fuel' as const, 'charging' as const),
        )
        .map(([ts, quantity, fullTank, onSite, kind]) =>
          entry(ts, { quantity, fullTank, onSite, kind, amountCny: quantity * 7 }),
        ),
      { maxLength: 30, selector: ({ id }) => id },
    ),
    upkeep: fc.array(
      moment.map((at) => ({ id: `${at}`, vehicle: 'car', kind: 'repair' as const, at, amountCny: 100 })),
      { maxLength: 5 },
    ),
    orders: fc.array(
      fc.record({
        from: moment,
        long: fc.boolean(),
        state: fc.constantFrom('approved' as const, 'withdrawn' as const),
      }),
      { maxLength: 20 },
    ),
  });
  const same = (a: number | null, b: number | null) => {
    if (a === null || b === null) expect(a).toBe(b);
    else expect(a).toBeCloseTo(b, 6);
  };

  it('of the months of a year sum to the year', () => {
    fc.assert(
      fc.property(records, (car) => {
        const accounts = carAccounts(car, calendarYear(calendar, year), calendar);
        const whole = accounts.at(-1);
        const { sums, ratios } = sumAccounts(accounts.slice(0, -1));
        expect(accounts).toHaveLength(13);
        for (const name of sumNames) same(sums[name], whole?.sums[name] ?? null);
        same(ratios.litresPer100Km, whole?.ratios.litresPer100Km ?? null);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it('does not depend on the order of what it is made from', () => {
    fc.assert(
      fc.property(records, (car) => {
        const reversed: CarRecords = {
          vehicle: car.vehicle,
          segments: [...car.segments].reverse(),
          cards: [...car.cards].reverse(),
          upkeep: [...car.upkeep].reverse(),
          orders: [...car.orders].reverse(),
        };
        const [a] = carAccounts(car, [[year, next]], calendar);
        const [b] = carAccounts(reversed, [[year, next]], calendar);
        for (const name of sumNames) same(b?.sums[name] ?? null, a?.sums[name] ?? null);
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('of the cars of a fleet sum to the fleet, which knows how many are known', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 4 }), (fleet) => {
        const stretch = [[year, next]] as const;
        const cars = fleet.flatMap((car) => carAccounts(car, stretch, calendar));
        const { sums, known } = sumAccounts(cars);
        for (const name of sumNames) {
          const values = cars.flatMap((car) => car.sums[name] ?? []);
          expect(known[name]).toBe(values.length);
          same(sums[name], values.length === 0 ? null : values.reduce((all, value) => all + value, 0));
        }
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  it('without any record has nothing but the count of its orders', () => {
    const [account] = carAccounts(empty, [[year, next]], calendar);
    for (const name of sumNames) expect(account?.sums[name]).toBe(name.endsWith('ispatches') ? 0 : null);
    expect(account?.ratios).toEqual({ litresPer100Km: null, kwhPer100Km: null, cnyPerKm: null });
    expect(sumAccounts([]).sums.trips).toBeNull();
  });

  it('of a fleet does not charge the cost of a car without kilometres to the others', () => {
    const cost = {
      ...empty,
      upkeep: [{ id: 'u', vehicle: 'car', kind: 'repair' as const, at: year, amountCny: 900 }],
    };
    const driven = { ...cost, segments: [trip(year, 1, 90)] };
    const cars = [cost, driven].flatMap((car) => carAccounts(car, [[year, next]], calendar));
    expect(sumAccounts(cars).ratios.cnyPerKm).toBe(10);
    expect(sumAccounts(cars).sums.totalCny).toBe(1_800);
  });
});

import { describe, expect, it } from 'vitest';
import { Calendar } from '../../time.ts';
import type { OdometerSpan } from '../track/odometer.ts';
import type { Segment, Stop, Trip } from '../trips/model.ts';
import { daysUsed, kmBetween, mileage } from './mileage.ts';

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

describe('mileage', () => {
  const one = (way: Segment) => mileage([way], year, next);

  it('is that of the odometer, where there is one that fits; both are shown', () => {
    expect(one(trip(year, 1, 50, told(52)))).toMatchObject({
      usedKm: 52,
      byOdometerKm: 52,
      odometerKm: 52,
      geodesicKm: 50,
    });
  });

  it('is geodesic where the odometer is not told, broken, or disagrees, with the reason', () => {
    expect(one(trip(year, 1, 50))).toMatchObject({
      usedKm: 50,
      odometerKm: null,
      choices: { 'not-told': 1 },
    });
    expect(one(trip(year, 1, 50, told(52, 10)))).toMatchObject({
      usedKm: 50,
      odometerKm: 52,
      choices: { broken: 1 },
    });
    expect(one(trip(year, 1, 50, told(500)))).toMatchObject({ usedKm: 50, choices: { disagrees: 1 } });
    expect(one(trip(year, 1, 50, told(5)))).toMatchObject({ usedKm: 50, choices: { disagrees: 1 } });
  });

  it('takes in what nobody saw, and says how much', () => {
    expect(one(gap(year, year + hour, 30, told(45)))).toMatchObject({
      usedKm: 45,
      unseenKm: 45,
      geodesicKm: 30,
      trips: 0,
    });
  });

  it('of a car that stood is 0, of one that nobody saw unknown', () => {
    expect(one(stop(year, next))).toMatchObject({ usedKm: 0, trips: 0 });
    expect(one(stop(next + 1, next + hour))).toBeNull();
    expect(mileage([], year, next)).toBeNull();
  });

  it('between two times cuts trips by time, and is unknown beyond the data', () => {
    const segments = [
      stop(year, year + hour),
      trip(year + hour, 1, 60),
      stop(year + 2 * hour, year + 9 * hour),
    ];
    expect(kmBetween(segments)(year, year + 1.5 * hour)).toBeCloseTo(30, 9);
    expect(kmBetween(segments)(year, year + 9 * hour)).toBeCloseTo(60, 9);
    expect(kmBetween(segments)(year, year + 20 * hour)).toBeNull();
    expect(kmBetween([])(year, year)).toBeNull();
  });

  it('counts a day on which it drove once, and a drive over midnight on both days', () => {
    const evening = local('2025-03-01T23:00');
    const segments = [trip(evening - 5 * hour, 1, 9), trip(evening, 2, 9)];
    expect(daysUsed(segments, calendar, year, next)).toBe(2);
    expect(daysUsed([], calendar, year, next)).toBeNull();
  });
});

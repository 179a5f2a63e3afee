// What is just believed and what just not: the numbers of the filter, the odometer and the simplified line, held at their borders.
import { describe, expect, it } from 'vitest';
import { type PositionLike, trackOf } from './columns.ts';
import { filterDefaults, marksOf, reasons } from './filter.ts';
import { odometerSpan } from './odometer.ts';
import { simplified } from './simplify.ts';

const t0 = Date.UTC(2026, 9, 1);
const latest = t0 + 86_400_000;
const row = (seconds: number, northKm: number, more: Partial<PositionLike> = {}): PositionLike => ({
  ts: t0 + seconds * 1_000,
  lat: 30 + northKm / 111.195,
  lon: 114,
  speedKmh: 40,
  courseDeg: 0,
  extras: {},
  ...more,
});
const verdicts = (rows: readonly PositionLike[]) =>
  [...marksOf(trackOf(rows), { ...filterDefaults, latest }).reasons].map((code) => reasons[code]);

describe('of positions', () => {
  const drive = Array.from({ length: 40 }, (_, at) => row(at * 5, at * 0.05));

  it('two wrong ones that fit each other never win against what was before, three do', () => {
    const wrong = (...at: number[]) =>
      drive.map((each, index) => (at.includes(index) ? { ...each, lat: each.lat + 1 } : each));
    const two = verdicts(wrong(20, 21));
    expect(two.flatMap((verdict, index) => (verdict === 'good' ? [] : [index]))).toEqual([20, 21]);
    expect(verdicts(wrong(20, 21, 22)).slice(20, 23)).toEqual(['good', 'good', 'good']);
  });

  it('four satellites are enough, three are not', () => {
    const of = (satellites: number) => verdicts([...drive, row(300, 2, { extras: { satellites } })]).at(-1);
    expect([of(3), of(4)]).toEqual(['few-satellites', 'good']);
  });

  it('the last moment allowed is no future', () => {
    const at = (ts: number) => verdicts([...drive, row(0, 2, { ts })]).at(-1);
    expect([at(latest), at(latest + 1)]).toEqual(['good', 'future']);
  });

  it('220 km/h are possible, more are not', () => {
    // Every ten minutes: 36.7 km and the tolerance.
    const off = (km: number) =>
      verdicts([0, 1, 2, 3, 4, 5].map((at) => row(at * 600, at === 3 ? km : 0, { speedKmh: 0 })))[3];
    expect([off(36), off(37), off(50)]).toEqual(['good', 'jump', 'jump']);
  });
});

describe('an odometer', () => {
  it('that goes back by more than its rounding was rolled back', () => {
    const span = (readings: readonly number[]) =>
      odometerSpan(
        trackOf(readings.map((odometerKm, at) => row(at * 60, at, { extras: { odometerKm } }))),
        0,
        readings.length - 1,
        220,
      );
    expect(span([100, 101, 100.96, 102])).toMatchObject({ rollBacks: 0, resets: 0, filledKm: 0 });
    expect(span([100, 101, 100.8, 101.8])).toMatchObject({ rollBacks: 1, resets: 0 });
    expect(span([100, 101, 100.8, 101.8]).km).toBeCloseTo(1 + 1 + 1, 3);
  });
});

describe('a simplified line', () => {
  it('keeps a turn beyond its end, though it lies on the line through both ends', () => {
    const rows = [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0.1].map((km, at) => row(at * 5, km));
    const { lat, lon } = trackOf(rows);
    expect([...simplified(lat, lon, Uint32Array.from(rows.keys()), 20)]).toEqual([0, 4, 8]);
    // … and before its beginning.
    const back = [0, -0.3, -0.6, -0.3, 0.1].map((km, at) => row(at * 5, km));
    const line = trackOf(back);
    expect([...simplified(line.lat, line.lon, Uint32Array.from(back.keys()), 20)]).toEqual([0, 2, 4]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PositionLike, trackOf } from './columns.ts';
import { countsOf, type FilterOptions, filterDefaults, marksOf, reasons } from './filter.ts';
import { distanceM } from './geodesy.ts';
import { odometerSpan } from './odometer.ts';
import { simplified } from './simplify.ts';

const t0 = Date.UTC(2026, 9, 1);
const options: FilterOptions = { ...filterDefaults, latest: t0 + 86_400_000 };
const drive = (count: number): PositionLike[] =>
  Array.from({ length: count }, (_, index) => ({
    ts: t0 + index * 5_000,
    lat: 30 + index * 0.0006,
    lon: 114,
    speedKmh: 48,
    courseDeg: 0,
    extras: { satellites: 9, odometerKm: index * 0.0667 },
  }));
const verdicts = (rows: readonly PositionLike[]) =>
  [...marksOf(trackOf(rows), options).reasons].map((code) => reasons[code]);
const changed = (rows: PositionLike[], at: number, change: Partial<PositionLike>) =>
  rows.map((row, index) => (index === at ? { ...row, ...change } : row));

describe('the filter', () => {
  it('keeps a clean drive whole', () => {
    expect(new Set(verdicts(drive(50)))).toEqual(new Set(['good']));
  });

  it.each<[string, Partial<PositionLike>]>([
    ['zero', { lat: 0, lon: 0 }],
    ['zero', { lat: Number.NaN }],
    ['no-fix', { extras: { fix: false } }],
    ['few-satellites', { extras: { satellites: 2 } }],
    ['stale-fix', { lat: 30 + 19 * 0.0006 }],
    ['jump', { lat: 31 }],
  ])('marks %s, and that position alone', (reason, change) => {
    const found = verdicts(changed(drive(50), 20, change));
    expect(found[20]).toBe(reason);
    expect(found.filter((one) => one !== 'good')).toHaveLength(1);
  });

  it('marks clocks gone wrong on both sides', () => {
    const rows = [...drive(5), { ...drive(1)[0], ts: 0 }, { ...drive(1)[0], ts: options.latest + 1 }];
    const found = verdicts(rows as PositionLike[]);
    expect(found).toEqual(['stale-clock', 'good', 'good', 'good', 'good', 'good', 'future']);
  });

  it('goes by the time first: a clock gone wrong is told as such wherever the fix is', () => {
    const rows = changed(drive(5), 2, { ts: 0, lat: 0, lon: 0, extras: { fix: false } });
    expect(verdicts(rows)[0]).toBe('stale-clock');
  });

  it.each([300, 450, 800])('marks a single fix %i m off, within reach of a faster car', (metres) => {
    const east = metres / (111_195 * Math.cos(Math.PI / 6));
    expect(verdicts(changed(drive(50), 20, { lon: 114 + east }))[20]).toBe('jump');
  });

  it('marks a first fix 390 m off after a sleep, of a car that drives on from where it stood', () => {
    const parked: PositionLike = { ...(drive(1)[0] as PositionLike), ts: t0 - 3_600_000, speedKmh: 0 };
    const found = verdicts([parked, ...changed(drive(20), 0, { lon: 114 + 390 / 96_300 })]);
    expect(found.map((one, index) => (one === 'good' ? -1 : index)).filter((index) => index >= 0)).toEqual([
      1,
    ]);
  });

  it.each([
    ['a tunnel', 105_000, 1_200],
    ['a sleep', 3_600_000, 20_000],
  ])('marks a single wrong first fix after %s, from which the others are out of reach', (_, darkMs, off) => {
    const before = drive(20).map((row) => ({ ...row, ts: row.ts - darkMs }));
    const after = drive(20).map((row) => ({ ...row, lat: row.lat + 20 * 0.0006 }));
    const rows = [...before, ...after].map((row, index) => ({
      ...row,
      ts: row.ts + (index < 20 ? 0 : 95_000),
    }));
    const marks = marksOf(trackOf(changed(rows, 20, { lon: 114 + off / 96_300 })), options);
    expect([...marks.reasons].flatMap((code, index) => (code === 0 ? [] : [index]))).toEqual([20]);
    expect(marks.breaks.indexOf(1)).toBe(-1);
  });

  it('leaves a street corner, a turn at the end of a road and a way on after a long step alone', () => {
    const at = (s: number, north: number, east: number, speedKmh: number): PositionLike => ({
      ts: t0 + s * 1_000,
      lat: 30 + north / 111_195,
      lon: 114 + east / 96_300,
      speedKmh,
      courseDeg: 0,
      extras: {},
    });
    const corner = [at(0, 0, 0, 40), at(30, 250, 0, 20), at(60, 250, 250, 40), at(90, 250, 500, 40)];
    const turn = [
      at(0, 0, 0, 50),
      at(15, 200, 0, 45),
      at(30, 300, 0, 15),
      at(45, 200, 5, 40),
      at(60, 0, 5, 50),
    ];
    const tunnel = [at(0, 0, 0, 80), at(300, 6_500, 0, 80), at(305, 6_610, 0, 80), at(310, 6_720, 0, 80)];
    for (const rows of [corner, turn, tunnel]) expect(new Set(verdicts(rows))).toEqual(new Set(['good']));
  });

  it('marks one of two alike, and keeps the better fix of two of one time', () => {
    const better = { ...(drive(3)[1] as PositionLike), extras: { satellites: 12 } };
    const track = trackOf([...drive(3), better]);
    const marks = marksOf(track, options);
    expect(countsOf(marks)).toMatchObject({ good: 3, duplicate: 1 });
    expect(track.satellites[marks.good[1] ?? 0]).toBe(12);
  });

  it('finds a wrong first fix', () => {
    const found = verdicts(changed(drive(50), 0, { lat: 35 }));
    expect(found.indexOf('jump')).toBe(0);
    expect(found.lastIndexOf('jump')).toBe(0);
  });

  it('believes many fixes elsewhere, and puts no distance between', () => {
    const far = drive(50).map((row, index) => (index < 25 ? row : { ...row, lat: row.lat + 3 }));
    const marks = marksOf(trackOf(far), options);
    expect(marks.good).toHaveLength(50);
    expect(marks.breaks.indexOf(1)).toBe(25);
  });

  it('marks any single wrong fix beyond reach, wherever it is', () => {
    fc.assert(
      fc.property(
        fc.nat(49),
        fc.integer({ min: 20, max: 20_000 }).map((thousandths) => thousandths / 1_000),
        fc.boolean(),
        (at, off, south) => {
          const row = drive(50)[at] as PositionLike;
          const found = verdicts(changed(drive(50), at, { lat: row.lat + (south ? -off : off) }));
          expect(
            found.map((one, index) => (one === 'good' ? -1 : index)).filter((index) => index >= 0),
          ).toEqual([at]);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe('distances', () => {
  it('are those of the mean sphere: a degree of latitude is 111 195 m', () => {
    expect(distanceM(30, 114, 31, 114)).toBeCloseTo(111_195.08, 1);
    expect(distanceM(0, 179.5, 0, -179.5)).toBeCloseTo(111_195.08, 1);
    expect(distanceM(30, 114, 30, 114)).toBe(0);
  });

  it('by odometer survive resets, roll-backs and leaps, and say so', () => {
    const rows = drive(40).map((row, index) => {
      const shift =
        index < 10 ? 50 : index < 20 ? -index * 0.0667 + (index - 10) * 0.0667 : index < 30 ? 900 : 20;
      return { ...row, extras: { odometerKm: (row.extras.odometerKm ?? 0) + shift } };
    });
    const span = odometerSpan(trackOf(rows), 0, 39, 220);
    expect(span).toMatchObject({ resets: 1, leaps: 1, rollBacks: 1 });
    expect(span.km).toBeCloseTo(39 * 0.0667, 2);
    expect(odometerSpan(trackOf(drive(1)), 0, 0, 220).km).toBeNaN();
  });

  it('to the simplified line stay within the tolerance', () => {
    const line = drive(200).map((row, index) => ({ ...row, lon: 114 + 0.01 * Math.sin(index / 9) }));
    const { lat, lon } = trackOf(line);
    const all = Uint32Array.from(line.keys());
    const kept = simplified(lat, lon, all, 20);
    expect(kept.length).toBeLessThan(80);
    expect([kept[0], kept.at(-1)]).toEqual([0, 199]);
    for (const index of all) {
      const after = kept.findIndex((one) => one >= index);
      const [a, b] = [kept[Math.max(0, after - 1)] as number, kept[after] as number];
      const share =
        a === b
          ? 0
          : ((lat[index] as number) - (lat[a] as number)) / ((lat[b] as number) - (lat[a] as number));
      const onLine = (lon[a] as number) + share * ((lon[b] as number) - (lon[a] as number));
      // East-west distance is never less than the distance to the segment: the bound is of that order.
      expect(Math.abs((lon[index] as number) - onLine) * 96_300).toBeLessThan(60);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { dayKindsWith } from '../../workdays.ts';
import { type PositionLike, trackOf } from '../track/columns.ts';
import type { Trip } from '../trips/model.ts';
import { type Area, beyondM, contains } from './areas.ts';
import { fenceDefaults, fenceFindings } from './fences.ts';
import { speeding, speedingDefaults } from './speeding.ts';
import { idling, idlingDefaults, silenceDefaults, silences } from './standing.ts';
import { offStretches, outOfHours, workingDefaults } from './workdays.ts';

const t0 = Date.UTC(2026, 9, 12, 1);
const metre = 1 / 111_195;
type Fix = { s: number; kmh?: number; north?: number; ignition?: boolean };
const track = (fixes: readonly Fix[]) =>
  trackOf(
    fixes.map(
      ({ s, kmh = 0, north = 0, ignition }): PositionLike => ({
        ts: t0 + s * 1_000,
        lat: 30 + north * metre,
        lon: 114,
        speedKmh: kmh,
        courseDeg: 0,
        extras: { ignition },
      }),
    ),
  );
const series = (speeds: readonly number[], every = 5) =>
  track(speeds.map((kmh, at) => ({ s: at * every, kmh })));
const yard: Area = { id: 'yard', shape: 'circle', lat: 30, lon: 114, radiusM: 300 };

describe('speeding', () => {
  const rule = { ...speedingDefaults, limitKmh: 80, marginKmh: 8 };

  it('is one episode with its peak, though it dips below the limit for a moment', () => {
    const found = speeding(series([70, 90, 95, 101, 92, 85, 90, 91, 70, 70]), rule, 220);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      kind: 'speeding',
      start: t0 + 5_000,
      end: t0 + 35_000,
      peak: 101,
      limit: 80,
      open: false,
    });
    expect(found[0]?.evidence.map(({ speedKmh }) => speedKmh)).toEqual([90, 101, 91]);
  });

  it('is two episodes after a while below the limit, or a gap', () => {
    const fast = [95, 95, 95, 95];
    expect(speeding(series([...fast, ...Array<number>(8).fill(50), ...fast]), rule, 220)).toHaveLength(2);
    const gap = track([...[0, 5, 10, 15], ...[515, 520, 525, 530]].map((s) => ({ s, kmh: 95 })));
    expect(speeding(gap, rule, 220)).toHaveLength(2);
  });

  it('goes on over a silence of two minutes, and not over a longer one', () => {
    const silent = (s: number) =>
      track([0, 5, 10, 15, 15 + s, 20 + s, 25 + s, 30 + s].map((at) => ({ s: at, kmh: 95 })));
    expect(speeding(silent(120), rule, 220)).toHaveLength(1);
    expect(speeding(silent(121), rule, 220)).toHaveLength(2);
    expect(speeding(silent(140), rule, 220)).toHaveLength(2);
  });

  it('is proved by as many fixes as the rule asks for, however long they are apart', () => {
    const strict = { ...rule, minFixes: 4 };
    expect(speeding(series([70, 95, 95, 95, 70], 20), strict, 220)).toEqual([]);
    expect(speeding(series([70, 95, 95, 95, 95, 70], 20), strict, 220)).toHaveLength(1);
  });

  it('is not found by one fix, within the margin, or at a speed no car drives', () => {
    expect(speeding(series([70, 120, 70, 70]), rule, 220)).toEqual([]);
    expect(speeding(series([87, 88, 87, 88, 88, 88]), rule, 220)).toEqual([]);
    expect(speeding(series([70, 400, 400, 400, 400, 70]), rule, 220)).toEqual([]);
  });

  it('in the yard counts within the yard alone', () => {
    const fixes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => ({ s: at * 5, kmh: 30, north: at * 59 }));
    const [found, ...others] = speeding(
      track(fixes),
      { ...speedingDefaults, limitKmh: 15, marginKmh: 3, area: yard },
      220,
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'speeding-in-area', where: 'yard', start: t0, end: t0 + 25_000 });
  });
});

describe('an area', () => {
  const square = (size: number): Area => ({
    id: 'square',
    shape: 'polygon',
    corners: [
      [30, 114],
      [30, 114 + size],
      [30 + size, 114 + size],
      [30 + size, 114],
    ],
  });

  it('tells inside from outside, and the distance to its edge', () => {
    expect(contains(square(0.01), 30.005, 114.005)).toBe(true);
    expect(contains(square(0.01), 30.005, 114.02)).toBe(false);
    expect(beyondM(square(0.01), 29.999, 114.005)).toBeCloseTo(111.195, 1);
    expect(beyondM(square(0.01), 30.001, 114.005)).toBeCloseTo(-111.195, 1);
    expect(beyondM(yard, 30 + 400 * metre, 114)).toBeCloseTo(100, 0);
  });

  it('may have bays', () => {
    const bay: Area = {
      id: 'bay',
      shape: 'polygon',
      corners: [
        [0, 100],
        [0, 100.03],
        [0.03, 100.03],
        [0.03, 100.02],
        [0.01, 100.02],
        [0.01, 100.01],
        [0.03, 100.01],
        [0.03, 100],
      ],
    };
    expect(contains(bay, 0.02, 100.015)).toBe(false);
    expect(contains(bay, 0.02, 100.005)).toBe(true);
  });

  it('of fewer than three corners holds nothing', () => {
    expect(contains({ id: 'line', shape: 'polygon', corners: [[30, 114]] }, 30, 114)).toBe(false);
  });
});

describe('a fence', () => {
  const stay = { ...fenceDefaults, area: yard, stay: 'inside' } as const;
  const at = (norths: readonly number[]) => track(norths.map((north, index) => ({ s: index * 30, north })));

  it('is left once, though the car wavers on its edge', () => {
    const found = fenceFindings(at([0, 200, 360, 400, 320, 290, 380, 600, 310, 200, 0]), stay);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      kind: 'fence-left',
      start: t0 + 60_000,
      end: t0 + 240_000,
      where: 'yard',
      open: false,
    });
    expect(found[0]?.peak).toBeCloseTo(300, 0);
  });

  it('is not left by drift on its edge, or for a moment', () => {
    expect(fenceFindings(at([290, 310, 340, 280, 345, 300]), stay)).toEqual([]);
    expect(fenceFindings(at([0, 400, 0, 0]), stay)).toEqual([]);
  });

  it('is entered where it must not be, and still is when the data end', () => {
    const found = fenceFindings(at([900, 500, 100, 0, 0, 0]), { ...stay, stay: 'outside' });
    expect(found).toMatchObject([{ kind: 'fence-entered', open: true }]);
  });
});

describe('working time', () => {
  const working = { ...workingDefaults, dayKindOf: dayKindsWith() };
  const local = (text: string) => Date.parse(`${text}+08:00`);
  const kinds = (from: string, to: string, time = working) =>
    offStretches(local(from), local(to), time).map(({ kind, start, end }) => [kind, (end - start) / 60_000]);

  it('ends half an hour after office hours', () => {
    expect(kinds('2026-10-13T09:00', '2026-10-13T18:59')).toEqual([]);
    expect(kinds('2026-10-13T18:00', '2026-10-13T20:00')).toEqual([['out-of-hours', 60]]);
  });

  it('knows weekends, holidays and the Saturdays that are worked', () => {
    expect(kinds('2026-10-17T10:00', '2026-10-17T11:00')).toEqual([['weekend', 60]]);
    expect(kinds('2026-10-01T10:00', '2026-10-01T11:00')).toEqual([['holiday', 60]]);
    expect(kinds('2026-10-10T10:00', '2026-10-10T11:00')).toEqual([]);
  });

  it('is overridden by date', () => {
    const dayKindOf = dayKindsWith(new Map([['2026-10-13', 'holiday']]));
    expect(kinds('2026-10-13T09:00', '2026-10-13T10:00', { ...working, dayKindOf })).toEqual([
      ['holiday', 60],
    ]);
  });

  it('of a drive through the night is told apart by kind, and adds up', () => {
    expect(kinds('2026-10-16T18:30', '2026-10-19T09:00')).toEqual([
      ['out-of-hours', 300],
      ['weekend', 2_880],
      ['out-of-hours', 450],
    ]);
  });

  it('concerns trips, with their ends as evidence', () => {
    const place = { lat: 30, lon: 114 };
    const [start, end] = [local('2026-10-17T10:00'), local('2026-10-17T11:00')];
    const trip = { kind: 'trip', start, end, from: place, to: place, endsBy: 'stop' } as Trip;
    expect(outOfHours([trip], working)).toMatchObject([
      { kind: 'weekend', start, end, peak: 60, open: false },
    ]);
  });
});

describe('a standing car', () => {
  const minutes = (count: number, ignition: boolean | undefined) =>
    Array.from(
      { length: count + 1 },
      (_, at): Fix => (ignition === undefined ? { s: at * 60 } : { s: at * 60, ignition }),
    );

  it('is found idling with the engine on for longer than the limit', () => {
    expect(idling(track(minutes(20, true)), idlingDefaults)).toMatchObject([
      { kind: 'idling', peak: 20, limit: 15, open: true },
    ]);
    expect(idling(track(minutes(15, true)), idlingDefaults)).toEqual([]);
    expect(idling(track(minutes(60, false)), idlingDefaults)).toEqual([]);
    expect(idling(track(minutes(60, undefined)), idlingDefaults)).toEqual([]);
  });

  it('whose terminal is silent is found sooner if it was driving', () => {
    const now = t0 + 2 * 3_600_000;
    expect(silences(track([{ s: 0, kmh: 50 }]), now, silenceDefaults)).toMatchObject([
      { kind: 'silent', peak: 120, open: true },
    ]);
    expect(silences(track([{ s: 0, ignition: false }]), now, silenceDefaults)).toEqual([]);
    expect(
      silences(track([{ s: 0, ignition: false }, { s: 90_000 }]), now + 90_000_000, silenceDefaults),
    ).toHaveLength(1);
  });
});

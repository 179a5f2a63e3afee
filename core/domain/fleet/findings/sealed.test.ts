import { describe, expect, it } from 'vitest';
import { type PositionLike, trackOf } from '../track/columns.ts';
import { filterDefaults } from '../track/filter.ts';
import { scan } from '../trips/scan.ts';
import { tripDefaults } from '../trips/thresholds.ts';
import { type Seal, sealed } from './sealed.ts';

const t0 = Date.UTC(2026, 8, 30, 10);
const at = (minutes: number) => t0 + minutes * 60_000;
type Leg = readonly [minutes: number, km: number, silent?: 'silent'];

/** Drives north and parks with some drift, seen every half minute. */
function car(legs: readonly Leg[]) {
  const rows: PositionLike[] = [];
  let [clock, where] = [0, 0];
  for (const [minutes, km, silent] of legs) {
    const speedKmh = (Math.abs(km - where) / (minutes - clock)) * 60;
    for (let step = clock; step <= minutes; step += 0.5) {
      if (silent && step < minutes) continue;
      const drift = speedKmh === 0 ? ((step * 7_919) % 60) - 30 : 0;
      const north = where + ((km - where) * (step - clock)) / (minutes - clock) + drift / 1_000;
      rows.push({
        ts: at(step),
        lat: 30 + north / 111.195,
        lon: 114,
        speedKmh: silent ? 0 : speedKmh,
        courseDeg: 0,
        extras: {},
      });
    }
    [clock, where] = [minutes, km];
  }
  const track = trackOf(rows);
  return { track, ...scan(track, { ...filterDefaults, latest: at(1e6) }, tripDefaults) };
}

const seal = (from: number, to: number, dutyExempt = false): Seal => ({
  id: 'national-day',
  from: at(from),
  to: at(to),
  dutyExempt,
});
const judge = (legs: readonly Leg[], ...seals: Seal[]) => {
  const { segments, track } = car(legs);
  return sealed([...segments].reverse(), seals, track, at(legs.at(-1)?.[0] ?? 0));
};
const drive: readonly Leg[] = [
  [60, 0],
  [80, 20],
  [300, 20],
];

describe('a sealed car', () => {
  it('that drives is found, with the drive as evidence', () => {
    const { findings, noted, unknown } = judge(drive, seal(10, 290));
    expect(findings).toMatchObject([{ kind: 'sealed', where: 'national-day', limit: 0, open: false }]);
    expect(findings[0]?.peak).toBe(20.5);
    expect(findings[0]?.evidence.some(({ speedKmh }) => speedKmh > 50)).toBe(true);
    expect([noted, unknown]).toEqual([[], []]);
  });

  it('that drifts where it is parked does not move', () => {
    expect(judge([[600, 0]], seal(10, 590))).toEqual({ findings: [], noted: [], unknown: [] });
  });

  it('on duty is noted instead', () => {
    const { findings, noted } = judge(drive, seal(10, 290, true));
    expect(findings).toEqual([]);
    expect(noted).toHaveLength(1);
  });

  it('is judged by the seal alone: what it does before and after is free', () => {
    expect(judge(drive, seal(100, 290)).findings).toEqual([]);
    expect(judge(drive, seal(5, 50)).findings).toEqual([]);
    const [late] = judge(drive, seal(70, 290)).findings;
    expect(late).toMatchObject({ start: at(70) });
    expect(late?.peak).toBe(10.5);
  });

  it('that arrives within a moment of the seal has not moved under it', () => {
    expect(judge(drive, seal(79.95, 290)).findings).toEqual([]);
  });

  it('that stands elsewhere after a silence has moved, if all of it is under the seal', () => {
    const hidden: readonly Leg[] = [
      [60, 0],
      [200, 30, 'silent'],
      [300, 30],
    ];
    expect(judge(hidden, seal(10, 290)).findings).toMatchObject([{ start: at(60), end: at(200) }]);
    const before = judge(hidden, seal(100, 290));
    expect(before.findings).toEqual([]);
    expect(before.unknown).toMatchObject([{ reason: 'moved-unseen', start: at(100), end: at(200) }]);
  });

  it('that jumps is unknown: the receiver may err', () => {
    const at2 = { lat: 30.5, lon: 114 };
    const odometer = { km: Number.NaN, resets: 0, rollBacks: 0, leaps: 0, filledKm: 0 };
    const jump = {
      kind: 'gap',
      start: at(60),
      end: at(61),
      reason: 'jump',
      from: at2,
      to: at2,
      distanceKm: 50,
      odometer,
    } as const;
    const { findings, unknown } = sealed([jump], [seal(60, 61)], trackOf([]), at(61));
    expect(findings).toEqual([]);
    expect(unknown).toMatchObject([{ reason: 'moved-unseen' }]);
  });

  it('is found by its trips where the positions are deleted', () => {
    const { segments } = car(drive);
    const { findings } = sealed(segments, [seal(10, 290)], trackOf([]), at(300));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence).toHaveLength(2);
  });

  it('without data is unknown, up to now', () => {
    expect(sealed([], [seal(0, 500)], trackOf([]), at(100))).toEqual({
      findings: [],
      noted: [],
      unknown: [{ seal: 'national-day', start: at(0), end: at(100), reason: 'no-data' }],
    });
    const { segments } = car(drive);
    const lost = sealed(segments, [seal(70, 290)], trackOf([]), at(300));
    expect(lost.findings).toEqual([]);
    expect(lost.unknown).toMatchObject([{ reason: 'moved-unseen' }]);
  });
});

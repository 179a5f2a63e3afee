// What just begins a trip, keeps a stop and settles one.
import { describe, expect, it } from 'vitest';
import { type PositionLike, trackOf } from '../track/columns.ts';
import { filterDefaults } from '../track/filter.ts';
import type { Stop } from './model.ts';
import { boundaryFor, scan } from './scan.ts';
import { tripDefaults } from './thresholds.ts';

const t0 = Date.UTC(2026, 9, 1);
const row = (seconds: number, metres: number, speedKmh = 0): PositionLike => ({
  ts: t0 + seconds * 1_000,
  lat: 30 + metres / 111_195,
  lon: 114,
  speedKmh,
  courseDeg: 0,
  extras: {},
});
const parked = (from: number, count: number, metres: (at: number) => number = () => 0) =>
  Array.from({ length: count }, (_, at) => row(from + at * 30, metres(at)));
const segmentsOf = (rows: readonly PositionLike[]) =>
  scan(trackOf(rows), { ...filterDefaults, latest: t0 + 1e9 }, tripDefaults).segments;
const kinds = (rows: readonly PositionLike[]) => segmentsOf(rows).map(({ kind }) => kind);

describe('after a silence', () => {
  const strays = (count: number) =>
    Array.from({ length: count }, (_, at) => row(2_100 + at * 30, 2_000 + at * 400, 50));

  it('one or two stray positions are no trip, three are', () => {
    const day = (count: number) =>
      kinds([...parked(0, 30), ...strays(count), ...parked(3_600, 30, () => 5_000)]);
    for (const count of [1, 2]) expect(day(count)).not.toContain('trip');
    expect(day(3)).toContain('trip');
  });
});

describe('a parked car', () => {
  it('is in one stop while its fixes lie up to the drift on both sides of it', () => {
    const rows = Array.from({ length: 60 }, (_, at) => row(at * 60, at % 2 === 0 ? 45 : -45));
    expect(segmentsOf(rows)).toMatchObject([
      { kind: 'stop', start: t0, end: t0 + 59 * 60_000, positions: 60 },
    ]);
  });

  it('does not drive off by a single far fix after others within twice the drift', () => {
    const rows = [...parked(0, 30), row(900, 80, 8), row(930, 80, 8), row(960, 220, 15), ...parked(990, 30)];
    expect(kinds(rows)).toEqual(['stop']);
  });
});

describe('a stop', () => {
  const settledTs = t0 + 600_000;
  const stop: Stop = {
    kind: 'stop',
    start: t0,
    end: t0 + 900_000,
    positions: 30,
    at: { lat: 30, lon: 114 },
    idleMs: 0,
    gapMs: 0,
    endsBy: 'data',
    settledTs,
    anchor: { ts: t0, lat: 30, lon: 114 },
  };

  it('is begun again from only where what changed comes after what settled it', () => {
    expect(boundaryFor([stop], settledTs)).toEqual({ kept: [] });
    expect(boundaryFor([stop], settledTs + 1).boundary).toEqual({ anchor: stop.anchor, settledTs });
    expect(boundaryFor([{ ...stop, settledTs: Number.NaN }], settledTs + 1)).toEqual({ kept: [] });
  });
});

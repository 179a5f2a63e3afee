// Findings of where a car may be: drawn fences, its region, its hours under orders.
import { describe, expect, it } from 'vitest';
import { dayKindsWith } from '../../workdays.ts';
import { type PositionLike, trackOf } from '../track/columns.ts';
import type { Trip } from '../trips/model.ts';
import { type Area, beyondM, contains } from './areas.ts';
import { crossRegion, regionDefaults } from './cross-region.ts';
import { againstFences, areaOf, type DrawnFence } from './fence-kinds.ts';
import { outOfHours, workingDefaults } from './workdays.ts';

const t0 = Date.UTC(2026, 9, 12, 1);
const metre = 1 / 111_195;
/** Metres north of the origin, every half minute. */
const track = (norths: readonly number[], speedKmh = 0) =>
  trackOf(
    norths.map(
      (north, index): PositionLike => ({
        ts: t0 + index * 30_000,
        lat: 30 + north * metre,
        lon: 114,
        speedKmh,
        courseDeg: 0,
        extras: {},
      }),
    ),
  );
const circle = (radiusM: number, north = 0) => ({ circle: { lat: 30 + north * metre, lon: 114, radiusM } });
const minutes = (from: number, to: number) => ({ start: t0 + from * 60_000, end: t0 + to * 60_000 });
const repeated = (count: number, north: number) => Array<number>(count).fill(north);

describe('a car and the region of its institution', () => {
  const area: Area = { id: 'city', shape: 'circle', lat: 30, lon: 114, radiusM: 10_000 };
  const rule = { ...regionDefaults, area };

  it('is found outside of it, once, with how far it went', () => {
    const found = crossRegion(
      track([0, 9_000, 9_900, ...repeated(15, 12_000), 10_200, 11_000, 9_000, 0]),
      rule,
    );
    expect(found).toMatchObject([{ kind: 'cross-region', where: 'city', ...minutes(1.5, 9.5), open: false }]);
    expect(found[0]?.peak).toBeCloseTo(2_000, -1);
    expect(found[0]?.evidence.length).toBeGreaterThan(1);
  });

  it('may cut a corner, but not by far', () => {
    expect(crossRegion(track([9_000, ...repeated(5, 12_000), 9_000]), rule)).toEqual([]);
    expect(crossRegion(track([9_000, ...repeated(3, 13_500), 9_000]), rule)).toHaveLength(1);
    expect(crossRegion(track([9_000, 13_500, 9_000]), rule)).toEqual([]);
    expect(crossRegion(track(repeated(60, 10_400)), rule)).toEqual([]);
  });

  it('may leave it under an order, and is found when it stays on', () => {
    const away = track([0, ...repeated(60, 20_000)]);
    const cover = (to: number) => [{ order: 'order', from: t0, to: t0 + to * 60_000 }];
    expect(crossRegion(away, rule, cover(40))).toEqual([]);
    expect(crossRegion(away, rule, cover(20))).toMatchObject([{ ...minutes(20, 30), open: true }]);
    expect(crossRegion(track([]), rule)).toEqual([]);
    const between = [{ order: 'order', from: t0 + 10 * 60_000, to: t0 + 20 * 60_000 }];
    expect(crossRegion(away, rule, between)).toMatchObject([
      { ...minutes(0.5, 9.5), open: false },
      { ...minutes(20, 30), open: true },
    ]);
  });

  it('may be in any part of a region of several', () => {
    const island: Area = {
      id: 'island',
      shape: 'circle',
      lat: 30 + 30_000 * metre,
      lon: 114,
      radiusM: 2_000,
    };
    const union: Area = { id: 'city', shape: 'union', areas: [area, island] };
    expect(contains(union, 30 + 30_000 * metre, 114)).toBe(true);
    expect(beyondM(union, 30 + 25_000 * metre, 114)).toBeCloseTo(3_000, -1);
    expect(crossRegion(track(repeated(30, 30_000)), { ...rule, area: union })).toEqual([]);
    expect(contains({ id: 'none', shape: 'union', areas: [] }, 30, 114)).toBe(false);
  });
});

describe('drawn fences', () => {
  const fence = (more: Partial<DrawnFence>): DrawnFence => ({
    id: 'f',
    kind: 'forbidden',
    shape: circle(500),
    ...more,
  });
  const inAndOut = track([2_000, 1_000, 0, 0, 0, 0, 1_000, 2_000], 30);

  it('have corners as longitude and latitude', () => {
    const polygon = [
      [114, 30],
      [114.01, 30],
      [114.01, 30.01],
    ] as const;
    expect(areaOf(fence({ shape: { polygon } }))).toMatchObject({
      shape: 'polygon',
      corners: [
        [30, 114],
        [30, 114.01],
        [30.01, 114.01],
      ],
    });
  });

  it('that forbid are not to be entered, while they stand', () => {
    expect(againstFences(inAndOut, [fence({})])).toMatchObject([
      { kind: 'fence-entered', where: 'f', open: false },
    ]);
    expect(againstFences(inAndOut, [fence({ to: t0 + 60_000 })])).toEqual([]);
    const early = againstFences(track(repeated(20, 0)), [fence({ to: t0 + 5 * 60_000 })]);
    expect(early).toMatchObject([{ end: t0 + 4.5 * 60_000, open: false }]);
  });

  it('that allow are not to be left, all of them together', () => {
    const near = fence({ kind: 'allowed', id: 'near' });
    const far = fence({ kind: 'allowed', id: 'far', shape: circle(500, 2_000) });
    const both = track([...repeated(5, 0), ...repeated(5, 2_000)]);
    expect(againstFences(both, [near])).toMatchObject([{ kind: 'fence-left', where: 'near', open: true }]);
    expect(againstFences(both, [near, far])).toEqual([]);
    expect(againstFences(track(repeated(5, 6_000)), [near, far])).toMatchObject([{ where: 'far+near' }]);
  });

  it('with a limit are held to it, of whatever kind', () => {
    const yard = fence({ kind: 'yard', limitKmh: 15 });
    expect(againstFences(inAndOut, [yard])).toMatchObject([
      { kind: 'speeding-in-area', limit: 15, peak: 30, ...minutes(1, 2.5) },
    ]);
    expect(againstFences(inAndOut, [fence({ kind: 'yard' }), fence({ kind: 'region' })])).toEqual([]);
  });
});

describe('working time under orders', () => {
  const working = { ...workingDefaults, dayKindOf: dayKindsWith() };
  const local = (text: string) => Date.parse(`${text}+08:00`);
  const place = { lat: 30, lon: 114 };
  const [start, end] = [local('2026-10-17T10:00'), local('2026-10-17T12:00')];
  const trip = { kind: 'trip', start, end, from: place, to: place, endsBy: 'stop' } as Trip;

  it('is free of findings where an order allows the drive, at any hour', () => {
    expect(outOfHours([trip], working, [{ order: 'o', from: start, to: end }])).toEqual([]);
    const part = [{ order: 'o', from: start, to: local('2026-10-17T11:30') }];
    expect(outOfHours([trip], working, part)).toMatchObject([{ kind: 'weekend', peak: 30, end }]);
  });
});

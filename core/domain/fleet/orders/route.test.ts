import { describe, expect, it } from 'vitest';
import { at, car, degreeKm, minute, order, place } from '../../../testing/driven-car.ts';
import { type PositionLike, trackOf } from '../track/columns.ts';
import { coversBeyond, coversOf } from './covers.ts';
import { beyondWaysM, straysOf, visit, waysOf } from './route.ts';
import { orderDefaults } from './tolerances.ts';

const here = { lat: 30, lon: 114 };
const east = (km: number, north = 0) => ({
  lat: 30 + north / degreeKm,
  lon: 114 + km / (degreeKm * Math.cos((30 * Math.PI) / 180)),
});
/** Positions every minute, km east and north of the yard. */
const walk = (steps: readonly (readonly [km: number, north: number])[]) =>
  trackOf(
    steps.map(
      ([km, north], index): PositionLike => ({
        ts: at(index),
        ...east(km, north),
        speedKmh: 60,
        courseDeg: 0,
        extras: {},
      }),
    ),
  );

describe('a place', () => {
  it('was missed by a car that slept, switched off, all the time it was silent', () => {
    const slept = car([
      [10, 0],
      [70, 0, 'silent'],
      [80, 0],
    ]);
    const asked = (track: typeof slept.track) => visit(track, at(5), at(75), place(15), orderDefaults).state;
    expect(asked(slept.track)).toBe('missed');
    expect(asked({ ...slept.track, flags: new Uint8Array(slept.track.length) })).toBe('unknown');
  });

  it('was missed by a car that stood in a garage for most of the time without a fix', () => {
    const garage = car([
      [10, 0],
      [70, 0, 'silent'],
      [80, 0],
    ]);
    const track = { ...garage.track, flags: new Uint8Array(garage.track.length) };
    const asked = (rest: number) =>
      visit(track, at(5), at(75), place(15), orderDefaults, () => rest * minute).state;
    expect(asked(50)).toBe('missed');
    expect(asked(10)).toBe('unknown');
    const later = (rest: number) =>
      visit(track, at(75), at(140), place(15), orderDefaults, () => rest * minute).state;
    expect(later(58)).toBe('missed');
    expect(later(0)).toBe('unknown');
  });

  it('may have been reached before the data begin or after they end, as far as a car gets', () => {
    const { track } = car([[30, 0]]);
    const asked = (from: number, to: number) =>
      visit(track, at(from), at(to), place(20), orderDefaults).state;
    expect(asked(5, 25)).toBe('missed');
    expect(asked(-5, 25)).toBe('missed');
    expect(asked(-15, 25)).toBe('unknown');
    expect(asked(5, 35)).toBe('missed');
    expect(asked(5, 45)).toBe('unknown');
    expect(visit(trackOf([]), at(0), at(1), here, orderDefaults)).toMatchObject({ state: 'unknown', at: -1 });
  });
});

describe('the ways of an order', () => {
  const far = east(60);
  const ways = waysOf([here, far], orderDefaults);
  const beyond = (km: number, north: number) => {
    const { lat, lon } = east(km, north);
    return beyondWaysM(ways, lat, lon) / 1_000;
  };

  it('bend as roads do: the more, the longer they are', () => {
    // The sum of both distances may be 90 km: half way across 33.5 km to the side.
    expect(beyond(30, 33)).toBeLessThan(0);
    expect(beyond(30, 34)).toBeGreaterThan(0);
    expect(beyond(-14, 0)).toBeLessThan(0);
    expect(beyond(-16, 0)).toBeCloseTo(1, 0);
    const short = waysOf([here, east(2)], orderDefaults);
    expect(beyondWaysM(short, east(-4.9).lat, east(-4.9).lon)).toBeLessThan(0);
    expect(beyondWaysM(short, east(-5.5).lat, east(-5.5).lon)).toBeGreaterThan(0);
  });

  it('are left for a while, twice if the car came back between, and not by one wrong turning', () => {
    const near = waysOf([here], orderDefaults);
    const out = (minutes: number) => Array<readonly [number, number]>(minutes).fill([0, 8]);
    const strays = (steps: readonly (readonly [number, number])[]) => {
      const track = walk(steps);
      return straysOf(track, [...track.ts.keys()], near, orderDefaults).map(({ first, last }) => [
        first,
        last,
      ]);
    };
    expect(strays([[0, 0], ...out(4), [0, 0], [0, 0], ...out(4), [0, 0]])).toEqual([
      [1, 4],
      [7, 10],
    ]);
    expect(strays([[0, 0], ...out(3), [0, 0]])).toEqual([]);
  });

  it('are nowhere without places', () => {
    expect(beyondWaysM(waysOf([], orderDefaults), 30, 114)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what orders allow', () => {
  const region = { id: 'city', shape: 'circle', lat: 30, lon: 114, radiusM: 10_000 } as const;
  const withdrawn = order(0, 60, { state: 'withdrawn' });
  const inside = order(0, 60, { destination: place(5) });
  const outside = order(0, 60, { destination: place(50) });
  const named = order(0, 60, { destination: { name: 'somewhere' } });
  const open = order(0, 60, { destination: null });
  const ids = (covers: readonly { order: string }[]) => covers.map((cover) => cover.order);

  it('is any hour of theirs, tolerances included, unless they were withdrawn', () => {
    expect(coversOf([withdrawn, inside])).toEqual([
      { order: inside.id, from: at(0) - 30 * minute, to: at(60) + 60 * minute },
    ]);
  });

  it('is to leave the region, unless all their places are known to lie in it', () => {
    const all = [withdrawn, inside, outside, named, open];
    expect(ids(coversBeyond(all, region))).toEqual([outside.id, named.id, open.id]);
  });
});

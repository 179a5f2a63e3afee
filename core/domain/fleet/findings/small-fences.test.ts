// Fences of every size that may be drawn: a car parked in the middle is in, one that drove away is out.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PositionLike, trackOf } from '../track/columns.ts';
import { type Area, beyondM } from './areas.ts';
import { depthM } from './depth.ts';
import { fenceDefaults, fenceFindings } from './fences.ts';

const t0 = Date.UTC(2026, 9, 12, 1);
const metre = 1 / 111_195;
const [lat0, lon0] = [30, 114];
const wide = metre / Math.cos((lat0 * Math.PI) / 180);
const placeAt = (east: number, north: number) => ({ lat: lat0 + north * metre, lon: lon0 + east * wide });

/** Stands ten minutes at each of the places, and reports every minute. */
const standing = (places: readonly { lat: number; lon: number }[]) =>
  trackOf(
    places.flatMap((place, at) =>
      Array.from({ length: 10 }, (_, step): PositionLike => {
        const ts = t0 + (at * 10 + step) * 60_000;
        return { ...place, ts, speedKmh: 0, courseDeg: 0, extras: {} };
      }),
    ),
  );

/** @param middle a place deep within */
function mayBeEnteredAndLeft(area: Area, middle: { lat: number; lon: number }, farM: number): void {
  const [home, away] = [middle, placeAt(0, farM)];
  const judged = (places: readonly { lat: number; lon: number }[], stay: 'inside' | 'outside') =>
    fenceFindings(standing(places), { area, stay, ...fenceDefaults }).map(({ start, end, open }) => ({
      from: (start - t0) / 60_000,
      to: (end - t0) / 60_000,
      open,
    }));
  expect(judged([away, home, away], 'outside')).toEqual([{ from: 10, to: 19, open: false }]);
  expect(judged([home, away, home, away], 'inside')).toEqual([
    { from: 10, to: 19, open: false },
    { from: 30, to: 39, open: true },
  ]);
  // Drift about the edge is no crossing: the far side of the hysteresis stays where it was.
  expect(judged([home, home], 'inside')).toEqual([]);
  expect(judged([away, away], 'outside')).toEqual([]);
}

it('circles from 20 m to 200 km are entered by who parks in their middle, and left by who drives away', () => {
  fc.assert(
    fc.property(fc.double({ min: Math.log(20), max: Math.log(200_000), noNaN: true }), (size) => {
      const radiusM = Math.exp(size);
      const area: Area = { id: 'circle', shape: 'circle', ...placeAt(0, 0), radiusM };
      mayBeEnteredAndLeft(area, placeAt(0, 0), radiusM * 1.02 + 60);
    }),
    { numRuns: 200, seed: 10 },
  );
});

/** A star of its middle: its corners lie around it at distances of `least` to `most`. */
const stars = fc
  .record({
    size: fc.double({ min: Math.log(3), max: Math.log(30_000), noNaN: true }),
    reaches: fc.array(fc.double({ min: 0.3, max: 1, noNaN: true }), { minLength: 3, maxLength: 40 }),
  })
  .map(({ size, reaches }) => {
    const most = Math.exp(size);
    const corners = reaches.map((reach, at) => {
      const angle = (2 * Math.PI * at) / reaches.length;
      const { lat, lon } = placeAt(reach * most * Math.cos(angle), reach * most * Math.sin(angle));
      return [lat, lon] as const;
    });
    return { area: { id: 'star', shape: 'polygon', corners } as const, most };
  });

/** The deepest of many places. */
function deepest(area: Area, mostM: number): { lat: number; lon: number; depth: number } {
  let best = { ...placeAt(0, 0), depth: Number.NEGATIVE_INFINITY };
  for (let east = -40; east <= 40; east++)
    for (let north = -40; north <= 40; north++) {
      const place = placeAt((east / 40) * mostM, (north / 40) * mostM);
      const depth = -beyondM(area, place.lat, place.lon);
      if (depth > best.depth) best = { ...place, depth };
    }
  return best;
}

it('polygons of a few metres to many kilometres are entered by who parks deep in them, and left by who drives away', () => {
  fc.assert(
    fc.property(stars, ({ area, most }) => {
      mayBeEnteredAndLeft(area, deepest(area, most), most * 1.02 + 60);
    }),
    { numRuns: 100, seed: 10 },
  );
});

it('the depth of a polygon is never more than it is, nor much less', () => {
  fc.assert(
    fc.property(stars, ({ area, most }) => {
      const { depth } = deepest(area, most);
      const told = depthM(area, 1e9);
      expect(told).toBeGreaterThanOrEqual(depth * 0.8);
      expect(told).toBeLessThanOrEqual(depth * 1.02 + most * 0.04);
      // What is deep enough is not looked for further.
      expect(depthM(area, depth / 4)).toBeGreaterThanOrEqual(depth / 4);
    }),
    { numRuns: 100, seed: 11 },
  );
});

it('a yard as long as a road and as wide as a car is still a place that one comes back to', () => {
  const strip = (widthM: number, lengthM: number): Area => {
    const corner = (east: number, north: number) => {
      const { lat, lon } = placeAt(east, north);
      return [lat, lon] as const;
    };
    const corners = [
      corner(0, 0),
      corner(lengthM, lengthM),
      corner(lengthM, lengthM + widthM),
      corner(0, widthM),
    ];
    return { id: 'strip', shape: 'polygon', corners };
  };
  for (const lengthM of [50, 500, 20_000])
    for (const widthM of [4, 20, 90])
      mayBeEnteredAndLeft(strip(widthM, lengthM), placeAt(lengthM / 2, lengthM / 2 + widthM / 2), -500);
});

it('a small part of several areas is one that a car is back in', () => {
  const big: Area = { id: 'big', shape: 'circle', ...placeAt(0, 5_000), radiusM: 2_000 };
  const small: Area = { id: 'small', shape: 'circle', ...placeAt(0, 0), radiusM: 20 };
  mayBeEnteredAndLeft({ id: 'both', shape: 'union', areas: [big, small] }, placeAt(0, 0), 1_000);
  expect(depthM({ id: 'none', shape: 'union', areas: [] }, 100)).toBe(0);
});

it('inside of an area that is deep enough, the whole hysteresis counts', () => {
  const area: Area = { id: 'large', shape: 'circle', ...placeAt(0, 0), radiusM: 400 };
  const found = (northM: number, stay: 'inside' | 'outside') =>
    fenceFindings(standing([placeAt(0, 700), placeAt(0, northM)]), { area, stay, ...fenceDefaults });
  expect(found(355, 'outside')).toEqual([]);
  expect(found(345, 'outside')).toMatchObject([{ limit: 50 }]);
  expect(found(355, 'inside')).toMatchObject([{ open: true }]);
  expect(found(345, 'inside')).toMatchObject([{ open: false }]);
  const yard: Area = { ...area, radiusM: 30 };
  expect(
    fenceFindings(standing([placeAt(0, 10)]), { area: yard, stay: 'outside', ...fenceDefaults }),
  ).toMatchObject([{ limit: 15 }]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Datum, datums, fromWgs84, toWgs84 } from './datum.ts';
import { distanceM } from './track/geodesy.ts';

/** WGS-84. */
const places = [
  { name: 'Tiananmen', lat: 39.908692, lon: 116.397477 },
  { name: 'Wuhan', lat: 30.546498, lon: 114.341862 },
  { name: 'Urumqi', lat: 43.825592, lon: 87.616848 },
  { name: 'Sanya', lat: 18.252847, lon: 109.511909 },
  { name: 'Mohe', lat: 52.972272, lon: 122.538591 },
  { name: 'Lhasa', lat: 29.645554, lon: 91.140856 },
];
const shifted: Datum[] = ['gcj02', 'bd09'];
/** Inside the box by more than any shift. */
const inChina = fc.record({
  lat: fc.double({ min: 1, max: 55.6, noNaN: true }),
  lon: fc.double({ min: 72.2, max: 137.6, noNaN: true }),
});

describe('toWgs84', () => {
  it('takes back the pair that the library documents: BD-09 of WGS-84 39.914266, 116.403988', () => {
    const back = toWgs84('bd09', 39.92196580126834, 116.41661560068297);
    expect(distanceM(back.lat, back.lon, 39.914266, 116.403988)).toBeLessThan(0.001);
  });

  it('takes back GCJ-02 as the maps show it', () => {
    // The Forbidden City: 556 m apart.
    const back = toWgs84('gcj02', 39.91493879826457, 116.40417826928372);
    expect(distanceM(back.lat, back.lon, 39.913535, 116.397934)).toBeLessThan(0.001);
  });

  for (const { name, lat, lon } of places) {
    it(`moves ${name} by what GCJ-02 (50 to 800 m) and BD-09 (under 2 km) shift, and the right way`, () => {
      for (const datum of shifted) {
        const shown = fromWgs84(datum, lat, lon);
        const moved = distanceM(lat, lon, shown.lat, shown.lon);
        expect(moved).toBeGreaterThan(50);
        expect(moved).toBeLessThan(datum === 'gcj02' ? 800 : 2_000);
        const back = toWgs84(datum, shown.lat, shown.lon);
        expect(distanceM(lat, lon, back.lat, back.lon)).toBeLessThan(0.001);
      }
    });
  }

  it('finds back any place in the box, within a millimetre', () => {
    fc.assert(
      fc.property(inChina, fc.constantFrom(...shifted), ({ lat, lon }, datum) => {
        const shown = fromWgs84(datum, lat, lon);
        const back = toWgs84(datum, shown.lat, shown.lon);
        expect(distanceM(lat, lon, back.lat, back.lon)).toBeLessThan(0.001);
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('answers for coordinates of any kind, also at the edge of the box, within 3 km of what it was given', () => {
    const anywhere = fc.record({
      lat: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(0.8293, 0.8294, 55.8271)),
      lon: fc.oneof(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: 72.004, max: 72.02, noNaN: true }),
        fc.constantFrom(72.004, 137.8347),
      ),
    });
    fc.assert(
      fc.property(anywhere, fc.constantFrom(...datums), ({ lat, lon }, datum) => {
        const wgs = toWgs84(datum, lat, lon);
        expect(distanceM(lat, lon, wgs.lat, wgs.lon)).toBeLessThan(3_000);
      }),
      { numRuns: 5_000, seed: 6 },
    );
  });

  it('leaves alone what is WGS-84, and what lies outside of China', () => {
    expect(toWgs84('wgs84', 30.5, 114.3)).toEqual({ lat: 30.5, lon: 114.3 });
    for (const datum of datums) {
      expect(toWgs84(datum, 48.8584, 2.2945)).toEqual({ lat: 48.8584, lon: 2.2945 });
      expect(toWgs84(datum, -33.8568, 151.2153)).toEqual({ lat: -33.8568, lon: 151.2153 });
      expect(toWgs84(datum, 0, 0)).toEqual({ lat: 0, lon: 0 });
    }
  });
});

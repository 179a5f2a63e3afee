import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM } from '../../../core/domain/fleet/track/geodesy.ts';
import { cityMap } from '../roads/map.ts';
import { num, Router } from '../roads/route.ts';
import { arrivalOf, type Drive, Motion, stretchOf } from './motion.ts';
import { Receiver, type TrueState } from './receiver.ts';

const network = cityMap({ seed: 5, yards: new Map([['a', { zh: '甲局', en: 'Bureau A' }]]) });
const router = new Router(network);
const start = Date.UTC(2026, 9, 12, 1);
const sites = fc.uniqueArray(fc.constantFrom(...network.sites), {
  minLength: 2,
  maxLength: 2,
  selector: ({ id }) => id,
});
const drives = fc
  .tuple(sites, fc.nat(1e6), fc.constantFrom(0, 0.4, 0.9), fc.nat(2))
  .map(([[from, to], seed, traffic, halts]): Drive => {
    if (from === undefined || to === undefined) throw new Error('two sites');
    return { seed, route: router.route(from, to), start, manner: { limitKmh: 110, traffic }, halts };
  });
const runs = { seed: 5, numRuns: 60 };

describe('a drive', () => {
  it('goes the whole way, never back, never faster than the road and the car allow, as cars accelerate and brake', () => {
    fc.assert(
      fc.property(drives, (drive) => {
        const motion = new Motion(drive);
        let [along, kmh] = [0, 0];
        let [least, mostOver, mostGain] = [0, 0, 0];
        while (!motion.arrived) {
          const limit = Math.min(110, num(drive.route.limitKmh, motion.segment));
          motion.step();
          least = Math.min(least, motion.alongM - along);
          const after = Math.min(110, num(drive.route.limitKmh, motion.segment));
          mostOver = Math.max(mostOver, motion.speedKmh - Math.max(limit, after));
          mostGain = Math.max(mostGain, motion.speedKmh - kmh);
          [along, kmh] = [motion.alongM, motion.speedKmh];
        }
        expect([least, mostOver]).toEqual([0, 0]);
        expect(mostGain).toBeLessThan(7);
        expect(along).toBeCloseTo(drive.route.lengthM, 6);
        expect(kmh).toBe(0);
        expect(motion.ts).toBe(arrivalOf(drive));
      }),
      runs,
    );
  });

  it('moves along the road: its places are as far apart as it drove', () => {
    fc.assert(
      fc.property(drives, (drive) => {
        const motion = new Motion(drive);
        let [lat, lon, metres] = [motion.lat, motion.lon, 0];
        while (!motion.arrived) {
          motion.step();
          metres += distanceM(lat, lon, motion.lat, motion.lon);
          [lat, lon] = [motion.lat, motion.lon];
        }
        // Within a second it cuts corners by a metre or two.
        expect(metres / drive.route.lengthM).toBeGreaterThan(0.99);
        expect(metres / drive.route.lengthM).toBeLessThan(1.001);
      }),
      runs,
    );
  });

  it('is faster than the car may be only when told to', () => {
    const [yard, far] = ['yard', 'neighbour'].map((kind) => network.sites.find((site) => site.kind === kind));
    if (yard === undefined || far === undefined) throw new Error('a site is missing');
    const honest: Drive = {
      seed: 1,
      route: router.route(yard, far),
      start,
      manner: { limitKmh: 100, traffic: 0.4 },
      halts: 0,
    };
    const fast = (drive: Drive) => stretchOf(drive, (motion) => motion.speedKmh > 110);
    expect(fast(honest)).toBeUndefined();
    const found = fast({ ...honest, manner: { ...honest.manner, recklessKmh: 130 } });
    expect(found?.peakKmh).toBeGreaterThan(126);
    expect((found?.to ?? 0) - (found?.from ?? 0)).toBeGreaterThan(10 * 60_000);
  });
});

describe('a receiver', () => {
  const parked: TrueState = {
    ts: start,
    lat: 28,
    lon: 120.7,
    speedKmh: 0,
    courseDeg: 0,
    ignition: false,
    sky: 'open',
  };
  const day = (receiver: Receiver, state: TrueState = parked) =>
    Array.from({ length: 30 * 1_440 }, (_, minute) =>
      receiver.see({ ...state, ts: start + minute * 60_000 }),
    );

  it('drifts by metres where the car is parked, and by up to 170 m now and then', () => {
    const off = day(new Receiver(7, 'last'))
      .map(({ lat, lon }) => distanceM(28, 120.7, lat, lon))
      .sort((a, b) => a - b);
    const quantile = (share: number) => off[Math.floor(share * off.length)] ?? 0;
    expect(quantile(0.5)).toBeGreaterThan(3);
    expect(quantile(0.5)).toBeLessThan(12);
    expect(off.filter((metres) => metres > 50).length / off.length).toBeLessThan(0.01);
    expect(off.at(-1)).toBeGreaterThan(80);
    expect(off.at(-1)).toBeLessThan(180);
  });

  it.each(['last', 'zero', 'frozen'] as const)(
    'says below ground what a receiver of kind "%s" says',
    (blind) => {
      const receiver = new Receiver(3, blind);
      receiver.see(parked);
      const seen = receiver.see({ ...parked, ts: start + 30_000, ignition: true, speedKmh: 40 });
      const below = receiver.see({
        ...parked,
        ts: start + 60_000,
        sky: 'none',
        ignition: true,
        speedKmh: 40,
      });
      expect(below.fix).toBe(blind === 'frozen');
      expect([below.lat, below.lon]).toEqual(blind === 'zero' ? [0, 0] : [seen.lat, seen.lon]);
    },
  );
});

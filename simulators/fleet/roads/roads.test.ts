import { describe, expect, it } from 'vitest';
import { contains } from '../../../core/domain/fleet/findings/areas.ts';
import { cityMap } from './map.ts';
import type { Corners, Network, Site } from './network.ts';
import { Router } from './route.ts';

const yards = new Map([
  ['a', { zh: '甲局', en: 'Bureau A' }],
  ['b', { zh: '乙局', en: 'Bureau B' }],
]);
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
const cities = seeds.map((seed) => cityMap({ seed, yards }));
const inside = (corners: Corners, { lat, lon }: Site) =>
  contains({ id: 'fence', shape: 'polygon', corners }, lat, lon);
const kind = (network: Network, wanted: Site['kind']) => network.sites.filter((site) => site.kind === wanted);

describe('a city', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(cityMap({ seed: 3, yards })).toEqual(cityMap({ seed: 3, yards }));
    expect(cityMap({ seed: 3, yards }).roads).not.toEqual(cityMap({ seed: 4, yards }).roads);
  });

  it('has a road from everywhere to everywhere', () => {
    for (const network of cities) {
      const router = new Router(network);
      const [first] = network.sites;
      if (first === undefined) throw new Error('no sites');
      for (const site of network.sites.slice(1)) {
        expect(router.route(first, site).lengthM).toBeGreaterThan(100);
        expect(router.route(site, first).lengthM).toBeLessThan(80_000);
      }
    }
  });

  it('has its yards, its seaside and its neighbour within the right fences, and nothing else', () => {
    for (const network of cities) {
      for (const site of network.sites) {
        for (const [yard, corners] of network.yards) expect(inside(corners, site)).toBe(site.id === yard);
        expect(inside(network.seaside, site)).toBe(site.kind === 'seaside');
        expect(inside(network.region, site)).toBe(site.kind !== 'neighbour');
      }
    }
  });

  it('has roads through no yard but its own', () => {
    for (const network of cities)
      for (const { a, b, kind: road } of network.roads) {
        const [from, to] = [network.junctions[a], network.junctions[b]];
        if (from === undefined || to === undefined) throw new Error('a road from nowhere');
        if (road === 'yard' || road === 'driveway') continue;
        const lat = (from.lat + to.lat) / 2;
        const lon = (from.lon + to.lon) / 2;
        for (const corners of network.yards.values())
          expect(contains({ id: 'yard', shape: 'polygon', corners }, lat, lon)).toBe(false);
      }
  });

  it('leads to the neighbour by the highway and its tunnels, and through a gate out of the yard', () => {
    for (const network of cities) {
      const [yard, neighbour] = [kind(network, 'yard')[0], kind(network, 'neighbour')[0]];
      if (yard === undefined || neighbour === undefined) throw new Error('a site is missing');
      const route = new Router(network).route(yard, neighbour);
      expect(new Set(route.kinds)).toContain('highway');
      expect(route.controls).toContain('barrier');
      expect([...route.tunnel].filter((tunnel) => tunnel === 1).length).toBeGreaterThan(2);
      expect(route.alongM.at(-1)).toBe(route.lengthM);
    }
  });
});

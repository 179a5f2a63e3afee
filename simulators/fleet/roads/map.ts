// A city's roads by seed: a grid that grew unevenly, a ring road, a highway through the hills to a neighbouring region, a
// coast road to the seaside, tunnels; and what stands along them.
import type { Place } from '../../../core/domain/fleet/trips/model.ts';
import { Random, seedOf } from '../../random.ts';
import { Builder, type Point } from './builder.ts';
import type { Network } from './network.ts';
import { placeSites } from './sites.ts';

export interface MapOptions {
  readonly seed: number;
  /** Default: about 28.0 N 120.7 E, a coast of China. */
  readonly centre?: Place;
  /** Institutions that have a yard: id → its name. */
  readonly yards: ReadonlyMap<string, { readonly zh: string; readonly en: string }>;
}

const half = 5;
const blockM = 1_000;
const ringM = 7_000;
const ringNodes = 28;
/** East of the centre, where the region ends. */
const borderM = 26_000;
const townM = 46_000;

export function cityMap({ seed, centre = { lat: 28, lon: 120.7 }, yards }: MapOptions): Network {
  const random = new Random(seedOf(seed, 'roads'));
  const builder = new Builder(centre);
  const grid = layGrid(builder, random);
  const ring = layRing(builder, grid);
  const town = layHighway(builder, ring);
  const beach = layCoast(builder, ring);
  const { fences } = placeSites({ builder, random, yards, town, beach });
  const [beachEast, beachNorth] = builder.point(beach);
  const around = (east: number, north: number, size: number): Point[] => [
    [east - size, north - size],
    [east + size, north - size],
    [east + size, north + size],
    [east - size, north + size],
  ];
  return {
    junctions: builder.junctions,
    roads: builder.roads,
    sites: builder.sites,
    yards: fences,
    seaside: builder.corners(around(beachEast + 250, beachNorth - 250, 900)),
    region: builder.corners([
      [-30_000, -30_000],
      [borderM, -30_000],
      [borderM, 30_000],
      [-30_000, 30_000],
    ]),
    deadZone: builder.corners(around(15_000, 0, 3_000)),
  };
}

/** Avenues every third street. A street here and there was never built. @returns the junctions by row and column */
function layGrid(builder: Builder, random: Random): number[][] {
  const jitter = () => (random.next() - 0.5) * 300;
  const grid: number[][] = [];
  for (let row = -half; row <= half; row++) {
    const line: number[] = [];
    for (let column = -half; column <= half; column++) {
      const lights = row % 3 === 0 || column % 3 === 0 || random.next() < 0.3;
      line.push(
        builder.junction([column * blockM + jitter(), row * blockM + jitter()], lights ? 'lights' : 'none'),
      );
    }
    grid.push(line);
  }
  const at = (row: number, column: number) => grid[row + half]?.[column + half];
  for (let row = -half; row <= half; row++) {
    for (let column = -half; column <= half; column++) {
      const here = at(row, column) ?? 0;
      for (const [there, avenue] of [
        [at(row, column + 1), row % 3 === 0],
        [at(row + 1, column), column % 3 === 0],
      ] as const) {
        if (there === undefined || (!avenue && random.next() < 0.1)) continue;
        builder.road(here, there, avenue ? 'avenue' : 'street');
      }
    }
  }
  // Under the hill in the middle of the city, off from the crossings.
  const [west, east] = [at(0, 0), at(0, 1)];
  const hill = builder.roads.find(({ a, b }) => a === west && b === east);
  if (hill !== undefined) builder.tunnel(hill, 0.2, 0.8);
  return grid;
}

/** Avenues lead to it. @returns its junctions, eastward first, counter-clockwise */
function layRing(builder: Builder, grid: readonly number[][]): number[] {
  const ring: number[] = [];
  for (let index = 0; index < ringNodes; index++) {
    const angle = (2 * Math.PI * index) / ringNodes;
    // Rounded square: it goes about the corners of the grid.
    const stretch = ringM / Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))) ** 0.6;
    ring.push(builder.junction([stretch * Math.cos(angle), stretch * Math.sin(angle)]));
  }
  ring.forEach((junction, index) => {
    builder.road(junction, ring[(index + 1) % ringNodes] ?? junction, 'ring');
  });
  const last = 2 * half;
  for (let line = 2; line <= last; line += 3)
    for (const end of [grid[line]?.[0], grid[line]?.[last], grid[0]?.[line], grid[last]?.[line]])
      if (end !== undefined) builder.road(end, builder.nearest(builder.point(end), ring), 'avenue');
  return ring;
}

/** Through the hills, with two tunnels, to the next region's town. @returns the town's junctions */
function layHighway(builder: Builder, ring: readonly number[]): number[] {
  const points: Point[] = [];
  const sway = (east: number) => 1_800 * Math.sin((east - ringM) / 5_200);
  for (let east = ringM + 1_200; east <= townM - 2_000; east += 1_200) points.push([east, sway(east)]);
  // Tunnels of 2.4 km and 1.2 km; the long one bends a little, as tunnels do.
  const highway = builder.chain(ring[0] ?? 0, points, 'highway', [9, 10, 23]);
  const end = highway.at(-1) ?? 0;
  const town: number[] = [];
  const [, north] = builder.point(end);
  for (let row = -1; row <= 1; row++)
    for (let column = 0; column < 3; column++)
      town.push(builder.junction([townM + column * 800, north + row * 800], 'lights'));
  for (let index = 0; index < 9; index++) {
    const here = town[index] ?? 0;
    const [right, above] = [town[index + 1], town[index + 3]];
    if (index % 3 < 2 && right !== undefined) builder.road(here, right, 'street');
    if (above !== undefined) builder.road(here, above, 'street');
  }
  builder.road(end, town[3] ?? end, 'avenue');
  return town;
}

/** @returns where it ends, at the seaside */
function layCoast(builder: Builder, ring: readonly number[]): number {
  const southEast = ring[Math.round((ringNodes * 7) / 8)] ?? 0;
  const [east, north] = builder.point(southEast);
  const points: Point[] = [];
  for (let step = 1; step <= 14; step++)
    points.push([east + step * 550 + 160 * Math.sin(step * 1.3), north - step * 600 + 200 * Math.cos(step)]);
  return builder.chain(southEast, points, 'coast').at(-1) ?? southEast;
}

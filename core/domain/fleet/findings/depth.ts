// How deep an area is: metres from its edge to the place that lies deepest within.
import { distanceM } from '../track/geodesy.ts';
import { type Area, beyondM } from './areas.ts';

/** Places of a polygon that are tried at most: each costs a look at all its corners. */
const placesAtMost = 600;
/** Closer than by this share nobody needs to know it. */
const shareLeft = 0.2;

/**
 * Never more than it truly is, and at most about a fifth less; of strips far narrower than long it may be 0. Of a union the shallowest part
 * counts. @param enoughM at this depth the search ends: more is not looked for
 */
export function depthM(area: Area, enoughM: number): number {
  if (area.shape === 'circle') return area.radiusM;
  if (area.shape === 'union')
    return area.areas.length === 0 ? 0 : Math.min(...area.areas.map((part) => depthM(part, enoughM)));
  if (area.corners.length < 3) return 0;
  const lats = area.corners.map(([lat]) => lat);
  const lons = area.corners.map(([, lon]) => lon);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const cell = (lat: number, lon: number, halfLat: number, halfLon: number): Cell => {
    const depth = -beyondM(area, lat, lon);
    const reach = distanceM(lat, lon, lat + halfLat, lon + halfLon) * 1.01;
    return { lat, lon, halfLat, halfLon, depth, most: depth + reach };
  };
  let deepest = 0;
  let tried = 1;
  const waiting = [cell((south + north) / 2, (west + east) / 2, (north - south) / 2, (east - west) / 2)];
  while (tried < placesAtMost) {
    const next = promising(waiting);
    if (next === undefined) break;
    deepest = Math.max(deepest, next.depth);
    if (deepest >= enoughM || next.most <= deepest * (1 + shareLeft)) break;
    const [halfLat, halfLon] = [next.halfLat / 2, next.halfLon / 2];
    for (const [up, right] of quarters) {
      waiting.push(cell(next.lat + up * halfLat, next.lon + right * halfLon, halfLat, halfLon));
      tried++;
    }
  }
  return waiting.reduce((most, { depth }) => Math.max(most, depth), deepest);
}

interface Cell {
  readonly lat: number;
  readonly lon: number;
  readonly halfLat: number;
  readonly halfLon: number;
  /** Of its middle; negative outside. */
  readonly depth: number;
  /** No place in it is deeper. */
  readonly most: number;
}

const quarters = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
] as const;

/** Takes out the cell that may hold the deepest place. */
function promising(waiting: Cell[]): Cell | undefined {
  let best = 0;
  for (let at = 1; at < waiting.length; at++)
    if ((waiting[at]?.most ?? 0) > (waiting[best]?.most ?? 0)) best = at;
  const [found] = waiting.splice(best, 1);
  return found;
}

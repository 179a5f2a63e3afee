// Areas on the map: circles, polygons and unions of them (a city with its islands), and how far a place is from their edge.
import { distanceM, flat } from '../track/geodesy.ts';

export type Area =
  | {
      readonly id: string;
      readonly shape: 'circle';
      readonly lat: number;
      readonly lon: number;
      readonly radiusM: number;
    }
  | {
      readonly id: string;
      readonly shape: 'polygon';
      /** Corners in order, [lat, lon] in degrees; the last joins the first. Three at least; up to a few hundred km wide. */
      readonly corners: readonly (readonly [number, number])[];
    }
  | {
      readonly id: string;
      readonly shape: 'union';
      /** None: all is outside. */
      readonly areas: readonly Area[];
    };

/**
 * Metres from the edge: negative inside, positive outside. Of a polygon with fewer than three corners all is outside. Of a
 * union the nearest part counts: exact outside, and inside as deep as in the part that it is deepest in.
 */
export function beyondM(area: Area, lat: number, lon: number): number {
  if (area.shape === 'union') {
    let least = Number.POSITIVE_INFINITY;
    for (const part of area.areas) least = Math.min(least, beyondM(part, lat, lon));
    return least;
  }
  if (area.shape === 'circle') return distanceM(area.lat, area.lon, lat, lon) - area.radiusM;
  const { corners } = area;
  if (corners.length < 3) return Number.POSITIVE_INFINITY;
  let [inside, nearest] = [false, Number.POSITIVE_INFINITY];
  const last = corners[corners.length - 1] as readonly [number, number];
  // The frame is centred on the place itself: exact where it matters, near the edge.
  let [xA, yA] = flat(lat, lon, last[0], last[1]);
  for (const [cornerLat, cornerLon] of corners) {
    const [xB, yB] = flat(lat, lon, cornerLat, cornerLon);
    if (yA > 0 !== yB > 0 && xA + ((xB - xA) * -yA) / (yB - yA) > 0) inside = !inside;
    const [dx, dy] = [xB - xA, yB - yA];
    const square = dx * dx + dy * dy;
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, -(xA * dx + yA * dy) / square));
    nearest = Math.min(nearest, Math.hypot(xA + share * dx, yA + share * dy));
    [xA, yA] = [xB, yB];
  }
  return inside ? -nearest : nearest;
}

/** The edge belongs to the area. */
export function contains(area: Area, lat: number, lon: number): boolean {
  return beyondM(area, lat, lon) <= 0;
}

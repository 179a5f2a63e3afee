// Coordinates of Chinese maps (GCJ-02: AMap, Tencent; BD-09: Baidu) to WGS-84, by gcoord.
import gcoord from 'gcoord';

export const datums = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof datums)[number];

export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

type Library = typeof gcoord.default;
type Shift = (lat: number, lon: number) => LatLon;

// The package's types describe its ES build; Node loads the CommonJS one, which is the object itself.
const library: Library =
  (gcoord as { default?: Library }).default ?? (gcoord as unknown as typeof gcoord.default);
const { transform, WGS84, GCJ02, BD09 } = library;

const forward: Readonly<Record<Exclude<Datum, 'wgs84'>, Shift>> = {
  gcj02: (lat, lon) => latLon(transform([lon, lat], WGS84, GCJ02)),
  bd09: (lat, lon) => latLon(transform([lon, lat], WGS84, BD09)),
};

/** 1e-9° is 0.1 mm; the shifts bend so little that four rounds reach it. */
const exactDeg = 1e-9;
const maxRounds = 12;

/**
 * Degrees in, degrees out; within 1 mm of the exact inverse. Outside the box around China that the shift is defined for
 * (72.004–137.8347° E, 0.8293–55.8271° N) coordinates are WGS-84 already, in GCJ-02 and BD-09 too, and come back as they are.
 * Not gcoord's own inverse: that one stops at 1e-6° (0.1 m), takes BD-09 by an approximation, and never returns for some
 * coordinates at the edge of the box.
 */
export function toWgs84(datum: Datum, lat: number, lon: number): LatLon {
  if (datum === 'wgs84' || !inBox(lat, lon)) return { lat, lon };
  return inverse(forward[datum], lat, lon);
}

/** The other way: WGS-84 to how a map of `datum` has it. */
export function fromWgs84(datum: Datum, lat: number, lon: number): LatLon {
  return datum === 'wgs84' || !inBox(lat, lon) ? { lat, lon } : forward[datum](lat, lon);
}

/** By steps of what is still missing, each about a thousandth of the one before. */
function inverse(shift: Shift, lat: number, lon: number): LatLon {
  let wgs: LatLon = { lat, lon };
  for (let round = 0; round < maxRounds && inBox(wgs.lat, wgs.lon); round++) {
    const seen = shift(wgs.lat, wgs.lon);
    const [north, east] = [lat - seen.lat, lon - seen.lon];
    wgs = { lat: wgs.lat + north, lon: wgs.lon + east };
    if (Math.abs(north) < exactDeg && Math.abs(east) < exactDeg) return wgs;
  }
  // A stripe at the edge of the box, in the sea and the desert, that no WGS-84 coordinate is shifted to.
  return wgs;
}

/** gcoord's box. */
function inBox(lat: number, lon: number): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

function latLon([lon, lat]: readonly [number, number, ...number[]]): LatLon {
  return { lat, lon };
}

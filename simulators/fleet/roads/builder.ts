// Lays junctions and roads in metres about the city's centre.
import { distanceM, earthRadiusM } from '../../../core/domain/fleet/track/geodesy.ts';
import type { Place } from '../../../core/domain/fleet/trips/model.ts';
import type { Corners, Junction, Road, RoadKind, Site } from './network.ts';

/** East and north of the centre, metres. */
export type Point = readonly [east: number, north: number];

const limitsKmh: Record<RoadKind, number> = {
  yard: 15,
  driveway: 20,
  street: 40,
  avenue: 60,
  ring: 80,
  coast: 70,
  highway: 120,
};

export class Builder {
  readonly junctions: Junction[] = [];
  readonly sites: Site[] = [];
  readonly #roads = new Map<string, Road>();
  readonly #points: Point[] = [];
  readonly #centre: Place;

  constructor(centre: Place) {
    this.#centre = centre;
  }

  get roads(): Road[] {
    return [...this.#roads.values()];
  }

  place([east, north]: Point): Place {
    const radians = Math.PI / 180;
    const { lat, lon } = this.#centre;
    return {
      lat: lat + north / earthRadiusM / radians,
      lon: lon + east / (earthRadiusM * Math.cos(lat * radians)) / radians,
    };
  }

  corners(points: readonly Point[]): Corners {
    return points.map((point) => {
      const { lat, lon } = this.place(point);
      return [lat, lon];
    });
  }

  point(junction: number): Point {
    const point = this.#points[junction];
    if (point === undefined) throw new RangeError(`no junction ${junction}`);
    return point;
  }

  junction(point: Point, control: Junction['control'] = 'none'): number {
    this.#points.push(point);
    return this.junctions.push({ ...this.place(point), control }) - 1;
  }

  road(a: number, b: number, kind: RoadKind, tunnel = false): void {
    this.#roads.set(`${a}-${b}`, { a, b, kind, limitKmh: limitsKmh[kind], tunnel });
  }

  /** A chain of roads through `points` from junction `from`; @returns its junctions, without `from` */
  chain(from: number, points: readonly Point[], kind: RoadKind, tunnels: readonly number[] = []): number[] {
    let last = from;
    return points.map((point, index) => {
      const next = this.junction(point);
      this.road(last, next, kind, tunnels.includes(index));
      last = next;
      return next;
    });
  }

  /** A new junction on the road at `share` of its length; the line of the road stays what it was. */
  split(road: Road, share: number): number {
    if (!this.#roads.delete(`${road.a}-${road.b}`)) throw new RangeError('no such road any more');
    const [[east, north], [eastB, northB]] = [this.point(road.a), this.point(road.b)];
    const middle = this.junction([east + (eastB - east) * share, north + (northB - north) * share]);
    this.road(road.a, middle, road.kind, road.tunnel);
    this.road(middle, road.b, road.kind, road.tunnel);
    return middle;
  }

  /** Puts the road below ground from `from` to `to`, shares of its length. */
  tunnel(road: Road, from: number, to: number): void {
    const mouth = this.split(road, from);
    const rest = this.#roads.get(`${mouth}-${road.b}`);
    if (rest === undefined) throw new RangeError('no such road any more');
    const end = this.split(rest, (to - from) / (1 - from));
    this.road(mouth, end, road.kind, true);
  }

  /** The junction among `candidates` that is nearest to `point`. */
  nearest(point: Point, candidates: readonly number[]): number {
    const far = (junction: number) => {
      const [east, north] = this.point(junction);
      return Math.hypot(east - point[0], north - point[1]);
    };
    return [...candidates].sort((a, b) => far(a) - far(b))[0] ?? 0;
  }
}

export function lengthM(a: Place, b: Place): number {
  return distanceM(a.lat, a.lon, b.lat, b.lon);
}

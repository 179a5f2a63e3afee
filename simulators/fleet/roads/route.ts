// The quickest way from place to place, as columns that a car drives along.
import { lengthM } from './builder.ts';
import type { Junction, Network, Road, RoadKind, Site } from './network.ts';

/** Junctions 0..n; road i leads from junction i to i + 1. */
export interface Route {
  readonly from: Site;
  readonly to: Site;
  readonly lengthM: number;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  /** Metres from the start, of each junction. */
  readonly alongM: Float64Array;
  /** Of each junction: how fast its bend can be driven; Infinity where the road goes straight on. */
  readonly bendKmh: Float64Array;
  readonly controls: readonly Junction['control'][];
  readonly kinds: readonly RoadKind[];
  readonly limitKmh: Float64Array;
  readonly tunnel: Uint8Array;
  readonly courseDeg: Float64Array;
}

/** What lights cost on the average. */
const lightsS = 12;

interface Edge {
  readonly to: number;
  readonly road: Road;
  readonly lengthM: number;
  readonly seconds: number;
}

export class Router {
  readonly #network: Network;
  readonly #edges: readonly (readonly Edge[])[];
  readonly #routes = new Map<string, Route>();

  constructor(network: Network) {
    this.#network = network;
    const edges: Edge[][] = network.junctions.map(() => []);
    const seconds = (road: Road, metres: number, to: number) =>
      (metres / road.limitKmh) * 3.6 + (network.junctions[to]?.control === 'lights' ? lightsS : 0);
    for (const road of network.roads) {
      const metres = lengthM(this.#junction(road.a), this.#junction(road.b));
      edges[road.a]?.push({ to: road.b, road, lengthM: metres, seconds: seconds(road, metres, road.b) });
      edges[road.b]?.push({ to: road.a, road, lengthM: metres, seconds: seconds(road, metres, road.a) });
    }
    this.#edges = edges;
  }

  /** @throws RangeError where no road leads */
  route(from: Site, to: Site): Route {
    const key = `${from.id}>${to.id}`;
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = this.#routeOf(from, to, this.#path(from.junction, to.junction));
      this.#routes.set(key, route);
    }
    return route;
  }

  /** Dijkstra by time. */
  #path(from: number, to: number): Edge[] {
    const size = this.#edges.length;
    const seconds = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    const by: (readonly [number, Edge] | undefined)[] = new Array(size);
    const done = new Uint8Array(size);
    seconds[from] = 0;
    for (;;) {
      let here = -1;
      for (let index = 0; index < size; index++)
        if (!done[index] && (here < 0 || num(seconds, index) < num(seconds, here))) here = index;
      if (here < 0 || num(seconds, here) === Number.POSITIVE_INFINITY)
        throw new RangeError(`no road from junction ${from} to ${to}`);
      if (here === to) break;
      done[here] = 1;
      for (const edge of this.#edges[here] ?? []) {
        const reached = num(seconds, here) + edge.seconds;
        if (reached >= num(seconds, edge.to)) continue;
        seconds[edge.to] = reached;
        by[edge.to] = [here, edge];
      }
    }
    const path: Edge[] = [];
    for (let at = to; at !== from; ) {
      const step = by[at];
      if (step === undefined) throw new RangeError(`no road to junction ${at}`);
      path.unshift(step[1]);
      at = step[0];
    }
    return path;
  }

  #routeOf(from: Site, to: Site, path: readonly Edge[]): Route {
    const junctions = [from.junction, ...path.map((edge) => edge.to)].map((id) => this.#junction(id));
    const alongM = new Float64Array(junctions.length);
    path.forEach((edge, index) => {
      alongM[index + 1] = num(alongM, index) + edge.lengthM;
    });
    const courseDeg = Float64Array.from(path, (_, index) => course(junctions, index));
    return {
      from,
      to,
      lengthM: alongM.at(-1) ?? 0,
      lat: Float64Array.from(junctions, ({ lat }) => lat),
      lon: Float64Array.from(junctions, ({ lon }) => lon),
      alongM,
      bendKmh: Float64Array.from(junctions, (_, index) =>
        index === 0 || index >= path.length
          ? Number.POSITIVE_INFINITY
          : bendKmh(num(courseDeg, index - 1), num(courseDeg, index)),
      ),
      controls: junctions.map(({ control }) => control),
      kinds: path.map(({ road }) => road.kind),
      limitKmh: Float64Array.from(path, ({ road }) => road.limitKmh),
      tunnel: Uint8Array.from(path, ({ road }) => (road.tunnel ? 1 : 0)),
      courseDeg,
    };
  }

  #junction(id: number): Junction {
    const junction = this.#network.junctions[id];
    if (junction === undefined) throw new RangeError(`no junction ${id}`);
    return junction;
  }
}

/** A cell that is known to exist. */
export function num(column: Float64Array | Uint8Array, index: number): number {
  return column[index] as number;
}

function course(junctions: readonly Junction[], index: number): number {
  const [a, b] = [junctions[index], junctions[index + 1]];
  if (a === undefined || b === undefined) return 0;
  const east = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
  return ((Math.atan2(east, b.lat - a.lat) * 180) / Math.PI + 360) % 360;
}

/** Round a street corner at 18 km/h; a bend of the highway does not slow anybody. */
function bendKmh(before: number, after: number): number {
  const turn = Math.abs(((after - before + 540) % 360) - 180);
  if (turn < 20) return Number.POSITIVE_INFINITY;
  if (turn < 45) return 45;
  return turn < 65 ? 28 : turn < 120 ? 18 : 8;
}

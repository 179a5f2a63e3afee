// Which points of one carrier count at one moment, and in whose place. Pure; times are cut by census-families.ts. The rules:
// - A billing point counts, unless it is below another point that counts (nested), whatever building either stands in.
// - A virtual point that counts stands in place of the points it adds: these do not count by themselves. What it subtracts
//   is out of what is above it, and may count for somebody else.
// - A virtual point that would count something a second time is left out.
// - A point below one that counts, with another use of its own than the energy has above it, moves its energy to that use.
// - One that has an account of its own there is not in the bills of the account above.
import type { Use } from '../domain/accounting/uses.ts';

/** A point as it is at the moment. Other points are named by their place in the list; -1 is none. */
export interface PointState {
  readonly role: 'billing' | 'sub-meter' | 'virtual' | undefined;
  /** Whether some institution answers for it. */
  readonly housed: boolean;
  /** Circles are refused by the registry. */
  readonly parent: number;
  readonly use: Use | undefined;
  /** The account (户号) that it names, if that supplies the carrier. */
  readonly account?: string | undefined;
  /** Of a virtual point. */
  readonly terms: readonly Term[] | undefined;
  /** Whether a virtual point counts by itself; else it may be a term of one that does. */
  readonly counts: boolean;
}

export interface Term {
  readonly point: number;
  readonly factor: number;
}

/** `factor` of the consumption of `point` is of `use`, for whoever answers for the point `place`. */
export interface Effect {
  readonly point: number;
  readonly place: number;
  readonly use: Use;
  readonly factor: number;
  /** It only moves: another point counts it already, and this is the use that it is taken from. */
  readonly leaves: Use | undefined;
  /** Of a move: the nearest point above that moves in the same place, else `place`; else the point itself. */
  readonly above: number;
  /** Of a move: billed by another account than what it is taken from. */
  readonly ownBill: boolean;
}

/** @param measures whether each point measures the carrier; of a virtual point: whether it is of the carrier */
export function effectsOf(points: readonly PointState[], measures: readonly boolean[]): Effect[] {
  const scene = new Scene(points, measures);
  const effects: Effect[] = [];
  for (const [place, { leaves }] of scene.virtuals) {
    const use = points[place]?.use ?? defaultUse;
    for (const [point, factor] of leaves) {
      if (factor !== 0) effects.push({ point, place, use, factor, ...counts(point) });
    }
  }
  for (let point = 0; point < points.length; point++) {
    const state = points[point];
    if (state === undefined || !scene.isMeter(point)) continue;
    const moves = state.use !== undefined && !scene.isTerm(point);
    for (const { place, factor, at } of scene.countings(point)) {
      if (place === point) {
        effects.push({ point, place, use: state.use ?? defaultUse, factor, ...counts(point) });
      } else if (moves && state.use !== undefined && factor > rounding) {
        const leaves = useAbove(scene, point, place, at);
        if (leaves === state.use) continue;
        const above = moverAbove(scene, point, place, at);
        const ownBill = hasOwnBill(points, point);
        effects.push({ point, place, use: state.use, factor, leaves, above, ownBill });
      }
    }
  }
  return effects;
}

const defaultUse: Use = 'building';

function counts(point: number) {
  return { leaves: undefined, above: point, ownBill: false };
}

function hasOwnBill(points: readonly PointState[], point: number): boolean {
  const own = points[point]?.account;
  let at = points[point]?.parent ?? -1;
  while (at >= 0 && points[at]?.account === undefined) at = points[at]?.parent ?? -1;
  return own !== undefined && own !== points[at]?.account;
}
const rounding = 1e-9;

/** `factor` of what a point measures is counted in the place of `place`, because of the point `at`, itself or above it. */
interface Counting {
  readonly place: number;
  readonly factor: number;
  readonly at: number;
}

interface Virtual {
  /** Leaf → its factor. */
  readonly leaves: ReadonlyMap<number, number>;
  /** Leaf → the largest factor that stands at it once: above 1 it is meant so (losses). */
  readonly largest: ReadonlyMap<number, number>;
  /** Virtual points that it adds: they do not count by themselves. */
  readonly adds: ReadonlySet<number>;
}

const nowhere: readonly Counting[] = [];
const noVirtuals: ReadonlyMap<number, Virtual> = new Map();
const noTerms: ReadonlyMap<number, readonly Term[]> = new Map();

class Scene {
  readonly points: readonly PointState[];
  readonly #measures: readonly boolean[];
  #virtuals: ReadonlyMap<number, Virtual> = noVirtuals;
  /** Leaf → the virtual points that add or subtract it. */
  #termOf: ReadonlyMap<number, readonly Term[]> = noTerms;
  #countings: (readonly Counting[] | undefined)[] = [];

  constructor(points: readonly PointState[], measures: readonly boolean[]) {
    this.points = points;
    this.#measures = measures;
    if (points.some((state) => state.counts)) this.#use(this.#chosen());
  }

  /** Virtual points that count, by place. */
  get virtuals(): ReadonlyMap<number, Virtual> {
    return this.#virtuals;
  }

  /** A device, billing or sub-meter, that measures the carrier. */
  isMeter(point: number): boolean {
    const role = this.points[point]?.role;
    return (role === 'billing' || role === 'sub-meter') && this.#measures[point] === true;
  }

  /** Whether a virtual point that counts adds or subtracts it. */
  isTerm(point: number): boolean {
    return this.#termOf.has(point);
  }

  /** Where the energy of a point is counted: in its own place, in those of virtual points, or in those above it. */
  countings(point: number): readonly Counting[] {
    const known = this.#countings[point];
    if (known !== undefined) return known;
    const found = this.#find(point);
    this.#countings[point] = found;
    return found;
  }

  #find(point: number): readonly Counting[] {
    const state = this.points[point];
    if (state === undefined) return nowhere;
    const above = state.parent < 0 ? nowhere : this.countings(state.parent);
    if (this.#virtuals.has(point)) {
      // What hangs below a virtual point is in it, even if its formula does not say so.
      const inIt = above.some(({ place }) => place === point);
      return inIt ? above : [...above, { place: point, factor: 1, at: point }];
    }
    let all = above;
    for (const { point: place, factor } of this.#termOf.get(point) ?? []) {
      const before = all.find((other) => other.place === place && other.at !== place)?.factor ?? 0;
      all = [...all.filter((other) => other.place !== place), { place, factor: before + factor, at: point }];
    }
    const free = state.role === 'billing' && state.housed && this.#measures[point] === true;
    return free && total(all) <= rounding ? [...all, { place: point, factor: 1, at: point }] : all;
  }

  /** Virtual points that count nothing a second time; the earlier in the list goes before the later. */
  #chosen(): ReadonlyMap<number, Virtual> {
    const candidates = new Map<number, Virtual>();
    for (const [place, state] of this.points.entries()) {
      if (state.counts && state.housed && this.#measures[place]) candidates.set(place, this.#expanded(place));
    }
    for (const { adds } of [...candidates.values()]) for (const inner of adds) candidates.delete(inner);
    let chosen: ReadonlyMap<number, Virtual> = new Map();
    // One that is chosen may make room for one that was not: M - L for L.
    for (let before = -1; before < chosen.size; ) {
      before = chosen.size;
      for (const [place, virtual] of candidates) {
        if (chosen.has(place)) continue;
        const more = new Map([...chosen, [place, virtual]]);
        if (this.#countsOnce(more)) chosen = more;
      }
    }
    return chosen;
  }

  #countsOnce(virtuals: ReadonlyMap<number, Virtual>): boolean {
    this.#use(virtuals);
    for (const [place, { leaves, largest }] of virtuals) {
      const parent = this.points[place]?.parent ?? -1;
      const above = parent < 0 ? nowhere : this.countings(parent);
      if (total(above.filter((other) => other.place !== place)) > rounding) return false;
      for (const [leaf, factor] of leaves) {
        const limit = Math.max(1, largest.get(leaf) ?? 1) + rounding;
        if (factor > 0 && total(this.countings(leaf)) > limit) return false;
      }
    }
    return true;
  }

  #use(virtuals: ReadonlyMap<number, Virtual>): void {
    const termOf = new Map<number, Term[]>();
    for (const [point, { leaves }] of virtuals) {
      for (const [leaf, factor] of leaves) {
        if (factor === 0) continue;
        const terms = termOf.get(leaf);
        if (terms === undefined) termOf.set(leaf, [{ point, factor }]);
        else terms.push({ point, factor });
      }
    }
    this.#virtuals = virtuals;
    this.#termOf = termOf;
    this.#countings = [];
  }

  #expanded(place: number): Virtual {
    const leaves = new Map<number, number>();
    const largest = new Map<number, number>();
    const adds = new Set<number>();
    const walk = (at: number, factor: number): void => {
      for (const term of this.points[at]?.terms ?? []) {
        const product = factor * term.factor;
        if (this.points[term.point]?.role === 'virtual') {
          if (product > 0) adds.add(term.point);
          walk(term.point, product);
        } else if (this.isMeter(term.point)) {
          leaves.set(term.point, (leaves.get(term.point) ?? 0) + product);
          largest.set(term.point, Math.max(largest.get(term.point) ?? 0, product));
        }
      }
    };
    walk(place, 1);
    return { leaves, largest, adds };
  }
}

function total(countings: readonly Counting[]): number {
  let sum = 0;
  for (const { factor } of countings) sum += factor;
  return sum;
}

/** The use that the energy of a point has without it: of the nearest point above with a use of its own, at last of the place. */
function useAbove(scene: Scene, point: number, place: number, stop: number): Use {
  let at = scene.points[point]?.parent ?? -1;
  for (; at >= 0 && at !== stop; at = scene.points[at]?.parent ?? -1) {
    const use = scene.points[at]?.use;
    if (use !== undefined && scene.isMeter(at)) return use;
  }
  return scene.points[place]?.use ?? defaultUse;
}

/** The nearest point above that moves energy in the same place, else the place. */
function moverAbove(scene: Scene, point: number, place: number, stop: number): number {
  let at = scene.points[point]?.parent ?? -1;
  for (; at >= 0 && at !== stop; at = scene.points[at]?.parent ?? -1) {
    const use = scene.points[at]?.use;
    if (use === undefined || !scene.isMeter(at) || scene.isTerm(at)) continue;
    if (useAbove(scene, at, place, stop) !== use) return at;
  }
  return place;
}

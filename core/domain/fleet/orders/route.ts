// The way of an order: whether the car came near its places, and whether it went where no order goes.
import { cell, firstAt, type Track } from '../track/columns.ts';
import { distanceM, flat } from '../track/geodesy.ts';
import { stood } from '../track/seen.ts';
import type { Place } from '../trips/model.ts';
import type { DispatchOrder, OrderPlace } from './model.ts';
import type { OrderTolerances } from './tolerances.ts';

export interface Visit {
  readonly state: 'reached' | 'missed' | 'unknown';
  /** The nearest position; -1: none in that time. */
  readonly at: number;
  /** How near it came, metres. */
  readonly metres: number;
}

/**
 * Whether the car came near a place between two times. Where nobody saw it for a while, and it could have been there and back
 * meanwhile, nothing is known.
 * @param track good positions alone, sorted
 * @param restMs for how long of a time it is known to have stood, in places without a fix too
 */
export function visit(
  track: Track,
  from: number,
  to: number,
  place: Place,
  tolerances: OrderTolerances,
  restMs: (from: number, to: number) => number = () => 0,
): Visit {
  const { nearM, stepMs, unseenKmh } = tolerances;
  const [begin, end] = [firstAt(track.ts, from), firstAt(track.ts, to + 1)];
  const ts = (at: number) => cell(track.ts, at);
  const distance = (at: number) => distanceM(cell(track.lat, at), cell(track.lon, at), place.lat, place.lon);
  const within = (metres: number, ms: number) => metres <= (unseenKmh / 3_600) * ms;
  let [at, metres] = [-1, Number.POSITIVE_INFINITY];
  for (let index = begin; index < end; index++) {
    const here = distance(index);
    if (here < metres) [at, metres] = [index, here];
  }
  let maybe = false;
  for (let index = Math.max(1, begin); index <= end && index < track.length && metres > nearM; index++) {
    const lasts = ts(index) - ts(index - 1);
    const round = distance(index - 1) + distance(index);
    if (lasts > stepMs) {
      const moves = lasts - restMs(ts(index - 1), ts(index));
      maybe ||= within(round - 2 * nearM, moves) && !stood(track, index - 1);
    }
    // Passed by between two positions.
    else if (index > begin && index < end && within(round - 2 * nearM, 2 * lasts))
      metres = Math.min(metres, passingM(track, index, place));
  }
  if (metres <= nearM) return { state: 'reached', at, metres };
  // Before the first position and after the last it may have been wherever it could get to.
  if (track.length === 0) maybe = true;
  else {
    if (begin === 0) maybe ||= within(distance(0) - nearM, ts(0) - from - restMs(from, ts(0)));
    if (end === track.length)
      maybe ||= within(distance(end - 1) - nearM, to - ts(end - 1) - restMs(ts(end - 1), to));
  }
  return { state: maybe ? 'unknown' : 'missed', at, metres };
}

/** The ways between any two places: an ellipse about each pair, as far as roads lead. */
export interface Ways {
  readonly places: readonly Place[];
  /** Pairs of places, and the sum of distances to both that is still on the way, metres. */
  readonly legs: readonly (readonly [a: number, b: number, most: number])[];
}

/** @param places all that a journey's orders name, and where it set off: it may go between any two of them */
export function waysOf(places: readonly Place[], { detour, strayM }: OrderTolerances): Ways {
  const legs: [number, number, number][] = [];
  places.forEach((from, a) => {
    // A place with itself is its surroundings.
    for (let b = a; b < places.length; b++) {
      const to = places[b] ?? from;
      const straight = distanceM(from.lat, from.lon, to.lat, to.lon);
      legs.push([a, b, Math.max(straight * detour, straight + 2 * strayM)]);
    }
  });
  return { places, legs };
}

/** Metres beyond all ways; 0 or less on one of them. Without ways: infinite. */
export function beyondWaysM({ places, legs }: Ways, lat: number, lon: number): number {
  const to = places.map((place) => distanceM(place.lat, place.lon, lat, lon));
  let least = Number.POSITIVE_INFINITY;
  for (const [a, b, most] of legs) least = Math.min(least, ((to[a] ?? 0) + (to[b] ?? 0) - most) / 2);
  return least;
}

/** Positions first..last off all ways, the worst among them. */
export interface Stray {
  readonly first: number;
  readonly last: number;
  readonly worst: number;
  readonly metres: number;
}

/** @param positions indices of positions, ascending */
export function straysOf(
  track: Track,
  positions: readonly number[],
  ways: Ways,
  { strayMs }: OrderTolerances,
): Stray[] {
  const found: Stray[] = [];
  let stray: { first: number; last: number; worst: number; metres: number } | undefined;
  const close = () => {
    if (stray && cell(track.ts, stray.last) - cell(track.ts, stray.first) >= strayMs) found.push(stray);
    stray = undefined;
  };
  for (const at of positions) {
    const metres = beyondWaysM(ways, cell(track.lat, at), cell(track.lon, at));
    if (metres <= 0) close();
    else if (stray === undefined) stray = { first: at, last: at, worst: at, metres };
    else {
      stray.last = at;
      if (metres > stray.metres) [stray.worst, stray.metres] = [at, metres];
    }
  }
  close();
  return found;
}

/** Places the order names, in its order. */
export function placesOf(order: DispatchOrder): OrderPlace[] {
  return [order.origin, ...(order.via ?? []), order.destination].filter(
    (place) => place !== null && place !== undefined,
  );
}

export function coordinatesOf({ lat, lon }: OrderPlace): Place | undefined {
  return typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : undefined;
}

/** How near the straight line between position `at` and the one before it passes. */
function passingM(track: Track, at: number, place: Place): number {
  const [xA, yA] = flat(place.lat, place.lon, cell(track.lat, at - 1), cell(track.lon, at - 1));
  const [xB, yB] = flat(place.lat, place.lon, cell(track.lat, at), cell(track.lon, at));
  const [dx, dy] = [xB - xA, yB - yA];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, -(xA * dx + yA * dy) / square));
  return Math.hypot(xA + share * dx, yA + share * dy);
}

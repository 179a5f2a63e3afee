// Trips, stops and gaps of one car: a function of the set of its positions, whatever order they came in.
//
// A stop begins where the car rests and stays; it lasts until the car has left its drift for good. What lies between two stops
// is a trip if the car was truly driven; otherwise the stop goes on. A trip is recomputed from the start of a stop: nothing
// before it depends on anything after it, once the stop is settled (`boundaryFor`).
import { cell, firstAt, sorted, type Track } from '../track/columns.ts';
import { type FilterOptions, type Marks, marksOf } from '../track/filter.ts';
import { Line } from './line.ts';
import type { Edge, Place, Segment, Stop } from './model.ts';
import { fastest, gapOf, gapsIn, idleMs, tripOf } from './sums.ts';
import type { TripThresholds } from './thresholds.ts';

/** Where a recomputation begins: the first position of a settled stop. */
export interface Boundary {
  readonly anchor: Place & { readonly ts: number };
  readonly settledTs: number;
}

export interface Scanned {
  readonly marks: Marks;
  /** By time. */
  readonly segments: readonly Segment[];
}

/** @param boundary begin there; `track` then holds the positions from `boundary.anchor.ts` on (earlier ones are left out) */
export function scan(
  track: Track,
  filter: FilterOptions,
  thresholds: TripThresholds,
  boundary?: Boundary,
): Scanned {
  const ordered = sorted(track);
  const trusted = boundary === undefined ? -1 : indexOf(ordered, boundary.anchor);
  const marks = marksOf(ordered, filter, trusted);
  const line = new Line(ordered, marks, thresholds);
  const segments = new Scan(line, thresholds, filter.possibleKmh, boundary?.settledTs).run();
  return { marks, segments };
}

/**
 * Positions at `changedTs` and later came in, or went: what of `segments` stays, and where to begin again.
 * No boundary: all is recomputed.
 */
export function boundaryFor(
  segments: readonly Segment[],
  changedTs: number,
): { kept: readonly Segment[]; boundary?: Boundary } {
  for (let index = segments.length - 1; index >= 0; index--) {
    const segment = segments[index];
    if (segment?.kind !== 'stop' || !(segment.settledTs < changedTs)) continue;
    return {
      kept: segments.slice(0, index),
      boundary: { anchor: segment.anchor, settledTs: segment.settledTs },
    };
  }
  return { kept: [] };
}

class Scan {
  readonly #line: Line;
  readonly #limits: TripThresholds;
  readonly #possibleKmh: number;
  readonly #segments: Segment[] = [];
  /** No decision so far looked at a later position than this. */
  #looked: number;

  constructor(
    line: Line,
    thresholds: TripThresholds,
    possibleKmh: number,
    settledTs = Number.NEGATIVE_INFINITY,
  ) {
    this.#line = line;
    this.#limits = thresholds;
    this.#possibleKmh = possibleKmh;
    // What is settled by a position looked at those before it alone.
    this.#looked = settledTs === Number.NEGATIVE_INFINITY ? 0 : firstAt(line.track.ts, settledTs) - 1;
  }

  run(): Segment[] {
    let at = 0;
    let edge: Edge = 'data';
    while (at < this.#line.length) {
      if (this.#line.stays(at)) [at, edge] = this.#stop(at);
      else [at, edge] = this.#freeTrip(at, edge);
    }
    return this.#segments;
  }

  /** A stop from `first` on, and the trips and stops that follow it up to a gap. @returns where to go on, and after what */
  #stop(first: number): [next: number, edge: Edge] {
    const line = this.#line;
    let begin = first;
    let settled = this.#settledTs(begin);
    let anchor = first;
    for (;;) {
      const { last, next, by } = this.#leave(anchor);
      if (by !== 'stop') {
        this.#pushStop(begin, last, settled, by);
        return this.#gap(next, by);
      }
      const { end, by: endsBy } = this.#arrive(next);
      if (this.#driven(last, end)) {
        this.#pushStop(begin, last, settled, 'stop');
        const own = end - last - (endsBy === 'stop' ? 1 : 0);
        this.#pushTrip(last, end, own, 'stop', endsBy);
        if (endsBy !== 'stop') return this.#gap(end + 1, endsBy);
        begin = end;
        settled = this.#settledTs(begin);
      } else if (endsBy !== 'stop') {
        this.#pushStop(begin, end, settled, endsBy);
        return this.#gap(end + 1, endsBy);
      }
      anchor = end;
      if (anchor >= line.length) return [line.length, 'data'];
    }
  }

  /** From a position after a gap or at the beginning of the data, up to a stop or a gap. */
  #freeTrip(first: number, startsBy: Edge): [next: number, edge: Edge] {
    const { end, by } = this.#arrive(first);
    const own = end - first + (by === 'stop' ? 0 : 1);
    // One or two stray positions after a gap are no trip.
    if (own >= this.#limits.departFixes && this.#driven(first, end))
      this.#pushTrip(first, end, own, startsBy, by);
    return by === 'stop' ? [end, 'stop'] : this.#gap(end + 1, by);
  }

  /** @returns the last position of the stop about `anchor`, and where the trip or what follows a gap begins */
  #leave(anchor: number): { last: number; next: number; by: Edge } {
    const line = this.#line;
    const { driftM, departFixes, reachM, reachOffM } = this.#limits;
    let centre = anchor;
    let inside = anchor;
    let reached = false;
    for (let at = anchor + 1; at < line.length; at++) {
      if (line.broken(at)) return { last: at - 1, next: at, by: 'jump' };
      const metres = line.metres(centre, at);
      if (metres <= 2 * driftM) {
        [inside, reached] = [at, false];
        continue;
      }
      const reach = line.ignitionOff(at) ? reachOffM : reachM;
      if (metres <= reach && line.stays(at)) {
        // Moved within the yard, and stands again.
        [centre, inside, reached] = [at, at, false];
        continue;
      }
      reached ||= metres > reach;
      if (!reached || at - inside < departFixes) continue;
      this.#looked = Math.max(this.#looked, at);
      for (let step = inside + 1; step <= at; step++) {
        const by = line.split(step);
        if (by !== undefined) return { last: step - 1, next: step, by };
      }
      const last = this.#setOff(centre, inside);
      return { last, next: last + 1, by: 'stop' };
    }
    return { last: line.length - 1, next: line.length, by: 'data' };
  }

  /**
   * The last rest before the car left the drift: it drove off within it. A halt at a barrier or to let somebody in is no rest. Longer
   * ago than a stop takes it did not set off.
   */
  #setOff(centre: number, inside: number): number {
    const line = this.#line;
    const { stopMs, stopOffMs } = this.#limits;
    const recent = (at: number) => at >= centre && line.ts(inside) - line.ts(at) <= stopMs;
    let rest = this.#standsBefore(inside, recent);
    for (;;) {
      // The halt is from `first` to `rest`.
      let first = rest;
      while (recent(first - 1) && line.standing(first - 1) && !line.ignitionOff(first)) first--;
      const halt = line.ts(rest) - line.ts(first) < stopOffMs && !line.ignitionOff(first);
      if (!halt || !recent(first - 1)) return rest;
      const before = this.#standsBefore(first - 1, recent);
      if (!line.standing(before)) return rest;
      rest = before;
    }
  }

  /** From `at` back to a position that stands, or as far as is recent. */
  #standsBefore(at: number, recent: (at: number) => boolean): number {
    let last = at;
    while (!this.#line.standing(last) && recent(last - 1)) last--;
    return last;
  }

  /** @returns where a drive from `first` on ends: the first position of a stop, or the last before a gap */
  #arrive(first: number): { end: number; by: Edge } {
    const line = this.#line;
    for (let at = first; at < line.length; at++) {
      if (line.stays(at)) return { end: at, by: 'stop' };
      const by = line.split(at + 1);
      if (by !== undefined) return { end: at, by };
    }
    return { end: line.length - 1, by: 'data' };
  }

  #driven(from: number, to: number): boolean {
    const line = this.#line;
    const { reachM, reachOffM, drivenKmh, movedM } = this.#limits;
    let off = true;
    for (let at = from + 1; at <= to && off; at++) off = line.ignitionOff(at);
    const reach = off ? reachOffM : reachM;
    let far = false;
    for (let at = from + 1; at <= to && !far; at++) far = !line.near(from, at, reach);
    if (!far) return false;
    return fastest(line, from, to, this.#possibleKmh) >= drivenKmh || !line.near(from, to, movedM);
  }

  #gap(next: number, by: Edge): [next: number, edge: Edge] {
    if (by !== 'data' && by !== 'stop') this.#segments.push(gapOf(this.#line, next, by, this.#possibleKmh));
    return [next, by];
  }

  #pushTrip(from: number, to: number, own: number, startsBy: Edge, endsBy: Edge): void {
    const edges = { startsBy, endsBy };
    this.#segments.push(tripOf(this.#line, from, to, own, edges, this.#limits, this.#possibleKmh));
  }

  #pushStop(first: number, last: number, settledTs: number, endsBy: Edge): void {
    const line = this.#line;
    const { gapMs } = this.#limits;
    let [lat, lon] = [0, 0];
    for (let at = first; at <= last; at++) {
      lat += cell(line.track.lat, at);
      lon += cell(line.track.lon, at);
    }
    const positions = last - first + 1;
    const fix = line.fixAt(first);
    const stop: Stop = {
      kind: 'stop',
      start: line.ts(first),
      end: line.ts(last),
      positions,
      at: { lat: lat / positions, lon: lon / positions },
      idleMs: idleMs(line, first, last, gapMs, true),
      gapMs: gapsIn(line, first, last, gapMs).ms,
      endsBy,
      settledTs,
      anchor: { ts: line.ts(fix), ...line.place(fix) },
    };
    this.#segments.push(stop);
  }

  /** All that made a stop begin at `first` was decided by positions up to this time. */
  #settledTs(first: number): number {
    const line = this.#line;
    const enough = line.ts(first) + this.#limits.stopMs;
    for (let at = 1 + Math.max(first, this.#looked, firstAt(line.track.ts, enough)); at < line.length; at++)
      if (line.settled(at)) return line.ts(at);
    return Number.NaN;
  }
}

function indexOf(track: Track, anchor: Place & { readonly ts: number }): number {
  for (let index = firstAt(track.ts, anchor.ts); cell(track.ts, index) === anchor.ts; index++)
    if (cell(track.lat, index) === anchor.lat && cell(track.lon, index) === anchor.lon) return index;
  return -1;
}

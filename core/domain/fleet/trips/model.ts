// What the scan of a track yields.
import type { OdometerSpan } from '../track/odometer.ts';

/** Why a stretch begins or ends: at a stop, at the edge of the data, or at a gap (silence, no fix, an impossible step). */
export type Edge = 'stop' | 'data' | GapReason;
export type GapReason = 'silence' | 'no-fix' | 'jump';

interface Stretch {
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  /** Good positions that are its own, and those of a car parked where it has no fix. None belongs to two stretches. */
  readonly positions: number;
}

export interface Place {
  readonly lat: number;
  readonly lon: number;
}

export interface Trip extends Stretch {
  readonly kind: 'trip';
  readonly from: Place;
  readonly to: Place;
  readonly startsBy: Edge;
  /** `data`: it goes on, or the next positions are not here yet. */
  readonly endsBy: Edge;
  /** Geodesic, over gaps within the trip in a straight line. */
  readonly distanceKm: number;
  readonly odometer: OdometerSpan;
  readonly durationMs: number;
  /** Standing with the ignition on or not known. */
  readonly idleMs: number;
  readonly maxKmh: number;
  /** distanceKm / duration. */
  readonly averageKmh: number;
  /** Gaps within: too short to split the trip. */
  readonly gaps: number;
  readonly gapMs: number;
}

export interface Stop extends Stretch {
  readonly kind: 'stop';
  readonly at: Place;
  /** Of the whole: with ignition known to be on. */
  readonly idleMs: number;
  /** Time without good positions (a sleeping terminal). */
  readonly gapMs: number;
  readonly endsBy: Edge;
  /** The stop and all before it are final as to positions up to this time, which may be the boundary of a recomputation; NaN: not yet. */
  readonly settledTs: number;
  /** The position that a recomputation begins at: the first, or the last with a fix before a stop that began without one. */
  readonly anchor: Place & { readonly ts: number };
}

/** Where the car went while nobody saw: between two stretches. */
export interface Gap {
  readonly kind: 'gap';
  readonly start: number;
  readonly end: number;
  readonly reason: GapReason;
  readonly from: Place;
  readonly to: Place;
  /** Straight. */
  readonly distanceKm: number;
  readonly odometer: OdometerSpan;
}

export type Segment = Trip | Stop | Gap;

interface Way<Kind> extends Pick<Trip, 'start' | 'end' | 'from' | 'to' | 'distanceKm'> {
  readonly kind: Kind;
  readonly odometer: Pick<OdometerSpan, 'km' | 'filledKm'>;
}

/** What accounts ask of a segment: each is one. */
export type Leg = Way<'trip'> | Way<'gap'> | Pick<Stop, 'kind' | 'start' | 'end' | 'at'>;

// Dispatch orders (派车单), and what comes out when they are held against trips.
import type { Finding } from '../findings/episodes.ts';

export interface OrderPlace {
  readonly name: string;
  /** WGS-84; left out: known by name alone, and never a reason to accuse. */
  readonly lat?: number | null | undefined;
  readonly lon?: number | null | undefined;
}

export interface DispatchOrder {
  readonly id: string;
  readonly vehicle: string;
  /** Epoch ms, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly origin?: OrderPlace | null | undefined;
  readonly destination?: OrderPlace | null | undefined;
  readonly via?: readonly OrderPlace[] | undefined;
  /** Long (长途), as the order says. */
  readonly long: boolean;
  readonly state: 'approved' | 'withdrawn';
}

export const orderFindingKinds = [
  'trip-without-order',
  'order-without-trip',
  'order-started-early',
  'order-ran-over',
  'order-partly-covered',
  'order-place-missed',
  'order-route-left',
] as const;
export type OrderFindingKind = (typeof orderFindingKinds)[number];

/**
 * In the manner of the findings of a track. Peak: metres (from the place missed, beyond the way allowed) of the two kinds of the route,
 * minutes of all others; `where`: name of the place missed.
 */
export interface OrderFinding extends Finding<OrderFindingKind> {
  /** The orders it is about, by id, ascending; of a trip without order the nearest one, withdrawn ones among them, if there is any. */
  readonly orders: readonly string[];
  /** Starts of the trips it is about, ascending, epoch ms. */
  readonly trips: readonly number[];
}

export const unknownReasons = ['no-data', 'not-over', 'no-coordinates', 'moved-unseen'] as const;
export type UnknownReason = (typeof unknownReasons)[number];

/** What cannot be said, and why: never an accusation. */
export interface OrderUnknown {
  readonly about: 'order' | 'route' | 'movement';
  readonly reason: UnknownReason;
  readonly start: number;
  readonly end: number;
  readonly orders: readonly string[];
  /** Of `start` to `end`, ms that nobody saw. */
  readonly unseenMs: number;
}

export interface TripMatch {
  readonly start: number;
  readonly end: number;
  readonly distanceKm: number;
  /** `short`: too short to need one. */
  readonly state: 'covered' | 'partly' | 'without-order' | 'short';
  /** Ids, ascending. */
  readonly orders: readonly string[];
  /** Stretches that no order holds, tolerance included, epoch ms. */
  readonly uncovered: readonly (readonly [from: number, to: number])[];
}

export interface OrderMatch {
  readonly order: string;
  readonly state: 'driven' | 'without-trip' | 'unknown' | 'not-over';
  /** Starts of its trips, ascending, epoch ms. */
  readonly trips: readonly number[];
  /** Sum over its trips; a trip of several orders counts in each. */
  readonly distanceKm: number;
  readonly route: 'kept' | 'left' | 'unknown';
  /** Of its time, ms that nobody saw. */
  readonly unseenMs: number;
}

/** Lists are by time, then by id. */
export interface Matched {
  readonly trips: readonly TripMatch[];
  /** Approved ones alone. */
  readonly orders: readonly OrderMatch[];
  readonly findings: readonly OrderFinding[];
  readonly unknowns: readonly OrderUnknown[];
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

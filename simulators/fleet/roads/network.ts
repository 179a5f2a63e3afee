// The words of the road network: pure data, made by `map.ts`.
import type { Place } from '../../../core/domain/fleet/trips/model.ts';
import type { Name } from '../../city/types.ts';

export type RoadKind = 'yard' | 'driveway' | 'street' | 'avenue' | 'ring' | 'coast' | 'highway';

export interface Junction extends Place {
  /** Traffic lights, the barrier of a yard's gate, or nothing that stops a car. */
  readonly control: 'lights' | 'barrier' | 'none';
}

/** Both ways. */
export interface Road {
  /** Indices of junctions. */
  readonly a: number;
  readonly b: number;
  readonly kind: RoadKind;
  readonly limitKmh: number;
  /** No satellites are seen in it. */
  readonly tunnel: boolean;
}

export const siteKinds = [
  'yard',
  'office',
  'petrol',
  'charging',
  'workshop',
  'home',
  'restaurant',
  'seaside',
  'neighbour',
] as const;
export type SiteKind = (typeof siteKinds)[number];

/** Where a car can stand: a spot at the end of a way off the road. */
export interface Site extends Place {
  readonly id: string;
  readonly kind: SiteKind;
  readonly name: Name;
  readonly junction: number;
  /** Cars stand below ground: no satellites there. */
  readonly underground: boolean;
}

/** [lat, lon] in order; the last joins the first. */
export type Corners = readonly (readonly [number, number])[];

export interface Network {
  readonly junctions: readonly Junction[];
  readonly roads: readonly Road[];
  readonly sites: readonly Site[];
  /** Site of a yard → its fence. */
  readonly yards: ReadonlyMap<string, Corners>;
  readonly seaside: Corners;
  /** The city's own region: all but the neighbour's end of the highway. */
  readonly region: Corners;
  /** No mobile network: about a stretch of the highway in the hills. */
  readonly deadZone: Corners;
}

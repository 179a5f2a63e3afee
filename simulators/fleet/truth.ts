// The ledger of the truth: what the simulated cars truly did, and what was planted. Plain objects.
import type { Place } from '../../core/domain/fleet/trips/model.ts';

export interface Stay extends Place {
  /** Site of the road network. */
  readonly site: string;
}

export interface TrueTrip {
  readonly car: string;
  /** Epoch ms: off it goes, and it stands again. */
  readonly start: number;
  readonly end: number;
  /** Along the road. */
  readonly km: number;
  readonly from: Stay;
  readonly to: Stay;
  /** Number of its dispatch order; null: none covers it. */
  readonly order: string | null;
  /** The terminal was unplugged for some of it: nobody can find it whole. */
  readonly dark: boolean;
}

export const misconductKinds = [
  'trip-without-order',
  'order-without-trip',
  'wrong-route',
  'wrong-time',
  'speeding',
  'speeding-in-yard',
  'seaside',
  'out-of-hours',
  'weekend',
  'holiday',
  'cross-region',
  'sealed-moved',
  'idling',
  'silent-driving',
  'silent-parked',
  'card-far',
  'over-tank',
  'card-two-cars',
  'unplugged',
] as const;
export type MisconductKind = (typeof misconductKinds)[number];

/** One thing a right system must find: names as the findings have them where such a finding is. */
export interface Expected {
  readonly finding: string;
  readonly car: string;
  /** Epoch ms: what truly went on; a finding overlaps it. */
  readonly start: number;
  readonly end: number;
  /** In the unit of the finding: km/h or minutes; null: no figure. */
  readonly peak: number | null;
  /** It may be found, and need not. */
  readonly may: boolean;
}

export interface Misconduct {
  readonly kind: MisconductKind;
  readonly car: string;
  readonly start: number;
  readonly end: number;
  /** What happened, for a reader. */
  readonly story: string;
  /** Number of the dispatch order it is about. */
  readonly order: string | null;
  /** Document of the card entry it is about. */
  readonly card: string | null;
}

export interface TrueFuel {
  readonly car: string;
  readonly km: number;
  /** Burnt or drawn from the battery while driving. */
  readonly litres: number;
  readonly kwh: number;
}

export interface FleetTruth {
  /** By car, then by time. */
  readonly trips: readonly TrueTrip[];
  readonly misconduct: readonly Misconduct[];
  /** What all of it comes to: a trip to the seaside is a fence, a weekend and a trip without an order. */
  readonly expected: readonly Expected[];
  readonly fuel: readonly TrueFuel[];
}

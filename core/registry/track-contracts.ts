// What tracks were found to be, kept by terminal: trips, stops and gaps, and findings. Interfaces only. All of it can be computed
// again from positions, as long as these are kept; it stays when they are deleted.
import type { Finding, FindingKind } from '../domain/fleet/findings/episodes.ts';
import type { OrderFindingKind } from '../domain/fleet/orders/model.ts';
import type { Leg, Segment } from '../domain/fleet/trips/model.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Lease } from './lease-contract.ts';

/** Of a track, or of a track held against orders. */
export type FleetFindingKind = FindingKind | OrderFindingKind;

export interface FleetFinding extends Finding<FleetFindingKind> {
  /** Ids of dispatch orders that it is about; of most kinds none. */
  readonly orders: readonly string[];
  /** It happened, but was allowed (a car on duty that moved while it was sealed), or nobody can say (a sealed car that was not seen). */
  readonly noted: boolean;
}

export interface TrackSegment {
  readonly terminal: PointKey;
  readonly segment: Segment;
}

export interface TrackFinding extends FleetFinding {
  /** Stable as long as terminal, kind, start and place are. */
  readonly id: string;
  readonly terminal: PointKey;
  /** The car that the terminal was in; `null`: none that is known. */
  readonly vehicle: string | null;
}

/** Of a row among all: by start, then terminal, kind and what it is about. No two have the same. */
export interface TrackPlace {
  readonly start: number;
  readonly terminal: string;
  readonly kind: string;
  /** Of a finding (`aboutOf`); segments have none. Left out: after all of this start, terminal and kind. */
  readonly about?: string | undefined;
}

export interface TrackQuestion {
  readonly terminals: Iterable<PointKey>;
  /** Those that touch [from, to). */
  readonly from: number;
  readonly to: number;
  readonly limit?: number | undefined;
  /** After this place, in the order of the answer. */
  readonly after?: TrackPlace | undefined;
}

export interface Tracks {
  /**
   * In one transaction: segments that begin at `segmentsFrom` or later, and findings that begin at `findingsFrom` or later, give way to
   * these. Those given begin no earlier.
   * @param lease under which they were found: where it is held no more, nothing changes, since a successor may know better
   * @returns whether it is done
   */
  replace(
    terminal: PointKey,
    change: {
      readonly segmentsFrom: number;
      readonly segments: readonly Segment[];
      readonly findingsFrom: number;
      readonly findings: readonly (FleetFinding & { readonly vehicle: string | null })[];
    },
    lease?: Lease,
  ): Promise<boolean>;
  /** By start, then terminal and kind. */
  segments(
    question: TrackQuestion & { readonly kinds?: readonly Segment['kind'][] | undefined },
  ): Promise<readonly TrackSegment[]>;
  /** What accounts ask of the same, five times as fast: those that touch [from, to), by terminal. */
  legs(
    question: Pick<TrackQuestion, 'terminals' | 'from' | 'to'>,
  ): Promise<ReadonlyMap<PointKey, readonly Leg[]>>;
  /** By start, then terminal, kind and what it is about. */
  findings(
    question: TrackQuestion & {
      readonly kinds?: readonly FleetFindingKind[] | undefined;
      readonly vehicles?: Iterable<string> | undefined;
    },
  ): Promise<readonly TrackFinding[]>;
  /**
   * Takes the places out of trips, stops and findings that ended before: what is left are times, kilometres and kinds. Read again, such
   * a place is NaN. The file's bytes are written over.
   * @returns how many lost theirs
   */
  forgetPlaces(before: number): Promise<{ readonly segments: number; readonly findings: number }>;
  /** By what findings were judged last, as `judgeBy` was told; `null`: never. */
  judgedBy(): Promise<string | null>;
  /** From now on by these rules: where they differ from the last, all tracks from `from` on are marked, in the same transaction. */
  judgeBy(rules: string, from: number): Promise<void>;
  /** Number of findings that begin in [from, to), by car and kind. */
  counts(
    from: number,
    to: number,
  ): Promise<
    readonly { vehicle: string | null; terminal: PointKey; kind: FleetFindingKind; count: number }[]
  >;
}

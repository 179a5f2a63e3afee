// Findings as episodes: a stretch of time with its worst moment, and the positions that prove it.
import type { Place } from '../trips/model.ts';

export const findingKinds = [
  'speeding',
  'speeding-in-area',
  'fence-left',
  'fence-entered',
  'out-of-hours',
  'weekend',
  'holiday',
  'idling',
  'silent',
  'cross-region',
  'sealed',
  'moved-unseen',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Evidence extends Place {
  readonly ts: number;
  readonly speedKmh: number;
}

export interface Finding<Kind extends string = FindingKind> {
  readonly kind: Kind;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  /** The worst value in the unit of the kind: km/h of speeding, metres beyond or within of a fence or region, metres moved unseen, minutes of all others. */
  readonly peak: number;
  /** What it is held against, in the same unit; 0 where anything is too much. */
  readonly limit: number;
  /** Area, fence, region or seal by its id; of what is noted about a seal, that seal. */
  readonly where?: string;
  /** First, worst and last position; fewer where they are the same. */
  readonly evidence: readonly Evidence[];
  /** It went on when the data ended. */
  readonly open: boolean;
}

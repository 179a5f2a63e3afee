// What every scan of a series does, whether register, interval or gauge.
import type { Exclusion, RollupRow } from './rollup.ts';

export interface ScanSnapshot {
  /** Hours that no later reading changes, since the snapshot before. */
  readonly settled: readonly RollupRow[];
  /** Hours from the one that holds `settledTs` on, as far as they are known. */
  readonly provisional: readonly RollupRow[];
  readonly exclusions: {
    /** Before `settledTs`, since the snapshot before. */
    readonly settled: readonly Exclusion[];
    /** Decided too, but not before `settledTs`: they come again with the next snapshot. */
    readonly open: readonly Exclusion[];
    /** What would hold if no reading followed. */
    readonly provisional: readonly Exclusion[];
  };
}

export interface RawReading {
  readonly ts: number;
  readonly value: number;
}

export interface SeriesScan {
  /** How many consecutive clean raw readings determine the state. */
  readonly runLength: number;
  readonly lastTs: number;
  /** Later readings change nothing before this time. */
  readonly settledTs: number;
  /** Exclusions before this time stand for good: of intervals, the last one that counts; those behind it may overlap it. */
  readonly exclusionsSettledTs: number;
  /** Hours from here on were scanned whole; 0 for a scan from scratch. */
  readonly wholeFrom: number;
  /** Whether the state is determined by the last `runLength` raw readings alone. */
  readonly clean: boolean;
  /** Readings come in strictly ascending order of time. */
  push(ts: number, value: number): void;
  snapshot(): ScanSnapshot;
  canResumeFrom(run: readonly RawReading[]): boolean;
  /** `settledTs` after resuming from `run`. */
  settledTsAfter(run: readonly RawReading[]): number;
  resume(run: readonly RawReading[]): void;
}

// Incremental recomputation: how little of a series must be scanned again so that its rollups equal those of a scan
// from scratch. Sound because a scan's state after `runLength` clean readings depends on those readings alone.
import { hourMs } from '../time.ts';
import { type Quantity, quantities } from '../units.ts';
import type { SeriesFacts } from './facts.ts';
import { GaugeScan } from './gauge-scan.ts';
import { IntervalScan } from './interval-scan.ts';
import { RegisterScan } from './register-scan.ts';
import type { Exclusion, RollupRow } from './rollup.ts';
import type { RawReading, SeriesScan } from './scan.ts';

/** The end of time for windows that reach beyond the last reading (2200-01-01). */
export const endOfTime = 7_258_118_400_000;

export function createScan(quantity: Quantity, facts: SeriesFacts): SeriesScan {
  const { kind } = quantities[quantity];
  if (kind === 'register') return new RegisterScan(facts);
  if (kind === 'interval') return new IntervalScan(facts);
  return new GaugeScan(facts);
}

/** New hours and exclusions; they replace all that stood in their windows. */
export interface HourChange {
  /** [from, to) of the hours that are replaced; edges of hours. */
  readonly from: number;
  readonly to: number;
  readonly hours: readonly RollupRow[];
  readonly exclusions: readonly Exclusion[];
  /** [from, to) of the exclusions (by `ts`) that are replaced. */
  readonly exclusionsFrom: number;
  readonly exclusionsTo: number;
}

export interface RecomputeInput {
  readonly quantity: Quantity;
  readonly facts: SeriesFacts;
  /** Consecutive readings around the change, ascending, newest arrival per key. */
  readonly ts: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  /** Whether they begin with the first reading of the series, and end with its last. */
  readonly reachesStart: boolean;
  readonly reachesEnd: boolean;
  /**
   * Whether readings before these were rolled up and are gone for good: hours that rest on them stay as they stand. What
   * is recomputed begins behind the first readings whose state is known without what came before them.
   */
  readonly earlierAreGone?: boolean | undefined;
  /** Exclusions as stored that touch the span of the readings, those that begin before it too. */
  readonly exclusions: readonly Exclusion[];
  /** Stretches [from, to] whose readings are new or changed, ascending, at least one; `to` may be `endOfTime`. */
  readonly changes: readonly Stretch[];
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export type RecomputeResult =
  | {
      readonly kind: 'done';
      readonly change: HourChange;
      /** How many of the changes this covers; the scan came to rest before the others. */
      readonly covered: number;
      /** The scan, where it reached the end of the series. */
      readonly head: SeriesScan | undefined;
    }
  | { readonly kind: 'more-before' }
  | { readonly kind: 'more-after' };

/**
 * Recomputes the hours that changes can affect: the first one, and those after it that are too near to be apart.
 * @returns the change to store, or which side needs more context.
 */
export function recompute(input: RecomputeInput): RecomputeResult {
  const [first] = input.changes;
  if (first === undefined) throw new RangeError('recompute needs at least one change');
  const scan = createScan(input.quantity, input.facts);
  const runs = new CleanRuns(input, scan);
  let start = runs.startBefore(first.from);
  if (start === undefined && !input.reachesStart) return { kind: 'more-before' };
  if (start === undefined && input.earlierAreGone === true) {
    start = runs.firstClean();
    if (start === undefined && !input.reachesEnd) return { kind: 'more-after' };
    if (start === undefined) return nothingKnown(input);
  }

  if (start !== undefined) scan.resume(runs.at(start));
  const resumedAt = start === undefined ? 0 : (input.ts[start - scan.runLength + 1] ?? 0);
  const from = scan.wholeFrom;

  let covered = 0;
  let changedTo = -Infinity;
  let settledFrom = Infinity;
  let convergedAt = Infinity;
  for (let index = start === undefined ? 0 : start + 1; index < input.ts.length; index++) {
    const ts = input.ts[index] ?? 0;
    for (
      let next = input.changes[covered];
      next !== undefined && next.from <= ts;
      next = input.changes[covered]
    ) {
      changedTo = Math.max(changedTo, next.to);
      settledFrom = Infinity;
      convergedAt = Infinity;
      covered++;
    }
    scan.push(ts, input.value[index] ?? 0);
    if (covered === 0 || ts <= changedTo) continue;
    if (convergedAt === Infinity && scan.clean && runs.isAfter(index, changedTo) && runs.isClean(index)) {
      convergedAt = ts;
      settledFrom = Math.ceil(Math.max(scan.settledTs, changedTo + 1) / hourMs) * hourMs;
    }
    if (scan.settledTs >= settledFrom) {
      const { settled, exclusions } = scan.snapshot();
      return {
        kind: 'done',
        head: undefined,
        covered,
        change: {
          from,
          to: settledFrom,
          hours: settled.filter((row) => row.ts >= from && row.ts < settledFrom),
          exclusions: [...exclusions.settled, ...exclusions.open].filter((entry) => entry.ts <= convergedAt),
          exclusionsFrom: resumedAt,
          exclusionsTo: convergedAt + 1,
        },
      };
    }
  }
  if (!input.reachesEnd) return { kind: 'more-after' };
  return {
    kind: 'done',
    head: scan,
    covered: input.changes.length,
    change: headChange(scan, from, resumedAt),
  };
}

/** No reading is known well enough to say anything anew: all stays as it stands. */
function nothingKnown({ changes }: RecomputeInput): RecomputeResult {
  const at = Math.floor(Math.max(0, changes[0]?.from ?? 0) / hourMs) * hourMs;
  const edges = { from: at, to: at, exclusionsFrom: at, exclusionsTo: at };
  const change: HourChange = { ...edges, hours: [], exclusions: [] };
  return { kind: 'done', covered: changes.length, head: undefined, change };
}

/**
 * What a scan at the end of its series changes, given where its last snapshot stood: `from` is the hour and
 * `exclusionsFrom` the time from which everything may have changed since.
 */
export function headChange(scan: SeriesScan, from: number, exclusionsFrom: number): HourChange {
  const { settled, provisional, exclusions } = scan.snapshot();
  return {
    from,
    to: endOfTime,
    hours: [...settled, ...provisional].filter((row) => row.ts >= from),
    exclusions: [...exclusions.settled, ...exclusions.open, ...exclusions.provisional],
    exclusionsFrom,
    exclusionsTo: endOfTime,
  };
}

/** Where the next `headChange` of this scan begins; ask before pushing more readings. */
export function headEdges(scan: SeriesScan): { from: number; exclusionsFrom: number } {
  const settled = Math.max(0, scan.settledTs);
  return {
    from: Math.floor(settled / hourMs) * hourMs,
    exclusionsFrom: Math.max(0, scan.exclusionsSettledTs),
  };
}

/** Finds stretches of `runLength` consecutive readings whose state is known without what came before them. */
class CleanRuns {
  readonly #input: RecomputeInput;
  readonly #scan: SeriesScan;
  /** Beginnings of the exclusions, and the furthest end among each and those before it. */
  readonly #excludedFrom: readonly number[];
  readonly #excludedUntil: readonly number[];

  constructor(input: RecomputeInput, scan: SeriesScan) {
    this.#input = input;
    this.#scan = scan;
    const exclusions = input.exclusions.toSorted((a, b) => a.ts - b.ts);
    let furthest = -Infinity;
    this.#excludedFrom = exclusions.map((entry) => entry.ts);
    this.#excludedUntil = exclusions.map((entry) => {
      furthest = Math.max(furthest, entry.until);
      return furthest;
    });
  }

  /** The run that ends at `index`. */
  at(index: number): RawReading[] {
    const { ts, value } = this.#input;
    const run: RawReading[] = [];
    for (let at = Math.max(0, index - this.#scan.runLength + 1); at <= index; at++) {
      run.push({ ts: ts[at] ?? 0, value: value[at] ?? 0 });
    }
    return run;
  }

  /**
   * Index of the last reading of the run to resume from: the newest one before `changedFrom` from which the hour that
   * may change is scanned whole.
   */
  startBefore(changedFrom: number): number | undefined {
    const { ts } = this.#input;
    let index = lowerBound(ts, changedFrom) - 1;
    let affectedFrom: number | undefined;
    for (; index - this.#scan.runLength + 1 >= 0; index--) {
      if (!this.isClean(index)) continue;
      const settled = this.#scan.settledTsAfter(this.at(index));
      affectedFrom ??= Math.floor(settled / hourMs) * hourMs;
      if (settled <= affectedFrom) return index;
    }
    return undefined;
  }

  /** Index of the last reading of the first run from which a scan can be resumed. */
  firstClean(): number | undefined {
    for (let index = this.#scan.runLength - 1; index < this.#input.ts.length; index++) {
      if (this.isClean(index)) return index;
    }
    return undefined;
  }

  isClean(index: number): boolean {
    const run = this.at(index);
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined || !this.#scan.canResumeFrom(run)) return false;
    const begun = lowerBound(this.#excludedFrom, last.ts + 1);
    return (this.#excludedUntil[begun - 1] ?? -Infinity) < first.ts;
  }

  isAfter(index: number, ts: number): boolean {
    return (this.#input.ts[index - this.#scan.runLength + 1] ?? -Infinity) > ts;
  }
}

/** Index of the first entry that is not below `limit`. */
function lowerBound(sorted: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

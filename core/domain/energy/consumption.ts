// Consumption of a point, a building or an institution by bucket: how stored rollups add up, and what is not known.
import type { MemberGroup } from './consumption-plan.ts';

/** What the store knows of one stored bucket, summed over the series of a group. */
export interface StoredSum {
  readonly ts: number;
  /** Sum of the known values; `null` when none is known. */
  readonly value: number | null;
  /** How many series have a value. */
  readonly known: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
}

export interface ConsumptionSum {
  readonly from: number;
  readonly to: number;
  /** Sum of what is known, in the carrier's unit; `null` when nothing is known, never 0 for that. */
  readonly value: number | null;
  /** Time that should be covered, over all members, until now. Never less than what is covered. */
  readonly expectedMs: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
  readonly points: {
    /** Members with a value; in a sum over several stored buckets, the most that had one at the same time. */
    readonly known: number;
    /** Members that count at some time of the bucket. */
    readonly expected: number;
  };
}

/** Adds up what the store knows of each group, bucket by bucket. */
export class ConsumptionSums {
  readonly #starts: readonly number[];
  readonly #asOf: number;
  readonly #rows: Sum[];
  readonly #total: Sum;
  /** Stretches by point: one that came, left and came back is expected once a bucket. */
  readonly #stretches = new Map<string, MemberGroup[]>();

  /** @param starts ascending starts of adjoining buckets, the last of which ends at `end`; `asOf` is now. */
  constructor(starts: readonly number[], end: number, asOf: number) {
    this.#starts = starts;
    this.#asOf = asOf;
    this.#rows = starts.map((from, index) => emptySum(from, starts[index + 1] ?? end));
    this.#total = emptySum(starts[0] ?? end, end);
  }

  /** Adds a group and its stored sums; each bucket of the store lies within one bucket of the answer. */
  add(group: MemberGroup, sums: readonly StoredSum[]): void {
    const returning = group.members.filter(({ point }) => this.#stretches.has(point));
    this.#expect(this.#total, group, returning);
    for (let index = this.#indexOf(group.from); index < this.#rows.length; index++) {
      const row = this.#rows[index];
      if (row === undefined || row.from >= group.to) break;
      this.#expect(row, group, returning);
    }
    this.#addKnown(sums);
    for (const { point } of group.members) {
      const stretches = this.#stretches.get(point);
      if (stretches === undefined) this.#stretches.set(point, [group]);
      else stretches.push(group);
    }
  }

  rows(): ConsumptionSum[] {
    return this.#rows.map(toSum);
  }

  /** The sum over all rows. */
  total(): ConsumptionSum {
    const total = { ...this.#total };
    for (const { value, measuredMs, estimatedMs, expectedMs } of this.rows()) {
      if (value !== null) total.value = (total.value ?? 0) + value;
      total.measuredMs += measuredMs;
      total.estimatedMs += estimatedMs;
      total.expectedMs += expectedMs;
    }
    return toSum(total);
  }

  #expect(sum: Sum, group: MemberGroup, returning: MemberGroup['members']): void {
    const from = Math.max(sum.from, group.from);
    const until = Math.min(sum.to, group.to);
    if (sum !== this.#total) {
      sum.expectedMs += group.members.length * Math.max(0, Math.min(until, this.#asOf) - from);
    }
    sum.expected += group.members.length;
    for (const { point } of returning) {
      const here = this.#stretches.get(point)?.some((other) => other.from < sum.to && other.to > sum.from);
      if (here) sum.expected--;
    }
  }

  #addKnown(sums: readonly StoredSum[]): void {
    const known = new Map<Sum, number>();
    for (const sum of sums) {
      const row = this.#rows[this.#indexOf(sum.ts)];
      if (row === undefined || sum.ts < row.from || sum.ts >= row.to) {
        throw new RangeError(`stored bucket ${sum.ts} lies outside of the range`);
      }
      if (sum.value !== null) row.value = (row.value ?? 0) + sum.value;
      row.measuredMs += sum.measuredMs;
      row.estimatedMs += sum.estimatedMs;
      for (const at of [row, this.#total]) known.set(at, Math.max(known.get(at) ?? 0, sum.known));
    }
    for (const [sum, count] of known) sum.known += count;
  }

  /** Index of the row whose bucket holds `ts`; the first for times before it. */
  #indexOf(ts: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? Infinity) <= ts) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Shares of the expected time, each 0 to 1 and together 1; `null` where no time is expected (yet). */
export interface CoverageShares {
  readonly coverage: number;
  readonly measuredShare: number;
  readonly estimatedShare: number;
  readonly missingShare: number;
}

export function coverageOf(sum: ConsumptionSum): CoverageShares | null {
  const { expectedMs, measuredMs, estimatedMs } = sum;
  if (expectedMs <= 0) return null;
  const covered = measuredMs + estimatedMs;
  return {
    coverage: covered / expectedMs,
    measuredShare: measuredMs / expectedMs,
    estimatedShare: estimatedMs / expectedMs,
    missingShare: (expectedMs - covered) / expectedMs,
  };
}

/** Whether something that belongs to the sum is not known: a member without a value, or a time without a reading. */
export function isPartial(sum: ConsumptionSum): boolean {
  return sum.measuredMs + sum.estimatedMs < sum.expectedMs;
}

interface Sum {
  readonly from: number;
  readonly to: number;
  value: number | null;
  expectedMs: number;
  measuredMs: number;
  estimatedMs: number;
  known: number;
  expected: number;
}

function emptySum(from: number, to: number): Sum {
  return { from, to, value: null, expectedMs: 0, measuredMs: 0, estimatedMs: 0, known: 0, expected: 0 };
}

function toSum(sum: Sum): ConsumptionSum {
  const { from, to, value, measuredMs, estimatedMs, expected } = sum;
  return {
    from,
    to,
    value,
    expectedMs: Math.max(sum.expectedMs, measuredMs + estimatedMs),
    measuredMs,
    estimatedMs,
    points: { known: Math.min(sum.known, expected), expected },
  };
}

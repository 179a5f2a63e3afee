// Consumption of interval quantities: each reading is the energy of [ts, ts + length). A missing interval is missing.
import { hourMs } from '../time.ts';
import { ExclusionList } from './exclusion-list.ts';
import { type SeriesFacts, valueAt } from './facts.ts';
import { HourSums } from './hours.ts';
import type { ExclusionCode } from './rollup.ts';
import type { RawReading, ScanSnapshot, SeriesScan } from './scan.ts';
import { Corrections, gapThresholdMs, type Segment, segmentIndexAt, segmentsOf } from './segments.ts';

/** Used where no fact states the length. */
const defaultLengthMs = hourMs;

export class IntervalScan implements SeriesScan {
  readonly runLength = 1;
  readonly #facts: SeriesFacts;
  readonly #segments: readonly Segment[];
  readonly #corrections: Corrections;
  #lastTs = -Infinity;
  #wholeFrom = 0;
  /** End of the last interval that counts; an interval that starts before it overlaps. */
  #occupiedTo = -Infinity;
  #lastGoodTs = -Infinity;
  #clean = false;
  #hours = new HourSums();
  #exclusions = new ExclusionList();

  constructor(facts: SeriesFacts) {
    this.#facts = facts;
    this.#segments = segmentsOf(facts.installations);
    this.#corrections = new Corrections(facts);
  }

  get wholeFrom(): number {
    return this.#wholeFrom;
  }

  get lastTs(): number {
    return this.#lastTs;
  }

  get settledTs(): number {
    return this.#occupiedTo;
  }

  get exclusionsSettledTs(): number {
    return this.#lastGoodTs;
  }

  get clean(): boolean {
    return this.#clean;
  }

  canResumeFrom(run: readonly RawReading[]): boolean {
    const [only] = run;
    return run.length === 1 && only !== undefined && this.#corrections.at(only.ts) === undefined;
  }

  resume(run: readonly RawReading[]): void {
    this.#lastTs = run[0]?.ts ?? -Infinity;
    this.#occupiedTo = this.settledTsAfter(run);
    this.#lastGoodTs = this.#lastTs;
    this.#clean = true;
    this.#hours = new HourSums();
    this.#exclusions = new ExclusionList();
    this.#wholeFrom = Math.ceil(this.settledTs / hourMs) * hourMs;
  }

  settledTsAfter(run: readonly RawReading[]): number {
    const ts = run[0]?.ts ?? -Infinity;
    return ts + this.#lengthAt(ts);
  }

  push(ts: number, raw: number): void {
    this.#lastTs = ts;
    this.#clean = false;
    const correction = this.#corrections.at(ts);
    if (correction?.action === 'exclude') {
      this.#exclude(ts, 'correction', raw);
      return;
    }
    const value = correction?.action === 'replace' ? (correction.value ?? raw) : raw;
    if (value < 0) {
      this.#exclude(ts, 'negative', raw);
      return;
    }
    if (ts < this.#occupiedTo) {
      this.#exclude(ts, 'overlap', raw);
      return;
    }
    this.#exclusions.endRow();
    const length = this.#lengthAt(ts);
    this.#occupiedTo = ts + length;
    this.#lastGoodTs = ts;
    const { multiplier, ratingPerHour } = this.#segmentAt(ts);
    const consumption = value * multiplier;
    const doubted = ratingPerHour !== undefined && correction?.action !== 'accept';
    if (doubted && consumption > (ratingPerHour * length) / hourMs) {
      this.#exclude(ts, 'above-rating', raw, consumption);
      return;
    }
    this.#clean = true;
    const gap = Math.max(gapThresholdMs(this.#facts.expectedIntervalMs, ts), this.#statedLength(ts) ?? 0);
    this.#hours.add(ts, ts + length, consumption, length > gap);
  }

  snapshot(): ScanSnapshot {
    const settled = this.#hours.takeBefore(Math.floor(this.settledTs / hourMs) * hourMs);
    const { settled: decided, open } = this.#exclusions.takeBefore(this.exclusionsSettledTs);
    return {
      settled,
      provisional: this.#hours.rows(),
      exclusions: { settled: decided, open, provisional: [] },
    };
  }

  #statedLength(ts: number): number | undefined {
    return valueAt(this.#facts.intervalLengthMs, ts) ?? this.#facts.intervalLengthMs[0]?.value;
  }

  #lengthAt(ts: number): number {
    return this.#statedLength(ts) ?? valueAt(this.#facts.expectedIntervalMs, ts) ?? defaultLengthMs;
  }

  #segmentAt(ts: number): Segment {
    const segment = this.#segments[segmentIndexAt(this.#segments, ts)];
    if (segment === undefined) throw new RangeError('a series has at least one segment');
    return segment;
  }

  #exclude(ts: number, code: ExclusionCode, value: number, withheld = 0): void {
    const entry = { ts, until: ts, code, value, withheld };
    if (code === 'correction' || code === 'above-rating') this.#exclusions.add(entry);
    else this.#exclusions.addInARow(entry);
  }
}

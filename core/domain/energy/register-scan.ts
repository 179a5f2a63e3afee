// The consumption curve of a register: readings in time order go in, consumption by hour and exclusions come out.
//
// The scan's whole state is: the last good reading that is beyond doubt (`base`), up to three good readings after it
// that a later fall may still unmask as spikes (`tail`), and readings after a fall that wait for an explanation
// (`chain`). Every decision depends on this state and the facts alone, so a scan can be resumed from any four
// consecutive good readings: that is what makes incremental recomputation equal to one from scratch.

import { hourMs } from '../time.ts';
import { ExclusionList } from './exclusion-list.ts';
import type { SeriesFacts } from './facts.ts';
import { HourSums } from './hours.ts';
import type { Exclusion, ExclusionCode } from './rollup.ts';
import type { RawReading, ScanSnapshot, SeriesScan } from './scan.ts';
import {
  Corrections,
  gapThresholdMs,
  partsOf,
  type Segment,
  type StretchPart,
  segmentIndexAt,
  segmentsOf,
} from './segments.ts';

/** Good readings that a later fall may still take back, and so the number that resuming needs beside the base. */
export const tailLength = 3;
/** Readings after a fall that settle it. */
const confirmations = 4;
/** Readings that wait for an explanation at most; an older one is left out for good. */
const chainLimit = 16;
/** A step up from exactly zero is believed up to this many times the rate of the steps after it. */
const zeroStepFactor = 100;
/** Rating checks allow for this much imprecision of time stamps. */
const ratingSlackMs = 60_000;

/** How the curve reaches this reading from the good one before it; a roll-over, at which value. */
type Via = 'rise' | 'reset' | { readonly wrapsAt: number };

interface Good {
  readonly ts: number;
  readonly value: number;
  readonly via: Via;
  /** Stated by a person: an accepted reading, or a first or final value of an installation. */
  readonly stated: boolean;
}

export class RegisterScan implements SeriesScan {
  readonly #facts: SeriesFacts;
  readonly #segments: readonly Segment[];
  readonly #corrections: Corrections;
  #segmentIndex = 0;
  #started = false;
  #base: Good | undefined;
  #tail: Good[] = [];
  #chain: Good[] = [];
  #lastTs = -Infinity;
  #wholeFrom = 0;
  /** When the device before was taken out: what it counted is settled, also before the new one's first good reading. */
  #closedAt = -Infinity;
  /** Raw readings since the last one that was not simply good. */
  #cleanRun = 0;
  #hours = new HourSums();
  #exclusions = new ExclusionList();

  constructor(facts: SeriesFacts) {
    this.#facts = facts;
    this.#segments = segmentsOf(facts.installations);
    this.#corrections = new Corrections(facts);
  }

  readonly runLength = tailLength + 1;

  /** Takes up the state after `run`: readings that are good, untouched by exclusions, of one device, not falling. */
  resume(run: readonly RawReading[]): void {
    const goods = run.map(({ ts, value }): Good => {
      const correction = this.#corrections.at(ts);
      return {
        ts,
        value: correction?.action === 'replace' ? (correction.value ?? value) : value,
        via: 'rise',
        stated: correction?.action === 'accept',
      };
    });
    this.#base = goods[0];
    this.#tail = goods.slice(1);
    this.#chain = [];
    this.#cleanRun = goods.length;
    this.#lastTs = goods.at(-1)?.ts ?? -Infinity;
    this.#segmentIndex = segmentIndexAt(this.#segments, goods[0]?.ts ?? -Infinity);
    this.#started = true;
    this.#hours = new HourSums();
    this.#exclusions = new ExclusionList();
    this.#wholeFrom = Math.ceil(this.settledTs / hourMs) * hourMs;
  }

  /** Whether these consecutive raw readings may be resumed from, beside being untouched by exclusions. */
  canResumeFrom(run: readonly RawReading[]): boolean {
    const [first] = run;
    const last = run.at(-1);
    if (run.length !== this.runLength || first === undefined || last === undefined) return false;
    if (segmentIndexAt(this.#segments, first.ts) !== segmentIndexAt(this.#segments, last.ts)) return false;
    // A device put in at this very moment adds a stretch without length, which resuming here would lose.
    if (this.#segments.some((segment) => segment.from === first.ts)) return false;
    if (run.some(({ ts }) => this.#corrections.at(ts) !== undefined)) return false;
    return run.every(({ value }, index) => index === 0 || value >= (run[index - 1]?.value ?? Infinity));
  }

  get wholeFrom(): number {
    return this.#wholeFrom;
  }

  get lastTs(): number {
    return this.#lastTs;
  }

  /** Nothing before this time will change by later readings. */
  get settledTs(): number {
    return this.#base?.ts ?? this.#closedAt;
  }

  get exclusionsSettledTs(): number {
    return this.settledTs;
  }

  /** Whether the state is exactly the last four raw readings, all good. */
  get clean(): boolean {
    return this.#cleanRun >= this.runLength && this.#chain.length === 0;
  }

  push(ts: number, raw: number): void {
    this.#crossSegments(ts);
    this.#lastTs = ts;
    const correction = this.#corrections.at(ts);
    if (correction?.action === 'exclude') {
      this.#exclude(ts, ts, 'correction', raw);
      return;
    }
    const value = correction?.action === 'replace' ? (correction.value ?? raw) : raw;
    const stated = correction?.action === 'accept';
    const { wrapsAt } = this.#segment;
    if (!stated && (value < 0 || (wrapsAt !== undefined && value >= wrapsAt))) {
      this.#exclude(ts, ts, 'out-of-range', raw);
      return;
    }
    this.#take(ts, value, stated);
    this.#cleanRun++;
  }

  settledTsAfter(run: readonly RawReading[]): number {
    return run[0]?.ts ?? -Infinity;
  }

  /** What is known now: the settled hours (once), and those that later readings may still change. */
  snapshot(): ScanSnapshot {
    const settled = this.#hours.takeBefore(Math.floor(this.settledTs / hourMs) * hourMs);
    const { settled: decided, open } = this.#exclusions.takeBefore(this.settledTs);

    const hours = this.#hours.fork();
    const provisional: Exclusion[] = [];
    const doubted = this.#chain[0] === undefined ? 0 : this.#spikesBefore(this.#chain[0].value);
    const believed = this.#tail.slice(0, this.#tail.length - doubted);
    this.#emitAll(this.#base, believed, hours, provisional);
    for (const good of this.#chain) {
      provisional.push(exclusion(good.ts, this.#lastTs, 'reset-suspected', good.value));
    }
    return {
      settled,
      provisional: hours.rows(),
      exclusions: { settled: decided, open, provisional },
    };
  }

  get #segment(): Segment {
    const segment = this.#segments[this.#segmentIndex];
    if (segment === undefined) throw new RangeError(`no segment ${this.#segmentIndex}`);
    return segment;
  }

  get #lastGood(): Good | undefined {
    return this.#tail.at(-1) ?? this.#base;
  }

  #take(ts: number, value: number, stated: boolean): void {
    const good: Good = { ts, value, via: 'rise', stated };
    const last = this.#lastGood;
    if (last === undefined) {
      this.#accept(good);
      return;
    }
    if (value >= last.value) {
      this.#excludeChain(ts, 'dip');
      this.#accept(good);
      return;
    }
    const rollOver = this.#isRollOver(last, good) && this.#spikesBefore(value) === 0;
    if (rollOver || stated) {
      this.#excludeChain(ts, 'dip');
      if (!rollOver) this.#exclude(ts, ts, 'reset-confirmed', value);
      this.#accept({ ...good, via: rollOver ? { wrapsAt: this.#segment.wrapsAt ?? 0 } : 'reset' });
      return;
    }
    if (value < (this.#chain.at(-1)?.value ?? -Infinity)) this.#excludeChain(ts, 'dip');
    this.#chain.push(good);
    this.#settleChain(ts);
    const [oldest] = this.#chain;
    if (oldest !== undefined && this.#chain.length > chainLimit) {
      this.#chain.shift();
      this.#exclude(oldest.ts, ts, 'reset-suspected', oldest.value);
    }
  }

  /** Enough readings after a fall: either those before it were spikes, or the register was reset. */
  #settleChain(ts: number): void {
    const [first] = this.#chain;
    if (first === undefined || this.#chain.length < confirmations) return;
    const spikes = this.#spikesBefore(first.value);
    if (spikes > 0) {
      for (const spike of this.#tail.splice(this.#tail.length - spikes)) {
        this.#exclude(spike.ts, ts, 'spike', spike.value);
      }
    } else {
      if ((this.#chain.at(-1)?.value ?? 0) <= first.value) return;
      this.#exclude(first.ts, ts, 'reset-confirmed', first.value);
    }
    const chain = this.#chain;
    this.#chain = [];
    for (const [index, good] of chain.entries()) {
      this.#accept(index === 0 && spikes === 0 ? { ...good, via: 'reset' } : good);
    }
  }

  /** How many of the tail's newest readings must go so that `value` is no fall; 0 where that does not help. */
  #spikesBefore(value: number): number {
    for (let count = 1; count <= this.#tail.length; count++) {
      if (this.#tail[this.#tail.length - count]?.stated) return 0;
      const before = this.#tail[this.#tail.length - count - 1] ?? this.#base;
      if (before !== undefined && before.value <= value) return count;
    }
    return 0;
  }

  #isRollOver(from: Good, to: Good): boolean {
    const { wrapsAt, ratingPerHour, multiplier } = this.#segment;
    if (wrapsAt === undefined) return false;
    const rise = wrapsAt - from.value + to.value;
    if (ratingPerHour === undefined) return from.value >= 0.9 * wrapsAt && to.value <= 0.1 * wrapsAt;
    return rise * multiplier <= (ratingPerHour * (to.ts - from.ts + ratingSlackMs)) / hourMs;
  }

  #accept(good: Good): void {
    this.#exclusions.endRow();
    this.#tail.push(good);
    if (this.#tail.length > tailLength || this.#base === undefined) this.#settleOldest();
  }

  #settleOldest(): void {
    const oldest = this.#tail.shift();
    if (oldest === undefined) return;
    const doubted = this.#emit(this.#base, oldest, this.#tail, this.#hours);
    if (doubted !== undefined) this.#exclusions.add(doubted);
    this.#base = oldest;
  }

  #emitAll(base: Good | undefined, goods: readonly Good[], hours: HourSums, exclusions: Exclusion[]): void {
    let from = base;
    for (const [index, good] of goods.entries()) {
      const doubted = this.#emit(from, good, goods.slice(index + 1), hours);
      if (doubted !== undefined) exclusions.push(doubted);
      from = good;
    }
  }

  /**
   * One stretch of the curve, from one good reading to the next. `following` are the good ones after it.
   * @returns the exclusion, where the stretch is not believed
   */
  #emit(
    from: Good | undefined,
    to: Good,
    following: readonly Good[],
    hours: HourSums,
  ): Exclusion | undefined {
    if (from === undefined || to.via === 'reset') return undefined;
    const wrapped = to.via === 'rise' ? 0 : to.via.wrapsAt;
    const rise = wrapped - from.value + to.value;
    const length = to.ts - from.ts;
    const parts = partsOf(this.#segments, from.ts, to.ts);
    const consumption = parts.reduce((sum, part) => sum + rise * part.share * part.multiplier, 0);
    const highest = highestConsumption(parts);
    if (highest !== undefined) {
      if (!to.stated && consumption > highest) {
        return exclusion(to.ts, to.ts, 'above-rating', to.value, consumption);
      }
    } else if (
      from.value === 0 &&
      rise > 0 &&
      !from.stated &&
      !to.stated &&
      !isLike(rise / length, to, following)
    ) {
      return exclusion(from.ts, to.ts, 'dip', 0);
    }
    const estimated = length > gapThresholdMs(this.#facts.expectedIntervalMs, from.ts);
    for (const part of parts) hours.add(part.from, part.to, rise * part.share * part.multiplier, estimated);
    return undefined;
  }

  /** At a replacement: the old device's final reading closes its segment, the new one's first opens the next. */
  #crossSegments(ts: number): void {
    if (!this.#started) {
      this.#started = true;
      this.#segmentIndex = segmentIndexAt(this.#segments, ts);
      this.#open();
      return;
    }
    for (let next = this.#segments[this.#segmentIndex + 1]; next !== undefined && next.from <= ts; ) {
      if (next.continues) {
        this.#segmentIndex++;
        next = this.#segments[this.#segmentIndex + 1];
        continue;
      }
      const { closing } = this.#segment;
      if (closing !== undefined && this.#lastGood !== undefined) this.#take(next.from, closing, true);
      this.#excludeChain(next.from, 'reset-suspected');
      while (this.#tail.length > 0) this.#settleOldest();
      this.#base = undefined;
      this.#closedAt = next.from;
      this.#cleanRun = 0;
      this.#exclusions.endRow();
      this.#segmentIndex++;
      this.#open();
      next = this.#segments[this.#segmentIndex + 1];
    }
  }

  #open(): void {
    const { opening, from } = this.#segment;
    if (opening !== undefined && Number.isFinite(from)) this.#take(from, opening, true);
  }

  #excludeChain(until: number, code: ExclusionCode): void {
    for (const good of this.#chain.splice(0)) this.#exclude(good.ts, until, code, good.value);
  }

  #exclude(ts: number, until: number, code: ExclusionCode, value: number): void {
    const entry = exclusion(ts, until, code, value);
    if (code === 'correction') this.#exclusions.add(entry);
    else this.#exclusions.addInARow(entry);
    // Counted from the next reading on: a run that holds this one cannot be resumed from.
    this.#cleanRun = -1;
  }
}

/** What the ratings allow on a stretch, with some slack for imprecise time stamps; `undefined` where one is not known. */
function highestConsumption(parts: readonly StretchPart[]): number | undefined {
  let highest = 0;
  for (const { from, to, ratingPerHour } of parts) {
    if (ratingPerHour === undefined) return undefined;
    highest += (ratingPerHour * (to - from)) / hourMs;
  }
  return highest + ((parts.at(-1)?.ratingPerHour ?? 0) * ratingSlackMs) / hourMs;
}

/** Whether a rate (per ms) is of the order of the steps that follow. */
function isLike(rate: number, from: Good, following: readonly Good[]): boolean {
  let highest = 0;
  let before = from;
  for (const good of following) {
    if (good.ts > before.ts) highest = Math.max(highest, (good.value - before.value) / (good.ts - before.ts));
    before = good;
  }
  return rate <= zeroStepFactor * highest;
}

function exclusion(ts: number, until: number, code: ExclusionCode, value: number, withheld = 0): Exclusion {
  return { ts, until, code, value, withheld };
}

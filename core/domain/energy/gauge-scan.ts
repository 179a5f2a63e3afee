// Hours of instantaneous values: mean, minimum, maximum. Nothing is interpolated.
import { hourMs } from '../time.ts';
import { ExclusionList } from './exclusion-list.ts';
import { type SeriesFacts, valueAt } from './facts.ts';
import type { RollupRow } from './rollup.ts';
import type { RawReading, ScanSnapshot, SeriesScan } from './scan.ts';
import { Corrections } from './segments.ts';

interface GaugeHour {
  readonly ts: number;
  sum: number;
  count: number;
  min: number;
  max: number;
}

export class GaugeScan implements SeriesScan {
  readonly runLength = 1;
  readonly #facts: SeriesFacts;
  readonly #corrections: Corrections;
  #lastTs = -Infinity;
  #wholeFrom = 0;
  #resumedAt = -Infinity;
  #hours: GaugeHour[] = [];
  #exclusions = new ExclusionList();

  constructor(facts: SeriesFacts) {
    this.#facts = facts;
    this.#corrections = new Corrections(facts);
  }

  get wholeFrom(): number {
    return this.#wholeFrom;
  }

  get lastTs(): number {
    return this.#lastTs;
  }

  get settledTs(): number {
    return Math.max(this.#resumedAt, Math.floor(this.#lastTs / hourMs) * hourMs);
  }

  get exclusionsSettledTs(): number {
    return this.settledTs;
  }

  get clean(): boolean {
    return true;
  }

  canResumeFrom(run: readonly RawReading[]): boolean {
    return run.length === 1;
  }

  /** Just after the sample: the hour that holds it cannot be scanned whole from here. */
  settledTsAfter(run: readonly RawReading[]): number {
    return (run[0]?.ts ?? -Infinity) + 1;
  }

  resume(run: readonly RawReading[]): void {
    this.#lastTs = run[0]?.ts ?? -Infinity;
    this.#resumedAt = this.settledTsAfter(run);
    this.#hours = [];
    this.#exclusions = new ExclusionList();
    this.#wholeFrom = Math.ceil(this.settledTs / hourMs) * hourMs;
  }

  push(ts: number, raw: number): void {
    this.#lastTs = ts;
    const correction = this.#corrections.at(ts);
    if (correction?.action === 'exclude') {
      this.#exclusions.add({ ts, until: ts, code: 'correction', value: raw, withheld: 0 });
      return;
    }
    const value = correction?.action === 'replace' ? (correction.value ?? raw) : raw;
    const start = Math.floor(ts / hourMs) * hourMs;
    const last = this.#hours.at(-1);
    if (last?.ts !== start) {
      this.#hours.push({ ts: start, sum: value, count: 1, min: value, max: value });
      return;
    }
    last.sum += value;
    last.count++;
    last.min = Math.min(last.min, value);
    last.max = Math.max(last.max, value);
  }

  snapshot(): ScanSnapshot {
    const settledTo = Math.floor(this.settledTs / hourMs) * hourMs;
    const open = this.#hours.findIndex((hour) => hour.ts >= settledTo);
    const settled = this.#hours.splice(0, open === -1 ? this.#hours.length : open);
    const exclusions = this.#exclusions.takeBefore(this.settledTs);
    return {
      settled: settled.map((hour) => this.#row(hour)),
      provisional: this.#hours.map((hour) => this.#row(hour)),
      exclusions: { ...exclusions, provisional: [] },
    };
  }

  /** A sample stands for its expected interval; without that fact one sample stands for its hour. */
  #row({ ts, sum, count, min, max }: GaugeHour): RollupRow {
    const expected = valueAt(this.#facts.expectedIntervalMs, ts) ?? hourMs;
    return {
      ts,
      value: sum / count,
      min,
      max,
      measuredMs: Math.min(hourMs, count * expected),
      estimatedMs: 0,
    };
  }
}

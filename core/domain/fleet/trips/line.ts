// The good positions of a track as one line with its steps: what the scan asks about places, standing and gaps.
import { cell, flag, type Track } from '../track/columns.ts';
import type { Marks } from '../track/filter.ts';
import { reasons } from '../track/filter.ts';
import { distanceM } from '../track/geodesy.ts';
import { type Seen, seenOf } from './covered.ts';
import type { GapReason, Place } from './model.ts';
import type { TripThresholds } from './thresholds.ts';

/** Marks that say the terminal was alive and saw no satellites. */
const blind = new Set(
  ['no-fix', 'few-satellites', 'zero'].map((word) => (reasons as readonly string[]).indexOf(word)),
);

export class Line {
  readonly track: Track;
  readonly length: number;
  /** Metres of the step to each position; 0 for the first and over a break. */
  readonly stepM: Float64Array;
  readonly #marks: Marks;
  readonly #seen: Seen;
  readonly #breaks: Uint8Array;
  readonly #all: Track;
  readonly #thresholds: TripThresholds;

  constructor(all: Track, marks: Marks, thresholds: TripThresholds) {
    this.#all = all;
    this.#thresholds = thresholds;
    this.#marks = marks;
    this.#seen = seenOf(all, marks, thresholds);
    this.#breaks = this.#seen.breaks;
    this.track = this.#seen.track;
    this.length = this.track.length;
    this.stepM = new Float64Array(this.length);
    for (let at = 1; at < this.length; at++) if (!this.broken(at)) this.stepM[at] = this.metres(at - 1, at);
  }

  /** The step to `at` is impossible though both sides are believed. */
  broken(at: number): boolean {
    return this.#breaks[at] === 1;
  }

  /** No later position can change what is said of those before `at`. */
  settled(at: number): boolean {
    return this.#seen.settled[at] === 1;
  }

  /** `at`, or the last position with a fix before it. */
  fixAt(at: number): number {
    let fix = at;
    while (fix > 0 && this.#seen.covered[fix] === 1) fix--;
    return fix;
  }

  ts(at: number): number {
    return cell(this.track.ts, at);
  }

  place(at: number): Place {
    return { lat: cell(this.track.lat, at), lon: cell(this.track.lon, at) };
  }

  metres(a: number, b: number): number {
    const { lat, lon } = this.track;
    return distanceM(cell(lat, a), cell(lon, a), cell(lat, b), cell(lon, b));
  }

  /** Whether b is within `radiusM` of a; cheap when far apart. */
  near(a: number, b: number, radiusM: number): boolean {
    if (Math.abs(cell(this.track.lat, a) - cell(this.track.lat, b)) * 111_000 > radiusM) return false;
    return this.metres(a, b) <= radiusM;
  }

  ignitionOff(at: number): boolean {
    return (cell(this.track.flags, at) & flag.ignitionOff) !== 0;
  }

  ignitionOn(at: number): boolean {
    return (cell(this.track.flags, at) & flag.ignitionOn) !== 0;
  }

  standing(at: number): boolean {
    return cell(this.track.speedKmh, at) <= this.#thresholds.standingKmh;
  }

  /** The step to `at` is no drive: both ends stand and it is no longer than drift, or slower than any drive. */
  still(at: number): boolean {
    if (!this.standing(at - 1) || !this.standing(at)) return false;
    const hours = (this.ts(at) - this.ts(at - 1)) / 3_600_000;
    return cell(this.stepM, at) / 1_000 <= this.#thresholds.drivenKmh * hours || cell(this.stepM, at) < 30;
  }

  /** Stands at `at` and does not go from it. */
  rests(at: number): boolean {
    if (!this.standing(at)) return false;
    if (at + 1 >= this.length) return true;
    const hours = (this.ts(at + 1) - this.ts(at)) / 3_600_000;
    return cell(this.stepM, at + 1) / 1_000 <= this.#thresholds.drivenKmh * hours;
  }

  /** Why the step to `at` splits what lies on both sides; undefined: it does not. */
  split(at: number): GapReason | undefined {
    if (at <= 0 || at >= this.length) return undefined;
    if (this.broken(at)) return 'jump';
    const lasts = this.ts(at) - this.ts(at - 1);
    const { splitMs, splitNoFixMs } = this.#thresholds;
    if (lasts < splitMs) return undefined;
    const blindly = this.#alive(at);
    return blindly ? (lasts >= splitNoFixMs ? 'no-fix' : undefined) : 'silence';
  }

  /** Whether the car stays about `at` from there on, long enough for a stop. What is not known yet is no stop. */
  stays(at: number): boolean {
    if (!this.rests(at)) return false;
    const { stopMs, stopOffMs, gapMs, driftM } = this.#thresholds;
    const start = this.ts(at);
    let off = this.ignitionOff(at);
    for (let next = at + 1; next < this.length; next++) {
      const lasted = this.ts(next) - start;
      const broken = this.broken(next);
      const within = !broken && this.near(at, next, 2 * driftM);
      const seen = this.ts(next) - this.ts(next - 1) < gapMs;
      if (lasted > stopMs) return within || (seen && !broken);
      if (!within) return false;
      off &&= this.ignitionOff(next);
      if (lasted === stopMs || (off && lasted >= stopOffMs)) return true;
    }
    return false;
  }

  /** The terminal spoke in the step to `at`, without a fix and without a long silence. */
  #alive(at: number): boolean {
    const { indices } = this.#seen;
    const verdicts = this.#marks.reasons;
    let [last, any] = [this.ts(at - 1), false];
    for (let index = cell(indices, at - 1) + 1; index < cell(indices, at); index++) {
      if (!blind.has(cell(verdicts, index))) continue;
      const ts = cell(this.#all.ts, index);
      if (ts - last >= this.#thresholds.splitMs) return false;
      [last, any] = [ts, true];
    }
    return any && this.ts(at) - last < this.#thresholds.splitMs;
  }
}

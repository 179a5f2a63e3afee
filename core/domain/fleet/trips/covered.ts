// Cars that park below ground: the last fix is that of a moving car at the ramp, and what the terminal says without a fix tells
// that the engine was switched off. Receivers that slept: the car drives before they have a fix, but tell when the engine started.
// Such positions count as standing where the receiver had its last fix: at the place that they repeat, if the car can have got
// there, or else where it was seen last.
import { cell, flag, picked, type Track } from '../track/columns.ts';
import { type Marks, reasons } from '../track/filter.ts';
import { distanceM } from '../track/geodesy.ts';
import type { TripThresholds } from './thresholds.ts';

/** Positions that trips and stops are made of, in order of time. */
export interface Seen {
  /** With the place of the last fix where there was none, and no speed. */
  readonly track: Track;
  /** Of each: its index among all positions. */
  readonly indices: Uint32Array;
  /** As of `Marks`; what is covered is settled by the next fix. */
  readonly breaks: Uint8Array;
  readonly settled: Uint8Array;
  /** 1: without a fix of its own. */
  readonly covered: Uint8Array;
}

/** Marks of a terminal that is alive and sees no satellites, or repeats its last fix. */
const unseen = new Set(
  ['no-fix', 'few-satellites', 'zero', 'stale-fix'].map((word) =>
    (reasons as readonly string[]).indexOf(word),
  ),
);

/** The usual one between two positions is shorter. */
const intervalMs = 30_000;
/** What two fixes may differ by without the car moving: as in the filter. */
const nearM = 100;

/** A car found farther than `reachOffM` from where it was seen last did not park there; nor did one that was lost on the way. */
export type CoverLimits = Pick<TripThresholds, 'reachOffM' | 'splitMs' | 'splitNoFixMs'>;

export function seenOf(all: Track, marks: Marks, limits: CoverLimits): Seen {
  const { good, breaks, settled } = marks;
  const rows = coveredRows(all, marks, limits);
  if (rows.length === 0) {
    const track = good.length === all.length ? all : picked(all, good);
    return { track, indices: good, breaks, settled, covered: new Uint8Array(good.length) };
  }
  const size = good.length + rows.length;
  const seen = {
    indices: new Uint32Array(size),
    breaks: new Uint8Array(size),
    settled: new Uint8Array(size),
    covered: new Uint8Array(size),
  };
  let [next, row, fixAt] = [0, 0, -1];
  const fixes = new Uint32Array(size);
  for (let at = 0; at < good.length; at++) {
    [fixAt, fixes[next]] = [next, next];
    seen.indices[next] = cell(good, at);
    seen.breaks[next] = cell(breaks, at);
    seen.settled[next++] = cell(settled, at);
    const until = at + 1 < good.length ? cell(good, at + 1) : all.length;
    for (; row < rows.length && (rows[row] ?? 0) < until; row++) {
      fixes[next] = fixAt;
      seen.indices[next] = rows[row] ?? 0;
      seen.covered[next++] = 1;
    }
  }
  const track = picked(all, seen.indices);
  for (let at = 0; at < size; at++) {
    if (seen.covered[at] === 0) continue;
    track.speedKmh[at] = 0;
    const from = cell(fixes, at);
    if (gotTo(track, from, at)) continue;
    track.lat[at] = cell(track.lat, from);
    track.lon[at] = cell(track.lon, from);
  }
  return { track, ...seen };
}

/** Those with the ignition known to be off, and the first after them with it on: then the trip begins. */
function coveredRows(all: Track, marks: Marks, limits: CoverLimits): number[] {
  const { good, breaks, reasons: verdicts } = marks;
  const has = (index: number, bit: number) => (cell(all.flags, index) & bit) !== 0;
  const rows: number[] = [];
  for (let at = 0; at < good.length; at++) {
    const fix = cell(good, at);
    const next = at + 1 < good.length ? cell(good, at + 1) : undefined;
    if ((next ?? all.length) === fix + 1) continue;
    if (next !== undefined && (breaks[at + 1] === 1 || metres(all, fix, next) > limits.reachOffM)) continue;
    // A car whose engine was off before is known to stand there: only the moment of its starting is wanted.
    const parked = has(fix, flag.ignitionOff);
    let [off, lastTs, spokenTs] = [parked, cell(all.ts, fix), cell(all.ts, fix)];
    for (let index = fix + 1; index < (next ?? all.length); index++) {
      if (!unseen.has(cell(verdicts, index))) continue;
      const on = has(index, flag.ignitionOn);
      const ts = cell(all.ts, index);
      // From its last fix until the engine was off it spoke all the time, and not for so long that nobody knows where it went.
      const lost = ts - spokenTs >= limits.splitMs || ts - cell(all.ts, fix) >= limits.splitNoFixMs;
      if (!off && lastTs === cell(all.ts, fix) && lost) break;
      spokenTs = ts;
      const told = on ? off : !parked && has(index, flag.ignitionOff);
      // The same time twice is the same position, sent again.
      if (told && ts > lastTs) {
        rows.push(index);
        lastTs = ts;
      }
      if (on || has(index, flag.ignitionOff)) off = !on;
    }
  }
  return rows;
}

/** A terminal repeats the fix of the last second; the one that was seen last may be a whole interval older. */
function gotTo(track: Track, from: number, at: number): boolean {
  const hours = Math.min(intervalMs, cell(track.ts, at) - cell(track.ts, from)) / 3_600_000;
  return metres(track, from, at) <= nearM + 1_000 * cell(track.speedKmh, from) * hours;
}

function metres(track: Track, a: number, b: number): number {
  return distanceM(cell(track.lat, a), cell(track.lon, a), cell(track.lat, b), cell(track.lon, b));
}

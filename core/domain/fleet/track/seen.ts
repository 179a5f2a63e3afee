// What the data know of a car between its positions: where it was at a time, and which stretches nobody saw.
import { cell, firstAt, flag, type Track } from './columns.ts';
import { distanceM } from './geodesy.ts';

export interface SeenRule {
  /** A longer step between two positions was not seen, ms. 10 min: what splits a trip. */
  readonly silentMs: number;
  /** Within a longer step than this a place is not interpolated, ms. 2 min. */
  readonly stepMs: number;
  /** A car that stood with its ignition known to be off, and is found at the same place, stood there this long without a word, ms. 25 h: sleeping terminals report daily, and wake when it is started. */
  readonly sleepMs: number;
  /** The same place, metres: twice the drift. */
  readonly sameM: number;
  /** An odometer that went on by more than this says that it was driven, km. */
  readonly drivenKm: number;
}

export const seenDefaults: SeenRule = {
  silentMs: 10 * 60_000,
  stepMs: 2 * 60_000,
  sleepMs: 25 * 3_600_000,
  sameM: 100,
  drivenKm: 1,
};

/** Known to have stood from position `at` to the next. */
export function stood(track: Track, at: number, rule: SeenRule = seenDefaults): boolean {
  const lasts = cell(track.ts, at + 1) - cell(track.ts, at);
  const off = (cell(track.flags, at) & flag.ignitionOff) !== 0;
  if (lasts > (off ? rule.sleepMs : rule.silentMs)) return false;
  // NaN compares as not driven: what is not told says nothing.
  if (cell(track.odometerKm, at + 1) - cell(track.odometerKm, at) > rule.drivenKm) return false;
  return metres(track, at, at + 1) <= rule.sameM;
}

/** Stretches [from, to] of time that were seen, ascending and apart. @param track good positions alone, sorted */
export function seenSpans(track: Track, rule: SeenRule = seenDefaults): [from: number, to: number][] {
  const spans: [number, number][] = [];
  for (let at = 0; at < track.length; at++) {
    const ts = cell(track.ts, at);
    const last = spans.at(-1);
    const seen = at > 0 && (ts - cell(track.ts, at - 1) <= rule.silentMs || stood(track, at - 1, rule));
    if (last && seen) last[1] = ts;
    else spans.push([ts, ts]);
  }
  return spans;
}

/** Where the car was at `ts`; undefined: the data do not know. @param track good positions alone, sorted */
export function placeAt(
  track: Track,
  ts: number,
  rule: SeenRule = seenDefaults,
): { lat: number; lon: number } | undefined {
  const after = firstAt(track.ts, ts);
  if (after < track.length && cell(track.ts, after) === ts) return place(track, after);
  const before = after - 1;
  if (before < 0 || after >= track.length) return undefined;
  const lasts = cell(track.ts, after) - cell(track.ts, before);
  if (lasts > rule.stepMs) return stood(track, before, rule) ? place(track, before) : undefined;
  const share = (ts - cell(track.ts, before)) / lasts;
  const [a, b] = [place(track, before), place(track, after)];
  return { lat: a.lat + share * (b.lat - a.lat), lon: a.lon + share * (b.lon - a.lon) };
}

function place(track: Track, at: number): { lat: number; lon: number } {
  return { lat: cell(track.lat, at), lon: cell(track.lon, at) };
}

function metres(track: Track, a: number, b: number): number {
  return distanceM(cell(track.lat, a), cell(track.lon, a), cell(track.lat, b), cell(track.lon, b));
}

// Marks positions that are not to be believed. Nothing is deleted; each mark has a reason.
import { cell, flag, satellitesUnknown, type Track } from './columns.ts';
import { distanceM } from './geodesy.ts';
import { spike } from './spikes.ts';

/** Codes of `Marks.reasons`; the index is the code, 0 is a good position. */
export const reasons = [
  'good',
  'duplicate', // a position of the same time and place is there already
  'zero', // 0,0 or no finite place
  'no-fix', // the terminal says so
  'few-satellites', // a fix of so few satellites is a guess
  'stale-clock', // before the terminal can have been in the car: its clock is wrong
  'stale-fix', // a moving car under a new time at its old place to the last digit: the terminal repeats its last fix
  'future', // its clock is ahead
  'jump', // farther from its neighbours than the car can drive, or did by its own speed (`spikes.ts`)
] as const;
export type Reason = (typeof reasons)[number];

export interface FilterOptions {
  /** Times before are clocks gone wrong (terminals start in 1990, 2000 or 20 years back); epoch ms. */
  readonly earliest: number;
  /** Times after are the future: the moment of asking plus 10 minutes, as ingest allows; epoch ms. */
  readonly latest: number;
  /** What the car can drive: 220 km/h, above any car of an institution and below what fixes jump at. */
  readonly possibleKmh: number;
  /** Metres that two good fixes may differ by without the car moving: 100, multipath between high buildings. */
  readonly toleranceM: number;
  /** A fix of fewer satellites is not believed: a place needs four. */
  readonly satellites: number;
  /** So many fixes in a row that fit each other are believed against what was before: 3, so that one or two wrong ones never win. */
  readonly confirm: number;
  /** A car that says it drives at this speed and does not change its place repeats an old fix: 10 km/h is 14 m in 5 s. */
  readonly movingKmh: number;
}

export const filterDefaults: Omit<FilterOptions, 'latest'> = {
  earliest: Date.UTC(2010, 0, 1),
  possibleKmh: 220,
  toleranceM: 100,
  satellites: 4,
  confirm: 3,
  movingKmh: 10,
};

export interface Marks {
  /** Codes of `reasons`, one for each position. */
  readonly reasons: Uint8Array;
  /** Indices of the good positions, ascending. */
  readonly good: Uint32Array;
  /** For each good position: 1 when the step to it is impossible though both sides are believed; no distance lies in it. */
  readonly breaks: Uint8Array;
  /** For each good position: 1 when no later position can change what is said of those before. */
  readonly settled: Uint8Array;
}

const code = Object.fromEntries(reasons.map((reason, index) => [reason, index])) as Record<Reason, number>;

/**
 * @param track sorted
 * @param trusted index of a position known to be good from earlier; those before it are left out of `good`
 */
export function marksOf(track: Track, options: FilterOptions, trusted = -1): Marks {
  const verdicts = new Uint8Array(track.length);
  const broken = new Uint8Array(track.length);
  const settledAt = new Uint8Array(track.length);
  /** Members of the chain that turned out to be wrong alone: what is before them was judged beside them. */
  const strays = new Set<number>();
  // The chain that is believed, and its rival: positions that fit each other and not the chain.
  let [before, last] = [-1, -1];
  let count = 0;
  let rival: number[] = [];
  /** Members of a chain that is not confirmed yet: they may still lose. */
  let unsure: number[] = [];
  const condemn = (indices: readonly number[]) => {
    for (const index of indices) verdicts[index] = code.jump;
  };
  const enthrone = () => {
    const first = rival[0] ?? -1;
    if (before >= 0 && reachable(track, before, first, options)) {
      // Two chains that fit but for the last one of the first: that one is wrong.
      strays.add(last);
      count += rival.length - 1;
    } else {
      if (count < options.confirm) condemn(unsure);
      else broken[first] = 1;
      count = rival.length;
    }
    before = rival.at(-2) ?? -1;
    last = rival.at(-1) ?? last;
    unsure = rival;
    rival = [];
  };
  for (let index = Math.max(0, trusted); index < track.length; index++) {
    if (index === trusted) {
      [last, count] = [index, options.confirm];
      settledAt[index] = 1;
      continue;
    }
    const own = ownFault(track, index, options);
    if (own !== 0) {
      verdicts[index] = own;
      continue;
    }
    const repeats =
      repeated(track, last, index, options) ||
      (rival.length > 0 ? repeated(track, rival.at(-1) ?? -1, index, options) : 0);
    if (repeats) {
      verdicts[index] = repeats;
      continue;
    }
    if (last === -1 || reachable(track, last, index, options)) {
      if (rival.length > 0) {
        condemn(rival);
        rival = [];
      }
      [before, last] = [last, index];
      count++;
      if (count < options.confirm) unsure.push(index);
      else settledAt[index] = 1;
      continue;
    }
    if (rival.length > 0 && !reachable(track, rival.at(-1) ?? 0, index, options)) {
      condemn(rival);
      rival = [];
    }
    rival.push(index);
    if (rival.length >= options.confirm) {
      enthrone();
      settledAt[index] = 1;
    }
  }
  // What is left at the end: the longer one is believed, of equals the earlier one.
  if (count < options.confirm && rival.length > count) enthrone();
  else condemn(rival);
  markSpikes(track, verdicts, broken, strays, Math.max(0, trusted));
  return collected(verdicts, broken, settledAt, Math.max(0, trusted));
}

/** Each good position is held against the good one before and the next that is believed so far. */
function markSpikes(
  track: Track,
  verdicts: Uint8Array,
  broken: Uint8Array,
  strays: ReadonlySet<number>,
  from: number,
): void {
  let [before, at] = [-1, -1];
  for (let after = from; after < verdicts.length; after++) {
    if (verdicts[after] !== 0) continue;
    const apart = broken[at] === 1 || broken[after] === 1;
    if (strays.has(at) || (before >= 0 && !apart && spike(track, before, at, after)))
      verdicts[at] = code.jump;
    else before = at;
    at = after;
  }
}

/** How many positions have each reason. */
export function countsOf(marks: Marks): Record<Reason, number> {
  const counts = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;
  for (const verdict of marks.reasons) counts[reasons[verdict] ?? 'good']++;
  return counts;
}

function ownFault(track: Track, index: number, options: FilterOptions): number {
  // The time comes first: whoever asks when the terminal spoke goes by it, wherever it was.
  const ts = cell(track.ts, index);
  if (!(ts >= options.earliest)) return code['stale-clock'];
  if (ts > options.latest) return code.future;
  const lat = cell(track.lat, index);
  const lon = cell(track.lon, index);
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return code.zero;
  // Terminals without a fix send 0 or noise about it; nobody drives in the Gulf of Guinea.
  if (Math.abs(lat) < 0.01 && Math.abs(lon) < 0.01) return code.zero;
  if ((cell(track.flags, index) & flag.noFix) !== 0) return code['no-fix'];
  const satellites = cell(track.satellites, index);
  return satellites !== satellitesUnknown && satellites < options.satellites ? code['few-satellites'] : 0;
}

function repeated(track: Track, last: number, index: number, options: FilterOptions): number {
  if (last < 0) return 0;
  const same =
    cell(track.lat, last) === cell(track.lat, index) && cell(track.lon, last) === cell(track.lon, index);
  const hours = (cell(track.ts, index) - cell(track.ts, last)) / 3_600_000;
  if (hours === 0) return same || reachable(track, last, index, options) ? code.duplicate : 0;
  const speed = cell(track.speedKmh, index);
  // Less than ten metres may be rounding of the terminal.
  return same && speed >= options.movingKmh && speed * hours > 0.01 ? code['stale-fix'] : 0;
}

function reachable(track: Track, from: number, to: number, options: FilterOptions): boolean {
  const latA = cell(track.lat, from);
  const lonA = cell(track.lon, from);
  const latB = cell(track.lat, to);
  const lonB = cell(track.lon, to);
  const metres =
    ((cell(track.ts, to) - cell(track.ts, from)) * options.possibleKmh) / 3_600 + options.toleranceM;
  // A degree is less than 112 km in either direction: most steps need no trigonometry.
  if ((Math.abs(latA - latB) + Math.abs(lonA - lonB)) * 112_000 <= metres) return true;
  return distanceM(latA, lonA, latB, lonB) <= metres;
}

function collected(verdicts: Uint8Array, broken: Uint8Array, settledAt: Uint8Array, from: number): Marks {
  let size = 0;
  for (let index = from; index < verdicts.length; index++) if (verdicts[index] === 0) size++;
  const good = new Uint32Array(size);
  const breaks = new Uint8Array(size);
  const settled = new Uint8Array(size);
  let next = 0;
  for (let index = from; index < verdicts.length; index++) {
    if (verdicts[index] !== 0) continue;
    breaks[next] = cell(broken, index);
    settled[next] = cell(settledAt, index);
    good[next++] = index;
  }
  return { reasons: verdicts, good, breaks, settled };
}

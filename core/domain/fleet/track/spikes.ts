// Single fixes off a line that is right without them: a reflection, or a receiver that lost its count, within reach of any car.
import { cell, type Track } from './columns.ts';
import { distanceM } from './geodesy.ts';

export interface SpikeRule {
  /** Metres that two good fixes may differ by without the car moving. */
  readonly toleranceM: number;
  /** Neighbours farther apart in time say nothing about a fix between them, ms. */
  readonly neighboursMs: number;
  /** A car may have been so much faster between two fixes than it says at them. */
  readonly faster: number;
  /** A way there and back is so many times the way it replaces, or more. Round a street corner it is 1.4 times. */
  readonly detour: number;
  /** Neighbours that say they stand are no farther apart than this, metres. */
  readonly standingM: number;
}

/** 2 min: four steps of the usual 30 s. 1.5: pulling away from a light and braking at the next. */
export const spikeDefaults: SpikeRule = {
  toleranceM: 100,
  neighboursMs: 120_000,
  faster: 1.5,
  detour: 2,
  standingM: 50,
};

/**
 * Whether the fix at `at` is a spike between those at `before` and `after`: the way there and back is farther than the car drove by its
 * own speeds, and is no way on. After a sleep or a tunnel the way back alone is held against them. Of a car that stands, both ways are
 * longer than it can drift.
 */
export function spike(
  track: Track,
  before: number,
  at: number,
  after: number,
  rule: SpikeRule = spikeDefaults,
): boolean {
  const [ts, tsAt, tsAfter] = [cell(track.ts, before), cell(track.ts, at), cell(track.ts, after)];
  if (tsAfter - tsAt > rule.neighboursMs) return false;
  const kmh = Math.max(cell(track.speedKmh, before), cell(track.speedKmh, at), cell(track.speedKmh, after));
  const seen = tsAfter - ts <= rule.neighboursMs;
  const possibleM = rule.toleranceM + (rule.faster * kmh * (tsAfter - (seen ? ts : tsAt))) / 3_600;
  const roughM = (seen ? roughly(track, before, at) : 0) + roughly(track, at, after);
  if (roughM <= possibleM) return false;
  const [there, back] = [metres(track, before, at), metres(track, at, after)];
  if ((seen ? there + back : back) <= possibleM) return false;
  const straight = metres(track, before, after);
  if (kmh === 0) return Math.min(there, back) > rule.toleranceM && straight <= rule.standingM;
  return straight * rule.detour < there + back;
}

/** Never less than the distance, and cheap: a degree is less than 112 km in either direction. Most fixes are near. */
function roughly({ lat, lon }: Track, a: number, b: number): number {
  return (Math.abs(cell(lat, a) - cell(lat, b)) + Math.abs(cell(lon, a) - cell(lon, b))) * 112_000;
}

function metres({ lat, lon }: Track, a: number, b: number): number {
  return distanceM(cell(lat, a), cell(lon, a), cell(lat, b), cell(lon, b));
}

// When the clocks of a time zone change: its offsets from UTC as steps, and the instants of local times on them.
import type { Zone } from 'luxon';

const dayMs = 86_400_000;

/** A stretch [from, to) of time in which local time is UTC + `offsetMs`. */
export interface OffsetStep {
  readonly from: number;
  readonly to: number;
  readonly offsetMs: number;
}

/** The steps that cover [from, to), ascending. Clocks are taken to change once a day (of UTC) at most. */
export function offsetSteps(zone: Zone, from: number, to: number): OffsetStep[] {
  const steps: OffsetStep[] = [];
  let start = from;
  let offsetMs = offsetAt(zone, from);
  for (let before = from; before < to; before += dayMs) {
    const after = Math.min(before + dayMs, to);
    const next = offsetAt(zone, after);
    if (next === offsetMs) continue;
    const change = changeBetween(zone, before, after);
    steps.push({ from: start, to: change, offsetMs });
    start = change;
    offsetMs = next;
  }
  steps.push({ from: start, to, offsetMs });
  return steps;
}

/**
 * For each of `walls` (local times written as if they were UTC, ascending, within the steps) the first instant at which
 * a local clock shows it or later: of a time that a clock change repeats the first one, of one that it skips the moment
 * of the change.
 */
export function firstInstants(steps: readonly OffsetStep[], walls: readonly number[]): number[] {
  let index = 0;
  return walls.map((wall) => {
    for (let step = steps[index]; step !== undefined; step = steps[++index]) {
      const instant = Math.max(step.from, wall - step.offsetMs);
      if (instant < step.to) return instant;
    }
    throw new RangeError(`the local time ${wall} is beyond the steps`);
  });
}

/** The instant of a local time; one that a clock change skips or repeats is read with the offset before the change. */
export function instantOf(zone: Zone, wall: number): number {
  const earlier = offsetAt(zone, wall - dayMs);
  const instant = wall - earlier;
  const later = offsetAt(zone, instant);
  if (later === earlier) return instant;
  return offsetAt(zone, wall - later) === later ? wall - later : instant;
}

function offsetAt(zone: Zone, ts: number): number {
  return Math.round(zone.offset(ts) * 60_000);
}

/** The first instant in (before, after] with the offset of `after`. */
function changeBetween(zone: Zone, before: number, after: number): number {
  const offset = offsetAt(zone, after);
  let low = before;
  let high = after;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

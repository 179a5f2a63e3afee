// Sums over a stretch of a line: distances both ways, idle time, speeds, gaps.
import { cell } from '../track/columns.ts';
import { odometerSpan } from '../track/odometer.ts';
import type { Line } from './line.ts';
import type { Edge, Gap, GapReason, Trip } from './model.ts';
import type { TripThresholds } from './thresholds.ts';

/** Geodesic kilometres from `from` to `to`. Steps of a standing car are drift and do not count; sums of parts are the sum of the whole. */
export function drivenKm(line: Line, from: number, to: number): number {
  let metres = 0;
  for (let at = from + 1; at <= to; at++) if (!line.still(at)) metres += cell(line.stepM, at);
  return metres / 1_000;
}

/** Milliseconds of standing from `from` to `to`; gaps do not count, nor does an ignition known to be off. */
export function idleMs(line: Line, from: number, to: number, gapMs: number, knownOnly: boolean): number {
  let sum = 0;
  for (let at = from + 1; at <= to; at++) {
    const lasts = line.ts(at) - line.ts(at - 1);
    if (lasts >= gapMs || line.ignitionOff(at - 1) || !line.still(at)) continue;
    if (!knownOnly || line.ignitionOn(at - 1)) sum += lasts;
  }
  return sum;
}

/** Steps without a good position for `gapMs` or longer. */
export function gapsIn(line: Line, from: number, to: number, gapMs: number): { count: number; ms: number } {
  let [count, ms] = [0, 0];
  for (let at = from + 1; at <= to; at++) {
    const lasts = line.ts(at) - line.ts(at - 1);
    if (lasts < gapMs) continue;
    count++;
    ms += lasts;
  }
  return { count, ms };
}

/** @param from,to positions the trip begins and ends at; @param positions how many of them are its own */
export function tripOf(
  line: Line,
  from: number,
  to: number,
  positions: number,
  edges: { startsBy: Edge; endsBy: Edge },
  thresholds: TripThresholds,
  possibleKmh: number,
): Trip {
  const distanceKm = drivenKm(line, from, to);
  const durationMs = line.ts(to) - line.ts(from);
  const gaps = gapsIn(line, from, to, thresholds.gapMs);
  return {
    kind: 'trip',
    start: line.ts(from),
    end: line.ts(to),
    positions,
    from: line.place(from),
    to: line.place(to),
    ...edges,
    distanceKm,
    odometer: odometerSpan(line.track, from, to, possibleKmh),
    durationMs,
    idleMs: idleMs(line, from, to, thresholds.gapMs, false),
    maxKmh: fastest(line, from, to, possibleKmh),
    averageKmh: durationMs === 0 ? 0 : distanceKm / (durationMs / 3_600_000),
    gaps: gaps.count,
    gapMs: gaps.ms,
  };
}

export function gapOf(line: Line, to: number, reason: GapReason, possibleKmh: number): Gap {
  return {
    kind: 'gap',
    start: line.ts(to - 1),
    end: line.ts(to),
    reason,
    from: line.place(to - 1),
    to: line.place(to),
    distanceKm: line.metres(to - 1, to) / 1_000,
    odometer: odometerSpan(line.track, to - 1, to, possibleKmh),
  };
}

/** A speed the car cannot drive is the receiver's fault and does not count. */
export function fastest(line: Line, from: number, to: number, possibleKmh: number): number {
  let most = 0;
  for (let at = from; at <= to; at++) {
    const speed = cell(line.track.speedKmh, at);
    if (speed > most && speed <= possibleKmh) most = speed;
  }
  return most;
}

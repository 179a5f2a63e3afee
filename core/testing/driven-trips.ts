// Trips and stops for tests of accounts, as the worker of tracks writes them.
import type { Segment, Stop, Trip } from '../domain/fleet/trips/model.ts';
import { hourMs } from '../domain/time.ts';

/** An hour's trip of so many kilometres, by the odometer too. */
export function tripOf(start: number, km: number, place = { lat: 28, lon: 120.6 }): Trip {
  return {
    kind: 'trip',
    start,
    end: start + hourMs,
    positions: 100,
    from: place,
    to: place,
    startsBy: 'stop',
    endsBy: 'stop',
    distanceKm: km,
    odometer: { km, filledKm: 0, resets: 0, rollBacks: 0, leaps: 0 },
    durationMs: hourMs,
    idleMs: 0,
    maxKmh: km,
    averageKmh: km,
    gaps: 0,
    gapMs: 0,
  };
}

export function stopOf(start: number, end: number, place = { lat: 28, lon: 120.6 }): Stop {
  return {
    kind: 'stop',
    start,
    end,
    positions: 10,
    at: place,
    idleMs: 0,
    gapMs: 0,
    endsBy: 'stop',
    settledTs: end,
    anchor: { ...place, ts: start },
  };
}

/** Trips of an hour at these times, and stops between them until `to`. */
export function drivenAt(from: number, to: number, trips: readonly (readonly [at: number, km: number])[]) {
  const segments: Segment[] = [];
  let at = from;
  for (const [start, km] of trips) {
    if (start > at) segments.push(stopOf(at, start));
    segments.push(tripOf(start, km));
    at = start + hourMs;
  }
  if (at < to) segments.push(stopOf(at, to));
  return segments;
}

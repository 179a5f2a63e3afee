// Where a terminal's trips are computed again after a change, and what stays as it was found since its positions are deleted. Pure.
import { picked, type Track, trackOf } from '../../core/domain/fleet/track/columns.ts';
import type { Segment, Stop } from '../../core/domain/fleet/trips/model.ts';
import { type Boundary, boundaryFor } from '../../core/domain/fleet/trips/scan.ts';

export interface Resumption {
  readonly boundary: Boundary | undefined;
  /** The stop that begins at the boundary. */
  readonly stop: Stop | undefined;
  /** Segments before it. */
  readonly kept: readonly Segment[];
}

/** By what is stored alone, before any position is read. */
export function resumption(segments: readonly Segment[], changedTs: number): Resumption {
  const { boundary, kept } = boundaryFor(segments, changedTs);
  // Where it stood is forgotten, as the positions are.
  if (boundary !== undefined && Number.isNaN(boundary.anchor.lat))
    return { boundary: undefined, kept: [], stop: undefined };
  return { boundary, kept, stop: boundary === undefined ? undefined : stopAt(segments, kept.length) };
}

/** Whether positions of what is stored are deleted: something begins where none is left. `first`: the oldest of those from `asked` on. */
export function isCut(
  segments: readonly Segment[],
  { boundary }: Resumption,
  asked: number,
  first: number,
): boolean {
  return (
    (boundary !== undefined && boundary.anchor.ts < first) ||
    segments.some(({ start }) => start >= asked && start < first)
  );
}

/**
 * As `resumption` where positions before `first` are deleted: the first stop that has all of its own, or else the last settled one,
 * which reaches over the edge. A late position beside deleted ones changes nothing before that stop.
 */
export function resumptionAfter(segments: readonly Segment[], before: Resumption, first: number): Resumption {
  if (before.boundary !== undefined) return before;
  const whole = segments.findIndex(
    (segment) => segment.kind === 'stop' && segment.anchor.ts >= first && !Number.isNaN(segment.settledTs),
  );
  const over = segments.findLastIndex(
    (segment) => segment.kind === 'stop' && segment.anchor.ts < first && !Number.isNaN(segment.settledTs),
  );
  const at = whole >= 0 ? whole : over;
  const stop = stopAt(segments, at);
  if (stop === undefined || Number.isNaN(stop.anchor.lat))
    return { ...before, kept: segments.filter(({ end }) => end < first) };
  return {
    boundary: { anchor: stop.anchor, settledTs: stop.settledTs },
    stop,
    kept: segments.slice(0, at),
  };
}

/** The track with the position that the stop began at, where that one is deleted: the car stood there. */
export function withAnchor(track: Track, { ts, lat, lon }: Boundary['anchor']): Track {
  const first = track.ts[0];
  if (first === undefined || first <= ts) return track;
  const anchor = trackOf([{ ts, lat, lon, speedKmh: 0, courseDeg: 0, extras: {} }]);
  const result = picked(
    track,
    Uint32Array.from({ length: track.length + 1 }, (_, at) => Math.max(0, at - 1)),
  );
  for (const name of [
    'ts',
    'lat',
    'lon',
    'speedKmh',
    'courseDeg',
    'odometerKm',
    'flags',
    'satellites',
  ] as const)
    result[name][0] = anchor[name][0] as number;
  return result;
}

/** What was known of a stop whose first positions are deleted stays: when it began, and how much was seen of it at least. */
export function continued(segments: readonly Segment[], stop: Stop): readonly Segment[] {
  const [first, ...rest] = segments;
  if (first?.kind !== 'stop') return segments;
  const { start, at, settledTs, anchor } = stop;
  const [positions, idleMs] = [
    Math.max(stop.positions, first.positions),
    Math.max(stop.idleMs, first.idleMs),
  ];
  const gapMs = Math.min(first.gapMs, Math.max(stop.gapMs, first.end - start));
  return [{ ...first, start, at, settledTs, anchor, positions, idleMs, gapMs }, ...rest];
}

function stopAt(segments: readonly Segment[], index: number): Stop | undefined {
  const segment = segments[index];
  return segment?.kind === 'stop' ? segment : undefined;
}

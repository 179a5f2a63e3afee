// What the data saw of a car: by its positions, by its trips, and by its stops, which know garages where there is no fix.
import { uncovered } from '../findings/covers.ts';
import type { Evidence } from '../findings/episodes.ts';
import { evidenceOf } from '../findings/evidence.ts';
import { firstAt, type PositionLike, type Track, trackOf } from '../track/columns.ts';
import { seenSpans } from '../track/seen.ts';
import type { Segment } from '../trips/model.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

export class Sight {
  /** Good positions; without any, the ends of trips, stops and gaps. */
  readonly track: Track;
  /** Epoch ms. */
  readonly until: number;
  readonly #seen: readonly Span[];
  /** Stops without silence, also where there was no fix: the car stood there. */
  readonly #rests: readonly Span[];

  constructor(segments: readonly Segment[], track: Track, until: number) {
    this.until = until;
    this.track = track.length > 0 ? track : trackOf(segments.flatMap(endsOf));
    this.#rests = segments
      .filter((segment) => segment.kind === 'stop' && segment.gapMs === 0)
      .map(({ start, end }) => ({ from: start, to: end }));
    const trips = segments.filter(({ kind }) => kind === 'trip');
    this.#seen = [
      ...seenSpans(track).map(([from, to]) => ({ from, to })),
      ...this.#rests,
      ...trips.map(({ start, end }) => ({ from: start, to: end })),
    ];
  }

  /** Of [from, to), what nobody saw, ms. */
  unseenMs(from: number, to: number): number {
    return uncovered(from, to, this.#seen).reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** Of [from, to), what it is known to have stood for, ms. */
  restMs(from: number, to: number): number {
    let rest = 0;
    for (const span of this.#rests) rest += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
    return rest;
  }

  /** First and last position of a stretch, and the one at index `worst`; those around it where none lies within. */
  evidence(from: number, to: number, worst = -1): Evidence[] {
    const [first, last] = [firstAt(this.track.ts, from), firstAt(this.track.ts, to + 1) - 1];
    return evidenceOf(this.track, first <= last ? [first, worst, last] : [last, worst, first]);
  }
}

function endsOf(segment: Segment): PositionLike[] {
  const [from, to] = segment.kind === 'stop' ? [segment.at, segment.at] : [segment.from, segment.to];
  const rest = { speedKmh: 0, courseDeg: 0, extras: {} };
  return [
    { ts: segment.start, ...from, ...rest },
    { ts: segment.end, ...to, ...rest },
  ];
}

// Moved while nobody saw it (离线期间移动): found elsewhere than it was left, its terminal silent in between, and no order near. Drift and
// garages stay below the limit; a car that is towed within it too.
import type { Gap, Segment } from '../trips/model.ts';
import type { Cover } from './covers.ts';
import type { Evidence, Finding } from './episodes.ts';

/**
 * Peak: metres between the last place before and the first after, as the crow flies. A jump is none: the receiver may err. A silence that
 * is not over before `until` is not known yet.
 * @param covers what orders allow, tolerances included: where one holds any of the time, the car may have been driven by it
 * @param movedM found so far from where it fell silent, a car has moved
 */
export function movedUnseen(
  segments: readonly Segment[],
  covers: readonly Cover[],
  until: number,
  movedM: number,
): Finding[] {
  return segments.flatMap((gap): Finding[] => {
    if (gap.kind !== 'gap' || gap.reason === 'jump' || gap.end > until) return [];
    const peak = gap.distanceKm * 1_000;
    if (peak < movedM || covers.some(({ from, to }) => gap.start < to && gap.end > from)) return [];
    const { start, end } = gap;
    return [{ kind: 'moved-unseen', start, end, peak, limit: movedM, evidence: endsOfGap(gap), open: false }];
  });
}

/** Where it was seen last, and where first again. */
export function endsOfGap(gap: Pick<Gap, 'start' | 'end' | 'from' | 'to'>): Evidence[] {
  return [
    { ts: gap.start, ...gap.from, speedKmh: 0 },
    { ts: gap.end, ...gap.to, speedKmh: 0 },
  ];
}

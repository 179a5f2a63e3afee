// What cannot be said of a sealed car, as notes: it stood elsewhere afterwards, or nobody saw it. Never an accusation.
import type { Segment } from '../trips/model.ts';
import type { Finding } from './episodes.ts';
import { endsOfGap } from './moved-unseen.ts';
import type { Seal, Unseen } from './sealed.ts';

/**
 * Of stretches between what was seen: one that has no end yet may still be seen, and its silence is told as such. A car on duty may move, so
 * that nothing is to be said of it. `where`: the seal; peak: metres between its ends, or minutes of silence.
 * @param segments of the car, in any order
 */
export function sealNotes(
  unknown: readonly Unseen[],
  seals: readonly Seal[],
  segments: readonly Segment[],
  movedM: number,
): Finding[] {
  const exempt = new Set(seals.filter(({ dutyExempt }) => dutyExempt).map(({ id }) => id));
  return unknown.flatMap(({ seal, start, end, reason }): Finding[] => {
    const within = segments.find((segment) => segment.start <= start && end <= segment.end);
    if (within === undefined || within.kind === 'stop' || exempt.has(seal)) return [];
    const said = { start, end, where: seal, evidence: endsOfGap(within), open: false };
    if (reason === 'no-data') return [{ ...said, kind: 'silent', peak: (end - start) / 60_000, limit: 0 }];
    const peak = within.distanceKm * 1_000;
    return [{ ...said, kind: 'moved-unseen', peak, limit: movedM }];
  });
}

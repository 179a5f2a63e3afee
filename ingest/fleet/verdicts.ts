// Which positions findings believe: those that the trips believed, and what lies before these.
import { slicedTrack, type Track } from '../../core/domain/fleet/track/columns.ts';
import { type FilterOptions, type Marks, marksOf } from '../../core/domain/fleet/track/filter.ts';

export type Verdicts = Pick<Marks, 'reasons' | 'good'>;

/** Positions that may still say something of one before them: rivals are confirmed by far fewer. */
const settledWithin = 100;

/** Of a whole track, where those of its later part are known: what comes before is held against what follows it. */
export function verdictsOf(track: Track, part: Track, known: Verdicts, options: FilterOptions): Verdicts {
  const before = track.length - part.length;
  if (before === 0) return known;
  // An anchor that is not among the positions any more was put before them.
  if (before < 0 || track.ts[before] !== part.ts[0]) return marksOf(track, options);
  const earlier = marksOf(slicedTrack(track, 0, Math.min(track.length, before + settledWithin)), options);
  const verdicts = new Uint8Array(track.length);
  verdicts.set(earlier.reasons.subarray(0, before));
  verdicts.set(known.reasons, before);
  const earlierGood = earlier.good.filter((index) => index < before);
  const good = new Uint32Array(earlierGood.length + known.good.length);
  good.set(earlierGood);
  for (const [at, index] of known.good.entries()) good[earlierGood.length + at] = index + before;
  return { reasons: verdicts, good };
}

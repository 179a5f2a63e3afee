// Who of some institutions does best in a plan: by progress where all have one, else by the distance from the line.
import { isCovered, type PlanFigure } from './figure.ts';
import type { LinePlace } from './line.ts';

export interface Placed {
  readonly place: LinePlace;
  readonly figure: PlanFigure;
}

/**
 * Competition ranking: 1 is best, equals share a rank and the next one counts on from all before it (1, 1, 3).
 * @param wanted which way is better; see `wantedDirection`
 * @returns in the order given; `null` where the place is not known, or the figure covered too little to stand beside others
 */
export function ranksOf(
  placed: readonly Placed[],
  wanted: 'less' | 'more',
  coverageThreshold?: number,
): readonly (number | null)[] {
  const isRanked = ({ place, figure }: Placed) =>
    place.state !== 'not-known' && isCovered(figure, coverageThreshold);
  const byProgress = placed.every((one) => !isRanked(one) || one.place.progress !== null);
  const score = ({ place: { progress, gap, line } }: Placed) =>
    byProgress ? (progress ?? 0) : ((wanted === 'less' ? -1 : 1) * (gap ?? 0)) / Math.abs(line || 1);
  const best = placed
    .flatMap((one, index) => (isRanked(one) ? [{ index, score: score(one) }] : []))
    .toSorted((a, b) => b.score - a.score);
  const ranks = new Array<number | null>(placed.length).fill(null);
  let rank = 0;
  for (const [position, { index, score: own }] of best.entries()) {
    const before = best[position - 1]?.score;
    if (before === undefined || !isEqual(before, own)) rank = position + 1;
    ranks[index] = rank;
  }
  return ranks;
}

/** Room for rounding in floating point: nobody is before another by a billionth. */
function isEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

// Which dirty series a pass takes on: those that wait longest, as many as the budget of readings allows. The others keep
// their marks. Edited facts, of which one may mean years of many series, and data each have half of the budget for
// certain, so that a long edit does not hold back what arrives meanwhile.
import type { SeriesHandle } from '../../core/store/port.ts';
import type { DirtySeries } from './work.ts';

export interface Candidate {
  readonly dirty: DirtySeries;
  /** Time of its oldest reading. */
  readonly oldest: number;
  /** About how many readings following it takes. */
  readonly readings: number;
}

/**
 * @param candidates those that wait longest first
 * @param unfinished series that the pass before took on and did not follow: behind the others this once, so that
 *   neither they nor the others starve
 * @returns one data series and one of an edited fact at least, where there are such
 */
export function choose(
  candidates: readonly Candidate[],
  unfinished: ReadonlySet<SeriesHandle>,
  budget: number,
): Candidate[] {
  const laneOf = (edited: boolean) => {
    const lane = candidates.filter(({ dirty }) => dirty.edited === edited);
    const isUnfinished = ({ dirty }: Candidate) => unfinished.has(dirty.series.handle);
    return [...lane.filter((each) => !isUnfinished(each)), ...lane.filter(isUnfinished)];
  };
  const data = laneOf(false);
  const edits = laneOf(true);
  const ofData = fitting(data, edits.length > 0 ? budget / 2 : budget);
  const ofEdits = fitting(edits, budget - total(ofData));
  const rest = budget - total(ofData) - total(ofEdits);
  const moreData = rest > 0 ? within(data.slice(ofData.length), rest) : [];
  return [...ofData, ...ofEdits, ...moreData];
}

/** The first ones that fit together: one at least. */
function fitting(lane: readonly Candidate[], budget: number): Candidate[] {
  const fit = within(lane, budget);
  return fit.length > 0 ? fit : lane.slice(0, 1);
}

function within(lane: readonly Candidate[], budget: number): Candidate[] {
  let readings = 0;
  const count = lane.findIndex((each) => {
    readings += each.readings;
    return readings > budget;
  });
  return lane.slice(0, count === -1 ? lane.length : count);
}

function total(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { readings }) => sum + readings, 0);
}

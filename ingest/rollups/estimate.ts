// About how many readings following a series takes: from expected intervals, before anything is read.
import { noFacts, type SeriesFacts } from '../../core/domain/energy/facts.ts';
import type { Stretch } from '../../core/domain/energy/recompute.ts';
import type { Remembered } from './heads.ts';
import { contextReadings, expectedIntervalAt, piecesOf } from './pieces.ts';

/** @param memory absent where nothing is known of the series yet */
export function estimateReadings(
  changes: readonly Stretch[],
  memory: Remembered | undefined,
  oldest: number,
  now: number,
): number {
  const facts = memory?.facts ?? noFacts;
  const last = memory?.head?.scan.lastTs;
  // Appended: nothing is looked back for.
  if (last !== undefined && isAppended(changes, last))
    return Math.max(1, readingsBetween(last, Math.min(changes.at(-1)?.to ?? last, now), facts));
  const spans = piecesOf(changes, facts).map((piece) => {
    const from = Math.max(oldest, piece[0]?.from ?? 0);
    return contextReadings + readingsBetween(from, Math.min(piece.at(-1)?.to ?? 0, now), facts);
  });
  return spans.reduce((sum, readings) => sum + readings, 0);
}

/** Whether all that changed lies behind `last`. */
export function isAppended(changes: readonly Stretch[], last: number): boolean {
  return changes.every((change) => change.from > last);
}

/** 0 for a stretch that ends before it begins. Each part by the interval that held then: years by the day, then by the minute. */
function readingsBetween(from: number, to: number, facts: SeriesFacts): number {
  const changes = facts.expectedIntervalMs.map((entry) => entry.from).filter((ts) => ts > from && ts < to);
  const starts = [from, ...changes];
  return starts.reduce((sum, start, index) => {
    const length = Math.max(0, (starts[index + 1] ?? to) - start);
    return sum + length / expectedIntervalAt(facts, start);
  }, 0);
}

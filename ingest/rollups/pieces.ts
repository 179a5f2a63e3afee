// Changes of one series that lie far apart are recomputed apart: each with its own small context.
import { type SeriesFacts, valueAt } from '../../core/domain/energy/facts.ts';
import { endOfTime, type HourChange, type Stretch } from '../../core/domain/energy/recompute.ts';
import { hourMs } from '../../core/domain/time.ts';

/** Expected interval that the look back starts with where no fact states one. */
const assumedIntervalMs = 15 * 60_000;
/** Readings of context before and after a change that nearly always suffice. */
const contextBefore = 26;
const contextAfter = 10;
/** After this many tries' growth the neighbourhood is no longer cheaper than all of it. */
const largestFactor = 64;

/** Where to read for these changes; `factor` widens the context. */
export function windowAround(
  changes: readonly Stretch[],
  facts: SeriesFacts,
  factor: number,
): { from: number; to: number } {
  const from = changes[0]?.from ?? 0;
  const to = changes.at(-1)?.to ?? 0;
  const { before, after } = contextMs(facts, from);
  if (factor > largestFactor) return { from: 0, to: endOfTime };
  return { from: Math.max(0, from - before * factor), to: Math.min(endOfTime, to + after * factor) };
}

/** Groups changes, ascending and disjoint, so that those with touching contexts stay together. */
export function piecesOf(changes: readonly Stretch[], facts: SeriesFacts): Stretch[][] {
  const pieces: Stretch[][] = [];
  for (const change of changes) {
    const piece = pieces.at(-1);
    const last = piece?.at(-1);
    const { before, after } = contextMs(facts, change.from);
    if (piece !== undefined && last !== undefined && change.from - last.to <= 2 * (before + after))
      piece.push(change);
    else pieces.push([change]);
  }
  return pieces;
}

/** Ascending, disjoint. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && stretch.from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) };
    } else result.push(stretch);
  }
  return result;
}

/**
 * Whether pieces, recomputed each on its own, did not come near one another: each came to rest before the next
 * one's scan began.
 */
export function stayedApart(pieces: readonly (readonly HourChange[])[]): boolean {
  return pieces.every((piece, index) => {
    const next = pieces[index + 1]?.[0];
    if (next === undefined) return true;
    return piece.every((change) => Math.max(change.to, change.exclusionsTo) <= next.exclusionsFrom);
  });
}

/** About how many readings recomputing these changes takes. */
export function estimateReadings(
  changes: readonly Stretch[],
  facts: SeriesFacts,
  oldest: number,
  now: number,
): number {
  const spans = piecesOf(changes, facts).map((piece) => {
    const from = Math.max(oldest, piece[0]?.from ?? 0);
    return contextBefore + contextAfter + readingsBetween(from, Math.min(piece.at(-1)?.to ?? 0, now), facts);
  });
  return spans.reduce((sum, readings) => sum + readings, 0);
}

/** About how many readings lie in a stretch; 0 for one that ends before it begins. */
export function readingsBetween(from: number, to: number, facts: SeriesFacts): number {
  return Math.max(0, to - from) / (valueAt(facts.expectedIntervalMs, to) ?? assumedIntervalMs);
}

function contextMs(facts: SeriesFacts, ts: number): { before: number; after: number } {
  const interval = valueAt(facts.expectedIntervalMs, ts) ?? assumedIntervalMs;
  return { before: contextBefore * interval + 2 * hourMs, after: contextAfter * interval + 2 * hourMs };
}

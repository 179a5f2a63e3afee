// Changes of one series that lie far apart are recomputed apart: each with its own small context.
import { type SeriesFacts, valueAt } from '../../core/domain/energy/facts.ts';
import { endOfTime, type HourChange, type Stretch } from '../../core/domain/energy/recompute.ts';
import { hourMs } from '../../core/domain/time.ts';

/** Expected interval that the look back starts with where no fact states one. */
const assumedIntervalMs = 15 * 60_000;
/** Readings of context before and after a change that nearly always suffice. */
const contextBefore = 8;
const contextAfter = 10;
export const contextReadings = contextBefore + contextAfter;
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

/** The interval in which readings are expected at `ts`, ms. */
export function expectedIntervalAt(facts: SeriesFacts, ts: number): number {
  return valueAt(facts.expectedIntervalMs, ts) ?? assumedIntervalMs;
}

function contextMs(facts: SeriesFacts, ts: number): { before: number; after: number } {
  const interval = expectedIntervalAt(facts, ts);
  return { before: contextBefore * interval + 2 * hourMs, after: contextAfter * interval + 2 * hourMs };
}

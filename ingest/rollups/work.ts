// Dirty series and what a pass needs to follow them: their facts, read again wherever those may have changed.
import { isDeepStrictEqual } from 'node:util';
import { noFacts } from '../../core/domain/energy/facts.ts';
import type { Stretch } from '../../core/domain/energy/recompute.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Series } from '../../core/store/port.ts';
import type { Heads, Remembered } from './heads.ts';

/** A series with what changed in it: stretches, ascending and disjoint. */
export interface DirtySeries {
  readonly series: Series;
  readonly changes: readonly Stretch[];
  /** Whether a mark of all quantities of its point (an edited fact) is followed with it. */
  readonly edited: boolean;
  /** Whether the registry marked it: what is remembered of its facts may be behind. */
  readonly factsDoubted: boolean;
  /** Version of the newest edit of its facts that is pending, 0 for none: after it a failure may be mended. */
  readonly editVersion: number;
}

/** A dirty series about to be followed. */
export interface Work {
  readonly dirty: DirtySeries;
  /** Time of its oldest reading. */
  readonly oldest: number;
  readonly memory: Remembered;
}

/** Marks have been read before: facts read now are no older than any of them. Equal facts keep what rests on them. */
export async function worksOf(
  chosen: readonly { readonly dirty: DirtySeries; readonly oldest: number }[],
  heads: Heads,
  points: Pick<Registry['points'], 'seriesFacts'>,
): Promise<Work[]> {
  const asked = chosen
    .filter(({ dirty }) => dirty.factsDoubted || heads.get(dirty.series.handle) === undefined)
    .map(({ dirty }) => dirty.series);
  const facts = asked.length === 0 ? [] : await points.seriesFacts(asked);
  const read = new Map(asked.map((series, index) => [series.handle, facts[index] ?? noFacts]));
  return chosen.map(({ dirty, oldest }) => {
    const remembered = heads.get(dirty.series.handle);
    const now = read.get(dirty.series.handle) ?? remembered?.facts ?? noFacts;
    const holds = remembered !== undefined && isDeepStrictEqual(now, remembered.facts);
    return { dirty, oldest, memory: holds ? remembered : { facts: now, head: undefined } };
  });
}

/** A series as people know it. */
export function nameOf({ point, quantity }: Series): string {
  return `${point} ${quantity}`;
}

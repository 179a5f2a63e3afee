// When a point is below another one that counts for the same place, by the dated tree of points: then it is a part of that one.
import type { FactsIn } from './facts-in.ts';
import { addAll, type Belonging, common, overlap, type Stretch } from './stretches.ts';

/**
 * By point: the stretches in which one of the points above it counts.
 * @param counting what counts by itself in one place, and when
 */
export async function nestedStretches(facts: FactsIn, counting: Belonging): Promise<Belonging> {
  const nested: Belonging = new Map();
  /** Point above → the points it is above of, and when. */
  let level = new Map<string, Belonging>(
    [...counting.keys()].map((point) => [point, new Map([[point, [facts.range]]])]),
  );
  while (level.size > 0) {
    const above = await parentsOf(facts, level);
    for (const [parent, children] of above) {
      const stretches = counting.get(parent);
      if (stretches === undefined) continue;
      for (const [child, below] of children) addAll(nested, child, common(below, stretches));
    }
    level = above;
  }
  return nested;
}

/** One step up: the registry refuses circles, so that this comes to an end. */
async function parentsOf(
  facts: FactsIn,
  level: ReadonlyMap<string, Belonging>,
): Promise<Map<string, Belonging>> {
  const above = new Map<string, Belonging>();
  for (const row of await facts.of([...level.keys()], ['parent'])) {
    const stretch = overlap(row, facts.range);
    if (!stretch || row.ref === null) continue;
    const children = above.get(row.ref) ?? new Map<string, Stretch[]>();
    above.set(row.ref, children);
    for (const [child, stretches] of level.get(row.entity) ?? []) {
      const shared = common(stretches, [stretch]);
      if (shared.length > 0) addAll(children, child, shared);
    }
  }
  for (const [parent, children] of above) if (children.size === 0) above.delete(parent);
  return above;
}

// When a point is below another one that counts, by the dated tree of points: then it is a part of that one.
import { holdingIn } from './current-facts.ts';
import { chunks, type Db } from './schema.ts';
import { addAll, type Belonging, common, overlap, type Stretch } from './stretches.ts';

/**
 * By point: the stretches in which one of the points above it counts.
 * @param countingOf which of some points count, and when
 */
export async function nestedStretches(
  db: Db,
  points: readonly string[],
  countingOf: (above: readonly string[]) => Belonging | Promise<Belonging>,
  range: Stretch,
): Promise<Belonging> {
  const nested: Belonging = new Map();
  /** Point above → the points it is above of, and when. */
  let level = new Map<string, Belonging>(points.map((point) => [point, new Map([[point, [range]]])]));
  while (level.size > 0) {
    const above = await parentsOf(db, level, range);
    const counting = await countingOf([...above.keys()]);
    for (const [parent, children] of above) {
      const stretches = counting.get(parent) ?? [];
      for (const [child, below] of children) addAll(nested, child, common(below, stretches));
    }
    level = above;
  }
  return nested;
}

/** One step up: the registry refuses circles, so that this comes to an end. */
async function parentsOf(
  db: Db,
  level: ReadonlyMap<string, Belonging>,
  range: Stretch,
): Promise<Map<string, Belonging>> {
  const above = new Map<string, Belonging>();
  for (const part of chunks([...level.keys()])) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'ref', 'valid_from', 'valid_to'])
      .where('entity', 'in', part)
      .where('attribute', '=', 'parent')
      .where('ref', 'is not', null)
      .execute();
    for (const row of rows) {
      const stretch = overlap(row, range);
      if (!stretch || row.ref === null) continue;
      const children = above.get(row.ref) ?? new Map<string, Stretch[]>();
      above.set(row.ref, children);
      for (const [child, stretches] of level.get(row.entity) ?? []) {
        const shared = common(stretches, [stretch]);
        if (shared.length > 0) addAll(children, child, shared);
      }
    }
  }
  for (const [parent, children] of above) if (children.size === 0) above.delete(parent);
  return above;
}

// Cars of institutions and of all that ever stood below them: what an institution takes along when it moves in the tree.
import type { EntityKind } from './attributes/attribute.ts';
import type { Db } from './schema.ts';

/** Ids of vehicles, in no order. */
export async function carsBelow(trx: Db, institutions: readonly string[]): Promise<string[]> {
  const owned = await references(trx, 'institution', 'vehicle');
  if (owned.length === 0) return [];
  const below = new Set(institutions);
  const parents = await references(trx, 'parent', 'institution');
  // As many rounds as the tree is deep.
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { entity, ref } of parents) if (below.has(ref)) below.add(entity);
  }
  return [...new Set(owned.filter(({ ref }) => below.has(ref)).map(({ entity }) => entity))];
}

async function references(
  trx: Db,
  attribute: string,
  kind: EntityKind,
): Promise<{ entity: string; ref: string }[]> {
  const rows = await trx
    .selectFrom('facts')
    .innerJoin('entities', 'entities.id', 'facts.entity')
    .select(['facts.entity', 'facts.ref'])
    .where('facts.attribute', '=', attribute)
    .where('entities.kind', '=', kind)
    .where('facts.superseded_at', 'is', null)
    .execute();
  return rows.flatMap(({ entity, ref }) => (ref === null ? [] : [{ entity, ref }]));
}

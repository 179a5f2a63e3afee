// Entities: an id and a kind; everything else about them is facts.
import type { EntityKind } from './attributes/attribute.ts';
import { chunks, type Db } from './schema.ts';

export async function entityExists(db: Db, kind: EntityKind, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('entities')
    .select('id')
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ids of all entities of a kind, in order. */
export async function entitiesOfKind(db: Db, kind: EntityKind): Promise<string[]> {
  const rows = await db.selectFrom('entities').select('id').where('kind', '=', kind).orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** Id → kind of those that exist. */
export async function kindsOf(db: Db, ids: readonly string[]): Promise<Map<string, EntityKind>> {
  const kinds = new Map<string, EntityKind>();
  for (const part of chunks([...new Set(ids)])) {
    const rows = await db.selectFrom('entities').select(['id', 'kind']).where('id', 'in', part).execute();
    for (const row of rows) kinds.set(row.id, row.kind);
  }
  return kinds;
}

export interface NewEntity {
  readonly id: string;
  readonly kind: EntityKind;
  /** Of a point. */
  readonly agent: string | null;
}

export async function addEntities(trx: Db, entities: readonly NewEntity[], at: number): Promise<void> {
  for (const part of chunks(entities, 100)) {
    await trx
      .insertInto('entities')
      .values(part.map((entity) => ({ ...entity, created_at: at })))
      .execute();
  }
}

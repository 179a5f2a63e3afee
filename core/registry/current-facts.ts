// Queries over current facts: those that hold at a moment, or in some part of a range.
import { chunks, type Db } from './schema.ts';

/** Attribute → value. */
export type Values = Map<string, unknown>;

/** Current facts that hold at `at`. */
export function holdingAt(db: Db, at: number) {
  return db
    .selectFrom('facts')
    .where('superseded_at', 'is', null)
    .where('valid_from', '<=', at)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]));
}

/** Current facts that hold somewhere in [from, to). */
export function holdingIn(db: Db, range: { readonly from: number; readonly to: number }) {
  return db
    .selectFrom('facts')
    .where('superseded_at', 'is', null)
    .where('valid_from', '<', range.to)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', range.from)]));
}

/** Values of some attributes of many entities at `at`: entity → attribute → value. Entities without any are left out. */
export async function valuesAt(
  db: Db,
  entities: readonly string[],
  names: readonly string[],
  at: number,
): Promise<Map<string, Values>> {
  const found = new Map<string, Values>();
  for (const part of chunks(entities)) {
    const rows = await holdingAt(db, at)
      .select(['entity', 'attribute', 'value'])
      .where('entity', 'in', part)
      .where('attribute', 'in', names)
      .execute();
    for (const row of rows) {
      const values = found.get(row.entity) ?? new Map<string, unknown>();
      values.set(row.attribute, JSON.parse(row.value));
      found.set(row.entity, values);
    }
  }
  return found;
}

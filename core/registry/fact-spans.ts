// The current facts of some attributes as stretches with values, for rules that need several of them together.
import { chunks, type Db } from './schema.ts';

/** A stretch of time in which a value holds; an open one ends at `endless`. */
export interface FactSpan {
  readonly from: number;
  readonly to: number;
  readonly value: unknown;
}

export const endless = Number.MAX_SAFE_INTEGER;

/** Entity → attribute → its spans by time. */
export type SpansOf = (entity: string, attribute: string) => readonly FactSpan[];

/** @param attributes a few names; all entities when `entities` is left out */
export async function loadSpans(
  db: Db,
  attributes: readonly string[],
  entities?: Iterable<string>,
): Promise<{ readonly spans: SpansOf; readonly entities: readonly string[] }> {
  const found = new Map<string, Map<string, FactSpan[]>>();
  const parts = entities === undefined ? [undefined] : chunks([...new Set(entities)]);
  for (const part of parts) {
    let query = db
      .selectFrom('facts')
      .select(['entity', 'attribute', 'valid_from', 'valid_to', 'value'])
      .where('attribute', 'in', attributes)
      .where('superseded_at', 'is', null)
      .orderBy('valid_from');
    if (part !== undefined) query = query.where('entity', 'in', part);
    for (const row of await query.execute()) {
      const ofEntity = found.get(row.entity) ?? new Map<string, FactSpan[]>();
      found.set(row.entity, ofEntity);
      const list = ofEntity.get(row.attribute) ?? [];
      ofEntity.set(row.attribute, list);
      list.push({ from: row.valid_from, to: row.valid_to ?? endless, value: JSON.parse(row.value) });
    }
  }
  return {
    spans: (entity, attribute) => found.get(entity)?.get(attribute) ?? [],
    entities: [...found.keys()],
  };
}

/** Pairs of spans that hold at the same time, with the time in which both do. */
export function* together(
  some: readonly FactSpan[],
  others: readonly FactSpan[],
): Generator<{ readonly from: number; readonly to: number; readonly one: unknown; readonly other: unknown }> {
  for (const a of some) {
    for (const b of others) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) yield { from, to, one: a.value, other: b.value };
    }
  }
}

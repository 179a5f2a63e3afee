// Dated facts: reading them, and recording them by the pattern of timeline.ts in one transaction.
import type { RegistryContext } from './context.ts';
import { recordFacts } from './record-facts.ts';
import type { Fact, FactStore } from './registry.ts';
import type { Db, FactsTable } from './schema.ts';

export function createFacts(context: RegistryContext): FactStore {
  const { db } = context;
  return {
    record: (inputs, by) => db.transaction().execute((trx) => recordFacts(trx, context, inputs, by)),

    async valueAt(entity, attribute, at, options = {}) {
      const row = await entries(db, entity, options.asKnownAt)
        .where('attribute', '=', attribute)
        .where('valid_from', '<=', at)
        .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
        .executeTakeFirst();
      return row && (JSON.parse(row.value) as unknown);
    },

    async history(entity, { attribute, superseded = false, asKnownAt } = {}) {
      let query = superseded
        ? db.selectFrom('facts').selectAll().where('entity', '=', entity)
        : entries(db, entity, asKnownAt);
      if (superseded && asKnownAt !== undefined) query = query.where('recorded_at', '<=', asKnownAt);
      if (attribute !== undefined) query = query.where('attribute', '=', attribute);
      const rows = await query
        .orderBy('attribute')
        .orderBy('valid_from')
        .orderBy('recorded_at')
        .orderBy('id')
        .execute();
      return rows.map(factOf);
    },
  };
}

/** Entries of an entity that count: now, or as they stood at `asKnownAt`. */
function entries(db: Db, entity: string, asKnownAt: number | undefined) {
  const query = db.selectFrom('facts').selectAll().where('entity', '=', entity);
  if (asKnownAt === undefined) return query.where('superseded_at', 'is', null);
  return query
    .where('recorded_at', '<=', asKnownAt)
    .where((eb) => eb.or([eb('superseded_at', 'is', null), eb('superseded_at', '>', asKnownAt)]));
}

function factOf(row: FactsTable): Fact {
  return {
    id: row.id,
    entity: row.entity,
    attribute: row.attribute,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    value: JSON.parse(row.value) as unknown,
    recordedAt: row.recorded_at,
    author: row.author,
    reason: row.reason,
    supersededAt: row.superseded_at,
    remainsOf: row.remains_of,
  };
}

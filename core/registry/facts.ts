// Dated facts: reading them, and recording them by the pattern of timeline.ts in one transaction.
import { JieyueError } from '../domain/errors.ts';
import { entityKinds } from './attributes/attribute.ts';
import { newId, type RegistryContext } from './context.ts';
import { holdingAt, holdingIn } from './current-facts.ts';
import { denominatorFacts } from './denominator-facts.ts';
import { addEntities, kindsOf } from './entities.ts';
import { factOf } from './fact-row.ts';
import { ReachView } from './reach.ts';
import { recordFacts } from './record-facts.ts';
import type { EntityInput, FactStore } from './registry.ts';
import type { Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { kindNames } from './words/names.ts';

export function createFacts(context: RegistryContext): FactStore {
  const { db } = context;
  return {
    async record(inputs, by, creating = []) {
      await db.transaction().execute(async (trx) => {
        await create(trx, context, creating);
        await recordFacts(trx, context, inputs, by);
      });
    },

    newId: () => newId(context),

    async kindWithin(entity, institutions) {
      const everything = institutions === 'everything';
      const view = new ReachView(db, everything ? [] : institutions);
      await view.load([entity]);
      const now = context.clock.now();
      const covered = everything || view.covers(entity, { from: now, to: now + 1 });
      return covered ? view.kind(entity) : undefined;
    },

    async valueAt(entity, attribute, at, options = {}) {
      const row = await entries(db, entity, options.asKnownAt)
        .where('attribute', '=', attribute)
        .where('valid_from', '<=', at)
        .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
        .executeTakeFirst();
      return row && (JSON.parse(row.value) as unknown);
    },

    async allAt(attribute, at) {
      const rows = await holdingAt(db, at)
        .select(['entity', 'value', 'valid_from'])
        .where('attribute', '=', attribute)
        .execute();
      return new Map(
        rows.map(({ entity, value, valid_from: validFrom }) => [
          entity,
          { value: JSON.parse(value) as unknown, validFrom },
        ]),
      );
    },

    async allIn(attribute, from, to) {
      const rows = await holdingIn(db, { from, to })
        .selectAll()
        .where('attribute', '=', attribute)
        .orderBy('entity')
        .orderBy('valid_from')
        .execute();
      return rows.map(factOf).filter(({ value }) => value !== null);
    },

    behind: (of, institutions, from, to) => denominatorFacts(db, of, [...institutions], { from, to }),

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

async function create(trx: Db, context: RegistryContext, creating: readonly EntityInput[]): Promise<void> {
  for (const { id, kind } of creating) {
    const known = entityKinds.some((known) => known !== 'point' && known === kind);
    if (!known || !/^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) {
      const named = Object.hasOwn(kindNames, kind) ? kindNames[kind] : String(kind);
      throw new JieyueError('registry.invalid', sayOfFacts('entity.id-alone', { kind: named, id }));
    }
  }
  const known = await kindsOf(
    trx,
    creating.map(({ id }) => id),
  );
  for (const [id, kind] of known)
    throw new JieyueError('registry.conflict', sayOfFacts('entity.taken', { kind: kindNames[kind], id }));
  await addEntities(
    trx,
    creating.map(({ id, kind }) => ({ id, kind, agent: null })),
    context.clock.now(),
  );
}

/** Entries of an entity that count: now, or as they stood at `asKnownAt`. */
function entries(db: Db, entity: string, asKnownAt: number | undefined) {
  const query = db.selectFrom('facts').selectAll().where('entity', '=', entity);
  if (asKnownAt === undefined) return query.where('superseded_at', 'is', null);
  return query
    .where('recorded_at', '<=', asKnownAt)
    .where((eb) => eb.or([eb('superseded_at', 'is', null), eb('superseded_at', '>', asKnownAt)]));
}

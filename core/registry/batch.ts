// What a file of many rows brings, in one transaction: new entities, facts, definitions, bills, reports. All or none.
import { isJieyueError, JieyueError } from '../domain/errors.ts';
import { parsePointKey } from '../domain/topics.ts';
import type { EntityKind } from './attributes/attribute.ts';
import type { Authorship } from './authorship.ts';
import type {
  Batch,
  Batches,
  BatchFault,
  BatchList,
  BatchOutcome,
  FleetInput,
  KnownEntity,
} from './batch-contracts.ts';
import { enterBills } from './bills.ts';
import type { RegistryContext } from './context.ts';
import { enterDefinition } from './definitions.ts';
import type { EnteredInput } from './entered-input.ts';
import { addEntities, kindsOf } from './entities.ts';
import { enterFleetRecords } from './fleet-records.ts';
import type { InputFault } from './ledgers.ts';
import { BatchCheck } from './permit.ts';
import type { Permit } from './permit-contracts.ts';
import { ReachView } from './reach.ts';
import { recordFacts } from './record-facts.ts';
import { enterReports } from './reports.ts';
import { chunkSize, type Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { kindNames } from './words/names.ts';

export function createBatches(context: RegistryContext): Batches {
  const { db } = context;
  return {
    async record(batch, by, { rehearse = false, permit } = {}) {
      let outcome: BatchOutcome | undefined;
      try {
        await db.transaction().execute(async (trx) => {
          outcome = await enter(trx, context, batch, by, permit);
          if (rehearse) throw new Rehearsed();
        });
      } catch (error) {
        if (!(error instanceof Rehearsed)) throw error;
      }
      if (!outcome) throw new Error('a batch ended without an outcome');
      return outcome;
    },

    async known(permit) {
      const now = context.clock.now();
      const all = await knownEntities(db, now);
      if (permit === undefined || permit.institutions === 'everything') return all;
      return knownWithin(db, all, permit.institutions, now);
    },
  };
}

/** Ends the transaction of a rehearsal. */
class Rehearsed extends Error {}

async function enter(
  trx: Db,
  context: RegistryContext,
  batch: Batch,
  by: Authorship,
  permit: Permit | undefined,
): Promise<BatchOutcome> {
  const check = permit && new BatchCheck(trx, context, permit, batch);
  await check?.before();
  await create(trx, context, batch.creating);
  const facts = await named('facts', () => recordFacts(trx, context, batch.facts, by, permit));
  await check?.after();
  const definitions: number[] = [];
  for (const [index, definition] of batch.definitions.entries()) {
    if (await named('definitions', () => enterDefinition(trx, context, definition, by), index)) {
      definitions.push(index);
    }
  }
  const bills = await named('bills', () => enterBills(trx, context, batch.bills, by));
  const reports = await named('reports', () => enterReports(trx, context, batch.reports, by));
  const fleet = await enterFleet(trx, context, batch.fleet ?? [], by, permit);
  return { facts, definitions, bills, reports, fleet };
}

/** Kind by kind; places are those in the list of the batch. */
async function enterFleet(
  trx: Db,
  context: RegistryContext,
  inputs: readonly FleetInput[],
  by: Authorship,
  permit: Permit | undefined,
): Promise<readonly EnteredInput[]> {
  const entered: EnteredInput[] = [];
  for (const kind of new Set(inputs.map((input) => input.kind))) {
    const places = inputs.flatMap((input, place) => (input.kind === kind ? [place] : []));
    const placeOf = (index: number) => places[index] ?? index;
    const values = places.map((place) => inputs[place]?.value);
    try {
      const found = await named('fleet', () => enterFleetRecords(trx, context, kind, values, by, permit));
      for (const { index, replaces } of found) entered.push({ index: placeOf(index), replaces });
    } catch (error) {
      if (!isJieyueError(error)) throw error;
      const faults = (error.details?.['faults'] ?? []) as readonly BatchFault[];
      throw new JieyueError(error.code, error.said, {
        cause: error,
        details: {
          ...error.details,
          faults: faults.map((fault) => ({ ...fault, index: placeOf(fault.index) })),
        },
      });
    }
  }
  return entered;
}

async function create(trx: Db, context: RegistryContext, creating: Batch['creating']): Promise<void> {
  const known = await kindsOf(
    trx,
    creating.map(({ id }) => id),
  );
  const fresh = creating.filter(({ id, kind }) => {
    const before = known.get(id);
    if (before === undefined) return true;
    if (before === 'point' && kind === 'point') return false;
    throw new JieyueError('registry.conflict', sayOfFacts('entity.taken', { kind: kindNames[before], id }));
  });
  const entities = fresh.map(({ id, kind }) => {
    const agent = kind === 'point' ? (parsePointKey(id)?.agent ?? null) : null;
    if (kind === 'point' ? agent !== null : /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) return { id, kind, agent };
    throw new JieyueError('registry.invalid', sayOfFacts('entity.id', { kind: kindNames[kind], id }));
  });
  await addEntities(trx, entities, context.clock.now());
}

/** Says of each fault in which list it is. */
async function named<T>(list: BatchList, work: () => Promise<T>, index?: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isJieyueError(error)) throw error;
    const { code, message, said, details } = error;
    const found = (details?.['faults'] ?? []) as readonly InputFault[];
    const faults = found.length === 0 && index !== undefined ? [{ index, code, message, said }] : found;
    throw new JieyueError(code, said, {
      cause: error,
      details: { ...details, list, faults: faults.map((fault) => ({ ...fault, list })) },
    });
  }
}

/** Per kind, the attributes that rows refer to an entity by, and those that tell two of the same name apart. */
const telling: Readonly<Record<EntityKind, readonly string[]>> = {
  institution: ['name', 'parent', 'creditCode'],
  building: ['name', 'institution'],
  zone: ['name', 'building'],
  account: ['number', 'supplier', 'commodity'],
  point: ['quantities'],
  vehicle: ['plate'],
};

async function knownEntities(db: Db, at: number): Promise<KnownEntity[]> {
  const names = [...new Set(Object.values(telling).flat())];
  const found = new Map<string, { id: string; kind: EntityKind; values: Record<string, unknown> }>();
  let after = '';
  for (;;) {
    const entities = await db
      .selectFrom('entities')
      .select(['id', 'kind'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(chunkSize)
      .execute();
    const last = entities.at(-1);
    if (!last) return [...found.values()];
    for (const { id, kind } of entities) found.set(id, { id, kind, values: {} });
    const rows = await db
      .selectFrom('facts')
      .select(['entity', 'attribute', 'valid_from', 'value'])
      .where('superseded_at', 'is', null)
      .where('entity', '>', after)
      .where('entity', '<=', last.id)
      .where('attribute', 'in', names)
      .orderBy('entity')
      .orderBy('valid_from')
      .execute();
    for (const { entity, attribute, valid_from, value } of rows) {
      const known = found.get(entity);
      if (!known || !telling[known.kind].includes(attribute)) continue;
      // Entries come by date: the last one that has begun holds; one that has not is the name where there is no other.
      if (valid_from > at && Object.hasOwn(known.values, attribute)) continue;
      known.values[attribute] = JSON.parse(value) as unknown;
    }
    after = last.id;
  }
}

async function knownWithin(
  db: Db,
  all: readonly KnownEntity[],
  tops: ReadonlySet<string>,
  now: number,
): Promise<KnownEntity[]> {
  const view = new ReachView(db, tops);
  await view.load(all.map(({ id }) => id));
  const over = new Set<string>();
  const byId = new Map(all.map((entity) => [entity.id, entity]));
  for (const top of tops) {
    for (let id = byId.get(top)?.values['parent']; typeof id === 'string' && !over.has(id); ) {
      over.add(id);
      id = byId.get(id)?.values['parent'];
    }
  }
  return all.filter(
    ({ id, kind }) => kind === 'account' || over.has(id) || view.covers(id, { from: now, to: now + 1 }),
  );
}

// Facts that hold somewhere in a range, as rules about who counts for whom read them: asked of the database for one place, or
// read once and held in memory for all places.
import { setImmediate as breathe } from 'node:timers/promises';
import type { EntityKind } from './attributes/attribute.ts';
import { holdingIn } from './current-facts.ts';
import { currentRevision } from './revision.ts';
import { chunks, type Db } from './schema.ts';
import type { Stretch } from './stretches.ts';

export interface FactIn {
  readonly entity: string;
  readonly attribute: string;
  /** The entity that the value names, where it names one. */
  readonly ref: string | null;
  /** JSON. */
  readonly value: string;
  readonly valid_from: number;
  readonly valid_to: number | null;
}

export interface FactsIn {
  readonly range: Stretch;
  /** Whose `attribute` names one of `owners`. */
  naming(attribute: string, owners: readonly string[]): Promise<readonly FactIn[]>;
  /** Some attributes of some entities. */
  of(entities: readonly string[], attributes: readonly string[]): Promise<readonly FactIn[]>;
}

/** Asks the database each time. */
export function factsOfDb(db: Db, range: Stretch): FactsIn {
  return {
    range,
    naming: (attribute, owners) =>
      inChunks(owners, (part) =>
        holdingIn(db, range)
          .select(columns)
          .where('attribute', '=', attribute)
          .where('ref', 'in', part)
          .execute(),
      ),
    of: (entities, attributes) =>
      inChunks(entities, (part) =>
        holdingIn(db, range)
          .select(columns)
          .where('entity', 'in', part)
          .where('attribute', 'in', attributes)
          .execute(),
      ),
  };
}

export interface HeldFacts extends FactsIn {
  /** Entities of the kinds that were asked for, by id. */
  readonly entities: readonly { readonly id: string; readonly kind: EntityKind }[];
}

/**
 * Holds these attributes of all entities of these kinds, about 200 bytes a fact. Others are served while it reads; if
 * something changes meanwhile it reads again, and at last all in one breath.
 */
export async function holdFacts(
  db: Db,
  range: Stretch,
  kinds: readonly EntityKind[],
  attributes: readonly string[],
): Promise<HeldFacts> {
  for (let attempt = 0; attempt < patience; attempt++) {
    const before = await currentRevision(db);
    const facts = await readAll(db, range, kinds, attributes);
    if ((await currentRevision(db)) === before) return facts;
  }
  return db
    .transaction()
    .setAccessMode('read only')
    .execute((trx) => readAll(trx, range, kinds, attributes));
}

const columns = ['entity', 'attribute', 'ref', 'value', 'valid_from', 'valid_to'] as const;
/** How often a whole that changed while it was read is read again. */
const patience = 3;
const entitiesPerRead = 250;

async function inChunks<T>(
  list: readonly string[],
  read: (part: string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const part of chunks(list)) found.push(...(await read(part)));
  return found;
}

async function readAll(
  db: Db,
  range: Stretch,
  kinds: readonly EntityKind[],
  attributes: readonly string[],
): Promise<HeldFacts> {
  const entities: { id: string; kind: EntityKind }[] = [];
  const ofEntity = new Map<string, FactIn[]>();
  const ofOwner = new Map<string, FactIn[]>();
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('entities')
      .select(['id', 'kind'])
      .where('kind', 'in', kinds)
      .where('id', '>', after)
      .orderBy('id')
      .limit(entitiesPerRead)
      .execute();
    const ids = page.map(({ id }) => id);
    for (const part of chunks(ids)) {
      const facts = await holdingIn(db, range)
        .select(columns)
        .where('entity', 'in', part)
        .where('attribute', 'in', attributes)
        .execute();
      for (const fact of facts) {
        append(ofEntity, fact.entity, fact);
        if (fact.ref !== null) append(ofOwner, `${fact.attribute} ${fact.ref}`, fact);
      }
    }
    entities.push(...page);
    await breathe();
    after = ids.at(-1) ?? '';
    if (page.length < entitiesPerRead) break;
  }
  return {
    range,
    entities,
    async naming(attribute, owners) {
      return owners.flatMap((owner) => ofOwner.get(`${attribute} ${owner}`) ?? []);
    },
    async of(ids, names) {
      return ids.flatMap((id) =>
        (ofEntity.get(id) ?? []).filter(({ attribute }) => names.includes(attribute)),
      );
    },
  };
}

function append(map: Map<string, FactIn[]>, key: string, fact: FactIn): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [fact]);
  else list.push(fact);
}

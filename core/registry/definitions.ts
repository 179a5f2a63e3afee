// Definitions with versions: what comes with the program needs no rows; what is recorded stands above it, and is never
// changed or taken away.
import { JieyueError } from '../domain/errors.ts';
import { issueMessages } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import type { Authorship } from './authorship.ts';
import { canonicalJson, checkedAuthorship } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type DefinitionName, definitionKindNames, definitionKinds } from './definition-kinds.ts';
import type {
  BuiltInDefinition,
  Definition,
  DefinitionKind,
  Definitions,
  DefinitionValues,
} from './ledgers.ts';
import { bumpRevision } from './revision.ts';
import { chunks, type Db, type DefinitionsTable } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';
import { definitionNames } from './words/names.ts';

const idForm = /^[a-z0-9][a-z0-9-]{0,63}$/;

export function createDefinitions(context: RegistryContext): Definitions {
  const { db } = context;
  return {
    async record(kind, id, value, by) {
      const authorship = checkedAuthorship(by);
      const parsed = validValue(kind, id, value);
      return db.transaction().execute((trx) => recordOne(trx, context, kind, id, parsed, authorship));
    },

    async get(kind, id, version) {
      if (version === undefined) return newestDefinition(db, context, kind, id);
      if (version === 0) return builtIn(context, kind, id);
      const row = await rowsOf(db, kind, id).where('version', '=', version).executeTakeFirst();
      return row && definitionOf(kind, row);
    },

    list: (kind) => newestDefinitions(db, context, kind),

    async versions(kind, id) {
      const rows = await rowsOf(db, kind, id).orderBy('version').execute();
      const own = rows.map((row) => definitionOf(kind, row));
      const first = builtIn(context, kind, id);
      return first === undefined ? own : [first, ...own];
    },
  };
}

/** Records a definition in a transaction that holds more; see `Definitions.record`. @returns whether it changed something. */
export async function enterDefinition<K extends DefinitionKind>(
  trx: Db,
  context: RegistryContext,
  input: { readonly kind: K; readonly id: string; readonly value: unknown },
  by: Authorship,
): Promise<boolean> {
  const { kind, id } = input;
  const before = await newestDefinition(trx, context, kind, id);
  const parsed = validValue(kind, id, input.value);
  const after = await recordOne(trx, context, kind, id, parsed, checkedAuthorship(by));
  return before?.version !== after.version;
}

/** The newest of each of a kind, by id. */
export async function newestDefinitions<K extends DefinitionKind>(
  db: Db,
  context: Pick<RegistryContext, 'builtIns'>,
  kind: K,
): Promise<Definition<K>[]> {
  const rows = await db
    .selectFrom('definitions')
    .selectAll()
    .where('kind', '=', kind)
    .where((eb) =>
      eb(
        'version',
        '=',
        eb
          .selectFrom('definitions as other')
          .select(({ fn }) => fn.max('other.version').as('newest'))
          .where('other.kind', '=', kind)
          .whereRef('other.id', '=', 'definitions.id'),
      ),
    )
    .execute();
  const found = new Map<string, Definition<K>>();
  for (const each of context.builtIns) {
    const definition = each.kind === kind ? builtIn(context, kind, each.id) : undefined;
    if (definition) found.set(each.id, definition);
  }
  for (const row of rows) found.set(row.id, definitionOf(kind, row));
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function newestDefinition<K extends DefinitionKind>(
  db: Db,
  context: Pick<RegistryContext, 'builtIns'>,
  kind: K,
  id: string,
): Promise<Definition<K> | undefined> {
  const row = await rowsOf(db, kind, id).orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row ? definitionOf(kind, row) : builtIn(context, kind, id);
}

/** Those of `wanted` that there are not. */
export async function missingDefinitions(
  db: Db,
  context: Pick<RegistryContext, 'builtIns'>,
  wanted: readonly DefinitionName[],
): Promise<DefinitionName[]> {
  const missing: DefinitionName[] = [];
  for (const kind of definitionKindNames) {
    const ids = new Set(wanted.filter((name) => name.kind === kind).map((name) => name.id));
    for (const each of context.builtIns) if (each.kind === kind) ids.delete(each.id);
    for (const part of chunks([...ids])) {
      const rows = await db
        .selectFrom('definitions')
        .select('id')
        .distinct()
        .where('kind', '=', kind)
        .where('id', 'in', part)
        .execute();
      for (const { id } of rows) ids.delete(id);
    }
    for (const id of ids) missing.push({ kind, id });
  }
  return missing;
}

async function recordOne<K extends DefinitionKind>(
  trx: Db,
  context: RegistryContext,
  kind: K,
  id: string,
  value: DefinitionValues[K],
  by: Authorship,
): Promise<Definition<K>> {
  const newest = await newestDefinition(trx, context, kind, id);
  const text = canonicalJson(value);
  if (newest && canonicalJson(newest.value) === text) return newest;

  const rules = definitionKinds[kind];
  const [missing] = await missingDefinitions(trx, context, rules.names?.(value) ?? []);
  if (missing) {
    const values = {
      kind: definitionNames[kind],
      id,
      other: definitionNames[missing.kind],
      missing: missing.id,
    };
    throw new JieyueError('registry.not-found', sayOfLedgers('definition.missing', values));
  }
  const before = newest && rules.fixed?.(newest.value);
  const now = rules.fixed?.(value);
  if (before && now && before.value !== now.value) {
    const values = { kind: definitionNames[kind], id, what: now.what, before: before.value, now: now.value };
    throw invalid(sayOfLedgers('definition.fixed', values));
  }
  const row: DefinitionsTable = {
    kind,
    id,
    version: (newest?.version ?? 0) + 1,
    value: text,
    recorded_at: Math.max(context.clock.now(), newest?.recordedAt ?? 0),
    ...by,
  };
  await trx.insertInto('definitions').values(row).execute();
  await bumpRevision(trx);
  return definitionOf(kind, row);
}

function validValue<K extends DefinitionKind>(kind: K, id: string, value: unknown): DefinitionValues[K] {
  if (!Object.hasOwn(definitionKinds, kind)) {
    const values = { kind: String(kind), known: definitionKindNames.join(', ') };
    throw invalid(sayOfLedgers('definition.no-kind', values));
  }
  if (!idForm.test(id)) {
    throw invalid(sayOfLedgers('definition.id', { kind: definitionNames[kind], id }));
  }
  const parsed = definitionKinds[kind].schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const what = sayOfLedgers('definition.name', { kind: definitionNames[kind], id });
  const fault = issueMessages(parsed.error.issues.slice(0, 20));
  throw invalid(sayOfFacts('what.fault', { what, fault }));
}

function rowsOf(db: Db, kind: DefinitionKind, id: string) {
  return db.selectFrom('definitions').selectAll().where('kind', '=', kind).where('id', '=', id);
}

function builtIn<K extends DefinitionKind>(
  { builtIns }: Pick<RegistryContext, 'builtIns'>,
  kind: K,
  id: string,
): Definition<K> | undefined {
  const found = builtIns.find((each) => each.kind === kind && each.id === id) as
    | Extract<BuiltInDefinition, { kind: K }>
    | undefined;
  if (!found) return undefined;
  const value = found.value as DefinitionValues[K];
  return { kind, id, version: 0, value, builtIn: true, recordedAt: 0, author: 'jieyue', reason: 'built in' };
}

function definitionOf<K extends DefinitionKind>(kind: K, row: DefinitionsTable): Definition<K> {
  return {
    kind,
    id: row.id,
    version: row.version,
    value: JSON.parse(row.value) as DefinitionValues[K],
    builtIn: false,
    recordedAt: row.recorded_at,
    author: row.author,
    reason: row.reason,
  };
}

function invalid(said: Message): JieyueError {
  return new JieyueError('registry.invalid', said);
}

// Points: registration, and what a point is at a date. The key is `agent/point` and never changes.
import { JieyueError } from '../domain/errors.ts';
import { type PointKey, parsePointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import { allMemberships } from './all-memberships.ts';
import type { RegistryContext } from './context.ts';
import { holdingAt, type Values, valuesAt } from './current-facts.ts';
import { addEntities, entityExists, kindsOf } from './entities.ts';
import { itemsOfBuilding, itemsOfInstitution } from './item-membership.ts';
import { membershipOfBuilding, membershipOfInstitution } from './membership.ts';
import { recordFacts } from './record-facts.ts';
import type { Authorship, FactInput, Point, PointInput, PointRole, Registry } from './registry.ts';
import type { Db } from './schema.ts';
import { seriesFacts } from './series-facts.ts';
import { sayOfFacts } from './words/facts.ts';

const shown = ['name', 'quantities', 'role', 'building'];

export function createPoints(context: RegistryContext): Registry['points'] {
  const { db } = context;
  const registerAll = (inputs: readonly PointInput[], by: Authorship) =>
    db.transaction().execute((trx) => registerPoints(trx, context, inputs, by));

  async function get(key: PointKey, at: number): Promise<Point | undefined> {
    if (!(await entityExists(db, 'point', key))) return undefined;
    return pointOf(key, (await valuesAt(db, [key], shown, at)).get(key));
  }

  return {
    registerAll,
    get,

    async register(input, by) {
      await registerAll([input], by);
      const point = await get(input.key, input.validFrom);
      if (!point) throw new JieyueError('registry.not-found', `point ${input.key} did not stay registered`);
      return point;
    },

    async list({ at, after, limit, agent, building }) {
      let query = db
        .selectFrom('entities')
        .innerJoin('facts', 'facts.entity', 'entities.id')
        .select('entities.id')
        .where('kind', '=', 'point')
        .where('attribute', '=', 'name')
        .where('superseded_at', 'is', null)
        .where('valid_from', '<=', at)
        .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]));
      if (agent !== undefined) query = query.where('agent', '=', agent);
      if (after !== undefined) query = query.where('entities.id', '>', after);
      if (building !== undefined) {
        const housed = holdingAt(db, at)
          .select('entity')
          .where('attribute', '=', 'building')
          .where('ref', '=', building);
        query = query.where('entities.id', 'in', housed);
      }
      const rows = await query.orderBy('entities.id').limit(limit).execute();
      const keys = rows.map((row) => row.id as PointKey);
      const values = await valuesAt(db, keys, shown, at);
      return keys.flatMap((key) => pointOf(key, values.get(key)) ?? []);
    },

    async keysOfAgent(agent) {
      const rows = await db.selectFrom('entities').select('id').where('agent', '=', agent).execute();
      return new Set(rows.map((row) => row.id));
    },

    seriesFacts: (requests) => inSnapshot(db, (trx) => seriesFacts(trx, requests)),
    ofBuilding: (building, carrier, from, to) =>
      inSnapshot(db, (trx) => membershipOfBuilding(trx, building, carrier, { from, to })),
    ofInstitution: (institution, carrier, from, to) =>
      inSnapshot(db, (trx) => membershipOfInstitution(trx, institution, carrier, { from, to })),
    itemsOfBuilding: (building, carrier, from, to) =>
      inSnapshot(db, (trx) => itemsOfBuilding(trx, building, carrier, { from, to })),
    itemsOfInstitution: (institution, carrier, from, to) =>
      inSnapshot(db, (trx) => itemsOfInstitution(trx, institution, carrier, { from, to })),

    everywhere: (from, to) => allMemberships(db, { from, to }),

    async institutionOf(key, at) {
      const building = (await valuesAt(db, [key], ['building'], at)).get(key)?.get('building');
      if (typeof building !== 'string') return null;
      const values = (await valuesAt(db, [building], ['institution'], at)).get(building);
      return (values?.get('institution') ?? null) as string | null;
    },
  };
}

async function registerPoints(
  trx: Db,
  context: RegistryContext,
  inputs: readonly PointInput[],
  by: Authorship,
): Promise<void> {
  const agents = new Map(inputs.map(({ key }) => [key as string, agentOf(key)]));
  const known = await kindsOf(trx, [...agents.keys()]);
  const fresh = [...agents].filter(([key]) => !known.has(key));
  await addEntities(
    trx,
    fresh.map(([id, agent]) => ({ id, kind: 'point' as const, agent })),
    context.clock.now(),
  );
  await recordFacts(
    trx,
    context,
    inputs.flatMap((input) => factsOf(input, !known.has(input.key))),
    by,
  );
}

/** Only what was said is recorded: registering again without a role must not turn a sub-meter into a billing meter. */
function factsOf(input: PointInput, isNew: boolean): FactInput[] {
  const { key, validFrom } = input;
  const values: Record<string, unknown> = {
    name: input.name,
    quantities: input.quantities,
    role: input.role ?? (isNew ? 'billing' : undefined),
    parent: input.parent,
    item: input.item,
    subItem: input.subItem,
    use: input.use,
    building: input.building,
    zone: input.zone,
    account: input.account,
    formula: input.formula,
    pue: input.pue,
    calibrationDue: input.calibrationDue,
    contact: input.contact,
    expectedIntervalMs: input.expectedIntervalMs,
    intervalLengthMs: input.intervalLengthMs,
    installation: input.installation,
  };
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ({ entity: key, attribute, validFrom, value }));
}

function agentOf(key: PointKey): string {
  const parts = parsePointKey(key);
  if (parts) return parts.agent;
  throw new JieyueError('registry.invalid', sayOfFacts('point.key', { key }));
}

function pointOf(key: PointKey, values: Values | undefined): Point | undefined {
  const name = values?.get('name');
  if (typeof name !== 'string') return undefined;
  return {
    key,
    name,
    quantities: (values?.get('quantities') ?? []) as Quantity[],
    role: (values?.get('role') ?? 'billing') as PointRole,
    building: (values?.get('building') ?? null) as string | null,
  };
}

/** Several reads of one state, whatever others write meanwhile. */
function inSnapshot<T>(db: Db, read: (trx: Db) => Promise<T>): Promise<T> {
  return db.transaction().setAccessMode('read only').execute(read);
}

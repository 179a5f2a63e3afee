// Orders, fences, seals, card entries and upkeep: kept alike, in the pattern of bills. What has the key of another takes its place, and
// what was replaced or withdrawn stays readable. A change marks the cars that it concerns, so that their findings are judged anew.
import { JieyueError } from '../domain/errors.ts';
import type { Message, Titled } from '../domain/message.ts';
import type { Authorship } from './authorship.ts';
import { carsBelow } from './cars-below.ts';
import { checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import type { EnteredInput } from './entered-input.ts';
import { kindsOf } from './entities.ts';
import { Faults } from './faults.ts';
import type {
  FleetKind,
  FleetQuestion,
  FleetRecord,
  FleetRecords,
  FleetValues,
  RecordPlace,
} from './fleet-contracts.ts';
import { type Draft, draftsOf } from './fleet-drafts.ts';
import { fleetKinds, type KindRules } from './fleet-kinds.ts';
import { RecordPermit } from './fleet-permit.ts';
import { bumpFleetRevision } from './fleet-revision.ts';
import { followHabit } from './order-habit.ts';
import type { Permit } from './permit-contracts.ts';
import { markCars } from './position-marks.ts';
import { chunks, type Db, type FleetRecordsTable } from './schema.ts';
import { sayOfLedgers } from './words/ledgers.ts';
import { kindNames, recordNames } from './words/names.ts';

export function createFleetRecords<Kind extends FleetKind>(
  context: RegistryContext,
  kind: Kind,
): FleetRecords<Kind> {
  const { db } = context;
  const rules: KindRules<Kind> = fleetKinds[kind];
  const record = recordNames[kind];
  return {
    async record(values, by, { permit, rehearse = false } = {}) {
      const authorship = checkedAuthorship(by);
      const drafts = draftsOf(context, rules, kind, values);
      try {
        return await db.transaction().execute(async (trx) => {
          const entered = await enterDrafts(trx, context, kind, drafts, authorship, permit);
          if (rehearse) throw new Rehearsed(entered);
          return entered;
        });
      } catch (error) {
        if (error instanceof Rehearsed) return error.entered;
        throw error;
      }
    },

    async withdraw(ids, by, permit) {
      const { author, reason } = checkedAuthorship(by);
      if (ids.length === 0) return;
      await db.transaction().execute(async (trx) => {
        const rows = new Map<string, FleetRecordsTable>();
        for (const part of chunks([...new Set(ids)])) {
          const found = await trx
            .selectFrom('fleet_records')
            .selectAll()
            .where('kind', '=', kind)
            .where('id', 'in', part)
            .execute();
          for (const row of found) rows.set(row.id, row);
        }
        const permitted = new RecordPermit(trx, permit);
        await permitted.load([...rows.values()].map(placeOf));
        let at = context.clock.now();
        for (const id of ids) {
          const row = rows.get(id);
          if (!row || !permitted.covers(placeOf(row)))
            throw new JieyueError('registry.not-found', sayOfLedgers('record.none', { record, id }));
          if (row.superseded_at !== null)
            throw new JieyueError('registry.conflict', sayOfLedgers('withdraw.gone', { what: record, id }));
          at = Math.max(at, row.recorded_at);
        }
        const change = { superseded_at: at, withdrawn_by: author, withdrawn_reason: reason };
        await followHabit(trx, context, ofOrders([...rows.values()]), async () => {
          for (const part of chunks([...rows.keys()]))
            await trx.updateTable('fleet_records').set(change).where('id', 'in', part).execute();
        });
        await follow(trx, context, [...rows.values()].map(placeOf), [...rows.values()].some(isRegion));
      });
    },

    list: (question) => list<Kind>(db, kind, question),

    async get(id) {
      const row = await db
        .selectFrom('fleet_records')
        .selectAll()
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && recordOf<Kind>(row);
    },
  };
}

/** Records those of one kind in a transaction that holds more; see `FleetRecords.record` for errors. */
export async function enterFleetRecords<Kind extends FleetKind>(
  trx: Db,
  context: RegistryContext,
  kind: Kind,
  values: readonly unknown[],
  by: Authorship,
  permit: Permit | undefined,
): Promise<readonly EnteredInput[]> {
  const rules: KindRules<Kind> = fleetKinds[kind];
  const drafts = draftsOf(context, rules, kind, values);
  return enterDrafts(trx, context, kind, drafts, checkedAuthorship(by), permit);
}

async function enterDrafts(
  trx: Db,
  context: RegistryContext,
  kind: FleetKind,
  drafts: readonly Draft[],
  by: Authorship,
  permit: Permit | undefined,
): Promise<readonly Entered[]> {
  const record = recordNames[kind];
  await refuseUnknown(trx, record, drafts);
  const permitted = new RecordPermit(trx, permit);
  await permitted.load(drafts);
  refuseForeign(record, drafts, permitted);
  return enter(trx, context, drafts, by, permitted);
}

/** Ends the transaction of a rehearsal. */
class Rehearsed extends Error {
  readonly entered: readonly Entered[];
  constructor(entered: readonly Entered[]) {
    super('rehearsed');
    this.entered = entered;
  }
}

type Entered = { readonly index: number; readonly replaces: boolean };

async function refuseUnknown(trx: Db, record: Titled, drafts: readonly Draft[]): Promise<void> {
  const ids = drafts.flatMap(({ vehicle, institution }) =>
    [vehicle, institution].filter((id) => id !== null),
  );
  const kinds = await kindsOf(trx, ids);
  const faults = new Faults();
  for (const { index, vehicle, institution } of drafts) {
    if (vehicle !== null && kinds.get(vehicle) !== 'vehicle')
      faults.add(index, 'registry.not-found', noSuch(record, 'vehicle', vehicle));
    if (institution !== null && kinds.get(institution) !== 'institution')
      faults.add(index, 'registry.not-found', noSuch(record, 'institution', institution));
  }
  faults.refuse();
}

/** In the same words as what does not exist. */
function refuseForeign(record: Titled, drafts: readonly Draft[], permitted: RecordPermit): void {
  const faults = new Faults();
  for (const draft of drafts) {
    if (permitted.covers(draft)) continue;
    const { vehicle, institution, index } = draft;
    const message =
      vehicle === null
        ? noSuch(record, 'institution', institution ?? '')
        : noSuch(record, 'vehicle', vehicle);
    faults.add(index, 'registry.not-found', message);
  }
  faults.refuse();
}

function noSuch(record: Titled, kind: 'vehicle' | 'institution', id: string): Message {
  return sayOfLedgers('record.no-such', { record, kind: kindNames[kind], id });
}

async function enter(
  trx: Db,
  context: RegistryContext,
  drafts: readonly Draft[],
  by: Authorship,
  permitted: RecordPermit,
): Promise<readonly Entered[]> {
  const current = await currentOf(trx, drafts);
  const changed = drafts.filter(({ key, value }) => current.get(key)?.value !== value);
  if (changed.length === 0) return [];
  const replaced = changed.flatMap(({ key }) => current.get(key) ?? []);
  await permitted.load(replaced.map(placeOf));
  const foreign = changed.find(({ key }) => {
    const row = current.get(key);
    return row !== undefined && !permitted.covers(placeOf(row));
  });
  if (foreign) {
    const faults = new Faults();
    const said = sayOfLedgers('record.foreign', { key: foreign.key });
    faults.add(foreign.index, 'registry.out-of-reach', said);
    faults.refuse();
  }
  const recordedAt = replaced.reduce((latest, row) => Math.max(latest, row.recorded_at), context.clock.now());
  const rows = changed.map(
    ({ kind, key, vehicle, institution, from, to, value }): FleetRecordsTable => ({
      id: newId(context),
      kind,
      key,
      vehicle,
      institution,
      from_ts: from,
      to_ts: to,
      value,
      recorded_at: recordedAt,
      ...by,
      superseded_at: null,
      withdrawn_by: null,
      withdrawn_reason: null,
    }),
  );
  await followHabit(trx, context, ofOrders([...changed, ...replaced]), async () => {
    for (const part of chunks(replaced.map(({ id }) => id)))
      await trx
        .updateTable('fleet_records')
        .set({ superseded_at: recordedAt })
        .where('id', 'in', part)
        .execute();
    for (const part of chunks(rows, 50)) await trx.insertInto('fleet_records').values(part).execute();
  });
  await follow(
    trx,
    context,
    [...changed, ...replaced.map(placeOf)],
    [...changed, ...replaced].some(isRegion),
  );
  return changed.map(({ index, key }) => ({ index, replaces: current.has(key) }));
}

/** Institutions whose orders these are. */
function ofOrders(
  rows: readonly { readonly kind: string; readonly institution: string | null }[],
): (string | null)[] {
  return rows.flatMap(({ kind, institution }) => (kind === 'order' ? [institution] : []));
}

/** A region may be named by any institution, wherever it stands in the tree. */
function isRegion({ kind, value }: { readonly kind: string; readonly value: string }): boolean {
  return kind === 'fence' && (JSON.parse(value) as { readonly kind?: unknown }).kind === 'region';
}

/** What rests on these records is out of date: a fence concerns the cars of its institution and of all below. */
async function follow(
  trx: Db,
  context: RegistryContext,
  places: readonly RecordPlace[],
  concernsAll: boolean,
): Promise<void> {
  await bumpFleetRevision(trx);
  if (concernsAll) {
    await markCars(trx, context, places);
    return;
  }
  const own = places.filter(({ vehicle }) => vehicle !== null);
  const wide = places.flatMap(({ vehicle, institution, from, to }) =>
    vehicle === null && institution !== null ? [{ institution, from, to }] : [],
  );
  for (const { institution, from, to } of wide)
    for (const vehicle of await carsBelow(trx, [institution])) own.push({ vehicle, institution, from, to });
  await markCars(trx, context, own);
}

async function currentOf(trx: Db, drafts: readonly Draft[]): Promise<Map<string, FleetRecordsTable>> {
  const found = new Map<string, FleetRecordsTable>();
  const [first] = drafts;
  if (!first) return found;
  for (const part of chunks(drafts.map(({ key }) => key))) {
    const rows = await trx
      .selectFrom('fleet_records')
      .selectAll()
      .where('superseded_at', 'is', null)
      .where('kind', '=', first.kind)
      .where('key', 'in', part)
      .execute();
    for (const row of rows) found.set(row.key, row);
  }
  return found;
}

async function list<Kind extends FleetKind>(
  db: Db,
  kind: Kind,
  { vehicles, institutions, from, to, superseded = false, limit, after }: FleetQuestion,
): Promise<FleetRecord<Kind>[]> {
  const found: FleetRecord<Kind>[] = [];
  const column = vehicles === undefined ? 'institution' : 'vehicle';
  const asked = vehicles ?? institutions;
  for (const part of asked === undefined ? [undefined] : chunks([...new Set(asked)].sort())) {
    // A row costs by its columns: of records that stand the last three say nothing.
    let query = db
      .selectFrom('fleet_records')
      .select(['id', 'value', 'recorded_at', 'author', 'reason'])
      .$if(superseded, (asked) => asked.select(['superseded_at', 'withdrawn_by', 'withdrawn_reason']))
      .where('kind', '=', kind)
      .where('from_ts', '<', to)
      .where('to_ts', '>', from);
    if (part !== undefined) query = query.where(column, 'in', part);
    if (!superseded) query = query.where('superseded_at', 'is', null);
    if (after !== undefined)
      query = query.where((eb) =>
        eb.or([
          eb('from_ts', '>', after.from),
          eb.and([eb('from_ts', '=', after.from), eb('id', '>', after.id)]),
        ]),
      );
    // Without a limit they are sorted below: asked for in order, SQLite would go through those of all cars by time.
    if (limit !== undefined) query = query.orderBy('from_ts').orderBy('id').limit(limit);
    for (const row of await query.execute()) found.push(recordOf<Kind>(row));
  }
  const beginning = (record: FleetRecord<Kind>) => fleetKinds[kind].during(record.value).from;
  found.sort((a, b) => beginning(a) - beginning(b) || (a.id < b.id ? -1 : 1));
  return limit === undefined ? found : found.slice(0, limit);
}

function placeOf({ vehicle, institution, from_ts: from, to_ts: to }: FleetRecordsTable): RecordPlace {
  return { vehicle, institution, from, to };
}

type Standing = 'superseded_at' | 'withdrawn_by' | 'withdrawn_reason';

function recordOf<Kind extends FleetKind>(
  row: Pick<FleetRecordsTable, 'id' | 'value' | 'recorded_at' | 'author' | 'reason'> &
    Partial<Pick<FleetRecordsTable, Standing>>,
): FleetRecord<Kind> {
  const { id, author, reason, withdrawn_by: by = null, withdrawn_reason: why } = row;
  return {
    id,
    value: JSON.parse(row.value) as FleetValues[Kind],
    recordedAt: row.recorded_at,
    author,
    reason,
    supersededAt: row.superseded_at ?? null,
    withdrawn: by === null ? null : { author: by, reason: why ?? '' },
  };
}

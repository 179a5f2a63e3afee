// Where the entries of each table stand in the list of changes: newest first, found by the indexes of migration 8.
import { type RawBuilder, sql } from 'kysely';
import type { ChangeKind, ChangePlace, ChangeQuestion } from './change-contracts.ts';
import type { Db } from './schema.ts';
import { listed, unindexed } from './sqlite-dialect.ts';

export type ChangeTable =
  | 'facts'
  | 'corrections'
  | 'bills'
  | 'reports'
  | 'definitions'
  | 'snapshots'
  | 'fleet_records';

/** An entry, not yet read: a record, or that one was withdrawn. */
export interface ChangeHead {
  readonly table: ChangeTable;
  readonly withdrawn: boolean;
  readonly place: ChangePlace;
}

interface Source {
  readonly table: ChangeTable;
  readonly kinds: readonly ChangeKind[];
  readonly withdrawn?: true;
  readonly at: string;
  readonly author: string;
  readonly entity: RawBuilder<string>;
  readonly id: RawBuilder<string>;
  /** Rows that are entries at all. */
  readonly only?: RawBuilder<boolean>;
  /** Whether a row may be of these institutions; what it really is of is looked at afterwards. */
  readonly mayBeOf: (institutions: readonly string[]) => RawBuilder<boolean>;
  /** Whether it is about an entity, before or after. */
  readonly isAbout: (entity: string) => RawBuilder<boolean>;
}

/** Entities that ever lay in one of these institutions, by whatever was recorded. */
function everOf(institutions: readonly string[]): RawBuilder<unknown> {
  const direct = sql`select entity from facts where ref in ${listed(institutions)} and attribute in ('institution', 'parent')`;
  return sql`(${direct} union select entity from facts where attribute = 'building' and ref in (${direct})
    union select value from ${listed(institutions)})`;
}

const plain = { at: 'recorded_at', author: 'author', id: sql<string>`id` } as const;
const taken = {
  at: 'superseded_at',
  author: 'withdrawn_by',
  id: sql<string>`id`,
  withdrawn: true,
  only: sql<boolean>`withdrawn_by is not null`,
} as const;

const ofColumn = (column: 'entity' | 'point' | 'account' | 'institution') => ({
  entity: sql<string>`${sql.ref(column)}`,
  mayBeOf: (institutions: readonly string[]) =>
    sql<boolean>`${unindexed(column)} in ${column === 'institution' ? listed(institutions) : everOf(institutions)}`,
  isAbout: (entity: string) => sql<boolean>`${sql.ref(column)} = ${entity}`,
});

const fleetKinds = ['order', 'fence', 'seal', 'card', 'upkeep'] as const satisfies readonly ChangeKind[];

type IsOfFleet = (column: string) => RawBuilder<boolean>;
const listedIn = (institutions: readonly string[]) => (column: string) => {
  const among = column.endsWith('institution') ? listed(institutions) : everOf(institutions);
  return sql<boolean>`${sql.ref(column)} in ${among}`;
};
const equal = (entity: string) => (column: string) => sql<boolean>`${sql.ref(column)} = ${entity}`;

/** Of a car, else of an institution. */
function ownFleet(is: IsOfFleet, of: string): RawBuilder<boolean> {
  const car = `${of}.vehicle`;
  return sql<boolean>`(${is(car)} or (${sql.ref(car)} is null and ${is(`${of}.institution`)}))`;
}

/** A record may have come from another car: that one's institution saw it go. */
function everOfFleet(is: IsOfFleet): RawBuilder<boolean> {
  return sql<boolean>`(${ownFleet(is, 'fleet_records')} or exists (select 1 from fleet_records as gone where gone.kind = fleet_records.kind
    and gone.key = fleet_records.key and gone.superseded_at = fleet_records.recorded_at and gone.withdrawn_by is null and ${ownFleet(is, 'gone')}))`;
}

const ofVehicles = {
  entity: sql<string>`coalesce(vehicle, institution)`,
  mayBeOf: (institutions: readonly string[]) => everOfFleet(listedIn(institutions)),
  isAbout: (entity: string) => everOfFleet(equal(entity)),
};
const ofVehiclesTaken = {
  entity: ofVehicles.entity,
  mayBeOf: (institutions: readonly string[]) => ownFleet(listedIn(institutions), 'fleet_records'),
  isAbout: (entity: string) => ownFleet(equal(entity), 'fleet_records'),
};

/** Their places in the list tell entries of the same time apart: an order that stays as it is. */
const sources: readonly Source[] = [
  { table: 'facts', kinds: ['fact'], ...plain, ...ofColumn('entity'), only: sql`remains_of is null` },
  { table: 'corrections', kinds: ['correction'], ...plain, ...ofColumn('point') },
  { table: 'bills', kinds: ['bill'], ...plain, ...ofColumn('account') },
  { table: 'bills', kinds: ['bill'], ...taken, ...ofColumn('account') },
  { table: 'reports', kinds: ['report'], ...plain, ...ofColumn('institution') },
  { table: 'reports', kinds: ['report'], ...taken, ...ofColumn('institution') },
  {
    table: 'definitions',
    kinds: ['definition'],
    ...plain,
    entity: sql`kind || '/' || id`,
    id: sql`cast(version as text)`,
    mayBeOf: () => sql`1 = 0`,
    isAbout: (entity) => sql`kind || '/' || id = ${entity}`,
  },
  { table: 'snapshots', kinds: ['snapshot'], ...plain, at: 'taken_at', ...ofColumn('institution') },
  { table: 'fleet_records', kinds: fleetKinds, ...plain, ...ofVehicles },
  { table: 'fleet_records', kinds: fleetKinds, ...taken, ...ofVehiclesTaken },
];

/** The first so many that may be wanted, after a place, newest first. */
export async function changeHeads(
  db: Db,
  question: Omit<ChangeQuestion, 'limit'>,
  limit: number,
): Promise<readonly ChangeHead[]> {
  const found: ChangeHead[] = [];
  for (const [index, source] of sources.entries()) {
    const wanted = source.kinds.filter((kind) => question.kinds?.has(kind) ?? true);
    if (wanted.length === 0) continue;
    const { rows } = await headsOf(source, index, wanted, question, limit).execute(db);
    const { table, withdrawn = false } = source;
    for (const { at, entity, id } of rows) found.push({ table, withdrawn, place: [at, index, entity, id] });
  }
  return found.sort((a, b) => compare(b.place, a.place)).slice(0, limit);
}

function headsOf(
  source: Source,
  index: number,
  kinds: readonly ChangeKind[],
  { institutions, from, to, author, entity, after }: Omit<ChangeQuestion, 'limit'>,
  limit: number,
) {
  const at = sql.ref(source.at);
  const conditions = [sql`${at} >= ${from}`, sql`${at} < ${to}`];
  if (source.only) conditions.push(source.only);
  if (kinds.length < source.kinds.length) conditions.push(sql`kind in ${listed(kinds)}`);
  if (author !== undefined) conditions.push(sql`${sql.ref(source.author)} = ${author}`);
  if (entity !== undefined) conditions.push(source.isAbout(entity));
  if (institutions !== 'everything') conditions.push(source.mayBeOf([...institutions]));
  if (after !== undefined) {
    const [time, of, ...rest] = after;
    // Of tables further down the list nothing of that time was shown, of those before it everything.
    if (of === index)
      conditions.push(sql`(${at}, ${source.entity}, ${source.id}) < (${time}, ${rest[0]}, ${rest[1]})`);
    else conditions.push(of > index ? sql`${at} <= ${time}` : sql`${at} < ${time}`);
  }
  return sql<{ at: number; entity: string; id: string }>`
    select ${at} as at, ${source.entity} as entity, ${source.id} as id from ${sql.table(source.table)}
    where ${sql.join(conditions, sql` and `)} order by 1 desc, 2 desc, 3 desc limit ${limit}`;
}

function compare(a: ChangePlace, b: ChangePlace): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? 0;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

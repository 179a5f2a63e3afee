// Reads the facts that accounts are computed from: those that hold somewhere in a range, by two statements.
import { sql } from 'kysely';
import type { PointKey } from '../domain/topics.ts';
import { lineEnd, PackedRows, tab } from './census-packed.ts';
import type { Said, Span } from './census-spans.ts';
import type { Db } from './schema.ts';
import type { Stretch } from './stretches.ts';

const placeAttributes = [
  'name',
  'parent',
  'sector',
  'kind',
  'adminLevel',
  'climateZone',
  'heating',
  'registered',
  'energyUsers',
  'userRule',
  'floorArea',
  'institution',
  'shares',
  'commodity',
  'use',
  'open',
] as const;
const pointAttributes = ['role', 'quantities', 'building', 'parent', 'use', 'formula'] as const;

/** Texts are the id that a fact refers to, else JSON; what is `null` is not said. */
type Facts<A extends string> = { readonly [Attribute in A]: Said };

/** Of an institution, a building or an account. */
export type PlaceFacts = Facts<(typeof placeAttributes)[number]>;

export type PointFacts = Facts<(typeof pointAttributes)[number]> & {
  readonly key: PointKey;
};

export interface CensusFacts {
  readonly institutions: ReadonlyMap<string, PlaceFacts>;
  readonly buildings: ReadonlyMap<string, PlaceFacts>;
  readonly accounts: ReadonlyMap<string, PlaceFacts>;
  /** By key, in no order. */
  readonly points: ReadonlyMap<string, PointFacts>;
}

export async function readCensusFacts(db: Db, range: Stretch): Promise<CensusFacts> {
  const places = await readPlaces(db, range);
  return { ...places, points: await readPoints(db, range) };
}

async function readPlaces(db: Db, range: Stretch): Promise<Omit<CensusFacts, 'points'>> {
  const { rows } = await sql<Packed>`
    select string_agg(entities.kind || ${tab} || ${line(range)}, ${lineEnd}) as packed
    from entities cross join facts on facts.entity = entities.id
    where entities.kind in ('institution', 'building', 'account')
      and ${holding(range)} and facts.attribute in (${sql.join(placeAttributes)})`.execute(db);
  const found = {
    institution: new Map<string, PlaceFacts>(),
    building: new Map<string, PlaceFacts>(),
    account: new Map<string, PlaceFacts>(),
  };
  const packed = new PackedRows(rows[0]?.packed);
  let [kind, entity] = ['', ''];
  let facts: PlaceFacts = nothingSaid();
  while (packed.more) {
    if (!packed.takes(kind)) kind = packed.text();
    if (!packed.takes(entity)) {
      entity = packed.text();
      const entities = found[kind as keyof typeof found];
      facts = entities.get(entity) ?? nothingSaid();
      entities.set(entity, facts);
    }
    take(packed, facts, packed.text() as keyof PlaceFacts, range);
  }
  return { institutions: found.institution, buildings: found.building, accounts: found.account };
}

async function readPoints(db: Db, range: Stretch): Promise<ReadonlyMap<string, PointFacts>> {
  const { rows } = await sql<Packed>`
    select string_agg(${line(range)}, ${lineEnd}) as packed
    from facts where ${holding(range)} and facts.attribute in (${sql.join(pointAttributes)})`.execute(db);
  const points = new Map<string, PointFacts>();
  const packed = new PackedRows(rows[0]?.packed);
  let entity = '';
  let facts = unsaidPoint('/');
  while (packed.more) {
    if (!packed.takes(entity)) {
      entity = packed.text();
      facts = points.get(entity) ?? unsaidPoint(entity as PointKey);
      // `agent/point`: the id of no other entity has a stroke. Those have some of these attributes too.
      if (entity.includes('/')) points.set(entity, facts);
    }
    take(packed, facts, packed.text() as keyof Facts<(typeof pointAttributes)[number]>, range);
  }
  return points;
}

interface Packed {
  readonly packed: string | null;
}

/** Entity, attribute, bounds, text. A bound that the fact holds beyond is left empty. */
function line({ from, to }: Stretch) {
  return sql<string>`facts.entity || ${tab} || facts.attribute
    || ${tab} || case when valid_from <= ${from} then '' else cast(valid_from as text) end
    || ${tab} || case when valid_to is null or valid_to >= ${to} then '' else cast(valid_to as text) end
    || ${tab} || coalesce(ref, value)`;
}

function holding({ from, to }: Stretch) {
  return sql<boolean>`superseded_at is null and valid_from < ${to} and (valid_to is null or valid_to > ${from})`;
}

/** Takes the rest of a row: bounds and text of one fact. */
function take<A extends string>(packed: PackedRows, facts: Facts<A>, attribute: A, range: Stretch): void {
  const from = packed.whole();
  const to = packed.whole();
  const text = packed.rest();
  if (text === 'null') return;
  const writable = facts as { [Attribute in A]: string | Span<string>[] | undefined };
  const before = writable[attribute];
  if (from === undefined && to === undefined) writable[attribute] = text;
  else {
    const span = { from: from ?? range.from, to: to ?? range.to, value: text };
    if (typeof before !== 'object') writable[attribute] = [span];
    else {
      before.push(span);
      if ((before.at(-2)?.from ?? 0) > span.from) before.sort((a, b) => a.from - b.from);
    }
  }
}

function unsaidPoint(key: PointKey): PointFacts {
  return {
    key,
    role: undefined,
    quantities: undefined,
    building: undefined,
    parent: undefined,
    use: undefined,
    formula: undefined,
  };
}

/** All have the same shape, which makes them quick to read. */
function nothingSaid(): PlaceFacts {
  return {
    name: undefined,
    parent: undefined,
    sector: undefined,
    kind: undefined,
    adminLevel: undefined,
    climateZone: undefined,
    heating: undefined,
    registered: undefined,
    energyUsers: undefined,
    userRule: undefined,
    floorArea: undefined,
    institution: undefined,
    shares: undefined,
    commodity: undefined,
    use: undefined,
    open: undefined,
  };
}

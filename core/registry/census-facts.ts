// Reads the facts that accounts are computed from: those that hold somewhere in a range, by few statements.
import { type RawBuilder, sql } from 'kysely';
import type { PointKey } from '../domain/topics.ts';
import { lineEnd, PackedRows, tab } from './census-packed.ts';
import type { Said, Span } from './census-spans.ts';
import type { Db } from './schema.ts';
import type { Stretch } from './stretches.ts';

const placeAttributes = [
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
export type PlaceFacts = Facts<'name' | (typeof placeAttributes)[number]>;

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

/** One look at the whole table costs less than looking facts up entity by entity. */
export async function readCensusFacts(db: Db, range: Stretch): Promise<CensusFacts> {
  const places = await readPlaces(db);
  const points = new Map<string, PointFacts>();
  const pointOf = (key: string): PointFacts => {
    let point = points.get(key);
    if (point === undefined) {
      point = unsaidPoint(key as PointKey);
      points.set(key, point);
    }
    return point;
  };
  const names = sql`facts.attribute = 'name' and facts.entity in
    (select id from entities where kind = 'institution')`;
  takeAll(await readFacts(db, range, names), range, (entity) => places.all.get(entity));
  const others = sql`facts.attribute in (${sql.join([...new Set([...placeAttributes, ...pointAttributes])])})`;
  // `agent/point`: the id of no other entity has a stroke.
  takeAll(await readFacts(db, range, others), range, (entity) =>
    entity.includes('/') ? pointOf(entity) : places.all.get(entity),
  );
  return { ...places.byKind, points };
}

/** Institutions, buildings and accounts, of which nothing is said yet. */
async function readPlaces(db: Db) {
  const { rows } = await sql<Packed>`
    select string_agg(kind || ${tab} || id, ${lineEnd}) as packed
    from entities where kind in ('institution', 'building', 'account')`.execute(db);
  const byKind = {
    institutions: new Map<string, PlaceFacts>(),
    buildings: new Map<string, PlaceFacts>(),
    accounts: new Map<string, PlaceFacts>(),
  };
  const all = new Map<string, PlaceFacts>();
  const packed = new PackedRows(rows[0]?.packed);
  while (packed.more) {
    const kind = packed.text();
    const id = packed.rest();
    const facts = nothingSaid();
    all.set(id, facts);
    byKind[`${kind}s` as keyof typeof byKind].set(id, facts);
  }
  return { all, byKind };
}

interface Packed {
  readonly packed: string | null;
}

/** Facts that hold somewhere in the range, a row each. */
async function readFacts(db: Db, range: Stretch, which: RawBuilder<unknown>): Promise<PackedRows> {
  const { from, to } = range;
  const { rows } = await sql<Packed>`
    select string_agg(${line(range)}, ${lineEnd}) as packed from facts
    where superseded_at is null and valid_from < ${to} and (valid_to is null or valid_to > ${from}) and ${which}
  `.execute(db);
  return new PackedRows(rows[0]?.packed);
}

/** @param factsOf what is said of an entity; `undefined`: it does not matter */
function takeAll(
  packed: PackedRows,
  range: Stretch,
  factsOf: (entity: string) => PlaceFacts | PointFacts | undefined,
): void {
  let entity = '';
  let facts: PlaceFacts | PointFacts | undefined;
  while (packed.more) {
    if (!packed.takes(entity)) {
      entity = packed.text();
      facts = factsOf(entity);
    }
    take(packed, facts, range);
  }
}

/** Entity, attribute, bounds, text. A bound that the fact holds beyond is left empty. */
function line({ from, to }: Stretch) {
  return sql<string>`facts.entity || ${tab} || facts.attribute
    || ${tab} || case when valid_from <= ${from} then '' else cast(valid_from as text) end
    || ${tab} || case when valid_to is null or valid_to >= ${to} then '' else cast(valid_to as text) end
    || ${tab} || coalesce(ref, value)`;
}

/** Takes the rest of a row: attribute, bounds and text of one fact. */
function take(packed: PackedRows, facts: PlaceFacts | PointFacts | undefined, range: Stretch): void {
  const attribute = packed.text();
  const from = packed.whole();
  const to = packed.whole();
  const text = packed.rest();
  if (facts === undefined || text === 'null') return;
  const said = facts as unknown as Record<string, string | Span<string>[] | undefined>;
  if (from === undefined && to === undefined) {
    said[attribute] = text;
    return;
  }
  const span = { from: from ?? range.from, to: to ?? range.to, value: text };
  const before = said[attribute];
  if (typeof before !== 'object') said[attribute] = [span];
  else {
    before.push(span);
    if ((before.at(-2)?.from ?? 0) > span.from) before.sort((a, b) => a.from - b.from);
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

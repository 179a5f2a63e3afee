// Reads the facts that accounts are computed from: those that hold somewhere in a range, by few statements.
import { type RawBuilder, sql } from 'kysely';
import type { PointKey } from '../domain/topics.ts';
import { lineEnd, PackedRows, tab } from './census-packed.ts';
import type { Said, Span } from './census-spans.ts';
import type { Db } from './schema.ts';
import { unindexed } from './sqlite-dialect.ts';
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
  'billing',
  'building',
] as const;
const pointAttributes = ['role', 'quantities', 'building', 'parent', 'use', 'formula', 'account'] as const;

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
  const names = sql`facts.attribute = 'name' and facts.entity in
    (select id from entities where kind = 'institution')`;
  const named = await readFacts(db, range, names);
  while (named.more) takePlace(named, places.all.get(named.text()), range);
  const attributes = sql.join([...new Set([...placeAttributes, ...pointAttributes])]);
  const others = await readFacts(db, range, sql`${unindexed('facts.attribute')} in (${attributes})`);
  const alike = new Map<string, PointFacts>();
  while (others.more) {
    const entity = others.text();
    // `agent/point`: the id of no other entity has a stroke.
    if (entity.includes('/')) points.set(entity, takePoint(others, entity as PointKey, alike, range));
    else takePlace(others, places.all.get(entity), range);
  }
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

/** Facts that hold somewhere in the range, a row an entity: it, and four fields for each of its facts. */
async function readFacts(db: Db, range: Stretch, which: RawBuilder<unknown>): Promise<PackedRows> {
  const { from, to } = range;
  const { rows } = await sql<Packed>`
    select string_agg(entity || ${tab} || said, ${lineEnd}) as packed from (
      select facts.entity, string_agg(${fields(range)}, '') as said from facts
      where superseded_at is null and valid_from < ${to} and (valid_to is null or valid_to > ${from}) and ${which}
      group by facts.entity
    ) as by_entity`.execute(db);
  return new PackedRows(rows[0]?.packed);
}

/** Attribute, bounds, text. A bound that the fact holds beyond is left empty. */
function fields({ from, to }: Stretch) {
  return sql<string>`facts.attribute
    || ${tab} || case when valid_from <= ${from} then '' else cast(valid_from as text) end
    || ${tab} || case when valid_to is null or valid_to >= ${to} then '' else cast(valid_to as text) end
    || ${tab} || coalesce(ref, value) || ${tab}`;
}

/** Takes the rest of a row. @param facts `undefined`: it does not matter */
function takePlace(packed: PackedRows, facts: PlaceFacts | undefined, range: Stretch): void {
  if (facts === undefined) packed.rest();
  else while (!packed.ends()) takeFact(packed, facts, range);
}

/**
 * Takes the rest of a row. But for their building most points are alike: what is said besides is read once.
 * @param alike by that text
 */
function takePoint(
  packed: PackedRows,
  key: PointKey,
  alike: Map<string, PointFacts>,
  range: Stretch,
): PointFacts {
  const house = packed.takes(alwaysIn) ? packed.text() : 'null';
  const rest = packed.rest();
  let like = alike.get(rest);
  if (like === undefined) {
    like = unsaidPoint(key);
    const facts = new PackedRows(rest);
    while (facts.more) takeFact(facts, like, range);
    alike.set(rest, like);
  }
  const building = house === 'null' ? like.building : house;
  const { role, quantities, parent, use, formula, account } = like;
  return { key, role, quantities, building, parent, use, formula, account };
}

/** A building all through the range: no bounds. */
const alwaysIn = `building${tab}${tab}`;

/** Takes attribute, bounds and text of one fact. */
function takeFact(packed: PackedRows, facts: PlaceFacts | PointFacts, range: Stretch): void {
  const attribute = packed.text();
  const from = packed.whole();
  const to = packed.whole();
  const text = packed.text();
  if (text === 'null') return;
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
    account: undefined,
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
    billing: undefined,
    building: undefined,
  };
}

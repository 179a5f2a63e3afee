// Which sub-meters count for the kinds of use (分项) of a building or an institution, and when. A sub-meter below another
// one that counts is a part of it: only the upper one counts, so that nothing counts twice.
import type { Item } from '../domain/energy/items.ts';
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { holdingIn } from './current-facts.ts';
import { addAll, type Belonging, belongingTo, buildingsOfInstitution, common } from './membership.ts';
import type { ItemMembership } from './registry.ts';
import { chunks, type Db } from './schema.ts';
import { joined, overlap, type Stretch, without } from './stretches.ts';

export function itemsOfBuilding(
  db: Db,
  building: string,
  carrier: Carrier,
  range: Stretch,
): Promise<ItemMembership[]> {
  return countingSubMeters(db, new Map([[building, [range]]]), carrier, range);
}

export async function itemsOfInstitution(
  db: Db,
  institution: string,
  carrier: Carrier,
  range: Stretch,
): Promise<ItemMembership[]> {
  return countingSubMeters(db, await buildingsOfInstitution(db, institution, range), carrier, range);
}

/** What one sub-meter counts by itself, whatever stands above it. */
interface Counted {
  readonly item: Item;
  readonly quantity: Quantity;
  readonly stretches: readonly Stretch[];
}

/** Ordered by point, then item, then time. */
async function countingSubMeters(
  db: Db,
  buildings: Belonging,
  carrier: Carrier,
  range: Stretch,
): Promise<ItemMembership[]> {
  const housed = await belongingTo(db, 'building', buildings, range);
  const counted = await countedBy(db, [...housed.keys()], carrier, range);
  const below = await belowAnother(db, [...counted.keys()], carrier, range);
  return [...counted.keys()].sort().flatMap((point) =>
    (counted.get(point) ?? []).flatMap(({ item, quantity, stretches }) => {
      const here = common(housed.get(point) ?? [], stretches);
      return without(here, below.get(point) ?? []).map(
        (stretch): ItemMembership => ({ point: point as PointKey, quantity, item, ...stretch }),
      );
    }),
  );
}

/** By point: what it counts as a sub-meter with an item; points that count nothing are left out. */
async function countedBy(
  db: Db,
  points: readonly string[],
  carrier: Carrier,
  range: Stretch,
): Promise<Map<string, Counted[]>> {
  const wanted = quantitiesOfCarrier(carrier);
  const subMeters: Belonging = new Map();
  const ofItem = new Map<string, { item: Item; stretch: Stretch }[]>();
  const ofQuantity = new Map<string, { quantity: Quantity; stretch: Stretch }[]>();
  for (const part of chunks(points)) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'attribute', 'value', 'valid_from', 'valid_to'])
      .where('entity', 'in', part)
      .where('attribute', 'in', ['role', 'item', 'quantities'])
      .execute();
    for (const { entity, attribute, value: json, ...row } of rows) {
      const stretch = overlap(row, range);
      if (!stretch) continue;
      const value: unknown = JSON.parse(json);
      if (attribute === 'role' && value === 'sub-meter') addAll(subMeters, entity, [stretch]);
      if (attribute === 'item' && value !== null) append(ofItem, entity, { item: value as Item, stretch });
      if (attribute !== 'quantities') continue;
      const quantity = (value as Quantity[]).find((name) => wanted.includes(name));
      if (quantity !== undefined) append(ofQuantity, entity, { quantity, stretch });
    }
  }
  const counted = new Map<string, Counted[]>();
  for (const [point, entries] of ofItem) {
    const ofRole = subMeters.get(point) ?? [];
    for (const { item, stretch } of entries) {
      for (const { quantity, stretch: measured } of ofQuantity.get(point) ?? []) {
        const stretches = joined(common(common(ofRole, [stretch]), [measured]));
        if (stretches.length > 0) append(counted, point, { item, quantity, stretches });
      }
    }
  }
  return counted;
}

/** By point: when one of the points above it counts as well. */
async function belowAnother(
  db: Db,
  points: readonly string[],
  carrier: Carrier,
  range: Stretch,
): Promise<Belonging> {
  const below: Belonging = new Map();
  /** Point above → the points it is above of, and when. */
  let level = new Map<string, Belonging>(points.map((point) => [point, new Map([[point, [range]]])]));
  while (level.size > 0) {
    const above = await parentsOf(db, level, range);
    const counted = await countedBy(db, [...above.keys()], carrier, range);
    for (const [parent, children] of above) {
      const counting = (counted.get(parent) ?? []).flatMap(({ stretches }) => stretches);
      for (const [child, stretches] of children) addAll(below, child, common(stretches, counting));
    }
    level = above;
  }
  return below;
}

/** One step up: the registry refuses circles, so that this comes to an end. */
async function parentsOf(
  db: Db,
  level: ReadonlyMap<string, Belonging>,
  range: Stretch,
): Promise<Map<string, Belonging>> {
  const above = new Map<string, Belonging>();
  for (const part of chunks([...level.keys()])) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'ref', 'valid_from', 'valid_to'])
      .where('entity', 'in', part)
      .where('attribute', '=', 'parent')
      .where('ref', 'is not', null)
      .execute();
    for (const row of rows) {
      const stretch = overlap(row, range);
      if (!stretch || row.ref === null) continue;
      const children = above.get(row.ref) ?? new Map<string, Stretch[]>();
      above.set(row.ref, children);
      for (const [child, stretches] of level.get(row.entity) ?? []) {
        const shared = common(stretches, [stretch]);
        if (shared.length > 0) addAll(children, child, shared);
      }
    }
  }
  for (const [parent, children] of above) if (children.size === 0) above.delete(parent);
  return above;
}

function append<T>(map: Map<string, T[]>, key: string, entry: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

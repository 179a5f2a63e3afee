// Which sub-meters count for the kinds of use (分项) of a building or an institution, and when. A sub-meter below another
// one that counts is a part of it: only the upper one counts, so that nothing counts twice.
import type { Item } from '../domain/energy/items.ts';
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { holdingIn } from './current-facts.ts';
import { belongingTo, buildingsOfInstitution } from './membership.ts';
import { nestedStretches } from './nesting.ts';
import type { ItemMembership } from './registry.ts';
import { chunks, type Db } from './schema.ts';
import { addAll, type Belonging, common, joined, overlap, type Stretch, without } from './stretches.ts';

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
  const below = await nestedStretches(
    db,
    [...counted.keys()],
    async (above) => stretchesOf(await countedBy(db, above, carrier, range)),
    range,
  );
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

function stretchesOf(counted: ReadonlyMap<string, readonly Counted[]>): Belonging {
  return new Map([...counted].map(([point, list]) => [point, list.flatMap(({ stretches }) => stretches)]));
}

function append<T>(map: Map<string, T[]>, key: string, entry: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

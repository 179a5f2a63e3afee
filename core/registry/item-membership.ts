// Which sub-meters count for the kinds of use (分项) of a building or an institution, and when. A sub-meter below another one that
// counts for the same place is a part of it: only the upper one counts, so that nothing counts twice. Below one of somebody else
// it counts for its own place: else it would count for nobody there.
import type { Item } from '../domain/energy/items.ts';
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { type FactsIn, factsOfDb } from './facts-in.ts';
import { belongingTo, buildingsOfInstitution } from './membership.ts';
import { nestedStretches } from './nesting.ts';
import type { ItemMembership } from './registry.ts';
import type { Db } from './schema.ts';
import { addAll, type Belonging, common, joined, overlap, type Stretch, without } from './stretches.ts';

export function itemsOfBuilding(
  db: Db,
  building: string,
  carrier: Carrier,
  range: Stretch,
): Promise<ItemMembership[]> {
  return countingSubMeters(factsOfDb(db, range), new Map([[building, [range]]]), carrier);
}

export async function itemsOfInstitution(
  db: Db,
  institution: string,
  carrier: Carrier,
  range: Stretch,
): Promise<ItemMembership[]> {
  const facts = factsOfDb(db, range);
  return countingSubMeters(facts, await buildingsOfInstitution(facts, institution), carrier);
}

/** What one sub-meter counts by itself, whatever stands above it. */
interface Counted {
  readonly item: Item;
  readonly quantity: Quantity;
  readonly stretches: readonly Stretch[];
}

/**
 * Sub-meters with an item of some buildings. Ordered by point, then item, then time.
 * @param buildings each in the stretches in which it is of the place that is asked about
 */
export async function countingSubMeters(
  facts: FactsIn,
  buildings: Belonging,
  carrier: Carrier,
): Promise<ItemMembership[]> {
  const housed = await belongingTo(facts, 'building', buildings);
  const counted = await countedBy(facts, housed, carrier);
  const here: Belonging = new Map();
  for (const [point, list] of counted) for (const { stretches } of list) addAll(here, point, stretches);
  const below = await nestedStretches(facts, here);
  return [...counted.keys()]
    .sort()
    .flatMap((point) =>
      (counted.get(point) ?? []).flatMap(({ item, quantity, stretches }) =>
        without(stretches, below.get(point) ?? []).map(
          (stretch): ItemMembership => ({ point: point as PointKey, quantity, item, ...stretch }),
        ),
      ),
    );
}

/** By point: what it counts as a sub-meter with an item while it is housed; points that count nothing are left out. */
async function countedBy(
  facts: FactsIn,
  housed: Belonging,
  carrier: Carrier,
): Promise<Map<string, Counted[]>> {
  const wanted = quantitiesOfCarrier(carrier);
  const subMeters: Belonging = new Map();
  const ofItem = new Map<string, { item: Item; stretch: Stretch }[]>();
  const ofQuantity = new Map<string, { quantity: Quantity; stretch: Stretch }[]>();
  const rows = await facts.of([...housed.keys()], ['role', 'item', 'quantities']);
  for (const { entity, attribute, value: json, ...row } of rows) {
    const stretch = overlap(row, facts.range);
    if (!stretch) continue;
    const value: unknown = JSON.parse(json);
    if (attribute === 'role' && value === 'sub-meter') addAll(subMeters, entity, [stretch]);
    if (attribute === 'item' && value !== null) append(ofItem, entity, { item: value as Item, stretch });
    if (attribute !== 'quantities') continue;
    const quantity = (value as Quantity[]).find((name) => wanted.includes(name));
    if (quantity !== undefined) append(ofQuantity, entity, { quantity, stretch });
  }
  const counted = new Map<string, Counted[]>();
  for (const [point, entries] of ofItem) {
    const ofRole = common(housed.get(point) ?? [], subMeters.get(point) ?? []);
    for (const { item, stretch } of entries) {
      for (const { quantity, stretch: measured } of ofQuantity.get(point) ?? []) {
        const stretches = joined(common(common(ofRole, [stretch]), [measured]));
        if (stretches.length > 0) append(counted, point, { item, quantity, stretches });
      }
    }
  }
  return counted;
}

function append<T>(map: Map<string, T[]>, key: string, entry: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

// Which billing points count for a building or an institution, and when: dated facts, cut into stretches. A billing point below
// another one that counts for the same place is a part of it, and does not count again. Shares of shared buildings and
// formulas of virtual points are for accounts alone (census.ts): here a building is the one's that answers for it.
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { type FactsIn, factsOfDb } from './facts-in.ts';
import { nestedStretches } from './nesting.ts';
import type { Membership } from './registry.ts';
import type { Db } from './schema.ts';
import { addAll, type Belonging, common, joined, overlap, type Stretch, without } from './stretches.ts';

export function membershipOfBuilding(
  db: Db,
  building: string,
  carrier: Carrier,
  range: Stretch,
): Promise<Membership[]> {
  return countingPoints(factsOfDb(db, range), new Map([[building, [range]]]), carrier);
}

/** Follows the tree down, each institution in the stretches in which it was below; at any instant by one way only. */
export async function membershipOfInstitution(
  db: Db,
  institution: string,
  carrier: Carrier,
  range: Stretch,
): Promise<Membership[]> {
  const facts = factsOfDb(db, range);
  return countingPoints(facts, await buildingsOfInstitution(facts, institution), carrier);
}

/** Buildings that an institution or one below it answers for, each in the stretches in which it does. */
export async function buildingsOfInstitution(facts: FactsIn, institution: string): Promise<Belonging> {
  const institutions: Belonging = new Map([[institution, [facts.range]]]);
  let level: Belonging = institutions;
  while (level.size > 0) {
    level = await belongingTo(facts, 'parent', level);
    for (const [id, stretches] of level) addAll(institutions, id, stretches);
  }
  return belongingTo(facts, 'institution', institutions);
}

/**
 * Billing points of some buildings. Ordered by point, then time; stretches that adjoin are one.
 * @param buildings each in the stretches in which it is of the place that is asked about
 */
export async function countingPoints(
  facts: FactsIn,
  buildings: Belonging,
  carrier: Carrier,
): Promise<Membership[]> {
  const wanted = quantitiesOfCarrier(carrier);
  const housed = await belongingTo(facts, 'building', buildings);
  const points = [...housed.keys()].sort();
  const billing: Belonging = new Map();
  const measured = new Map<string, { quantity: Quantity; stretch: Stretch }[]>();
  for (const row of await facts.of(points, ['role', 'quantities'])) {
    const stretch = overlap(row, facts.range);
    if (!stretch) continue;
    if (row.attribute === 'role') {
      if (row.value === '"billing"') addAll(billing, row.entity, [stretch]);
      continue;
    }
    const quantity = (JSON.parse(row.value) as Quantity[]).find((name) => wanted.includes(name));
    if (quantity === undefined) continue;
    const list = measured.get(row.entity) ?? [];
    list.push({ quantity, stretch });
    measured.set(row.entity, list);
  }
  /** What each counts by itself, whatever stands above it. */
  const counting: Belonging = new Map();
  for (const point of points) {
    const here = common(housed.get(point) ?? [], billing.get(point) ?? []);
    const known = (measured.get(point) ?? []).map(({ stretch }) => stretch);
    const stretches = joined(common(here, known));
    if (stretches.length > 0) counting.set(point, stretches);
  }
  const nested = await nestedStretches(facts, counting);
  return [...counting].flatMap(([point, stretches]) => {
    const left = without(stretches, nested.get(point) ?? []);
    const byQuantity = wanted.flatMap((quantity) => {
      const ofQuantity = (measured.get(point) ?? []).filter((entry) => entry.quantity === quantity);
      const own = common(
        left,
        ofQuantity.map((entry) => entry.stretch),
      );
      return joined(own).map((stretch) => ({ point: point as PointKey, quantity, ...stretch }));
    });
    return byQuantity.sort((a, b) => a.from - b.from);
  });
}

/** Entities whose `attribute` names one of `owners`, each in the stretches in which it does and the owner belongs. */
export async function belongingTo(facts: FactsIn, attribute: string, owners: Belonging): Promise<Belonging> {
  const found: Belonging = new Map();
  for (const row of await facts.naming(attribute, [...owners.keys()])) {
    for (const within of owners.get(row.ref ?? '') ?? []) {
      const stretch = overlap(row, within);
      if (stretch) addAll(found, row.entity, [stretch]);
    }
  }
  return found;
}

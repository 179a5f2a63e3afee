// Which billing points count for a building or an institution, and when: dated facts, cut into stretches. A billing point below
// another one that counts for the same place is a part of it, and does not count again. Shares of shared buildings and
// formulas of virtual points are for accounts alone (census.ts): here a building is the one's that answers for it.
import type { PointKey } from '../domain/topics.ts';
import { type Carrier, type Quantity, quantitiesOfCarrier } from '../domain/units.ts';
import { holdingIn } from './current-facts.ts';
import { nestedStretches } from './nesting.ts';
import type { Membership } from './registry.ts';
import { chunks, type Db } from './schema.ts';
import { addAll, type Belonging, common, joined, overlap, type Stretch, without } from './stretches.ts';

export function membershipOfBuilding(
  db: Db,
  building: string,
  carrier: Carrier,
  range: Stretch,
): Promise<Membership[]> {
  return countingPoints(db, new Map([[building, [range]]]), carrier, range);
}

/** Follows the tree down, each institution in the stretches in which it was below; at any instant by one way only. */
export async function membershipOfInstitution(
  db: Db,
  institution: string,
  carrier: Carrier,
  range: Stretch,
): Promise<Membership[]> {
  return countingPoints(db, await buildingsOfInstitution(db, institution, range), carrier, range);
}

/** Buildings that an institution or one below it answers for, each in the stretches in which it does. */
export async function buildingsOfInstitution(
  db: Db,
  institution: string,
  range: Stretch,
): Promise<Belonging> {
  const institutions: Belonging = new Map([[institution, [range]]]);
  let level: Belonging = institutions;
  while (level.size > 0) {
    level = await belongingTo(db, 'parent', level, range);
    for (const [id, stretches] of level) addAll(institutions, id, stretches);
  }
  return belongingTo(db, 'institution', institutions, range);
}

/** Ordered by point, then time; stretches that adjoin are one. */
async function countingPoints(
  db: Db,
  buildings: Belonging,
  carrier: Carrier,
  range: Stretch,
): Promise<Membership[]> {
  const wanted = quantitiesOfCarrier(carrier);
  const housed = await belongingTo(db, 'building', buildings, range);
  const points = [...housed.keys()].sort();
  const billing: Belonging = new Map();
  const measured = new Map<string, { quantity: Quantity; stretch: Stretch }[]>();
  for (const part of chunks(points)) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'attribute', 'value', 'valid_from', 'valid_to'])
      .where('entity', 'in', part)
      .where('attribute', 'in', ['role', 'quantities'])
      .execute();
    for (const row of rows) {
      const stretch = overlap(row, range);
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
  }
  /** What each counts by itself, whatever stands above it. */
  const counting: Belonging = new Map();
  for (const point of points) {
    const here = common(housed.get(point) ?? [], billing.get(point) ?? []);
    const known = (measured.get(point) ?? []).map(({ stretch }) => stretch);
    const stretches = joined(common(here, known));
    if (stretches.length > 0) counting.set(point, stretches);
  }
  const nested = await nestedStretches(db, [...counting.keys()], () => counting, range);
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
export async function belongingTo(
  db: Db,
  attribute: string,
  owners: Belonging,
  range: Stretch,
): Promise<Belonging> {
  const found: Belonging = new Map();
  for (const part of chunks([...owners.keys()])) {
    const rows = await holdingIn(db, range)
      .select(['entity', 'ref', 'valid_from', 'valid_to'])
      .where('attribute', '=', attribute)
      .where('ref', 'in', part)
      .execute();
    for (const row of rows) {
      for (const within of owners.get(row.ref ?? '') ?? []) {
        const stretch = overlap(row, within);
        if (stretch) addAll(found, row.entity, [stretch]);
      }
    }
  }
  return found;
}

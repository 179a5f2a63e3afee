// Who counts for whom, of all institutions and buildings at once: the rules for one place (membership.ts, item-membership.ts) on
// facts that are read once.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Carrier, carrierNames, quantityEntry } from '../domain/units.ts';
import { type HeldFacts, holdFacts } from './facts-in.ts';
import { countingSubMeters } from './item-membership.ts';
import { buildingsOfInstitution, countingPoints } from './membership.ts';
import type { PlaceMemberships } from './registry.ts';
import type { Db } from './schema.ts';
import type { Belonging, Stretch } from './stretches.ts';

const kinds = ['institution', 'building', 'point'] as const;
const attributes = ['parent', 'institution', 'building', 'role', 'item', 'quantities'] as const;

/** Others are served between any two places; places and carriers without members are left out. */
export async function* allMemberships(db: Db, range: Stretch): AsyncGenerator<PlaceMemberships, void, void> {
  const facts = await holdFacts(db, range, kinds, attributes);
  const carriers = await carriersIn(facts);
  for (const { id, kind } of facts.entities) {
    if (kind === 'point') continue;
    const buildings: Belonging =
      kind === 'building' ? new Map([[id, [range]]]) : await buildingsOfInstitution(facts, id);
    if (buildings.size === 0) continue;
    for (const carrier of carriers) {
      await breathe();
      const total = await countingPoints(facts, buildings, carrier);
      const items = await countingSubMeters(facts, buildings, carrier);
      if (total.length + items.length === 0) continue;
      yield { of: id, kind: kind === 'building' ? 'building' : 'institution', carrier, total, items };
    }
  }
}

/** What points are registered for at some time of the range. */
async function carriersIn(facts: HeldFacts): Promise<readonly Carrier[]> {
  const points = facts.entities.flatMap(({ id, kind }) => (kind === 'point' ? [id] : []));
  const lists = new Set((await facts.of(points, ['quantities'])).map(({ value }) => value));
  const found = new Set(
    [...lists].flatMap((json) => (JSON.parse(json) as string[]).map((name) => quantityEntry(name)?.carrier)),
  );
  return carrierNames.filter((carrier) => found.has(carrier));
}

// Zones (分区): parts of buildings.
import type { Zone, Zones } from './account-contracts.ts';
import { newId, type RegistryContext } from './context.ts';
import { type Values, valuesAt } from './current-facts.ts';
import { addEntities, entitiesOfKind, entityExists } from './entities.ts';
import { recordFacts } from './record-facts.ts';

const shown = ['name', 'building'];

export function createZones(context: RegistryContext): Zones {
  const { db } = context;
  return {
    async create({ name, building, validFrom }, by) {
      const id = newId(context);
      await db.transaction().execute(async (trx) => {
        await addEntities(trx, [{ id, kind: 'zone', agent: null }], context.clock.now());
        const facts = [
          { entity: id, attribute: 'name', validFrom, value: name },
          { entity: id, attribute: 'building', validFrom, value: building },
        ];
        await recordFacts(trx, context, facts, by);
      });
      return { id, name: name.trim(), building };
    },

    async list(at) {
      const ids = await entitiesOfKind(db, 'zone');
      const values = await valuesAt(db, ids, shown, at);
      return ids.flatMap((id) => zoneOf(id, values.get(id)) ?? []);
    },

    async get(id, at) {
      if (!(await entityExists(db, 'zone', id))) return undefined;
      return zoneOf(id, (await valuesAt(db, [id], shown, at)).get(id));
    },
  };
}

/** A zone without a name at the time asked about is not there yet. */
function zoneOf(id: string, values: Values | undefined): Zone | undefined {
  const name = values?.get('name');
  const building = values?.get('building');
  if (typeof name !== 'string') return undefined;
  return { id, name, building: typeof building === 'string' ? building : null };
}

// Buildings, and which institution answers for them.
import { newId, type RegistryContext } from './context.ts';
import { type Values, valuesAt } from './current-facts.ts';
import { addEntities, entitiesOfKind, entityExists } from './entities.ts';
import { recordFacts } from './record-facts.ts';
import type { Building, Registry } from './registry.ts';

const shown = ['name', 'institution'];

export function createBuildings(context: RegistryContext): Registry['buildings'] {
  const { db } = context;
  return {
    async create({ name, institution, validFrom }, by) {
      const id = newId(context);
      await db.transaction().execute(async (trx) => {
        await addEntities(trx, [{ id, kind: 'building', agent: null }], context.clock.now());
        const facts = [
          { entity: id, attribute: 'name', validFrom, value: name },
          { entity: id, attribute: 'institution', validFrom, value: institution },
        ];
        await recordFacts(trx, context, facts, by);
      });
      return { id, name: name.trim(), institution };
    },

    async list(at) {
      const ids = await entitiesOfKind(db, 'building');
      const values = await valuesAt(db, ids, shown, at);
      return ids.flatMap((id) => buildingOf(id, values.get(id)) ?? []);
    },

    async get(id, at) {
      if (!(await entityExists(db, 'building', id))) return undefined;
      return buildingOf(id, (await valuesAt(db, [id], shown, at)).get(id));
    },
  };
}

/** A building without a name at the time asked about is not there yet. */
function buildingOf(id: string, values: Values | undefined): Building | undefined {
  const name = values?.get('name');
  const institution = values?.get('institution');
  if (typeof name !== 'string') return undefined;
  return { id, name, institution: typeof institution === 'string' ? institution : null };
}

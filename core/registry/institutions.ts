// Institutions: a tree by dated facts.
import { newId, type RegistryContext } from './context.ts';
import { holdingAt, type Values, valuesAt } from './current-facts.ts';
import { addEntities, entitiesOfKind, entityExists } from './entities.ts';
import { recordFacts } from './record-facts.ts';
import type { Institution, Registry } from './registry.ts';
import { chunks } from './schema.ts';

const shown = ['name', 'parent'];

export function createInstitutions(context: RegistryContext): Registry['institutions'] {
  const { db } = context;
  return {
    async create({ name, parent, validFrom }, by) {
      const id = newId(context);
      await db.transaction().execute(async (trx) => {
        await addEntities(trx, [{ id, kind: 'institution', agent: null }], context.clock.now());
        const facts = [
          { entity: id, attribute: 'name', validFrom, value: name },
          { entity: id, attribute: 'parent', validFrom, value: parent },
        ];
        await recordFacts(trx, context, facts, by);
      });
      return { id, name: name.trim(), parent };
    },

    async list(at) {
      const ids = await entitiesOfKind(db, 'institution');
      const values = await valuesAt(db, ids, shown, at);
      return ids.flatMap((id) => institutionOf(id, values.get(id)) ?? []);
    },

    async get(id, at) {
      if (!(await entityExists(db, 'institution', id))) return undefined;
      return institutionOf(id, (await valuesAt(db, [id], shown, at)).get(id));
    },

    async subtree(id, at) {
      const found = new Set<string>();
      let level = (await entityExists(db, 'institution', id)) ? [id] : [];
      while (level.length > 0) {
        for (const entity of level) found.add(entity);
        const below: string[] = [];
        for (const part of chunks(level)) {
          const rows = await holdingAt(db, at)
            .select('entity')
            .where('attribute', '=', 'parent')
            .where('ref', 'in', part)
            .execute();
          below.push(...rows.map((row) => row.entity));
        }
        level = below.filter((entity) => !found.has(entity));
      }
      return [...found];
    },
  };
}

/** An institution without a name at the time asked about is not there yet. */
function institutionOf(id: string, values: Values | undefined): Institution | undefined {
  const name = values?.get('name');
  const parent = values?.get('parent');
  if (typeof name !== 'string') return undefined;
  return { id, name, parent: typeof parent === 'string' ? parent : null };
}

// Frozen reviews: added once, never changed or taken away.
import { JieyueError } from '../domain/errors.ts';
import { canonicalJson, checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import { entityExists } from './entities.ts';
import type { Snapshots } from './ledgers.ts';

export function createSnapshots(context: RegistryContext): Snapshots {
  const { db } = context;
  return {
    async add({ name, institution, plan, takenAt, content }, by) {
      const authorship = checkedAuthorship(by);
      const text = canonicalJson(content) as string | undefined;
      const fault =
        name.trim() === '' || name.trim().length > 200
          ? 'a name has 1 to 200 characters'
          : plan.trim() === ''
            ? 'it names no plan'
            : !Number.isSafeInteger(takenAt)
              ? `takenAt ${takenAt} is not epoch ms`
              : text === undefined
                ? 'it has no content'
                : undefined;
      if (fault !== undefined || text === undefined) {
        throw new JieyueError('registry.invalid', `snapshot "${name}" of ${institution}: ${fault}`);
      }
      const row = { id: newId(context), name: name.trim(), institution, plan, ...authorship };
      await db.transaction().execute(async (trx) => {
        if (!(await entityExists(trx, 'institution', institution))) {
          throw new JieyueError(
            'registry.not-found',
            `there is no institution "${institution}"; create it first`,
          );
        }
        await trx
          .insertInto('snapshots')
          .values({ ...row, taken_at: takenAt, content: text })
          .execute();
      });
      return { ...row, takenAt, content: JSON.parse(text) as unknown };
    },

    async list(institution) {
      const rows = await db
        .selectFrom('snapshots')
        .select(['id', 'name', 'institution', 'plan', 'taken_at as takenAt', 'author', 'reason'])
        .where('institution', '=', institution)
        .orderBy('taken_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows;
    },

    async get(id) {
      const row = await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return undefined;
      const { taken_at: takenAt, content, ...rest } = row;
      return { ...rest, takenAt, content: JSON.parse(content) as unknown };
    },
  };
}

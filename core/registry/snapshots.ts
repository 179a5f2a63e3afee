// Frozen reviews: added once, never changed or taken away.
import { JieyueError } from '../domain/errors.ts';
import { canonicalJson, checkedAuthorship } from './check-facts.ts';
import { newId, type RegistryContext } from './context.ts';
import { entityExists } from './entities.ts';
import type { Snapshots } from './ledgers.ts';
import { sayOfFacts } from './words/facts.ts';
import { sayOfLedgers } from './words/ledgers.ts';

export function createSnapshots(context: RegistryContext): Snapshots {
  const { db } = context;
  return {
    async add({ name, institution, plan, takenAt, content }, by) {
      const authorship = checkedAuthorship(by);
      const text = canonicalJson(content) as string | undefined;
      const fault =
        name.trim() === '' || name.trim().length > 200
          ? sayOfLedgers('snapshot.length')
          : plan.trim() === ''
            ? sayOfLedgers('snapshot.plan')
            : !Number.isSafeInteger(takenAt)
              ? sayOfLedgers('snapshot.time', { at: takenAt })
              : text === undefined
                ? sayOfLedgers('snapshot.content')
                : undefined;
      if (fault !== undefined || text === undefined) {
        const what = sayOfLedgers('snapshot.name', { name, institution });
        throw new JieyueError('registry.invalid', sayOfFacts('what.fault', { what, fault: fault ?? '' }));
      }
      const row = { id: newId(context), name: name.trim(), institution, plan, ...authorship };
      await db.transaction().execute(async (trx) => {
        if (!(await entityExists(trx, 'institution', institution))) {
          throw new JieyueError('registry.not-found', sayOfLedgers('institution.none', { id: institution }));
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

// Alarms of the machinery: at most one open of each kind and subject. Limit: the newest 10 000 stay once cleared.
import type { RegistryContext } from './context.ts';
import type { Registry } from './registry.ts';

const clearedLimit = 10_000;
const pruneEvery = 100;

export function createAlarms({ db }: RegistryContext, keep = clearedLimit): Registry['alarms'] {
  return {
    async raise(kind, subject, message, at) {
      await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('alarms')
          .set((eb) => ({ message, last_at: at, count: eb('count', '+', 1) }))
          .where('kind', '=', kind)
          .where('subject', '=', subject)
          .where('cleared_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) return;
        const { seq } = await trx
          .insertInto('alarms')
          .values({ kind, subject, message, since: at, last_at: at, count: 1, cleared_at: null })
          .returning('seq')
          .executeTakeFirstOrThrow();
        if (seq % pruneEvery !== 0) return;
        await trx
          .deleteFrom('alarms')
          .where('cleared_at', 'is not', null)
          .where('seq', '<=', seq - keep)
          .execute();
      });
    },

    async clear(kind, subject, at) {
      await db
        .updateTable('alarms')
        .set({ cleared_at: at })
        .where('kind', '=', kind)
        .where('subject', '=', subject)
        .where('cleared_at', 'is', null)
        .execute();
    },

    async list({ cleared = false } = {}) {
      let query = db.selectFrom('alarms').selectAll();
      if (!cleared) query = query.where('cleared_at', 'is', null);
      const rows = await query.orderBy('seq', 'desc').execute();
      return rows.map(({ kind, subject, message, since, count, last_at, cleared_at }) => ({
        kind,
        subject,
        message,
        since,
        lastAt: last_at,
        count,
        clearedAt: cleared_at,
      }));
    },
  };
}

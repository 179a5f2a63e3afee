// Refused rows with their reason. Limit: the newest 100 000 stay; older ones are dropped a thousand or more at a time.
import type { RegistryContext } from './context.ts';
import type { Registry, RejectInput } from './registry.ts';
import { chunks } from './schema.ts';

export const rejectLimit = 100_000;
const pruneEvery = 1_000;
const rowLimit = 1_000;

export function createRejects({ db }: RegistryContext, keep = rejectLimit): Registry['rejects'] {
  /** Added since the last prune; a restart forgets it, so the first addition prunes. */
  let added = pruneEvery;
  return {
    async add(inputs, at) {
      if (inputs.length === 0) return;
      added += inputs.length;
      const prune = added >= pruneEvery;
      await db.transaction().execute(async (trx) => {
        for (const part of chunks(inputs.slice(-keep), 50)) {
          await trx
            .insertInto('rejects')
            .values(part.map((input) => rowOf(input, at)))
            .execute();
        }
        if (!prune) return;
        const newest = trx.selectFrom('rejects').select((eb) => eb(eb.fn.max('seq'), '-', keep).as('last'));
        await trx.deleteFrom('rejects').where('seq', '<=', newest).execute();
      });
      if (prune) added = 0;
    },

    async count(since) {
      const { count } = await db
        .selectFrom('rejects')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('at', '>=', since)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async list({ agent, after, limit }) {
      let query = db.selectFrom('rejects').selectAll();
      if (agent !== undefined) query = query.where('agent', '=', agent);
      if (after !== undefined) query = query.where('seq', '<', after);
      const rows = await query.orderBy('seq', 'desc').limit(limit).execute();
      return rows.map(({ seq, at, agent, row, batch, position, ...rejection }) => ({
        seq,
        at,
        agent,
        row,
        rejection: { id: batch, index: position, ...rejection } as RejectInput['rejection'],
      }));
    },
  };
}

function rowOf({ agent, rejection, row }: RejectInput, at: number) {
  return {
    at,
    agent: storable(agent),
    batch: storable(rejection.id),
    list: rejection.list,
    position: rejection.index,
    code: rejection.code,
    message: storable(rejection.message),
    row: storable(row.slice(0, rowLimit)),
  };
}

/** What was refused may be any text; databases take none with NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

// Fenced leases: one holder a name; the fence rises with every new tenure, so that a late writer can be told apart.
import type { RegistryContext } from './context.ts';
import type { Lease, Registry } from './registry.ts';
import type { Db } from './schema.ts';

export function createLeases({ db, clock }: RegistryContext): Registry['leases'] {
  return {
    /** One atomic statement; a holder that let its lease run out starts a new tenure, with a higher fence. */
    async acquire(name, holder, ttlMs) {
      const now = clock.now();
      const row = await db
        .insertInto('leases')
        .values({ name, holder, fence: 1, expires_at: now + ttlMs })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((eb) => ({
              fence: eb
                .case()
                .when(eb.and([eb('leases.holder', '=', holder), eb('leases.expires_at', '>', now)]))
                .then(eb.ref('leases.fence'))
                .else(eb('leases.fence', '+', 1))
                .end(),
              holder: eb.ref('excluded.holder'),
              expires_at: eb.ref('excluded.expires_at'),
            }))
            .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.expires_at', '<=', now)])),
        )
        .returning(['fence', 'expires_at'])
        .executeTakeFirst();
      return row && { name, holder, fence: row.fence, expiresAt: row.expires_at };
    },

    async holds({ name, holder, fence }) {
      const row = await db
        .selectFrom('leases')
        .select('fence')
        .where('name', '=', name)
        .where('holder', '=', holder)
        .where('fence', '=', fence)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row !== undefined;
    },

    /** The row stays, so that the fence goes on rising. */
    async release({ name, holder, fence }) {
      await db
        .updateTable('leases')
        .set({ expires_at: 0 })
        .where('name', '=', name)
        .where('holder', '=', holder)
        .where('fence', '=', fence)
        .execute();
    },
  };
}

/**
 * In the transaction of a write, before it: nobody takes the lease over until that is done.
 * @returns whether the lease still is the newest and has not run out
 */
export async function isHeld(trx: Db, { name, holder, fence }: Lease, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('leases')
    .set({ fence })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .where('fence', '=', fence)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

// One number for all that accounts of the fleet are computed from, apart from that of energy accounts: an order a minute must not
// make those anew.
import type { Db } from './schema.ts';

/** In the transaction of the change. */
export async function bumpFleetRevision(trx: Db): Promise<void> {
  await trx
    .updateTable('fleet_revision')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .execute();
}

export async function currentFleetRevision(db: Db): Promise<number> {
  const { value } = await db.selectFrom('fleet_revision').select('value').executeTakeFirstOrThrow();
  return value;
}

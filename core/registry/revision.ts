// One number for all that accounts are computed from: it rises with every change, in the transaction of the change, so
// that whoever keeps something computed can tell by one cheap read whether it is out of date.
import type { Db } from './schema.ts';

/** In the transaction of the change. Whoever changes something at the same time waits for its end. */
export async function bumpRevision(trx: Db): Promise<void> {
  await trx
    .updateTable('revision')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .execute();
}

export async function currentRevision(db: Db): Promise<number> {
  const { value } = await db.selectFrom('revision').select('value').executeTakeFirstOrThrow();
  return value;
}

// Notes of the rollup worker: which months of which series it has replaced. Who keeps sums of rollups asks what came since
// the last note that he knows. Kept: the newest notes, 1 000 of them and 200 000 series in them (looked after every 32 notes); who
// asks for older ones is told to read everything anew, which costs less than a longer memory.
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import { decode, encode } from './announced-marks.ts';
import type { RegistryContext } from './context.ts';
import type { RolledUp, RollupChanges } from './registry.ts';
import type { Db } from './schema.ts';

const keptNotes = 1_000;
const keptSeries = 200_000;
const lookEvery = 32;

/** @param kept smaller limits, for tests */
export function createRollupChanges(
  { db }: Pick<RegistryContext, 'db'>,
  kept = { notes: keptNotes, series: keptSeries, lookEvery },
): RollupChanges {
  return {
    async note(changes) {
      if (changes.length === 0) return;
      const note = { changes: encode(changes), series: changes.length };
      await db.transaction().execute(async (trx) => {
        const { seq } = await trx
          .insertInto('rollup_changes')
          .values(note)
          .returning('seq')
          .executeTakeFirstOrThrow();
        if (seq % kept.lookEvery === 0) await forget(trx, kept);
      });
    },

    async newest() {
      return (await ends(db)).newest;
    },

    async since(seq) {
      return db
        .transaction()
        .setAccessMode('read only')
        .execute(async (trx) => {
          const { oldest, newest } = await ends(trx);
          // A newest one before it: the registry is a backup from before.
          const resync = newest < seq || oldest > seq + 1;
          if (resync || newest === seq) return { seq: newest, resync, changes: [] };
          const notes = await trx
            .selectFrom('rollup_changes')
            .select('changes')
            .where('seq', '>', seq)
            .orderBy('seq')
            .execute();
          return { seq: newest, resync: false, changes: notes.flatMap(({ changes }) => changesOf(changes)) };
        });
    },
  };
}

function changesOf(text: string): RolledUp[] {
  return decode(text).map(({ point, quantity, from, to }) => ({
    point: point as PointKey,
    quantity: quantity as Quantity,
    from,
    to,
  }));
}

/** Numbers of the notes that are kept; 0 where none is. */
async function ends(db: Db): Promise<{ oldest: number; newest: number }> {
  const found = await db
    .selectFrom('rollup_changes')
    .select((eb) => [eb.fn.min('seq').as('oldest'), eb.fn.max('seq').as('newest')])
    .executeTakeFirst();
  return { oldest: found?.oldest ?? 0, newest: found?.newest ?? 0 };
}

async function forget(trx: Db, kept: { readonly notes: number; readonly series: number }): Promise<void> {
  const notes = await trx
    .selectFrom('rollup_changes')
    .select(['seq', 'series'])
    .orderBy('seq', 'desc')
    .limit(kept.notes + 1)
    .execute();
  let series = 0;
  // The newest one stays however long it is.
  const tooOld = notes.find((note, index) => {
    series += note.series;
    return index >= kept.notes || (index > 0 && series > kept.series);
  });
  if (tooOld !== undefined) await trx.deleteFrom('rollup_changes').where('seq', '<=', tooOld.seq).execute();
}

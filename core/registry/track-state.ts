// What holds for all tracks: by which configuration they were judged last, and up to when places of trips, stops and findings are forgotten.
import { sql } from 'kysely';
import type { RegistryContext } from './context.ts';
import { farFuture } from './marks.ts';
import { markCars } from './position-marks.ts';
import type { Db } from './schema.ts';
import type { FleetFinding, Tracks } from './track-contracts.ts';
import { forgetPlacesOfLegs } from './track-legs.ts';

const forgottenBefore = 'places-forgotten-before';
const judgedBy = 'judged-by';

export function createTrackState(
  context: RegistryContext,
): Pick<Tracks, 'forgetPlaces' | 'judgedBy' | 'judgeBy'> {
  const { db } = context;
  return {
    judgedBy: () => stateOf(db, judgedBy),

    async judgeBy(rules, from) {
      await db.transaction().execute(async (trx) => {
        if ((await stateOf(trx, judgedBy)) === rules) return;
        await setState(trx, judgedBy, rules);
        await markCars(trx, context, [{ vehicle: null, from, to: farFuture }]);
      });
    },

    async forgetPlaces(before) {
      const since = Number((await stateOf(db, forgottenBefore)) ?? 0);
      if (before <= since) return { segments: 0, findings: 0 };
      // What was there is written over in the file, not only let go.
      await sql`pragma secure_delete = on`.execute(db);
      let [segments, findings] = [0, 0];
      for (const { terminal } of await db
        .selectFrom('track_segments')
        .select('terminal')
        .distinct()
        .execute())
        segments += await forgetSegments(db, terminal, since, before);
      for (const { terminal } of await db
        .selectFrom('track_findings')
        .select('terminal')
        .distinct()
        .execute())
        findings += await forgetEvidence(db, terminal, since, before);
      await setState(db, forgottenBefore, String(before));
      return { segments, findings };
    },
  };
}

/** Where a track is found anew before that time, its places are forgotten again the next time. In the transaction of the change. */
export async function rememberFrom(trx: Db, from: number): Promise<void> {
  const before = await stateOf(trx, forgottenBefore);
  if (before !== null && Number(before) > from)
    await setState(trx, forgottenBefore, String(Math.max(0, from)));
}

async function forgetSegments(db: Db, terminal: string, since: number, before: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('track_segments')
    .set({ value: sql<string>`json_remove(value, '$.from', '$.to', '$.at', '$.anchor')` })
    .where('terminal', '=', terminal)
    .where('start_ts', '<', before)
    .where('end_ts', '>=', since)
    .where('end_ts', '<', before)
    .executeTakeFirst();
  await forgetPlacesOfLegs(db, terminal, since, before);
  return Number(numUpdatedRows);
}

async function forgetEvidence(db: Db, terminal: string, since: number, before: number): Promise<number> {
  const rows = await db
    .selectFrom('track_findings')
    .selectAll()
    .where('terminal', '=', terminal)
    .where('start_ts', '<', before)
    .where('end_ts', '>=', since)
    .where('end_ts', '<', before)
    .execute();
  for (const { start_ts, kind, about, value } of rows) {
    const finding = JSON.parse(value) as FleetFinding;
    const evidence = finding.evidence.map(({ ts, speedKmh }) => ({ ts, speedKmh }));
    await db
      .updateTable('track_findings')
      .set({ value: JSON.stringify({ ...finding, evidence }) })
      .where('terminal', '=', terminal)
      .where('start_ts', '=', start_ts)
      .where('kind', '=', kind)
      .where('about', '=', about)
      .execute();
  }
  return rows.length;
}

async function stateOf(db: Db, name: string): Promise<string | null> {
  const row = await db.selectFrom('track_state').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

async function setState(db: Db, name: string, value: string): Promise<void> {
  await db
    .insertInto('track_state')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

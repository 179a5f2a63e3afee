// Brings the registry's tables to the version of this program. A version is a file in migrations/, numbered, never edited
// after release; the newest number is the version.
import { type Kysely, type Migration, Migrator } from 'kysely';
import { JieyueError } from '../domain/errors.ts';
import * as first from './migrations/0001-first.ts';
import * as announcedMarks from './migrations/0002-announced-marks.ts';
import * as confirmedMarks from './migrations/0003-confirmed-marks.ts';
import * as accounts from './migrations/0004-accounts.ts';
import * as rollupChanges from './migrations/0005-rollup-changes.ts';
import * as fleet from './migrations/0006-fleet.ts';
import * as tracks from './migrations/0007-tracks.ts';
import * as changes from './migrations/0008-changes.ts';
import * as auditReplace from './migrations/0009-audit-replace.ts';
import * as trackState from './migrations/0010-track-state.ts';
import * as trackLegs from './migrations/0011-track-legs.ts';
import * as auditPrincipal from './migrations/0012-audit-principal.ts';
import type { Db } from './schema.ts';
import { sayOfRegistry } from './words/permits.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-announced-marks': announcedMarks,
  '0003-confirmed-marks': confirmedMarks,
  '0004-accounts': accounts,
  '0005-rollup-changes': rollupChanges,
  '0006-fleet': fleet,
  '0007-tracks': tracks,
  '0008-changes': changes,
  '0009-audit-replace': auditReplace,
  '0010-track-state': trackState,
  '0011-track-legs': trackLegs,
  '0012-audit-principal': auditPrincipal,
};

/**
 * Runs what is missing, in one transaction; processes that start together wait for each other.
 * @throws JieyueError `registry.version` when the tables were made by a newer program.
 */
export async function migrate(
  db: Db,
  path: string,
  known: Readonly<Record<string, Migration>> = migrations,
): Promise<readonly string[]> {
  const done = await refuseNewer(db, path, known);
  if (Object.keys(known).every((name) => done.includes(name))) return [];
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...known }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    // A newer program may have migrated between the look and the lock.
    await refuseNewer(db, path, known);
    if (error instanceof JieyueError) throw error;
    throw new JieyueError(
      'registry.unavailable',
      sayOfRegistry('registry.migration', { path, why: String(error) }),
      {
        cause: error,
      },
    );
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** @returns names of those that were run */
async function refuseNewer(
  db: Db,
  path: string,
  known: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const rows = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  const names = rows.map((row) => row.name);
  const unknown = names.filter((name) => !(name in known));
  if (unknown.length === 0) return names;
  const found = Math.max(...unknown.map(versionOf));
  const mine = Math.max(0, ...Object.keys(known).map(versionOf));
  throw new JieyueError('registry.version', sayOfRegistry('registry.newer', { path, found, mine }), {
    details: { found, known: mine },
  });
}

function versionOf(name: string): number {
  return Number.parseInt(name, 10);
}

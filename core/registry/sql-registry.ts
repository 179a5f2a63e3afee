// The registry on SQL: parts wired by hand. SQLite by path; PostgreSQL will come as a second dialect.
import { randomBytes } from 'node:crypto';
import { Kysely } from 'kysely';
import { builtInDefinitions } from '../domain/accounting/presets/built-in.ts';
import type { Calendar } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { createAccounts } from './accounts.ts';
import { createAgents } from './agents.ts';
import { createAlarms } from './alarms.ts';
import { createBatches } from './batch.ts';
import { createBills } from './bills.ts';
import { createBuildings } from './buildings.ts';
import { createCensus } from './census.ts';
import { createChanges } from './changes.ts';
import type { RegistryContext } from './context.ts';
import { createCorrections } from './corrections.ts';
import { createDefinitions } from './definitions.ts';
import { createFacts } from './facts.ts';
import { createFleet } from './fleet.ts';
import { createInstitutions } from './institutions.ts';
import { createLeases } from './leases.ts';
import type { BuiltInDefinition } from './ledgers.ts';
import { createMarks } from './marks.ts';
import { migrate } from './migrate.ts';
import { createPoints } from './points.ts';
import { createPositionMarks } from './position-marks.ts';
import { createPrincipals } from './principals.ts';
import type { Registry } from './registry.ts';
import { createRejects } from './rejects.ts';
import { createReports } from './reports.ts';
import { createRollupChanges } from './rollup-changes.ts';
import type { Tables } from './schema.ts';
import { createSnapshots } from './snapshots.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { createTracks } from './tracks.ts';
import { createZones } from './zones.ts';

export interface RegistryOptions {
  /** The SQLite file; its folder is made where it is missing. */
  readonly path: string;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a write waits for another process, ms. Default 10 000. */
  readonly busyTimeoutMs?: number;
  /** Default: node:crypto. */
  readonly randomBytes?: (size: number) => Buffer;
  /** PBKDF2 iterations of new password hashes. Default 10 000. */
  readonly passwordIterations?: number;
  /** Refusals kept. Default 100 000. */
  readonly rejectLimit?: number;
  /** Definitions that come with the program. Default: those of core/domain/accounting/presets. */
  readonly builtIns?: readonly BuiltInDefinition[];
}

/** Nothing is opened before `start()`. Several processes of one host may open the same file. */
export function createRegistry(options: RegistryOptions): Registry {
  const { path, calendar, clock, log } = options;
  const db = new Kysely<Tables>({
    dialect: sqliteDialect({ path, busyTimeoutMs: options.busyTimeoutMs ?? 10_000 }),
  });
  const context: RegistryContext = {
    db,
    calendar,
    clock,
    log,
    randomBytes: options.randomBytes ?? randomBytes,
    builtIns: options.builtIns ?? builtInDefinitions,
  };

  return {
    async start() {
      const done = await migrate(db, path);
      if (done.length > 0) log.info({ path, migrations: done }, 'registry migrated');
    },
    stop: () => db.destroy(),

    facts: createFacts(context),
    marks: createMarks(context),
    rollupChanges: createRollupChanges(context),
    institutions: createInstitutions(context),
    buildings: createBuildings(context),
    points: createPoints(context),
    corrections: createCorrections(context),
    agents: createAgents(context, options.passwordIterations),
    principals: createPrincipals(context),
    leases: createLeases(context),
    rejects: createRejects(context, options.rejectLimit),
    alarms: createAlarms(context),
    zones: createZones(context),
    accounts: createAccounts(context),
    batches: createBatches(context),
    bills: createBills(context),
    reports: createReports(context),
    definitions: createDefinitions(context),
    snapshots: createSnapshots(context),
    changes: createChanges(context),
    fleet: createFleet(context),
    positionMarks: createPositionMarks(context),
    tracks: createTracks(context),
    ...createCensus(context),
  };
}

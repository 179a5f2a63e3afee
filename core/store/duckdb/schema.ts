// Tables of the DuckDB engine and the steps that make them. Facts carry no key and no index: an index on facts halves
// writes and grows in memory. Among rows of one key the highest `arrival` wins, on read.
import type { DuckDBConnection } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';
import type { RollupBucket } from '../port.ts';
import { firstNumber } from './rows.ts';

export const rollupTables = {
  hour: 'rollup_hours',
  day: 'rollup_days',
  month: 'rollup_months',
} as const satisfies Record<RollupBucket, string>;

const rollupColumns = `(series INTEGER NOT NULL, ts BIGINT NOT NULL, value DOUBLE, min DOUBLE, max DOUBLE,
  measured_ms DOUBLE NOT NULL, estimated_ms DOUBLE NOT NULL)`;

/** `since`: when the mark was made, epoch ms. Columns as mark-log.ts appends them. */
export const marksTable = `CREATE OR REPLACE TABLE marks(series INTEGER NOT NULL, from_ts BIGINT NOT NULL,
  to_ts BIGINT NOT NULL, version BIGINT NOT NULL, since BIGINT NOT NULL)`;
/** Marks of `series` up to `version` are done. */
export const marksClearedTable = `CREATE OR REPLACE TABLE marks_cleared(series INTEGER NOT NULL,
  version BIGINT NOT NULL)`;

/** One entry a schema version; entries are only ever added. */
const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE series(id INTEGER NOT NULL, point VARCHAR NOT NULL, quantity VARCHAR NOT NULL)`,
    `CREATE TABLE readings(series INTEGER NOT NULL, ts BIGINT NOT NULL, value DOUBLE NOT NULL,
      arrival BIGINT NOT NULL)`,
    `CREATE TABLE positions(vehicle VARCHAR NOT NULL, ts BIGINT NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,
      speed DOUBLE NOT NULL, course DOUBLE NOT NULL, extras VARCHAR NOT NULL, arrival BIGINT NOT NULL)`,
    `CREATE TABLE figures(institution VARCHAR NOT NULL, figure VARCHAR NOT NULL, bucket VARCHAR NOT NULL,
      ts BIGINT NOT NULL, value DOUBLE, state VARCHAR NOT NULL, arrival BIGINT NOT NULL)`,
    ...Object.values(rollupTables).map((table) => `CREATE TABLE ${table}${rollupColumns}`),
    `CREATE TABLE exclusions(series INTEGER NOT NULL, ts BIGINT NOT NULL, until_ts BIGINT NOT NULL,
      code VARCHAR NOT NULL, value DOUBLE NOT NULL, withheld DOUBLE NOT NULL)`,
    marksTable,
    marksClearedTable,
    // Stretches of time that may hold superseded rows, for compaction; see late-stretches.ts.
    `CREATE TABLE late_stretches(facts VARCHAR NOT NULL, stretch INTEGER NOT NULL, arrival BIGINT NOT NULL)`,
  ],
  // What holds for the whole file; see time-zone.ts.
  ['CREATE TABLE settings(name VARCHAR NOT NULL, value VARCHAR NOT NULL)'],
  // What tracks are made of, out of the JSON; see position-columns.ts. Rows that are there keep theirs.
  ['odometer DOUBLE', 'satellites UTINYINT', 'facts UTINYINT'].map(
    (column) => `ALTER TABLE positions ADD COLUMN ${column}`,
  ),
];

/**
 * Brings the file to the newest schema, one transaction a step.
 * @throws JieyueError `store.unavailable` for a file that a newer version of this program has made.
 */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version(version INTEGER NOT NULL)');
  const version = await firstNumber(connection, 'SELECT coalesce(max(version), 0) FROM schema_version');
  if (version > migrations.length) {
    throw new JieyueError(
      'store.unavailable',
      `the store's file has schema ${version}, this program knows ${migrations.length}; use the newer program`,
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    await connection.run('BEGIN');
    for (const statement of statements) await connection.run(statement);
    await connection.run(`INSERT INTO schema_version VALUES (${index + 1})`);
    await connection.run('COMMIT');
  }
}

// The time zone whose days and months the file holds: written at the first opening, compared at every later one, since
// days of two zones in one file would add up to nothing.
import type { DuckDBConnection } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';
import { eachRow } from './rows.ts';

const setting = 'time_zone';

/** @throws JieyueError `config.invalid` for another zone than that of the first opening. */
export async function keepToTimeZone(
  connection: DuckDBConnection,
  path: string,
  timeZone: string,
): Promise<void> {
  let kept: string | undefined;
  await eachRow(connection, `SELECT value FROM settings WHERE name = '${setting}'`, (row) => {
    kept = row.text(0);
  });
  if (kept === timeZone) return;
  if (kept !== undefined) {
    throw new JieyueError(
      'config.invalid',
      `tz (JIEYUE_TZ) is "${timeZone}", but the store ${path} holds days and months of "${kept}"; ` +
        `set tz to "${kept}", or store.path to a new file`,
    );
  }
  await connection.run('INSERT INTO settings VALUES ($1, $2)', [setting, timeZone]);
}

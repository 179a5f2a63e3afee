// The time zone of the days and months that a database holds; another one would mix two kinds of days.

import { escape as escaped } from '@influxdata/influxdb-client';
import { JieyueError } from '../../domain/errors.ts';
import { identifier, select } from '../../domain/influxql.ts';
import { settings } from '../../domain/series.ts';
import type { InfluxConnection } from './connection.ts';

/** 2100-01-01: a time that no retention ever reaches. Where it was written at another one, the newest counts. */
const settledAt = 4_102_444_800_000;

/** Writes it where the database is new. @throws JieyueError `config.invalid` where it holds another */
export async function keepToTimeZone(connection: InfluxConnection, timeZone: string): Promise<void> {
  const { name, fields } = settings;
  const rows = await connection.rows(
    select({ fields: [identifier(fields.timeZone)], from: name, where: [], newestFirst: true, limit: 1 }),
  );
  const kept = rows[0]?.[1];
  if (kept === timeZone) return;
  if (kept !== undefined) {
    throw new JieyueError(
      'config.invalid',
      `the days and months of the database ${connection.database} are those of ${String(kept)}, and tz (JIEYUE_TZ) is ${timeZone}: set it back, or fill another database (store.influx.prefix)`,
    );
  }
  await connection.write([`${name} ${fields.timeZone}=${escaped.quoted(timeZone)} ${settledAt}`]);
}

// Figures must stay: plans compare with a year long past, and what was made of readings that are gone is nowhere else.
import { JieyueError } from '../../domain/errors.ts';
import type { InfluxConnection } from './connection.ts';

/** @throws JieyueError `config.invalid` where the server drops rows of this database when they are old; `store.unavailable` */
export async function refuseIfItExpires(figures: InfluxConnection): Promise<void> {
  const kept = await figures.keptMs();
  if (kept === Number.POSITIVE_INFINITY) return;
  const { database, version } = figures;
  const wayOut =
    version === 1
      ? `ALTER RETENTION POLICY … ON "${database}" DURATION INF`
      : version === 2
        ? `influx bucket update --retention 0 for the bucket ${database}`
        : 'a database without a retention period';
  throw new JieyueError(
    'config.invalid',
    `the database ${database} drops figures after ${Math.round(kept / 86_400_000)} days, and they must stay for ever: ${wayOut}`,
  );
}

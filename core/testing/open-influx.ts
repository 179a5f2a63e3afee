// A store in InfluxDB for tests: of this process and of others (`openAt`).
import type { DatabasePart } from '../domain/series.ts';
import { silentLogger } from '../runtime/logger.ts';
import type { InfluxOptions } from '../store/influx/connection.ts';
import { InfluxStore, type InfluxStoreOptions } from '../store/influx/influx-store.ts';

/** @param prefix of the names of the three databases */
export function influxAt(
  prefix: string,
  options: (database: string) => InfluxOptions,
  more: Partial<InfluxStoreOptions> = {},
): InfluxStore {
  const part = (name: DatabasePart) => options(`${prefix}_${name}`);
  return new InfluxStore({
    databases: { readings: part('readings'), positions: part('positions'), figures: part('figures') },
    timeZone: 'Asia/Shanghai',
    log: silentLogger,
    ...more,
  });
}

/** @param argument JSON of `url` and `prefix` */
export async function openAt(argument: string): Promise<InfluxStore> {
  const { url, prefix } = JSON.parse(argument) as { url: string; prefix: string };
  const store = influxAt(prefix, (database) => ({
    url,
    database,
    retentionDays: 0,
    shardDays: 28,
    timeoutMs: 30_000,
  }));
  await store.start();
  return store;
}

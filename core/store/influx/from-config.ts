// An InfluxDB store as the configuration describes it.
import { type DatabasePart, databaseSuffixes } from '../../domain/series.ts';
import { type Config, readSecret } from '../../runtime/config.ts';
import type { StoreDeps } from '../deps.ts';
import type { InfluxOptions } from './connection.ts';
import { InfluxStore } from './influx-store.ts';

/** Fewer, longer shards than the server would make: history is written and read by months and years. */
const shardDays: Readonly<Record<DatabasePart, number>> = { readings: 28, positions: 7, figures: 364 };

export function influxFromConfig(config: Config, deps: StoreDeps): InfluxStore {
  const options = (part: DatabasePart) => influxOptions(config, part);
  return new InfluxStore({
    log: deps.log,
    beforeCommit: deps.beforeCommit,
    timeZone: config.tz,
    seriesEveryMs: config.store.influx.seriesEveryMs,
    databases: {
      readings: options('readings'),
      positions: options('positions'),
      figures: options('figures'),
    },
  });
}

/** How to reach one database: its own credential, or that of all. */
export function influxOptions(config: Config, part: DatabasePart): InfluxOptions {
  const { influx } = config.store;
  const own = influx[part];
  const password = readSecret(own) ?? readSecret(influx);
  const token =
    readSecret({ password: own.token, passwordFile: own.tokenFile }) ??
    readSecret({ password: influx.token, passwordFile: influx.tokenFile });
  return {
    url: influx.url ?? '',
    database: own.database ?? `${influx.prefix}_${databaseSuffixes[part]}`,
    user: own.user ?? influx.user,
    password,
    token,
    organisation: influx.organisation,
    version: influx.version,
    retentionDays: own.retentionDays,
    shardDays: shardDays[part],
    timeoutMs: influx.timeoutMs,
  };
}

// Opens the telemetry store that the configuration names. The list of engines stands here once.
import { type Config, underHome } from '../runtime/config.ts';
import type { StoreDeps } from './deps.ts';
import type { TelemetryStore } from './port.ts';

type Engine = Config['store']['engine'];

/** One entry an engine; the names are those of `store.engine` in the configuration. Only the one in use is loaded. */
const engines: Readonly<Record<Engine, (config: Config, deps: StoreDeps) => Promise<TelemetryStore>>> = {
  duckdb: async (config, deps) => {
    const { DuckDbStore } = await import('./duckdb/duckdb-store.ts');
    return new DuckDbStore({
      ...deps,
      path: config.store.path ?? underHome(config, 'telemetry.duckdb'),
      timeZone: config.tz,
      memoryLimitMb: config.store.memoryLimitMb,
      threads: config.store.threads,
    });
  },
  influx: async (config, deps) => {
    const { influxFromConfig } = await import('./influx/from-config.ts');
    return influxFromConfig(config, deps);
  },
};

/** The store as configured, not started: `start()` opens it. */
export function openStore(config: Config, deps: StoreDeps): Promise<TelemetryStore> {
  return engines[config.store.engine](config, deps);
}

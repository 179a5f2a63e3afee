// Opens the telemetry store that the configuration names. The list of engines stands here once.
import type { Clock } from '../runtime/clock.ts';
import { type Config, underHome } from '../runtime/config.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { DuckDbStore } from './duckdb/duckdb-store.ts';
import type { TelemetryStore } from './port.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  /** For tests of failure: called before each commit; what it throws makes the write fail. */
  readonly beforeCommit?: (() => void | Promise<void>) | undefined;
}

type Engine = Config['store']['engine'];

/** One line an engine; the names are those of `store.engine` in core/runtime/config.ts. */
const engines: Readonly<Record<Engine, (config: Config, deps: StoreDeps) => TelemetryStore>> = {
  duckdb: (config, deps) =>
    new DuckDbStore({
      ...deps,
      path: config.store.path ?? underHome(config, 'telemetry.duckdb'),
      memoryLimitMb: config.store.memoryLimitMb,
      threads: config.store.threads,
    }),
};

/** The store as configured, not started: `start()` opens it. */
export function openStore(config: Config, deps: StoreDeps): TelemetryStore {
  return engines[config.store.engine](config, deps);
}

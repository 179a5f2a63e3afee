// Builds the parts of the system from a configuration. What a part is made of stands here once; commands wire them.
import { hostname } from 'node:os';
import { Accounting } from '../api/accounting/accounting.ts';
import { monthQuality } from '../api/accounting/month-quality.ts';
import { createBoardJobs } from '../api/jobs/board-jobs.ts';
import type { Registry } from '../core/registry/registry.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { type Config, readSecret, underHome } from '../core/runtime/config.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { JobScheduler } from '../core/runtime/scheduler.ts';
import { openStore } from '../core/store/open-store.ts';
import type { TelemetryStore } from '../core/store/port.ts';
import { EmbeddedBroker } from '../ingest/broker/embedded-broker.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { Retention } from '../ingest/fleet/retention.ts';
import { Housekeeping } from '../ingest/housekeeping.ts';
import { Ingest } from '../ingest/ingest.ts';
import { RollupWorker } from '../ingest/rollups/rollup-worker.ts';
import { sharedSecret } from './secrets.ts';
import type { Surroundings } from './settings.ts';

/** Where and as whom ingest connects to the broker. */
export interface BrokerAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Path of the certificate authority (PEM). */
  readonly ca: string | undefined;
}

/** The file of the registry. */
export function registryPath(config: Config): string {
  return config.registry.path ?? underHome(config, 'registry.sqlite');
}

export function makeRegistry({ config, calendar, log }: Surroundings): Registry & Service {
  const path = registryPath(config);
  return { ...createRegistry({ path, calendar, clock: systemClock, log }), name: 'registry' };
}

export async function makeStore(
  { config, log }: Surroundings,
  metrics: Metrics,
): Promise<TelemetryStore & Service> {
  const store = await openStore(config, { clock: systemClock, log, metrics });
  return Object.assign(store, { name: 'store' });
}

/**
 * The broker as configured: an outside one by URL, or the embedded one, for which the processes of one home share a
 * password of ingest's own.
 */
export function brokerAccess(config: Config, port: number = config.mqtt.port): BrokerAccess {
  const { url, user, ca } = config.mqtt;
  return {
    url: url ?? `mqtt://${reachable(config.mqtt.host)}:${port}`,
    user: user ?? 'ingest',
    password: readSecret(config.mqtt) ?? sharedSecret(underHome(config, 'ingest.password')),
    ca,
  };
}

export function makeBroker(
  { config, log }: Surroundings,
  registry: Registry,
  metrics: Metrics,
): EmbeddedBroker {
  const { user, password } = brokerAccess(config);
  return new EmbeddedBroker({
    host: config.mqtt.host,
    port: config.mqtt.port,
    tls: config.mqtt.tls,
    agents: registry.agents,
    internal: { user, password },
    maxConnections: config.mqtt.maxConnections,
    maxQueuedPerClient: config.mqtt.maxQueuedPerClient,
    clock: systemClock,
    log,
    metrics,
  });
}

export function makeIngest(
  { config, calendar, log }: Surroundings,
  parts: { store: TelemetryStore; registry: Registry; access: BrokerAccess; metrics: Metrics },
): {
  ingest: Ingest;
  rollups: RollupWorker;
  tracks: FleetWorker;
  housekeeping: Housekeeping;
  retention: Retention;
} {
  const { store, registry, access, metrics } = parts;
  const { queueRows, queueBytes, writeRows, rollupEveryMs } = config.ingest;
  const ingest = new Ingest({
    store,
    registry,
    ...access,
    queueRows,
    queueBytes,
    writeRows,
    clock: systemClock,
    log,
    metrics,
  });
  const holder = `${hostname()}/${process.pid}`;
  const rollups = new RollupWorker({
    store,
    registry,
    calendar,
    holder,
    everyMs: rollupEveryMs,
    busy: () => ingest.busy,
    clock: systemClock,
    log,
    metrics,
  });
  const tracks = new FleetWorker({
    store,
    registry,
    config: config.fleet,
    calendar,
    holder,
    clock: systemClock,
    log,
    metrics,
  });
  const retention = new Retention({
    store,
    registry,
    config: config.fleet,
    timeZone: config.tz,
    holder,
    clock: systemClock,
    log,
    metrics,
  });
  const housekeeping = new Housekeeping({
    store,
    registry,
    at: config.ingest.compactAt,
    timeZone: config.tz,
    holder,
    clock: systemClock,
    log,
    metrics,
  });
  return { ingest, rollups, tracks, housekeeping, retention };
}

/** Books of energy accounting; started, they follow what changes. */
export function makeAccounting(
  { calendar, log }: Surroundings,
  parts: { store: TelemetryStore; registry: Registry; metrics: Metrics },
): Accounting {
  return new Accounting({ ...parts, calendar, clock: systemClock, log });
}

/** The jobs that write series for boards; `undefined` where no board reads the store's engine. */
export function makeBoardJobs(
  { config, calendar, log }: Surroundings,
  parts: { store: TelemetryStore; registry: Registry; metrics: Metrics; accounting?: Accounting },
): JobScheduler | undefined {
  const holder = `${hostname()}/${process.pid}`;
  return createBoardJobs(
    { ...parts, calendar, clock: systemClock, log, fleet: config.fleet },
    { times: config.jobs, holder, quality: monthQuality },
  );
}

/** The address by which a listener on all interfaces is reached from this machine. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

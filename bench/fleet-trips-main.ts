// A process that follows a fleet's month anew as ingest does it: positions out of the store, trips, stops, gaps, findings, all of it into the
// registry. Options as JSON; prints one line of JSON.
import { join } from 'node:path';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { calendar, terminal } from './fleet-trips-fill.ts';
import { peakMbOf } from './processes.ts';

export interface TripsOutcome {
  readonly seconds: number;
  readonly trips: number;
  readonly peakMb: number;
}

const { home, cars } = JSON.parse(process.argv[2] ?? '{}') as { home: string; cars: number };
const deps = { clock: systemClock, log: silentLogger };
const config = loadConfig({ environment: { JIEYUE_HOME: home } });
const store = await openStore(config, deps);
const registry = createRegistry({ path: join(home, 'registry.sqlite'), calendar, ...deps });
await registry.start();
await store.start();
const parts = { store, registry, config: config.fleet, calendar, holder: 'bench', metrics: new Metrics() };
const worker = new FleetWorker({ ...parts, ...deps });
const started = performance.now();
await worker.settle();
const seconds = (performance.now() - started) / 1_000;
const terminals = Array.from({ length: cars }, (_, car) => terminal(car));
const found = await registry.tracks.segments({ terminals, from: 0, to: Date.now() * 2, kinds: ['trip'] });
const outcome: TripsOutcome = { seconds, trips: found.length, peakMb: peakMbOf(process.pid) ?? Number.NaN };
process.stdout.write(`${JSON.stringify(outcome)}\n`);
await store.stop();
await registry.stop();

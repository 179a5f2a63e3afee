// A home with agents and their points, and the system on it under load: what benchmarks of ingest have in common.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Calendar } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { seriesNames } from '../simulators/load/workload.ts';
import { BenchProcess, freePort } from './processes.ts';

export const agentIds = ['rsj-east', 'rsj-west', 'rsj-north', 'rsj-south', 'rsj-centre'];
export const pointsPerAgent = 1_000;
export const series = agentIds.length * pointsPerAgent;
export const stepMs = 15_000;
export const password = 'a-password-of-the-benchmark';
/** Preloaded rows end here; fresh ones begin. */
export const freshFrom = () => Math.floor(systemClock.now() / 86_400_000) * 86_400_000 - 200 * 86_400_000;

const doneSchema = z.object({
  seconds: z.number(),
  ackedRows: z.number(),
  rowsPerSecond: z.number(),
  messagesPerSecond: z.number(),
  rejectedRows: z.number(),
  unacknowledgedBatches: z.number(),
  resends: z.number(),
  latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
  cpuSeconds: z.number(),
  peakRssMb: z.number(),
});
export type Done = z.infer<typeof doneSchema>;

export interface Outcome {
  readonly done: Done;
  readonly ingestMb: number;
  readonly brokerMb: number;
  readonly lagMs: number;
  /** Mean size of a durable write. */
  readonly rowsPerWrite: number;
}

/**
 * The system on a home, loaded by a generator until everything is acknowledged and rolled up.
 * @param options of the generator. @param environment settings of broker and ingest beside those of every home
 */
export async function load(
  home: string,
  options: Record<string, unknown>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const [mqttPort, opsPort] = [await freePort(), await freePort()];
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
    ...environment,
  };
  const broker = new BenchProcess('standalone/cli.js', ['broker'], settings);
  await broker.line(/is running/);
  const ingest = new BenchProcess(
    'standalone/cli.js',
    ['ingest', '--metrics-port', String(opsPort)],
    settings,
  );
  await ingest.line(/is running/);
  const generator = new BenchProcess('simulators/load/main.js', []);
  try {
    generator.send(
      JSON.stringify({
        url: `mqtt://127.0.0.1:${mqttPort}`,
        agents: agentIds.map((id) => ({ id, password })),
        points: pointsPerAgent,
        startTs: freshFrom(),
        stepMs,
        drainMs: 60_000,
        ackTimeoutMs: 30_000,
        ...options,
      }),
    );
    const done = doneSchema.parse(JSON.parse(await generator.line(/"type":"(done|error)"/)));
    if (done.unacknowledgedBatches > 0 || done.rejectedRows > 0) {
      throw new Error(
        `${done.unacknowledgedBatches} batches unacknowledged, ${done.rejectedRows} rows rejected`,
      );
    }
    const lagMs = await rolledUp(opsPort);
    const rowsPerWrite = Math.round(
      done.ackedRows / (await metric(opsPort, 'jieyue_ingest_write_seconds_count')),
    );
    return { done, ingestMb: ingest.peakMb(), brokerMb: broker.peakMb(), lagMs, rowsPerWrite };
  } finally {
    for (const each of [generator, ingest, broker]) await each.end();
  }
}

/** How long after the last acknowledgement the rollups are complete; gives up after a minute. */
async function rolledUp(opsPort: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const behind = await metric(opsPort, 'jieyue_rollup_series_behind');
    const elapsed = performance.now() - started;
    if (behind === 0 || elapsed > 60_000) return elapsed;
    await sleep(50);
  }
}

export async function metric(opsPort: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  return Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? Number.NaN);
}

/** A home with the agents and their points registered. */
export async function found(home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const calendar = new Calendar('Asia/Shanghai');
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  const validFrom = calendar.floor(Date.UTC(2020, 0, 1), 'year');
  for (const id of agentIds) {
    await registry.agents.create(id, password);
    await registry.points.registerAll(
      seriesNames(pointsPerAgent).map(({ point, quantity }) => ({
        key: pointKey(id, point),
        name: point,
        quantities: [quantity],
        validFrom,
        expectedIntervalMs: stepMs,
      })),
      { author: 'bench', reason: 'benchmark' },
    );
  }
  // Registered before there are readings: nothing to compute again.
  for (
    let marks = await registry.marks.pending(10_000);
    marks.length > 0;
    marks = await registry.marks.pending(10_000)
  ) {
    await registry.marks.clear(marks);
  }
  await registry.stop();
}

export async function withCopy<T>(base: string, work: (home: string) => Promise<T>): Promise<T> {
  const home = `${base}-copy`;
  rmSync(home, { recursive: true, force: true });
  cpSync(base, home, { recursive: true });
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

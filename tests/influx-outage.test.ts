// With InfluxDB as the store: it is killed under load and comes back on its own disk, ingest is killed wherever it hurts,
// and someone spoils the database. What the outbox took is in the store once, and the figures are those from scratch.
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it, type TestContext } from 'vitest';
import { buildApp } from '../api/app.ts';
import type { WireReading } from '../core/domain/telemetry.ts';
import { Calendar } from '../core/domain/time.ts';
import { pointKey, topic } from '../core/domain/topics.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { until } from '../core/testing/jieyue.ts';
import { peakMemoryMb } from '../core/testing/processes.ts';
import { requireServer } from '../core/testing/real-server.ts';
import {
  expectLedger,
  feedAgent,
  metric,
  openRegistry,
  ready,
  settle,
  startAll,
  type World,
  type WorldOptions,
  world,
} from './loss-world.ts';

const influxd = requireServer('influxd', installInfluxDb);
/** Longer than a request may take (30 s), than all pauses between attempts, and than the log waits to remind of it. */
const outageMs = 60_000;
/** Rows, counted as they are estimated: of 40 bytes. */
const queueRows = 2_000;
/** What else arrives in an outage: batches of more bytes in all than ingest may ever hold. */
const flood = { agent: 'flood-agent', password: 'a-password-of-the-flood', batches: 8_000, rows: 1_250 };
const memoryLimitMb = 300;

interface InfluxWorld extends World {
  readonly server: InfluxServer;
}

async function influxWorld(context: TestContext, options: WorldOptions): Promise<InfluxWorld> {
  const server = new InfluxServer(influxd ?? '');
  context.onTestFinished(() => server.remove());
  await server.start();
  const all = await world(context, {
    ...options,
    environment: {
      JIEYUE_STORE_ENGINE: 'influx',
      JIEYUE_STORE_INFLUX_URL: server.url,
      ...options.environment,
    },
  });
  return { ...all, server };
}

describe.skipIf(influxd === undefined).concurrent('with InfluxDB, nothing is lost', () => {
  it('when it is killed under load and started on its own disk', { timeout: 240_000 }, async (context) => {
    const all = await influxWorld(context, {
      seed: 21,
      points: 12,
      steps: 4_500,
      rowsPerChunk: 200,
      pauseMs: 200,
      // Less than what the agent has under way: what does not fit must be dropped and come again.
      environment: { JIEYUE_INGEST_QUEUE_ROWS: String(queueRows), JIEYUE_INGEST_WRITE_ROWS: '500' },
    });
    await createAgent(all, flood);
    await startAll(all, ['broker', 'ingest', 'agent', 'feeder']);
    await until(async () => ((await metric(all, 'ingest_readings_total')) ?? 0) > 2_000);
    expect(await health(all)).toEqual([200, { status: 'ok' }]);
    // Rows and figures are under way: it has been up for less than a second of rollups.
    await all.server.kill('SIGKILL');
    await sleep(1_000);
    const stored = await metric(all, 'ingest_readings_total');

    expect(await queueFull(all)).toBe(0);
    const [flooded] = await Promise.all([floodWithBatches(all), sleep(outageMs)]);
    // Held, they alone would be more than ingest may be.
    expect(flooded / 1024 / 1024).toBeGreaterThan(memoryLimitMb);
    const queued = (await metric(all, 'ingest_queue_rows')) ?? 0;
    expect(queued).toBeLessThanOrEqual(queueRows);
    expect(queued).toBeGreaterThan(queueRows / 4);
    expect(await queueFull(all)).toBeGreaterThan(flood.batches * 0.9);
    expect(await metric(all, 'ingest_readings_total')).toBe(stored);
    expect(await metric(all, 'ingest_store_up')).toBe(0);
    expect(await health(all)).toEqual([
      503,
      { status: 'down', waitsFor: [expect.stringMatching(/^the store \(\d+ rows to write\)$/)] },
    ]);
    const log = all.ingest.errors.join('\n');
    expect(log).toMatch(
      /waiting for the store \(\d+ rows to write\); nothing is acknowledged until it answers/,
    );
    expect(log).toContain('ECONNREFUSED');
    expect(log.match(/waiting for the store/g)?.length).toBeLessThan(5);
    await all.server.start();
    await until(async () => (await metric(all, 'ingest_store_up')) === 1);
    await until(async () => (await health(all))[0] === 200);

    await all.feeder.line(/^fed /);
    const peak = peakMemoryMb(all.ingest.pid);
    if (peak !== undefined) expect(peak).toBeLessThan(memoryLimitMb);
    await settle(all);
    await expectLedger(all);
  });

  it('when ingest is killed at random moments, and before each step after a write', {
    timeout: 240_000,
  }, async (context) => {
    const place = join(tmpdir(), `jieyue-die-${process.pid}`);
    context.onTestFinished(() => rmSync(place, { force: true }));
    const all = await influxWorld(context, {
      seed: 22,
      steps: 1_500,
      ingest: ['core/testing/dying-ingest-main.js', place],
    });
    await startAll(all, ['broker', 'ingest', 'agent', 'feeder']);
    const random = seeded(20_263);
    const places = ['confirm', 'clear', 'request', 'confirm', 'clear', 'request'] as const;
    for (const name of places) {
      await sleep(200 + random() * 900);
      await all.ingest.end('SIGKILL');
      await sleep(random() * 300);
      await all.ingest.start(ready.ingest);
      await sleep(random() * 600);
      writeFileSync(place, name);
      expect(await all.ingest.exited()).toBe(null);
      // A server that is away at the start is waited for by whoever starts ingest again, so it is back by then.
      if (name === 'clear') {
        await all.server.kill('SIGKILL');
        await all.server.start();
      }
      await all.ingest.start(ready.ingest);
    }
    await all.feeder.line(/^fed /);
    await settle(all);
    await expectLedger(all);
  });

  it('when ingest dies before it marks what it wrote, and the agent never comes back', {
    timeout: 240_000,
  }, async (context) => {
    const place = join(tmpdir(), `jieyue-left-${process.pid}`);
    context.onTestFinished(() => rmSync(place, { force: true }));
    const all = await influxWorld(context, {
      seed: 23,
      ingest: ['core/testing/dying-ingest-main.js', place],
    });
    await startAll(all, ['broker', 'ingest', 'agent']);
    writeFileSync(place, 'confirm');
    const quarter = 15 * 60_000;
    const from = Date.UTC(2026, 0, 1);
    const rows = Array.from(
      { length: 9 },
      (_, step): WireReading => ['left', 'electricity', from + step * quarter, step],
    );
    await feed(all, rows);
    expect(await all.ingest.exited()).toBe(null);
    await all.agent.end('SIGKILL');
    await all.ingest.start(ready.ingest);

    const store = await openStore(all.config, { clock: systemClock, log: silentLogger });
    context.onTestFinished(() => store.stop());
    await store.start();
    const series = store.findSeries(pointKey(feedAgent, 'left'), 'electricity');
    if (series === undefined) throw new Error('nothing was written');
    const hours = async () => {
      const [found = []] = await store.rollupWindows('hour', [{ series, from: 0, to: systemClock.now() }]);
      return found.map(({ value }) => value);
    };
    expect((await store.readings(series, 0, systemClock.now(), 100)).ts).toHaveLength(9);
    expect(await hours()).toEqual([]);
    await until(async () => (await hours()).length > 0);
    expect(await hours()).toEqual([4, 4]);
  });

  it('when the database refuses some of the rows: they are set aside with the reason, the others go on', {
    timeout: 120_000,
  }, async (context) => {
    const all = await influxWorld(context, { seed: 24 });
    await startAll(all, ['broker', 'ingest']);
    // In a shard without rows of ours someone begins the field as a whole number: floats are refused there from then on.
    const spoilt = Date.UTC(2024, 5, 15);
    const line = `readings,point=someone/else,quantity=power value=1i ${spoilt}`;
    const answer = await fetch(`${all.server.url}/write?db=jieyue_readings&precision=ms`, {
      method: 'POST',
      body: line,
    });
    expect(answer.status).toBe(204);

    const from = Date.UTC(2026, 0, 1);
    const rows = Array.from(
      { length: 150 },
      (_, n): WireReading => ['good', 'power', from + n * 60_000, n / 4],
    );
    for (const at of [3, 77, 78]) rows[at] = ['bad', 'power', spoilt + at * 1_000, at];
    const before = await writeRequests(all);
    await startAll(all, ['agent']);
    await feed(all, rows);
    await until(async () => ((await metric(all, 'ingest_readings_total')) ?? 0) >= 147);
    expect((await writeRequests(all)) - before).toBeLessThanOrEqual(40);
    expect(await metric(all, 'ingest_rejected_total')).toBe(3);

    const rejects = await rejectsOf(all, context);
    expect(rejects).toHaveLength(3);
    for (const reject of rejects) {
      expect(reject).toMatchObject({
        agent: feedAgent,
        code: 'row.refused-by-store',
        message: expect.stringContaining('field type conflict'),
      });
    }
    // What comes after them is not held back, nor are they sent again.
    await feed(all, [['good', 'power', from + 1_000 * 60_000, 1]]);
    await until(async () => (await metric(all, 'ingest_readings_total')) === 148);
    all.agent.write('drain');
    expect(await all.agent.line(/drained/)).toBe('drained 0');
  });
});

async function health({ opsUrl }: World): Promise<readonly [number, unknown]> {
  const response = await fetch(`${opsUrl}/health`);
  return [response.status, await response.json()];
}

async function createAgent({ home }: World, { agent, password }: typeof flood): Promise<void> {
  const registry = await openRegistry(home);
  await registry.agents.create(agent, password);
  await registry.stop();
}

/** Sends batch after batch and looks at no answer. @returns how many bytes the broker has taken */
async function floodWithBatches({ mqttPort }: World): Promise<number> {
  const { agent, password, batches, rows } = flood;
  const settings = { username: agent, password, clientId: agent };
  const client = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`, settings, false);
  const from = Date.UTC(2026, 0, 1);
  const readings = Array.from(
    { length: rows },
    (_, n): WireReading => ['flood', 'power', from + n * 60_000, n],
  );
  const body = `"sentAt":${from},"readings":${JSON.stringify(readings)},"positions":[]}`;
  let bytes = 0;
  for (let sent = 0; sent < batches; sent++) {
    const payload = `{"id":"flood-${String(sent).padStart(20, '0')}",${body}`;
    await client.publishAsync(topic(agent, 'batch'), payload, { qos: 1 });
    bytes += payload.length;
    await sleep(2);
  }
  await client.endAsync();
  return bytes;
}

/** Batches that ingest dropped unanswered since its queue was full. */
async function queueFull({ opsUrl }: World): Promise<number> {
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const [, count] = /^jieyue_ingest_discarded_total\{reason="queue-full"\} (\d+)$/m.exec(text) ?? [];
  return Number(count ?? 0);
}

/** Puts rows into the outbox of the agent. */
function feed({ feedPort }: World, rows: readonly WireReading[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(feedPort, '127.0.0.1', () => socket.write(`${JSON.stringify(rows)}\n`));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      if (String(answer) === 'ok\n') resolve();
      else reject(new Error(String(answer)));
    });
  });
}

/** How many write requests the server has answered since its start. */
async function writeRequests({ server }: InfluxWorld): Promise<number> {
  const stats = (await (await fetch(`${server.url}/debug/vars`)).json()) as Record<
    string,
    { name?: string; values?: Record<string, number> }
  >;
  return Object.values(stats).find(({ name }) => name === 'httpd')?.values?.['writeReq'] ?? Number.NaN;
}

/** GET /api/v1/rejects, as an admin gets it. */
async function rejectsOf(all: World, context: TestContext): Promise<readonly unknown[]> {
  const registry = await openRegistry(all.home);
  const store = await openStore(all.config, { clock: systemClock, log: silentLogger });
  await store.start();
  const app = buildApp({
    store,
    registry,
    calendar: new Calendar('Asia/Shanghai'),
    clock: systemClock,
    log: silentLogger,
    metrics: new Metrics(),
    language: 'en',
    version: 'test',
    ready: () => ({ store: true, registry: true, broker: true }),
  });
  context.onTestFinished(async () => {
    await app.close();
    await store.stop();
    await registry.stop();
  });
  const { key } = await registry.principals.create('admin', [{ role: 'admin', institution: null }]);
  const answer = await app.inject({ url: '/api/v1/rejects', headers: { authorization: `Bearer ${key}` } });
  expect(answer.statusCode).toBe(200);
  return (answer.json() as { rejects: unknown[] }).rejects;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

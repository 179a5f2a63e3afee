// The promise: what the outbox took is in the store exactly once, whoever is killed on the way, and the figures are
// those of a computation from scratch.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sumByCalendar } from '../core/domain/energy/calendar-sums.ts';
import { noFacts } from '../core/domain/energy/facts.ts';
import { createScan, endOfTime, headChange } from '../core/domain/energy/recompute.ts';
import { Calendar } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';
import { TestProcess } from '../core/testing/processes.ts';
import { freePort } from '../core/testing/real-server.ts';

const agent = 'feed-agent';
const calendar = new Calendar('Asia/Shanghai');
const points = 12;
const steps = 900;
const from = Date.UTC(2026, 0, 1);

const folders: string[] = [];
const running: TestProcess[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.end('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function world(seed: number, environment: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-lost-'));
  folders.push(home);
  const [mqttPort, feedPort] = [await freePort(), await freePort()];
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
    JIEYUE_INGEST_ROLLUP_EVERY_MS: '200',
    ...environment,
  };
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  await registry.agents.create(agent, 'a-password-of-the-test');
  await registry.stop();
  const make = (command: readonly string[]) => {
    const made = new TestProcess(command, settings);
    running.push(made);
    return made;
  };
  const feed = {
    agent,
    password: 'a-password-of-the-test',
    port: feedPort,
    outbox: join(home, 'outbox.sqlite'),
  };
  const ledger = join(home, 'ledger.jsonl');
  const order = { port: feedPort, seed, ledger, points, steps, rowsPerChunk: 40, pauseMs: 60, from };
  return {
    home,
    ledger,
    config: loadConfig({ environment: { JIEYUE_HOME: home } }),
    broker: make(['standalone/cli.js', 'broker']),
    ingest: make(['standalone/cli.js', 'ingest']),
    agent: make([
      'core/testing/feed-agent-main.js',
      JSON.stringify({ ...feed, url: `mqtt://127.0.0.1:${mqttPort}` }),
    ]),
    feeder: make(['core/testing/feeder-main.js', JSON.stringify(order)]),
  };
}

const ready = { broker: /broker is running/, ingest: /ingest is running/, agent: /feed ready/ } as const;

describe('nothing is lost', () => {
  it('when agent, broker and ingest are killed twenty times at random moments', {
    timeout: 240_000,
  }, async () => {
    const seed = 20_261;
    const random = seeded(seed);
    const all = await world(seed);
    for (const name of ['broker', 'ingest', 'agent'] as const) await all[name].start(ready[name]);
    await all.feeder.start(/feeding/);

    const killed = { broker: 0, ingest: 0, agent: 0 };
    for (let kill = 0; kill < 20; kill++) {
      await sleep(200 + random() * 900);
      const name = (['ingest', 'agent', 'broker'] as const)[kill % 3] ?? 'ingest';
      await all[name].end('SIGKILL');
      killed[name]++;
      await sleep(random() * 300);
      await all[name].start(ready[name]);
    }
    expect(killed).toEqual({ ingest: 7, agent: 7, broker: 6 });
    await all.feeder.line(/^fed /);
    await settle(all);
    await expectLedger(all);
  });
});

/** Waits for the last acknowledgement, gives the rollups their ten seconds, then ends everything in order. */
async function settle(all: Awaited<ReturnType<typeof world>>): Promise<void> {
  all.agent.write('drain');
  expect(await all.agent.line(/drained/)).toBe('drained 0');
  await sleep(10_000);
  await all.agent.end('SIGTERM');
  await all.ingest.end('SIGTERM');
  await all.broker.end('SIGTERM');
}

async function expectLedger(all: Awaited<ReturnType<typeof world>>): Promise<void> {
  const ledger = readFileSync(all.ledger, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string, number, number]);
  expect(ledger).toHaveLength(points * steps);

  const store = openStore(all.config, { clock: systemClock, log: silentLogger });
  await store.start();
  try {
    expect((await store.marks?.backlog())?.series).toBe(0);
    for (let index = 0; index < points; index++) {
      const name = `feed.p${index}`;
      const rows = ledger.filter(([point]) => point === name).sort((a, b) => a[2] - b[2]);
      const series = store.findSeries(pointKey(agent, name), 'electricity');
      expect(series).toBeDefined();
      if (series === undefined) return;
      const slice = await store.readings(series, 0, endOfTime, 1_000_000);
      expect([...slice.ts]).toEqual(rows.map(([, , ts]) => ts));
      expect([...slice.value]).toEqual(rows.map(([, , , value]) => value));

      const scan = createScan('electricity', noFacts);
      for (const [, , ts, value] of rows) scan.push(ts, value);
      const { hours, exclusions } = headChange(scan, 0, 0);
      const window = [{ series, from: 0, to: endOfTime }];
      expect((await store.rollupWindows('hour', window))[0]).toEqual(hours);
      const days = sumByCalendar(hours, 'day', calendar, 'register');
      expect((await store.rollupWindows('day', window))[0]).toEqual(days);
      const months = sumByCalendar(days, 'month', calendar, 'register');
      expect((await store.rollupWindows('month', window))[0]).toEqual(months);
      const kept = (await store.exclusionWindows(window))[0];
      expect(kept).toEqual([...exclusions].sort((a, b) => a.ts - b.ts));
    }
  } finally {
    await store.stop();
  }
}

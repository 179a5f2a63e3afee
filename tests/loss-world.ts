// A small world that must lose nothing: broker, ingest and an agent in processes of their own, and a generator that feeds the
// agent and keeps the ledger. What the ledger holds is compared with the store when all is over.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { sumByCalendar } from '../core/domain/energy/calendar-sums.ts';
import { noFacts } from '../core/domain/energy/facts.ts';
import { createScan, endOfTime, headChange } from '../core/domain/energy/recompute.ts';
import type { Exclusion } from '../core/domain/energy/rollup.ts';
import { Calendar } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import type { Registry } from '../core/registry/registry.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { type Config, loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';
import type { TelemetryStore } from '../core/store/port.ts';
import { TestProcess } from '../core/testing/processes.ts';
import { freePort } from '../core/testing/real-server.ts';

export const feedAgent = 'feed-agent';
const password = 'a-password-of-the-test';
const calendar = new Calendar('Asia/Shanghai');

export interface WorldOptions {
  readonly seed: number;
  /** Series, and quarters of an hour of each. */
  readonly points?: number;
  readonly steps?: number;
  readonly rowsPerChunk?: number;
  readonly pauseMs?: number;
  /** Where an outside broker listens. */
  readonly mqttPort?: number;
  /** What runs ingest, as path below dist and arguments. */
  readonly ingest?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface World {
  readonly home: string;
  readonly mqttPort: number;
  /** /health and /metrics of ingest. */
  readonly opsUrl: string;
  /** Where the agent takes rows: a line of JSON, answered with `ok` once they are in its outbox. */
  readonly feedPort: number;
  readonly outbox: string;
  readonly ledger: string;
  readonly rows: { readonly points: number; readonly steps: number };
  readonly config: Config;
  readonly broker: TestProcess;
  readonly ingest: TestProcess;
  readonly agent: TestProcess;
  readonly feeder: TestProcess;
}

/** What each process prints when it is up. */
export const ready = {
  broker: /broker is running/,
  ingest: /ingest is running/,
  agent: /feed ready/,
  feeder: /feeding/,
} as const;

/** Nothing runs yet; processes and the folder are gone when the test ends. Worlds of concurrent tests stand side by side. */
export async function world(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: WorldOptions,
): Promise<World> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-lost-'));
  const [feedPort, opsPort] = [await freePort(), await freePort()];
  const mqttPort = options.mqttPort ?? (await freePort());
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'warn',
    JIEYUE_LANGUAGE: 'en',
    JIEYUE_INGEST_ROLLUP_EVERY_MS: '200',
    ...options.environment,
  };
  const registry = await openRegistry(home);
  await registry.agents.create(feedAgent, password);
  await registry.stop();

  const { seed, points = 12, steps = 900, rowsPerChunk = 40, pauseMs = 60 } = options;
  const outbox = join(home, 'outbox.sqlite');
  const ledger = join(home, 'ledger.jsonl');
  const url = `mqtt://127.0.0.1:${mqttPort}`;
  const feed = { agent: feedAgent, password, port: feedPort, outbox, url };
  const from = Date.UTC(2026, 0, 1);
  const order = { port: feedPort, seed, ledger, points, steps, rowsPerChunk, pauseMs, from };
  const ingest = options.ingest ?? ['standalone/cli.js', 'ingest'];
  const made = {
    broker: new TestProcess(['standalone/cli.js', 'broker'], settings),
    ingest: new TestProcess([...ingest, '--metrics-port', String(opsPort)], settings),
    agent: new TestProcess(['core/testing/feed-agent-main.js', JSON.stringify(feed)], settings),
    feeder: new TestProcess(['core/testing/feeder-main.js', JSON.stringify(order)], settings),
  };
  onTestFinished(async () => {
    for (const each of Object.values(made)) await each.end('SIGKILL');
    rmSync(home, { recursive: true });
  });
  return {
    home,
    mqttPort,
    opsUrl: `http://127.0.0.1:${opsPort}`,
    feedPort,
    outbox,
    ledger,
    rows: { points, steps },
    config: loadConfig({ environment: { ...options.environment, JIEYUE_HOME: home } }),
    ...made,
  };
}

export async function startAll(all: World, names: readonly (keyof typeof ready)[]): Promise<void> {
  for (const name of names) await all[name].start(ready[name]);
}

/** Waits for the last acknowledgement, gives the rollups their ten seconds, then ends everything in order. */
export async function settle(all: World): Promise<void> {
  all.agent.write('drain');
  expect(await all.agent.line(/drained/)).toBe('drained 0');
  await sleep(10_000);
  await all.agent.end('SIGTERM');
  expect(await all.ingest.end('SIGTERM')).toBe(0);
  await all.broker.end('SIGTERM');
}

/** The store holds exactly the ledger, and its figures are those of a computation from scratch. */
export async function expectLedger({ ledger: file, rows: fed, config }: World): Promise<void> {
  const ledger = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string, number, number]);
  expect(ledger).toHaveLength(fed.points * fed.steps);

  const store = await openStore(config, { clock: systemClock, log: silentLogger });
  await store.start();
  try {
    expect(await backlogOf(store, config)).toBe(0);
    for (let index = 0; index < fed.points; index++) {
      const name = `feed.p${index}`;
      const rows = ledger.filter(([point]) => point === name).sort((a, b) => a[2] - b[2]);
      const series = store.findSeries(pointKey(feedAgent, name), 'electricity');
      if (series === undefined) throw new Error(`the store does not know ${name}`);
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
      const kept = (await store.exclusionWindows(window))[0] ?? [];
      expect([...kept].sort(inOrder)).toEqual([...exclusions].sort(inOrder));
    }
  } finally {
    await store.stop();
  }
}

/** Series that are not followed yet, whoever keeps their marks. */
async function backlogOf(store: TelemetryStore, config: Config): Promise<number> {
  const registry = await openRegistry(config.home);
  try {
    return (await (store.marks ?? registry.marks).backlog()).series;
  } finally {
    await registry.stop();
  }
}

/** The registry of a home, as one more process would have it. */
export async function openRegistry(home: string): Promise<Registry> {
  const path = join(home, 'registry.sqlite');
  const registry = createRegistry({ path, calendar, clock: systemClock, log: silentLogger });
  await registry.start();
  return registry;
}

/** One reading may be excluded for two reasons. */
function inOrder(a: Exclusion, b: Exclusion): number {
  return a.ts - b.ts || a.until - b.until || a.code.localeCompare(b.code);
}

/** One gauge or counter of ingest, all its labels summed; `undefined` when it is not there. */
export async function metric(all: World, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${all.opsUrl}/metrics`)).text();
  const values = text.split('\n').flatMap((line) => {
    const [, value] = line.match(new RegExp(`^jieyue_${name}(?:\\{[^}]*\\})? (\\S+)$`)) ?? [];
    return value === undefined ? [] : [Number(value)];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

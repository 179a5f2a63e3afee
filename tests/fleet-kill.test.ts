// The promise for cars: what a terminal was told is taken is in the store exactly once, whoever is killed on the way, and trips and
// findings are those of a computation from scratch.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import type { PointKey } from '../core/domain/topics.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import type { PositionRow } from '../core/store/port.ts';
import { TestProcess } from '../core/testing/processes.ts';
import { freePort } from '../core/testing/real-server.ts';
import { testCalendar } from '../core/testing/test-registry.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { positionMarksOf } from '../ingest/marks.ts';
import { jt808Entry } from '../simulators/fleet/agent-config.ts';
import { fleetCity } from '../simulators/fleet/city.ts';
import { wireOf } from '../simulators/fleet/driving/transport.ts';
import { FleetTerminals } from '../simulators/fleet/terminals/fleet-terminals.ts';
import { accelerated } from '../simulators/fleet/terminals/pace.ts';
import { openRegistry } from './loss-world.ts';

const from = Date.parse('2026-09-28T00:00+08:00');
const agentId = 'cars';
const driveMs = 30_000;
const fleet = fleetCity({ seed: 6, cars: 12, days: 2, from });
const cars = fleet.cars.filter(({ terminal }) => terminal.protocol === 'jt808');
const terminals = cars.map(({ point }): PointKey => `${agentId}/${point}`);

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** All that a car's terminal sends, as it is stored: a time counts once. */
function sentBy(car: (typeof cars)[number]): Map<number, PositionRow> {
  const rows = new Map<number, PositionRow>();
  for (const { fix } of fleet.positionsOf(car.id)) {
    const [, ts, lat, lon, speedKmh, courseDeg, extras] = wireOf(car.id, fix);
    rows.set(ts, { vehicle: `${agentId}/${car.point}`, ts, lat, lon, speedKmh, courseDeg, extras });
  }
  return rows;
}

interface Processes {
  readonly broker: TestProcess;
  readonly ingest: TestProcess;
  readonly agent: TestProcess;
}

const ready = {
  broker: /broker is running/,
  ingest: /ingest is running/,
  agent: /agent .*is running/,
} as const;

async function processes({ onTestFinished }: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-cars-'));
  const [mqttPort, agentPort, ingestPort, port] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const password = 'a-password-of-the-test';
  const registry = await openRegistry(home);
  await registry.agents.create(agentId, password);
  await registry.stop();
  const codeSecretFile = join(home, 'jt808.secret');
  writeFileSync(codeSecretFile, 'a-secret-of-the-test', { mode: 0o600 });
  const file = join(home, 'agent.yaml');
  // YAML holds JSON.
  const source = {
    ...jt808Entry(fleet, { host: '127.0.0.1', port, codeSecretFile }),
    framesPerSecond: 1_000,
  };
  writeFileSync(file, JSON.stringify({ agent: { id: agentId, password, sources: [source] } }));
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
  };
  const cli = 'standalone/cli.js';
  const all: Processes = {
    broker: new TestProcess([cli, 'broker'], settings),
    ingest: new TestProcess([cli, 'ingest', '--metrics-port', String(ingestPort)], settings),
    agent: new TestProcess([cli, 'agent', '--config', file, '--metrics-port', String(agentPort)], settings),
  };
  onTestFinished(async () => {
    for (const each of Object.values(all)) await each.end('SIGKILL');
    rmSync(home, { recursive: true });
  });
  return { ...all, home, port, agentPort, ingestPort };
}

async function gauge(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^jieyue_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}

it('positions survive agent, broker and ingest killed fifteen times while cars drive', {
  timeout: 240_000,
}, async (context) => {
  const all = await processes(context);
  for (const name of ['broker', 'ingest', 'agent'] as const) await all[name].start(ready[name]);
  const speed = (fleet.to - from) / driveMs;
  const driven = new FleetTerminals({
    fleet,
    host: '127.0.0.1',
    port: all.port,
    pace: accelerated(from, systemClock.now(), speed),
    clock: systemClock,
    retryMs: 1_000,
    reconnectMs: 200,
  });
  context.onTestFinished(() => driven.stop());
  driven.start();

  const random = seeded(20_262);
  for (let kill = 0; kill < 15; kill++) {
    await sleep(200 + random() * 1_200);
    const name = (['ingest', 'agent', 'broker'] as const)[kill % 3] ?? 'ingest';
    await all[name].end('SIGKILL');
    await sleep(random() * 300);
    await all[name].start(ready[name]);
  }
  await driven.done();
  expect(driven.counts.refused).toBe(0);
  expect(driven.counts.connections).toBeGreaterThan(cars.length * 4);
  await until(async () => (await gauge(all.agentPort, 'uplink_outbox_rows')) === 0);
  await until(async () => (await gauge(all.ingestPort, 'tracks_behind')) === 0);
  await all.agent.end('SIGTERM');
  expect(await all.ingest.end('SIGTERM')).toBe(0);
  await all.broker.end('SIGTERM');

  const config = loadConfig({ environment: { JIEYUE_HOME: all.home } });
  const store = await openStore(config, { clock: systemClock, log: silentLogger });
  const registry = await openRegistry(all.home);
  await store.start();
  try {
    const kept: PositionRow[] = [];
    for (const car of cars) {
      const sent = sentBy(car);
      const rows = await store.positions(`${agentId}/${car.point}`, 0, fleet.to * 2, 1_000_000);
      expect(rows.map(({ ts }) => ts)).toEqual([...sent.keys()].sort((a, b) => a - b));
      kept.push(...rows);
    }
    expect(kept.length).toBeGreaterThan(10_000);

    const found = () => registry.tracks.segments({ terminals, from: 0, to: fleet.to * 2 });
    const followed = await found();
    expect(followed.filter(({ segment }) => segment.kind === 'trip').length).toBeGreaterThan(20);
    for (const terminal of terminals)
      await registry.tracks.replace(terminal, {
        segmentsFrom: 0,
        segments: [],
        findingsFrom: 0,
        findings: [],
      });
    const marks = positionMarksOf(kept);
    await registry.marks.confirm(await registry.marks.announce(marks), marks);
    const worker = new FleetWorker({
      store,
      registry,
      config: config.fleet,
      calendar: testCalendar,
      holder: 'test',
      clock: systemClock,
      log: silentLogger,
      metrics: new Metrics(),
    });
    await worker.settle();
    expect(await found()).toEqual(followed);
  } finally {
    await registry.stop();
    await store.stop();
  }
});

// One city on two engines: the same readings through broker, ingest and rollups of each, the same registry, the same API.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../api/app.ts';
import { EmbeddedBroker } from '../../ingest/broker/embedded-broker.ts';
import { historyOf } from '../../simulators/history.ts';
import type { Meters } from '../../simulators/meters.ts';
import { registerCity } from '../../standalone/demo/register.ts';
import { makeIngest } from '../../standalone/parts.ts';
import type { WireReading } from '../domain/telemetry.ts';
import { Calendar } from '../domain/time.ts';
import type { Registry } from '../registry/registry.ts';
import { createRegistry } from '../registry/sql-registry.ts';
import { sleep, systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { Services } from '../runtime/lifecycle.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { openStore } from '../store/open-store.ts';
import type { TelemetryStore } from '../store/port.ts';
import { Uplink } from '../uplink/uplink.ts';

const password = 'a-password-of-the-test';
const common = { clock: systemClock, log: silentLogger };
const batchesAhead = 4;

/** The city on one engine. */
export interface Twin {
  readonly engine: string;
  readonly store: TelemetryStore;
  readonly registry: Registry;
  readonly meters: Meters;
  /** The body of an answer of the API, at the city's present. @throws unless it answers 200 */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Puts rows into the outbox of an agent. */
  send(agent: string, readings: readonly WireReading[]): Promise<void>;
  /** Resolves when all that was sent is acknowledged and nothing is left to follow. */
  settled(): Promise<void>;
}

export interface Twins {
  readonly all: readonly [Twin, Twin];
  end(): Promise<void>;
}

/** @param engines settings of each engine, in the words of the environment */
export async function twinsOf(
  meters: Meters,
  engines: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>],
): Promise<Twins> {
  const { all, end } = await citiesOn(meters, engines);
  const [first, second] = all;
  if (first === undefined || second === undefined) throw new Error('two engines make two cities');
  return { all: [first, second], end };
}

/** The same city on each engine, with the same ids. */
export async function citiesOn(
  meters: Meters,
  engines: readonly Readonly<Record<string, string>>[],
): Promise<{ readonly all: readonly Twin[]; end(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-twins-'));
  const founded = join(folder, 'registry.sqlite');
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const end = async () => {
    for (const each of ends.splice(0).reverse()) await each();
  };
  try {
    const key = await found(founded, meters);
    const all: Twin[] = [];
    for (const [index, environment] of engines.entries()) {
      const home = join(folder, String(index));
      mkdirSync(home);
      copyFileSync(founded, join(home, 'registry.sqlite'));
      const made = await startTwin(home, environment, meters, key);
      ends.push(made.end);
      all.push(made.twin);
    }
    return { all, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The city's past, chunk by chunk to both. @param later chunks for which it says true are held back and returned */
export async function sendPast(
  twins: { readonly all: readonly Twin[] },
  meters: Meters,
  later: (chunk: number) => boolean = () => false,
): Promise<{ agent: string; readings: readonly WireReading[] }[]> {
  const held: { agent: string; readings: readonly WireReading[] }[] = [];
  let count = 0;
  for await (const chunk of historyOf(meters, { chunkRows: 5_000 }).chunks()) {
    if (later(count++)) held.push(chunk);
    else for (const twin of twins.all) await twin.send(chunk.agent, chunk.readings);
  }
  return held;
}

/** A registry that knows the city, to be copied, so that ids are the same. @returns an admin's key */
async function found(path: string, meters: Meters): Promise<string> {
  const calendar = new Calendar(meters.city.tz);
  const registry = createRegistry({ path, calendar, passwordIterations: 101, ...common });
  await registry.start();
  await registerCity(registry, meters, calendar, 'en');
  for (const agent of meters.city.agents) await registry.agents.create(agent, password);
  const { key } = await registry.principals.create('admin', [{ role: 'admin', institution: null }]);
  await registry.stop();
  return key;
}

async function startTwin(
  home: string,
  environment: Readonly<Record<string, string>>,
  meters: Meters,
  key: string,
): Promise<{ twin: Twin; end: () => Promise<void> }> {
  const config = loadConfig({
    environment: { JIEYUE_HOME: home, JIEYUE_INGEST_ROLLUP_EVERY_MS: '100', ...environment },
  });
  const calendar = new Calendar(meters.city.tz);
  const metrics = new Metrics();
  const registry = createRegistry({ path: join(home, 'registry.sqlite'), calendar, ...common });
  const store = await openStore(config, common);
  const broker = new EmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    agents: registry.agents,
    internal: { user: 'ingest', password },
    metrics,
    ...common,
  });
  const services = new Services(silentLogger);
  await services.start(Object.assign(registry, { name: 'registry' }));
  await services.start(Object.assign(store, { name: 'store' }));
  await services.start(broker);
  const url = `mqtt://127.0.0.1:${broker.address().port}`;
  const access = { url, user: 'ingest', password, ca: undefined };
  const parts = { store, registry, access, metrics };
  const { ingest, rollups } = makeIngest({ config, calendar, log: silentLogger }, parts);
  await services.start(rollups);
  await services.start(ingest);
  const uplinks = new Map<string, Uplink>();
  for (const agent of meters.city.agents) {
    const uplink = new Uplink({
      agent,
      url,
      password,
      outbox: { path: join(home, `${agent}.sqlite`), limitBytes: 256 * 1024 * 1024 },
      window: 4,
      flushEveryMs: 100,
      batchRows: 5_000,
      version: 'test',
      random: Math.random,
      ...common,
    });
    uplinks.set(agent, uplink);
    await services.start(uplink);
  }
  const present = { now: () => meters.city.to };
  const app: FastifyInstance = buildApp({
    store,
    registry,
    calendar,
    clock: present,
    log: silentLogger,
    metrics: new Metrics(),
    language: 'en',
    version: 'test',
    ready: () => ({ store: true, registry: true, broker: true }),
  });
  const uplinkOf = (agent: string) => {
    const uplink = uplinks.get(agent);
    if (uplink === undefined) throw new Error(`the city has no agent ${agent}`);
    return uplink;
  };
  const twin: Twin = {
    engine: store.engine,
    store,
    registry,
    meters,
    async get(path, query = {}) {
      const url = `/api/v1${path}?${new URLSearchParams(query)}`;
      const answer = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
      if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`);
      return answer.json() as unknown;
    },
    async send(agent, readings) {
      const uplink = uplinkOf(agent);
      while (uplink.depth().batches > batchesAhead) await sleep(5);
      await uplink.push(readings);
    },
    async settled() {
      for (const uplink of uplinks.values()) await uplink.drained();
      for (const marks of [registry.marks, store.marks]) {
        while (((await marks?.backlog())?.series ?? 0) > 0) await sleep(50);
      }
    },
  };
  return {
    twin,
    end: async () => {
      await app.close();
      await services.stop();
    },
  };
}

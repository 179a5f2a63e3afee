// The agent with sources of the test, an embedded broker and a small ingest; the sources themselves are tested beside their code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { statusSchema, type WirePosition, type WireReading } from '../core/domain/telemetry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { configSchema } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { FakeIngest } from '../core/testing/fake-ingest.ts';
import { quick, seeded, series, temporaryFolder } from '../core/testing/uplink-rows.ts';
import { type AgentConfig, EdgeAgent, type EdgeAgentOptions } from './agent.ts';
import type { Sink, Source } from './sources/source.ts';

/** A source that hands over what the test tells it to. */
class ScriptedSource implements Source {
  readonly protocol = 'scripted';
  readonly name: string;
  sink: Sink = () => Promise.reject(new Error('not started'));
  stopped = false;

  constructor(name: string) {
    this.name = name;
  }

  start(sink: Sink): Promise<void> {
    this.sink = sink;
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (!this.stopped) await this.sink(series('last', 1));
    this.stopped = true;
  }

  health() {
    const { name, protocol } = this;
    return {
      name,
      protocol,
      state: 'ok',
      devices: 1,
      devicesSilent: 0,
      lastReadAt: null,
      fault: null,
    } as const;
  }
}

async function startIngest(): Promise<FakeIngest> {
  const ingest = new FakeIngest({ password: 'secret' });
  await ingest.start();
  onTestFinished(() => ingest.stop());
  return ingest;
}

function config(settings: object): AgentConfig {
  const { agent } = configSchema.parse({ agent: { id: 'edge-1', password: 'secret', ...settings } });
  if (!agent) throw new Error('no agent');
  return agent;
}

function makeAgent(ingest: FakeIngest, settings: object, options: Partial<EdgeAgentOptions> = {}): EdgeAgent {
  const agent = new EdgeAgent({
    config: config(settings),
    mqtt: { url: ingest.url },
    home: temporaryFolder(),
    clock: systemClock,
    random: seeded(6),
    log: silentLogger,
    version: '1.0.0',
    ...quick,
    ...options,
  });
  onTestFinished(() => agent.stop());
  return agent;
}

const file = (name: string) => ({
  type: 'file',
  name,
  path: 'x',
  point: 'p',
  timeColumn: 't',
  columns: { c: 'power' },
});
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

test('what sources read arrives, their health is in the status, and the last rows of a source are taken at the stop', async () => {
  const ingest = await startIngest();
  const source = new ScriptedSource('meters');
  const home = temporaryFolder();
  const agent = makeAgent(ingest, { sources: [file('meters')] }, { createSource: () => source, home });
  await agent.start();
  await source.sink(series('m', 100));
  await agent.uplink.drained();
  expect(ingest.state.size).toBe(100);
  const online = ingest.statuses
    .map(({ message }) => statusSchema.parse(message))
    .find(({ state }) => state === 'online');
  expect(online?.sources).toEqual([source.health()]);
  await agent.stop();

  const again = makeAgent(ingest, {}, { home });
  await again.start();
  await again.uplink.drained();
  expect([...ingest.state.keys()].some((key) => key.startsWith('last '))).toBe(true);
});

test('a faulty row costs itself, not the rows that were read with it', async () => {
  const ingest = await startIngest();
  const source = new ScriptedSource('meters');
  const agent = makeAgent(ingest, { sources: [file('meters')] }, { createSource: () => source });
  await agent.start();
  const bad: WireReading[] = [
    ['m 1', 'power', 1_700_000_000_000, 1],
    ['m1', 'power', 1_700_000_000_000, Number.NaN],
  ];
  await source.sink([...series('a', 5), ...bad, ...series('b', 5)]);
  await agent.uplink.drained();
  expect(ingest.state.size).toBe(10);
  expect(agent.depth()).toMatchObject({ faultyRows: 2, lostRows: 0 });
});

test('positions travel with readings, and a faulty row of either kind costs itself', async () => {
  const ingest = await startIngest();
  const source = new ScriptedSource('cars');
  const agent = makeAgent(ingest, { sources: [file('cars')] }, { createSource: () => source });
  await agent.start();
  const place = (lat: number, ts: number): WirePosition => ['13800000001', ts, lat, 114.3, 50, 90, {}];
  const ts = 1_704_038_400_000;
  const bad: WireReading = ['m 1', 'power', ts, 1];
  await source.sink(
    [...series('a', 3), bad],
    [place(30, ts), place(116.3, ts + 1_000), place(31, ts + 2_000)],
  );
  await source.sink([], [place(32, ts + 3_000)]);
  await agent.uplink.drained();
  expect(ingest.state.size).toBe(6);
  expect(ingest.state.get(`13800000001 ${ts + 2_000}`)).toBe(JSON.stringify(place(31, ts + 2_000)));
  expect(agent.depth()).toMatchObject({ faultyRows: 2, lostRows: 0 });
});

test('positions that the outbox refuses are counted as lost along with the readings', async () => {
  const ingest = await startIngest();
  const source = new ScriptedSource('cars');
  const agent = makeAgent(ingest, { sources: [file('cars')] }, { createSource: () => source });
  await agent.start();
  await agent.uplink.stop();
  const position: WirePosition = ['13800000001', 1_704_038_400_000, 30, 114, 0, 0, {}];
  await expect(source.sink(series('a', 2), [position])).rejects.toMatchObject({ code: 'outbox.disk' });
  expect(agent.depth()).toMatchObject({ lostRows: 3, faultyRows: 0 });
});

test('when the outbox is full the source is told, and the loss is counted and in the status', async () => {
  const ingest = await startIngest();
  ingest.verdict = () => 'discard';
  const source = new ScriptedSource('meters');
  const agent = makeAgent(
    ingest,
    { sources: [file('meters')], outboxLimitMb: 1 },
    { createSource: () => source },
  );
  await agent.start();
  await expect(
    (async () => {
      for (let i = 0; i < 100; i++) await source.sink(series(`m${i}`, 2_000));
    })(),
  ).rejects.toMatchObject({ code: 'outbox.full' });
  expect(agent.depth()).toMatchObject({ lostRows: 2_000, refusedRows: 2_000, nearFull: true });
  await until(() => {
    expect(ingest.statuses.at(-1)?.message).toMatchObject({ outbox: { refusedRows: 2_000, nearFull: true } });
  });
  ingest.verdict = () => 'ack';
  await agent.uplink.drained();
  await source.sink(series('after', 10));
});

test('a file source reads its rows through the agent into ingest', async () => {
  const ingest = await startIngest();
  const path = join(temporaryFolder(), 'meter.csv');
  writeFileSync(path, 'time,kWh\n2024-01-01 00:00,10\n2024-01-01 01:00,11.5\n');
  const settings = {
    type: 'file',
    name: 'f',
    path,
    point: 'school',
    timeColumn: 'time',
    columns: { kWh: 'electricity' },
  };
  const agent = makeAgent(ingest, { sources: [settings] });
  await agent.start();
  await until(() => expect(ingest.state.get('school electricity 1704042000000')).toContain('11.5'));
});

test('an agent without a password or with two sources of a name is refused at its construction', async () => {
  const ingest = await startIngest();
  expect(() => makeAgent(ingest, { password: undefined })).toThrow(/no password/);
  expect(() =>
    makeAgent(
      ingest,
      { sources: [file('x'), file('x')] },
      { createSource: ({ name }) => new ScriptedSource(name) },
    ),
  ).toThrow(/two sources named "x"/);
});

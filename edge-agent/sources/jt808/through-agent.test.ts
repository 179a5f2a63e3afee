// Terminals, the agent with its real outbox, a broker and a small ingest.
import { expect, it, onTestFinished } from 'vitest';
import { positionSchema } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { configSchema } from '../../../core/runtime/config.ts';
import { jt808SourceSchema } from '../../../core/runtime/jt808-config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { Metrics } from '../../../core/runtime/metrics.ts';
import { FakeIngest } from '../../../core/testing/fake-ingest.ts';
import { TestTerminal } from '../../../core/testing/jt808-terminal.ts';
import { quick, seeded, temporaryFolder } from '../../../core/testing/uplink-rows.ts';
import { EdgeAgent } from '../../agent.ts';
import { Jt808Source } from './source.ts';

const phone = '13800000001';
const ts = Date.UTC(2026, 9, 1, 2);

it('what was answered "ok" without a broker arrives when the agent runs again with one; a closed outbox is a failure', async () => {
  const ingest = new FakeIngest({ password: 'secret' });
  await ingest.start();
  onTestFinished(() => ingest.stop());
  const { url } = ingest;
  await ingest.stop();
  const home = temporaryFolder();

  const first = await startAgent(url, home);
  const terminal = await enter(first.port);
  const serials = Array.from({ length: 50 }, (_, at) =>
    terminal.sendLocation({ ts: ts + at * 1_000, lat: 30.5, lon: 114.25 }),
  );
  for (const serial of serials) expect(await terminal.resultOf(serial)).toBe(0);
  await first.agent.uplink.stop();
  expect(await terminal.askLocation({ ts: ts + 60_000, lat: 30.5, lon: 114.25 })).toBe(1);
  expect(first.agent.health()[0]).toMatchObject({
    state: 'degraded',
    fault: expect.stringContaining('outbox'),
  });
  expect(first.agent.depth().lostRows).toBe(1);
  await first.agent.stop();

  await ingest.start();
  const second = await startAgent(url, home);
  await second.agent.uplink.drained();
  expect(ingest.rows.map((row) => positionSchema.parse(row)[1])).toEqual(
    serials.map((_, at) => ts + at * 1_000),
  );
});

it('metrics tell what the source is and counted, as long as the agent runs', async () => {
  const metrics = new Metrics();
  const { agent, port } = await startAgent('mqtt://127.0.0.1:1', temporaryFolder(), metrics);
  const terminal = await enter(port);
  expect(await terminal.askLocation({ ts, lat: 30.5, lon: 114.25 })).toBe(0);
  const labels = 'agent="edge-1",source="cars"';
  const text = await metrics.text();
  for (const line of [
    `jieyue_source_up{${labels}} 1`,
    `jieyue_source_devices{${labels}} 1`,
    `jieyue_source_devices_silent{${labels}} 0`,
    `jieyue_source_events_total{${labels},event="positions"} 1`,
    `jieyue_source_events_total{${labels},event="bad-frames-checksum"} 0`,
  ])
    expect(text.split('\n')).toContain(line);
  // Asked again, what was counted is not added to itself.
  expect(await metrics.text()).toContain(`event="positions"} 1\n`);
  await agent.stop();
  expect(await metrics.text()).not.toContain(`${labels},event`);
});

async function startAgent(
  url: string,
  home: string,
  metrics?: Metrics,
): Promise<{ agent: EdgeAgent; port: number }> {
  const settings = {
    type: 'jt808',
    name: 'cars',
    host: '127.0.0.1',
    port: 0,
    terminals: [{ phone, code: 'by-hand' }],
  };
  const config = configSchema.parse({
    agent: { id: 'edge-1', password: 'secret', sources: [settings] },
  }).agent;
  if (config === undefined) throw new Error('no agent');
  const source = new Jt808Source(jt808SourceSchema.parse(settings), {
    clock: systemClock,
    log: silentLogger,
  });
  const agent = new EdgeAgent({
    config,
    mqtt: { url },
    home,
    clock: systemClock,
    random: seeded(808),
    log: silentLogger,
    version: '1.0.0',
    metrics,
    ...quick,
    createSource: () => source,
  });
  onTestFinished(() => agent.stop());
  await agent.start();
  return { agent, port: source.port ?? 0 };
}

async function enter(port: number): Promise<TestTerminal> {
  const terminal = await TestTerminal.connect({ port, phone });
  onTestFinished(() => terminal.close());
  expect(await terminal.authenticate('by-hand')).toBe(0);
  return terminal;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { WirePosition, WireReading } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { mqttSourceSchema } from '../../../core/runtime/position-config.ts';
import { LocalBroker } from '../../../core/testing/local-broker.ts';
import type { Sink } from '../source.ts';
import { MqttSource, type MqttTimes } from './source.ts';

const cars = {
  for: 'positions',
  topic: 'cars/{vehicle}/gps',
  time: { field: 't', as: 'epoch-ms' },
  lat: 'lat',
  lon: 'lon',
};
const meters = {
  for: 'readings',
  topic: 'meters/{point}',
  time: { field: 't', as: 'epoch-ms' },
  quantities: [{ field: 'kwh', quantity: 'electricity' }],
};
const t0 = 1_760_000_000_000;
const fix = (n: number) => ({ t: t0 + n, lat: 30.5, lon: 114.3 });
const times: Partial<MqttTimes> = { firstRetryMs: 20, holdMs: 30 };

let broker: LocalBroker;
let sources: MqttSource[];
let positions: WirePosition[];
let readings: WireReading[];
let calls: number;
const collect: Sink = async (newReadings, newPositions = []) => {
  calls++;
  readings.push(...newReadings);
  positions.push(...newPositions);
};

beforeEach(async () => {
  broker = new LocalBroker();
  await broker.start();
  [sources, positions, readings, calls] = [[], [], [], 0];
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  await broker.stop();
});

describe('MqttSource', () => {
  it('hands over positions and readings of one broker, and acknowledges them when they are kept', async () => {
    const source = await run(collect);
    await broker.publish('cars/car-1/gps', fix(1));
    await broker.publish('meters/canteen', { t: t0, kwh: '12.5' });
    await vi.waitFor(() => expect(positions.length + readings.length).toBe(2));
    expect(positions).toEqual([['car-1', t0 + 1, 30.5, 114.3, 0, 0, {}]]);
    expect(readings).toEqual([['canteen', 'electricity', t0, 12.5]]);
    await vi.waitFor(() => expect(broker.acknowledged).toBe(2));
    expect(source.health()).toMatchObject({ state: 'ok', devices: 2, devicesSilent: 0, fault: null });
    expect(source.health().lastReadAt).not.toBeNull();
  });

  it('gives what arrives together to the sink together', async () => {
    await run(collect);
    await Promise.all(Array.from({ length: 500 }, (_, n) => broker.publish('cars/car-1/gps', fix(n))));
    await vi.waitFor(() => expect(positions.length).toBe(500));
    expect(calls).toBeLessThan(100);
    expect(positions.map(([, ts]) => ts - t0)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    await vi.waitFor(() => expect(broker.acknowledged).toBe(500));
  });

  it('does not acknowledge what the outbox refuses, tries it again, and acknowledges it then', async () => {
    let full = true;
    const source = await run(async (...rows) => {
      calls++;
      if (full) throw new JieyueError('outbox.full', 'no room');
      await collect(...rows);
    });
    await broker.publish('cars/car-1/gps', fix(1));
    await vi.waitFor(() => expect(calls).toBeGreaterThan(2));
    expect(broker.acknowledged).toBe(0);
    expect(source.health()).toMatchObject({ state: 'degraded' });
    expect(source.health().fault).toContain('waiting for room in the outbox (no room)');
    full = false;
    await vi.waitFor(() => expect(broker.acknowledged).toBe(1));
    expect(positions.length).toBe(1);
  });

  it('gets again what was not acknowledged when the connection broke', async () => {
    let answer: (() => void) | undefined;
    await run(async (newReadings, newPositions = []) => {
      if (calls++ === 0) await new Promise<void>((resolve) => (answer = resolve));
      await collect(newReadings, newPositions);
    });
    await broker.publish('cars/car-1/gps', fix(1));
    await vi.waitFor(() => expect(calls).toBe(1));
    broker.cut();
    await vi.waitFor(() => expect(broker.logins.length).toBe(2));
    answer?.();
    await vi.waitFor(() => expect(positions.length).toBe(2));
    expect(new Set(positions.map((row) => JSON.stringify(row))).size).toBe(1);
    await vi.waitFor(() => expect(broker.acknowledged).toBe(1));
  });

  it('gives the connection up while there is no room, and loses nothing that was sent with QoS 1', async () => {
    let full = true;
    const source = await run(
      async (...rows) => {
        if (full) throw new JieyueError('outbox.full', 'no room');
        await collect(...rows);
      },
      { ...times, maxMessages: 10 },
    );
    for (let n = 0; n < 60; n++) await broker.publish('cars/car-1/gps', fix(n));
    await vi.waitFor(() => expect(broker.clients).toBe(0));
    expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 1 });
    expect(source.health().fault).toContain('the broker keeps what comes');
    for (let n = 60; n < 100; n++) await broker.publish('cars/car-1/gps', fix(n));
    full = false;
    await vi.waitFor(() => expect(new Set(positions.map(([, ts]) => ts)).size).toBe(100), 5_000);
    await vi.waitFor(() => expect(broker.acknowledged).toBe(100));
  });

  it('stops reading without losing a QoS 0 message while the sink is only slow', async () => {
    await run(
      async (...rows) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await collect(...rows);
      },
      { ...times, holdMs: 5_000, maxMessages: 10 },
    );
    for (let n = 0; n < 200; n++) await broker.publish('cars/car-1/gps', fix(n), { qos: 0 });
    await vi.waitFor(() => expect(positions.length).toBe(200), 5_000);
    expect(broker.logins.length).toBe(1);
  });

  it('comes back to a broker that was started again', async () => {
    const source = await run(collect);
    await broker.publish('cars/car-1/gps', fix(1));
    await vi.waitFor(() => expect(positions.length).toBe(1));
    await broker.stop();
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 1 }));
    expect(source.health().fault).toContain('cannot be reached');
    await broker.start();
    await vi.waitFor(() => expect(source.health().state).not.toBe('silent'), 5_000);
    await broker.publish('cars/car-1/gps', fix(2));
    await vi.waitFor(() => expect(positions.length).toBe(2));
  });

  it('takes what came while the agent was away', async () => {
    const first = await run(collect);
    await first.stop();
    for (let n = 0; n < 5; n++) await broker.publish('cars/car-1/gps', fix(n));
    await run(collect);
    await vi.waitFor(() => expect(positions.length).toBe(5));
  });

  it('hands over the last rows when it is stopped, and stops when the sink never answers', async () => {
    const source = await run(collect, { ...times, gatherMs: 60_000 });
    await broker.publish('cars/car-1/gps', fix(1));
    await vi.waitFor(() => expect(source.health().devices).toBe(1));
    await Promise.all([source.stop(), source.stop()]);
    expect(positions.length).toBe(1);
    await vi.waitFor(() => expect(broker.acknowledged).toBe(1));
    expect(source.health().state).toBe('stopped');

    const stuck = await run(() => {
      calls++;
      return new Promise(() => {});
    });
    calls = 0;
    await broker.publish('cars/car-1/gps', fix(2));
    await vi.waitFor(() => expect(calls).toBe(1));
    await stuck.stop();
    expect(calls).toBe(1);
  });

  it('may be stopped before it was started', async () => {
    const source = make();
    await source.stop();
    await source.start(collect);
    expect(source.health().state).toBe('stopped');
    expect(broker.logins).toEqual([]);
  });

  it('lets bad messages cost themselves, acknowledges them, and tells of them in health', async () => {
    const source = await run(collect);
    const bad: [string, unknown][] = [
      ['cars/car-1/gps', '{"lat": 30'],
      ['cars/car-1/gps', ''],
      ['cars/car-1/gps', { t: t0, lat: 300, lon: 114 }],
      ['cars/car-1/gps', { t: t0, lat: 30 }],
      ['cars/car-1/gps', { t: 'soon', lat: 30, lon: 114 }],
      ['cars/京A12345/gps', fix(1)],
      ['meters/m', { t: t0, kwh: 'much' }],
      ['cars/car-1/gps', Buffer.alloc(300 * 1024, 0x20)],
    ];
    for (const [topic, message] of bad) await broker.publish(topic, message);
    await broker.publish('cars/car-1/gps', fix(1));
    await vi.waitFor(() => expect(positions.length).toBe(1));
    await vi.waitFor(() => expect(broker.acknowledged).toBe(bad.length + 1));
    expect(readings).toEqual([]);
    const { state, fault } = source.health();
    expect(state).toBe('degraded');
    expect(fault).toContain('cars/car-1/gps: 307200 bytes');
    for (const part of ['not-json 2', 'value 2', 'missing 1', 'time 1', 'name 1', 'too-large 1']) {
      expect(fault).toContain(part);
    }
  });

  it('takes a retained message when it is fresh, and refuses one that is old', async () => {
    await broker.publish('cars/old/gps', fix(1), { retain: true });
    await broker.publish('cars/new/gps', { ...fix(1), t: Date.now() }, { retain: true });
    const source = await run(collect);
    await vi.waitFor(() => expect(positions.map(([vehicle]) => vehicle)).toEqual(['new']));
    await vi.waitFor(() => expect(source.health().fault).toContain('over an hour old'));
  });

  it('logs in with the password of the file, writes it nowhere, and tells a refusal from an unreachable broker', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jieyue-mqtt-'));
    try {
      const passwordFile = join(folder, 'password');
      await writeFile(passwordFile, 'opensesame\n');
      const lines: unknown[] = [];
      const note = (...args: unknown[]) => void lines.push(args);
      const log = { ...silentLogger, warn: note, info: note, error: note } as typeof silentLogger;
      broker.refuse = true;
      const source = await run(collect, times, { username: 'yard', passwordFile }, log);
      await vi.waitFor(() => expect(source.health().fault).toContain('it refuses the user or the password'));
      broker.refuse = false;
      await vi.waitFor(() => expect(source.health().state).not.toBe('silent'), 5_000);
      expect(broker.logins.at(-1)).toEqual({ client: 'jieyue-yard', user: 'yard', password: 'opensesame' });
      expect(JSON.stringify([lines, source.health()])).not.toContain('opensesame');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says which password file or certificate is missing', async () => {
    const lacking = make({}, { username: 'yard', passwordFile: '/nowhere/password' });
    await expect(lacking.start(collect)).rejects.toMatchObject({ code: 'config.missing' });
    await expect(make({}, { ca: '/nowhere/ca.pem' }).start(collect)).rejects.toThrow('/nowhere/ca.pem');
  });
});

function make(
  more: Partial<MqttTimes> = times,
  settings: Record<string, unknown> = {},
  log = silentLogger,
): MqttSource {
  const config = mqttSourceSchema.parse({
    type: 'mqtt',
    name: 'yard',
    url: broker.url,
    topics: [cars, meters],
    ...settings,
  });
  const source = new MqttSource(config, { clock: systemClock, random: () => 0.5, log }, more);
  sources.push(source);
  return source;
}

/** Started, and subscribed unless the broker refuses. */
async function run(
  sink: Sink,
  more: Partial<MqttTimes> = times,
  settings: Record<string, unknown> = {},
  log = silentLogger,
): Promise<MqttSource> {
  const source = make(more, settings, log);
  await source.start(sink);
  if (!broker.refuse) await vi.waitFor(() => expect(source.health().state).not.toBe('silent'));
  return source;
}

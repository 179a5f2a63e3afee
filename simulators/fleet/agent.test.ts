// The cars against the edge agent's own sources: what they send is what the agent hands on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { WirePosition } from '../../core/domain/telemetry.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { jt808SourceSchema } from '../../core/runtime/jt808-config.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { mqttSourceSchema } from '../../core/runtime/position-config.ts';
import { LocalBroker } from '../../core/testing/local-broker.ts';
import { Jt808Source } from '../../edge-agent/sources/jt808/source.ts';
import { MqttSource } from '../../edge-agent/sources/mqtt/source.ts';
import { jt808Entry, mqttEntry } from './agent-config.ts';
import { fleetCity } from './city.ts';
import { wireOf } from './driving/transport.ts';
import { FleetPublisher } from './terminals/fleet-publisher.ts';
import { FleetTerminals } from './terminals/fleet-terminals.ts';
import { atOnce } from './terminals/pace.ts';

const from = Date.parse('2026-10-12T00:00+08:00');
const fleet = fleetCity({ seed: 8, cars: 12, days: 1, from });
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Rows to compare; altitude is not told by the cars, and said to be 0 by JT/T 808. */
function sorted(rows: Iterable<WirePosition>): string[] {
  const texts = [...rows].map(([point, ts, lat, lon, speedKmh, courseDeg, extras]) => {
    const { altitudeM: _, ...told } = extras;
    const known = Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([point, ts, lat.toFixed(6), lon.toFixed(6), speedKmh, courseDeg, known]);
  });
  return [...new Set(texts)].sort();
}

function sentBy(protocol: 'jt808' | 'mqtt'): string[] {
  const cars = fleet.cars.filter(({ terminal }) => terminal.protocol === protocol);
  expect(cars.length).toBeGreaterThan(1);
  return sorted(
    cars.flatMap(({ id, point }) => [...fleet.positionsOf(id)].map(({ fix }) => wireOf(point, fix))),
  );
}

it('terminals of all versions deliver their day to the source `jt808`, though the outbox fails now and then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const codeSecretFile = join(folder, 'secret');
  writeFileSync(codeSecretFile, 'a secret of the simulated fleet\n');
  const entry = jt808Entry(fleet, { host: '127.0.0.1', port: 0, codeSecretFile });
  const config = jt808SourceSchema.parse({ ...entry, framesPerSecond: 100_000 });
  const source = new Jt808Source(config, { clock: systemClock, log: silentLogger });
  stops.push(() => source.stop());
  const rows: WirePosition[] = [];
  let calls = 0;
  await source.start(async (_, positions = []) => {
    if (++calls % 10 === 5) throw new Error('the disk is full for a moment');
    rows.push(...positions);
  });
  const port = source.port ?? 0;
  const pace = atOnce;
  const options = { fleet, host: '127.0.0.1', port, pace, clock: systemClock, retryMs: 100 };
  const terminals = new FleetTerminals(options);
  stops.push(() => terminals.stop());
  terminals.start();
  await terminals.done();
  expect(sorted(rows)).toEqual(sentBy('jt808'));
  expect(terminals.counts.refused).toBe(0);
  expect(terminals.counts.resent).toBeGreaterThan(0);
});

it('publishers in GCJ-02 deliver their day to the source `mqtt` in WGS-84', async () => {
  const broker = new LocalBroker();
  await broker.start();
  stops.push(() => broker.stop());
  const config = mqttSourceSchema.parse(mqttEntry({ url: broker.url, datum: 'gcj02' }));
  const source = new MqttSource(config, { clock: systemClock, random: () => 0.5, log: silentLogger });
  stops.push(() => source.stop());
  const rows: WirePosition[] = [];
  await source.start(async (_, positions = []) => {
    rows.push(...positions);
  });
  const cars = fleet.cars
    .filter(({ terminal }) => terminal.protocol === 'mqtt')
    .map(({ id, point }) => ({ point, positions: fleet.positionsOf(id) }));
  const options = { url: broker.url, cars, pace: atOnce, clock: systemClock, datum: 'gcj02' } as const;
  const publisher = new FleetPublisher(options);
  stops.push(() => publisher.stop());
  await publisher.start();
  await publisher.done();
  const wanted = sentBy('mqtt');
  await vi.waitFor(() => expect(sorted(rows)).toHaveLength(wanted.length), { timeout: 10_000, interval: 50 });
  expect(sorted(rows)).toEqual(wanted);
});

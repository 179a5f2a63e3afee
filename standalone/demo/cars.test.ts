// Cars of `simulate cars` against the agent's own sources, configured by the file that it writes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { WirePosition } from '../../core/domain/telemetry.ts';
import { dayMs } from '../../core/domain/time.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { jt808SourceSchema } from '../../core/runtime/jt808-config.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { mqttSourceSchema } from '../../core/runtime/position-config.ts';
import { Jt808Source } from '../../edge-agent/sources/jt808/source.ts';
import { MqttSource } from '../../edge-agent/sources/mqtt/source.ts';
import { YardBroker } from '../../simulators/fleet/terminals/yard-broker.ts';
import { type CarsOptions, carsOf, playCars, writeAgentConfig, writeLedger } from './cars.ts';

const now = Date.parse('2026-10-16T15:00+08:00');
const options: CarsOptions = {
  seed: 4,
  cars: 6,
  days: 2,
  misconduct: 0,
  pace: 'once',
  host: '127.0.0.1',
  port: 6808,
  mqtt: undefined,
};
const configSchema = z.object({
  agent: z.object({ id: z.string(), passwordFile: z.string(), sources: z.array(z.unknown()) }),
});

let folder: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-cars-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true });
});

it('tell all that they have to an agent that is configured by the file', async () => {
  const broker = new YardBroker();
  await broker.start();
  stops.push(() => broker.stop());
  const told = { ...options, mqtt: broker.url };
  const { fleet, pace } = carsOf(told, now);
  const [file, codes] = [join(folder, 'agent.yaml'), join(folder, 'codes')];
  writeFileSync(codes, 'a secret of sixteen characters\n');
  writeAgentConfig(fleet, told, { config: file, codes, password: join(folder, 'password') }, 'cars');
  const { agent } = configSchema.parse(parse(readFileSync(file, 'utf8')));
  expect(agent.id).toBe('cars');
  const rows = new Map<string, WirePosition>();
  const sink = async (_: unknown, positions: readonly WirePosition[] = []) => {
    for (const row of positions) rows.set(`${row[0]} ${row[1]}`, row);
  };
  const deps = { clock: systemClock, random: () => 0.5, log: silentLogger };
  const terminals = new Jt808Source(jt808SourceSchema.parse(agent.sources[0]), deps);
  stops.push(() => terminals.stop());
  await terminals.start(sink);
  const published = new MqttSource(mqttSourceSchema.parse(agent.sources[1]), deps);
  stops.push(() => published.stop());
  await published.start(sink);
  while (published.health().state !== 'ok') await new Promise((resolve) => setTimeout(resolve, 5));
  const played = playCars(fleet, pace, { ...told, port: terminals.port ?? 0 }, systemClock);
  stops.push(() => played.stop());
  await played.start();
  await played.done();
  const wanted = fleet.cars.flatMap(({ id, point }) =>
    [...fleet.positionsOf(id)].map(({ fix }) => `${point} ${fix.ts}`),
  );
  while (rows.size < new Set(wanted).size) await new Promise((resolve) => setTimeout(resolve, 5));
  expect([...rows.keys()].sort()).toEqual([...new Set(wanted)].sort());
  expect(played.acknowledged).toBeGreaterThanOrEqual(rows.size);
});

it('are written down with what truly happened', () => {
  const { fleet } = carsOf({ ...options, misconduct: 1, days: 5 }, now);
  const file = join(folder, 'deep', 'ledger.json');
  writeLedger(fleet, file);
  const ledger = z
    .object({ cars: z.array(z.unknown()), trips: z.array(z.unknown()), misconduct: z.array(z.unknown()) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(ledger.cars).toHaveLength(6);
  expect(ledger.trips).toHaveLength(fleet.truth.trips.length);
  expect(ledger.misconduct.length).toBeGreaterThan(5);
});

it('drive in the days before now, and live from today on', () => {
  const midnight = Date.parse('2026-10-16T00:00+08:00');
  expect(carsOf(options, now).fleet.from).toBe(midnight - 2 * dayMs);
  const { fleet, pace } = carsOf({ ...options, pace: 'live' }, now);
  expect(fleet.from).toBe(midnight);
  expect(pace.due(now + 5_000)).toBe(now + 5_000);
  const faster = carsOf({ ...options, pace: '60' }, now);
  expect(faster.pace.due(faster.fleet.from + 60_000)).toBe(now + 1_000);
});

it('say which broker does not answer', async () => {
  const told = { ...options, mqtt: 'mqtt://127.0.0.1:9' };
  const { fleet, pace } = carsOf(told, now);
  const played = playCars(fleet, pace, told, systemClock);
  await expect(played.start()).rejects.toThrow('mqtt://127.0.0.1:9');
  await played.stop();
});

it.each([
  ['cars', { cars: 0 }],
  ['days', { days: 1.5 }],
  ['misconduct', { misconduct: Number.NaN }],
  ['seed', { seed: -1 }],
  ['port', { port: 99_999 }],
  ['pace', { pace: 'slow' }],
])('name the option --%s that cannot be', (name, wrong) => {
  expect(() => carsOf({ ...options, ...wrong }, now)).toThrow(`--${name}`);
});

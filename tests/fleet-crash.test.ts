// A process may end between any two steps of taking a position: trips become right all the same, as soon as another one runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PointKey } from '../core/domain/topics.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { fleetSchema } from '../core/runtime/fleet-config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import type { PositionRow, TelemetryStore } from '../core/store/port.ts';
import { type TestRegistry, testCalendar, testRegistry } from '../core/testing/test-registry.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { positionMarksOf } from '../ingest/marks.ts';
import { fleetCity } from '../simulators/fleet/city.ts';
import { wireOf } from '../simulators/fleet/driving/transport.ts';

const from = Date.parse('2026-09-28T00:00+08:00');
const fleet = fleetCity({ seed: 4, cars: 2, days: 2, from });
const terminalOf = (car: string): PointKey => `cars/${car}`;
const terminals = fleet.cars.map(({ id }) => terminalOf(id));
const noReadings = { series: [], ts: [], value: [], length: 0 };
const rows: readonly PositionRow[] = fleet.cars.flatMap(({ id }) =>
  [...fleet.positionsOf(id)].map(({ fix }) => {
    const [, ts, lat, lon, speedKmh, courseDeg, extras] = wireOf(id, fix);
    return { vehicle: terminalOf(id), ts, lat, lon, speedKmh, courseDeg, extras };
  }),
);
const [first, second] = [rows.filter((_, at) => at % 3 !== 0), rows.filter((_, at) => at % 3 === 0)];

let test: TestRegistry;
let store: TelemetryStore;
let home: string;
beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = fleet.to;
  home = mkdtempSync(join(tmpdir(), 'jieyue-crash-'));
  store = await opened();
});
afterEach(async () => {
  await store.stop();
  await test.end();
  rmSync(home, { recursive: true, force: true });
});

async function opened(): Promise<TelemetryStore> {
  const config = loadConfig({ environment: { JIEYUE_HOME: home } });
  const made = await openStore(config, { clock: test.clock, log: silentLogger });
  await made.start();
  return made;
}

const worker = () =>
  new FleetWorker({
    store,
    registry: test.registry,
    config: fleetSchema.parse({}),
    calendar: testCalendar,
    holder: 'test',
    clock: test.clock,
    log: silentLogger,
    metrics: new Metrics(),
  });

/** Announces, writes, confirms; ends before the step of this name, as a process that is killed does. */
async function take(part: readonly PositionRow[], endsBefore?: 'write' | 'confirm'): Promise<void> {
  const marks = positionMarksOf(part);
  const id = await test.registry.marks.announce(marks);
  if (endsBefore === 'write') return;
  await store.write(noReadings, part, []);
  if (endsBefore === 'confirm') return;
  await test.registry.marks.confirm(id, marks);
}

const segments = async () =>
  (await test.registry.tracks.segments({ terminals, from: 0, to: fleet.to })).map(({ segment }) => segment);

async function fromScratch() {
  await take(first);
  await take(second);
  await worker().settle();
  const found = await segments();
  for (const terminal of terminals)
    await test.registry.tracks.replace(terminal, {
      segmentsFrom: 0,
      segments: [],
      findingsFrom: 0,
      findings: [],
    });
  return found;
}

async function reopened(): Promise<void> {
  await store.stop();
  store = await opened();
  // Long enough for what was announced to be known as left.
  test.clock.at += 5 * 60_000;
}

it('after the rows are written and before their marks are confirmed', async () => {
  const right = await fromScratch();
  await take(first);
  await worker().settle();
  await take(second, 'confirm');
  await worker().settle();
  await reopened();
  await worker().settle();
  expect(await segments()).toEqual(right);
  expect(right.filter(({ kind }) => kind === 'trip').length).toBeGreaterThan(3);
});

it('after the marks are announced and before a row is written: the rows come again', async () => {
  const right = await fromScratch();
  await take(first, 'write');
  await reopened();
  await worker().settle();
  await take(first);
  await take(second);
  await worker().settle();
  expect(await segments()).toEqual(right);
});

it('after trips are written and before their marks are cleared', async () => {
  const right = await fromScratch();
  await take(first);
  await take(second);
  const pending = await test.registry.positionMarks.pending(10);
  const { positionMarks } = test.registry;
  const forgetful = {
    ...test.registry,
    positionMarks: { ...positionMarks, clear: () => Promise.reject(new Error('killed')) },
  };
  const dying = new FleetWorker({
    store,
    registry: forgetful,
    config: fleetSchema.parse({}),
    calendar: testCalendar,
    holder: 'test',
    clock: test.clock,
    log: silentLogger,
    metrics: new Metrics(),
  });
  await expect(dying.settle()).rejects.toThrow('killed');
  expect((await positionMarks.pending(10)).length).toBe(pending.length);
  await worker().settle();
  expect(await segments()).toEqual(right);
  expect(await positionMarks.backlog()).toEqual({ terminals: 0, oldestAt: null });
});

it('a mark that is made while its terminal is followed stays', async () => {
  await take(first);
  const pending = await test.registry.positionMarks.pending(10);
  await take(second);
  await test.registry.positionMarks.clear(pending);
  expect((await test.registry.positionMarks.backlog()).terminals).toBe(terminals.length);
});

it('a car that cannot be followed holds up no other', async () => {
  const right = await fromScratch();
  await take(first);
  await take(second);
  const [poor] = terminals;
  let broken = true;
  const positions: TelemetryStore['positions'] = async (terminal, ...rest) => {
    if (broken && terminal === poor) throw new Error('a page that cannot be read');
    return store.positions(terminal, ...rest);
  };
  const metrics = new Metrics();
  const running = new FleetWorker({
    store: { positions, latestPositions: (names) => store.latestPositions(names) },
    registry: test.registry,
    config: fleetSchema.parse({}),
    calendar: testCalendar,
    holder: 'test',
    everyMs: 10,
    clock: test.clock,
    log: silentLogger,
    metrics,
  });
  await running.start();
  const waitFor = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const behind = async () => (await test.registry.positionMarks.backlog()).terminals;
  await waitFor(async () => (await behind()) === 1);
  expect(new Set((await test.registry.positionMarks.pending(10)).map(({ terminal }) => terminal))).toEqual(
    new Set([poor]),
  );
  expect(await metrics.text()).toMatch(/tracks_failed_total [1-9]/);
  broken = false;
  test.clock.at += 60_000;
  await waitFor(async () => (await behind()) === 0);
  await running.stop();
  expect(await segments()).toEqual(right);
});

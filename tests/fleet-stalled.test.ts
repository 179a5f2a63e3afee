// A worker of tracks that stands still for longer than its lease, while another one takes over.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fleetSchema } from '../core/runtime/fleet-config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import type { PositionRow, TelemetryStore } from '../core/store/port.ts';
import { addCar } from '../core/testing/fleet-world.ts';
import { MemoryStore } from '../core/testing/memory-store.ts';
import { by, type TestRegistry, testCalendar, testRegistry } from '../core/testing/test-registry.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { positionMarksOf } from '../ingest/marks.ts';

const terminal = 'cars/1' as const;
const local = (text: string) => Date.parse(`${text}+08:00`);
const minute = 60_000;
type Read = TelemetryStore['positions'];

let test: TestRegistry;
let store: MemoryStore;

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = local('2026-09-02T12:00');
  store = new MemoryStore();
  const validFrom = local('2026-08-01T00:00');
  const { id } = await test.registry.institutions.create({ name: 'unit', parent: null, validFrom }, by);
  await addCar(test, { plate: '鄂A00001', institution: id, terminal, limitKmh: 60 });
});
afterEach(() => test.end());

/** Stands from 8 to 9, drives at 90 km/h until 9:20, and stands. */
function driven(): PositionRow[] {
  const begin = local('2026-09-02T08:00');
  return Array.from({ length: 240 }, (_, at) => {
    const drives = at > 60 && at <= 80;
    const km = Math.max(0, Math.min(at, 80) - 60) * 1.5;
    return {
      ...{ vehicle: terminal, ts: begin + at * minute, lat: 30 + km / 111.195, lon: 114, courseDeg: 0 },
      ...{ speedKmh: drives ? 90 : 0, extras: { ignition: drives } },
    };
  });
}

async function take(rows: readonly PositionRow[]): Promise<void> {
  const marks = positionMarksOf(rows);
  const id = await test.registry.marks.announce(marks);
  await store.write({ series: [], ts: [], value: [], length: 0 }, rows, []);
  await test.registry.marks.confirm(id, marks);
}

function worker(holder: string, positions: Read): FleetWorker {
  return new FleetWorker({
    store: { positions, latestPositions: (vehicles) => store.latestPositions(vehicles) },
    registry: test.registry,
    config: fleetSchema.parse({}),
    calendar: testCalendar,
    holder,
    everyMs: 5,
    clock: test.clock,
    log: silentLogger,
    metrics: new Metrics(),
    portionRows: 50,
  });
}

async function found(): Promise<readonly (readonly [string, number, boolean])[]> {
  const all = await test.registry.tracks.findings({ terminals: [terminal], from: 0, to: 4e12 });
  return all.map(({ kind, end, open }) => [kind, end, open]);
}

async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

it('writes nothing over what its successor found, and forgets no mark that it did not follow', async () => {
  const rows = driven();
  const half = rows.findIndex(({ ts }) => ts > local('2026-09-02T09:05'));
  await take(rows.slice(0, half));
  let [isAsked, isOver] = [false, false];
  let goOn = () => {};
  const stall = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const stalled = worker('first', async (...question) => {
    const answer = await store.positions(...question);
    isAsked = true;
    await stall;
    return answer;
  });
  const successor = worker('second', (...question) => store.positions(...question));
  await stalled.start();
  await waitFor(() => isAsked);
  test.clock.at += 20_000;
  await take(rows.slice(half));
  await successor.start();
  const isSettled = async () => (await test.registry.positionMarks.backlog()).terminals === 0;
  await waitFor(isSettled);
  const known = await found();
  expect(known).toContainEqual(['speeding', local('2026-09-02T09:20'), false]);
  // More came in: nobody has followed it when the first one wakes.
  const last = rows.at(-1) as PositionRow;
  await successor.stop();
  const late = { ...last, ts: last.ts + minute };
  await take([late]);
  const between = await test.registry.leases.acquire('tracks', 'third', 60_000);
  expect(between).toBeDefined();
  goOn();
  const waking = stalled.stop().then(() => {
    isOver = true;
  });
  await waitFor(() => isOver);
  await waking;
  expect(await found()).toEqual(known);
  expect((await test.registry.positionMarks.backlog()).terminals).toBe(1);
});

it.each([
  ['that keeps its lease while it reads', 6_000],
  ['whose lease ran out, if nobody held it meanwhile', 20_000],
])('what takes longer than a lease is written by a worker %s', async (_, stepMs) => {
  await take(driven());
  let [reads, taken] = [0, 0];
  const slow = worker('first', async (...question) => {
    test.clock.at += stepMs;
    reads++;
    // While it is held, nobody else gets it.
    if (stepMs < 15_000 && (await test.registry.leases.acquire('tracks', 'other', 1)) !== undefined) taken++;
    return store.positions(...question);
  });
  await slow.start();
  await waitFor(async () => (await test.registry.positionMarks.backlog()).terminals === 0);
  await slow.stop();
  expect(await found()).toContainEqual(['speeding', local('2026-09-02T09:20'), false]);
  expect(taken).toBe(0);
  expect(reads * stepMs).toBeGreaterThan(15_000);
});

// What is found of cars while they drive, and after facts and papers change, is what a computation from scratch finds.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hourMs } from '../core/domain/time.ts';
import type { PointKey } from '../core/domain/topics.ts';
import { fleetSchema } from '../core/runtime/fleet-config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import type { PositionRow } from '../core/store/port.ts';
import { addCar, sayOfCar } from '../core/testing/fleet-world.ts';
import { MemoryStore } from '../core/testing/memory-store.ts';
import { by, type TestRegistry, testCalendar, testRegistry } from '../core/testing/test-registry.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { positionMarksOf } from '../ingest/marks.ts';

const terminal: PointKey = 'cars/1';
const noReadings = { series: [], ts: [], value: [], length: 0 };
const ever = 4_000_000_000_000;
const local = (text: string) => Date.parse(`${text}+08:00`);
const place = (km: number) => ({ name: `km ${km}`, lat: 30 + km / 111.195, lon: 114 });

let test: TestRegistry;
let store: MemoryStore;
let unit: string;
let car: string;

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = local('2026-09-01T00:00');
  store = new MemoryStore();
  const validFrom = local('2026-08-01T00:00');
  unit = (await test.registry.institutions.create({ name: 'unit', parent: null, validFrom }, by)).id;
  car = await addCar(test, { plate: '鄂A00001', institution: unit, terminal, limitKmh: 200 });
});
afterEach(() => test.end());

function worker(input: object = {}, portionRows?: number): FleetWorker {
  return new FleetWorker({
    store,
    registry: test.registry,
    config: fleetSchema.parse(input),
    calendar: testCalendar,
    holder: 'test',
    everyMs: 5,
    clock: test.clock,
    log: silentLogger,
    metrics: new Metrics(),
    portionRows,
  });
}

/** Where it is, km north, at some times; between them it drives evenly, and reports every minute unless it sleeps. */
function driven(...legs: readonly (readonly [at: string, km: number, sleeps?: 'asleep'])[]): PositionRow[] {
  const rows: PositionRow[] = [];
  const report = (ts: number, km: number, speedKmh: number) =>
    rows.push({
      vehicle: terminal,
      ts,
      lat: place(km).lat,
      lon: place(km).lon,
      speedKmh,
      courseDeg: 0,
      extras: { ignition: speedKmh > 0 },
    });
  legs.forEach(([text, km, sleeps], index) => {
    const ts = local(text);
    const [before = '', kmBefore = 0] = legs[index - 1] ?? [];
    const since = local(before);
    const speed = (Math.abs(km - kmBefore) / (ts - since)) * hourMs;
    if (index > 0 && sleeps === undefined)
      for (let at = since + 60_000; at < ts; at += 60_000)
        report(at, kmBefore + ((km - kmBefore) * (at - since)) / (ts - since), speed);
    report(ts, km, 0);
  });
  return rows;
}

async function take(rows: readonly PositionRow[]): Promise<void> {
  const marks = positionMarksOf(rows);
  const id = await test.registry.marks.announce(marks);
  await store.write(noReadings, rows, []);
  await test.registry.marks.confirm(id, marks);
}

/** As positions come in, by steps. */
async function live(rows: readonly PositionRow[], stepMs: number): Promise<void> {
  const one = worker();
  const last = rows.at(-1)?.ts ?? 0;
  for (let at = rows[0]?.ts ?? 0; at <= last + stepMs; at += stepMs) {
    test.clock.at = at;
    const part = rows.filter(({ ts }) => ts <= at && ts > at - stepMs);
    if (part.length > 0) await take(part);
    await one.settle();
  }
}

async function found(of: PointKey = terminal) {
  const all = await test.registry.tracks.findings({ terminals: [of], from: 0, to: ever });
  return all.map(({ id: _, evidence: __, ...rest }) => rest);
}

/** In small portions. */
async function scratch(of: PointKey = terminal) {
  const empty = { segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] };
  await test.registry.tracks.replace(of, empty);
  const marks = positionMarksOf(await store.positions(of, 0, ever, 1_000_000));
  await test.registry.marks.confirm(await test.registry.marks.announce(marks), marks);
  await worker({}, 100).settle();
  return found(of);
}

const order = (from: string, to: string, more: object = {}) => ({
  number: `${from} ${to}`,
  institution: unit,
  vehicle: car,
  driver: 'Li',
  purpose: 'meeting',
  from: local(from),
  to: local(to),
  ...more,
});
const kinds = (list: Awaited<ReturnType<typeof found>>) => list.map(({ kind }) => kind);

it('an order of five days is judged as a whole while it goes on', async () => {
  await test.registry.fleet.orders.record(
    [order('2026-09-07T08:00', '2026-09-11T18:00', { destination: place(200), long: true })],
    by,
  );
  const days = ['08', '09', '10'].flatMap((day): [string, number][] => [
    [`2026-09-${day}T09:00`, 200],
    [`2026-09-${day}T09:20`, 210],
    [`2026-09-${day}T16:00`, 210],
    [`2026-09-${day}T16:20`, 200],
  ]);
  const rows = driven(
    ['2026-09-07T07:00', 0],
    ['2026-09-07T08:30', 0],
    ['2026-09-07T11:00', 200],
    ...days,
    ['2026-09-11T15:30', 200],
    ['2026-09-11T18:05', 0],
    ['2026-09-12T09:00', 0],
  );
  await live(rows, 3 * hourMs);
  const incremental = await found();
  expect(kinds(incremental).filter((kind) => kind.startsWith('order'))).toEqual([]);
  expect(await scratch()).toEqual(incremental);
});

it('a place that was missed is found though the terminal slept until the next morning', async () => {
  await test.registry.fleet.orders.record(
    [order('2026-09-02T09:00', '2026-09-02T17:00', { origin: place(0), destination: place(20) })],
    by,
  );
  const rows = driven(
    ['2026-09-02T08:00', 0],
    ['2026-09-02T09:10', 0],
    ['2026-09-02T09:20', 5],
    ['2026-09-02T16:00', 5],
    ['2026-09-02T16:10', 0],
    ['2026-09-02T16:20', 0],
    ['2026-09-03T08:00', 0, 'asleep'],
    ['2026-09-03T08:40', 0],
  );
  await live(rows, 10 * 60_000);
  const incremental = await found();
  expect(kinds(incremental)).toContain('order-place-missed');
  expect(await scratch()).toEqual(incremental);
});

it('what was found of a terminal that was never in the car goes when that is said', async () => {
  await sayOfCar(test, car, 'limitKmh', 60, '2026-08-01');
  const rows = driven(['2026-09-02T08:00', 0], ['2026-09-02T09:00', 0], ['2026-09-02T09:20', 30]);
  await live([...rows, ...driven(['2026-09-02T09:20', 30], ['2026-09-02T12:00', 30]).slice(1)], hourMs);
  expect(kinds(await found())).toContain('speeding');
  await sayOfCar(test, car, 'terminal', 'cars/2', '2026-08-01');
  await worker().settle();
  expect(await found()).toEqual([]);
});

it('an institution that begins to keep orders has trips without one from ninety days before, of all its cars', async () => {
  const other = await addCar(test, { plate: '鄂A00002', institution: unit, terminal: 'cars/2' });
  const rows = driven(['2026-09-02T08:00', 0], ['2026-09-02T09:00', 0], ['2026-09-02T09:20', 15]);
  await live([...rows, ...driven(['2026-09-02T09:20', 15], ['2026-09-02T12:00', 15]).slice(1)], hourMs);
  expect(await found()).toEqual([]);
  const { orders } = test.registry.fleet;
  test.clock.at = local('2027-06-20T00:00');
  await orders.record([order('2027-06-19T08:00', '2027-06-19T10:00', { vehicle: other })], by);
  await worker().settle();
  expect(kinds(await found())).not.toContain('trip-without-order');
  await orders.record([order('2026-11-19T08:00', '2026-11-19T10:00', { vehicle: other })], by);
  await worker().settle();
  const incremental = (await found()).filter(({ kind }) => kind !== 'silent');
  expect(kinds(incremental)).toEqual(['trip-without-order']);
  expect((await scratch()).filter(({ kind }) => kind !== 'silent')).toEqual(incremental);
  const [early] = await orders.list({ from: 0, to: local('2026-12-01T00:00') });
  await orders.withdraw([early?.id ?? ''], by);
  await worker().settle();
  expect(kinds(await found())).not.toContain('trip-without-order');
});

it('a silence that goes on is told with its length, also of a terminal that never said anything', async () => {
  await addCar(test, { plate: '鄂A00009', institution: unit, terminal: 'cars/9' });
  await take(driven(['2026-09-02T04:00', 0], ['2026-09-02T06:00', 0]));
  const one = worker();
  test.clock.at = local('2026-09-02T06:00');
  await one.start();
  try {
    const silence = async (of: PointKey) => (await found(of)).find(({ kind }) => kind === 'silent');
    const waitFor = async (condition: () => Promise<boolean>) => {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    for (const day of ['04', '09']) {
      test.clock.at = local(`2026-09-${day}T06:00`);
      await waitFor(async () => (await silence(terminal))?.end === test.clock.at);
      await waitFor(async () => (await silence('cars/9'))?.end === test.clock.at);
    }
    expect(await silence(terminal)).toMatchObject({ open: true, peak: 7 * 1_440, limit: 1_440 });
    expect(await silence('cars/9')).toMatchObject({ open: true, start: local('2024-01-01T00:00') });
  } finally {
    await one.stop();
  }
});

it('days that are said otherwise in the configuration are judged anew when it starts', async () => {
  const rows = driven(['2026-09-02T08:00', 0], ['2026-09-02T09:00', 0], ['2026-09-02T09:20', 30]);
  await live([...rows, ...driven(['2026-09-02T09:20', 30], ['2026-09-02T12:00', 30]).slice(1)], hourMs);
  expect(await found()).toEqual([]);
  await worker({ days: { '2026-09-02': 'holiday' } }).settle();
  expect(kinds(await found())).toEqual(['holiday']);
  await worker().settle();
  expect(await found()).toEqual([]);
});

it('a fence concerns the cars below its institution, and nobody else', async () => {
  const validFrom = local('2026-08-01T00:00');
  const other = (await test.registry.institutions.create({ name: 'other', parent: null, validFrom }, by)).id;
  const { positionMarks, fleet } = test.registry;
  await worker().settle();
  const fence = (institution: string, kind: 'yard' | 'region') => ({
    ...{ institution, name: kind, kind, from: validFrom },
    shape: { circle: { lat: 30, lon: 114, radiusM: 5_000 } },
  });
  await fleet.fences.record([fence(other, 'yard')], by);
  expect(await positionMarks.pending(10)).toEqual([]);
  await fleet.fences.record([fence(unit, 'yard')], by);
  expect(await positionMarks.pending(10)).toMatchObject([{ terminal }]);
  await worker().settle();
  await fleet.fences.record([fence(other, 'region')], by);
  expect(await positionMarks.pending(10)).toMatchObject([{ terminal }]);
});

it('a car that is disposed of is silent no more', async () => {
  await take(driven(['2026-09-02T04:00', 0], ['2026-09-02T06:00', 0]));
  test.clock.at = local('2026-09-06T00:00');
  await scratch();
  expect(kinds(await found())).toEqual(['silent']);
  await sayOfCar(test, car, 'disposedOn', '2026-09-02', '2026-09-02');
  await worker().settle();
  expect(await found()).toEqual([]);
});

it('terminals that report and are in no car raise an alarm with their names, until they are', async () => {
  const strange = driven(['2026-09-02T04:00', 0], ['2026-09-02T06:00', 0]).map((row) => ({
    ...row,
    vehicle: 'cars/13800000007' as const,
  }));
  await take(strange);
  test.clock.at = local('2026-09-02T06:00');
  const one = worker();
  await one.start();
  try {
    const alarms = async () =>
      (await test.registry.alarms.list({ cleared: false })).filter(
        ({ kind }) => kind === 'unknown-terminals',
      );
    const waitFor = async (condition: () => Promise<boolean>) => {
      while (!(await condition())) {
        test.clock.at += 8_000;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await waitFor(async () => (await alarms()).length === 1);
    expect(await alarms()).toMatchObject([
      { subject: 'cars', message: expect.stringMatching(/^1 terminals of agent cars .*: 13800000007;/) },
    ]);
    await sayOfCar(test, car, 'terminal', 'cars/13800000007', '2026-09-01');
    await waitFor(async () => (await alarms()).length === 0);
  } finally {
    await one.stop();
  }
});

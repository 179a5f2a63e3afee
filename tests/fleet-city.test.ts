// A fleet through store, registry and the worker of tracks: what it finds is held against what truly happened, in whatever order
// positions come in, and is the same as computed from scratch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PointKey } from '../core/domain/topics.ts';
import type { Registry } from '../core/registry/registry.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { fleetSchema } from '../core/runtime/fleet-config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import type { PositionRow, TelemetryStore } from '../core/store/port.ts';
import { by, type TestRegistry, testCalendar, testRegistry } from '../core/testing/test-registry.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { positionMarksOf } from '../ingest/marks.ts';
import { type Fleet, fleetCity } from '../simulators/fleet/city.ts';
import { compareEpisodes, compareTrips } from '../simulators/fleet/compare.ts';
import { wireOf } from '../simulators/fleet/driving/transport.ts';
import { recordsOf } from '../simulators/fleet/records.ts';

const from = Date.parse('2026-09-28T00:00+08:00');
const agent = 'cars';
const noReadings = { series: [], ts: [], value: [], length: 0 };
/** What the worker judges by the configuration that simulated cars are judged by. */
const config = fleetSchema.parse({ limitKmh: 120, marginKmh: 10 });

let test: TestRegistry;
let store: TelemetryStore;
let home: string;
let fleet: Fleet;

beforeEach(async () => {
  test = await testRegistry();
  home = mkdtempSync(join(tmpdir(), 'jieyue-fleet-'));
  store = await openStore(loadConfig({ environment: { JIEYUE_HOME: home } }), {
    clock: test.clock,
    log: silentLogger,
  });
  await store.start();
});
afterEach(async () => {
  await store.stop();
  await test.end();
  rmSync(home, { recursive: true, force: true });
});

const terminalOf = (car: string): PointKey => `${agent}/${car}`;

/** Institutions, cars and papers of the simulation. @returns car → id of the vehicle */
async function register(registry: Registry): Promise<ReadonlyMap<string, string>> {
  const institutions = new Map<string | null, string>();
  const make = async (id: string | null, parent: string | null) => {
    const made = await registry.institutions.create({ name: id ?? 'city', parent, validFrom: from }, by);
    institutions.set(id, made.id);
  };
  await make(null, null);
  for (const id of new Set(fleet.cars.map(({ institution }) => institution)))
    await make(id, institutions.get(null) ?? null);
  const vehicles = new Map<string, string>();
  for (const car of fleet.cars) {
    const id = registry.facts.newId();
    vehicles.set(car.id, id);
    const facts = {
      plate: car.plate,
      institution: institutions.get(car.institution),
      terminal: terminalOf(car.id),
      limitKmh: car.limitKmh,
    };
    await registry.facts.record(
      Object.entries(facts).map(([attribute, value]) => ({ entity: id, attribute, validFrom: from, value })),
      by,
      [{ id, kind: 'vehicle' }],
    );
  }
  const records = recordsOf(fleet, {
    vehicle: (car) => vehicles.get(car) ?? '',
    institution: (id) => institutions.get(id) ?? '',
  });
  await registry.fleet.orders.record(
    records.orders.map(({ value }) => value),
    by,
  );
  const numbers = new Set(
    records.orders.filter(({ withdrawn }) => withdrawn).map(({ value }) => value.number),
  );
  const all = await registry.fleet.orders.list({ from: 0, to: fleet.to + 40 * 86_400_000 });
  await registry.fleet.orders.withdraw(
    all.filter(({ value }) => numbers.has(value.number)).map(({ id }) => id),
    by,
  );
  await registry.fleet.fences.record(records.fences, by);
  await registry.fleet.seals.record(records.seals, by);
  const regions = (await registry.fleet.fences.list({ from: 0, to: fleet.to + 1 })).filter(
    ({ value }) => value.kind === 'region',
  );
  await registry.facts.record(
    regions.map(({ id, value }) => ({
      entity: value.institution,
      attribute: 'region',
      validFrom: from,
      value: id,
    })),
    by,
  );
  return vehicles;
}

function workerOf(portionRows?: number): FleetWorker {
  return new FleetWorker({
    store,
    registry: test.registry,
    config,
    calendar: testCalendar,
    holder: 'test',
    clock: test.clock,
    log: silentLogger,
    metrics: new Metrics(),
    portionRows,
  });
}

/** As ingest does: marks first, rows, marks confirmed. */
async function take(rows: readonly PositionRow[]): Promise<void> {
  const { marks } = test.registry;
  const ofRows = positionMarksOf(rows);
  const id = await marks.announce(ofRows);
  await store.write(noReadings, rows, []);
  await marks.confirm(id, ofRows);
}

/** Rows that ingest would take, in the order in which they are sent. */
function sentRows(): { sentAt: number; row: PositionRow }[] {
  return fleet.cars
    .flatMap(({ id }) =>
      [...fleet.positionsOf(id)].map(({ sentAt, fix }) => {
        const [, ts, lat, lon, speedKmh, courseDeg, extras] = wireOf(id, fix);
        return { sentAt, row: { vehicle: terminalOf(id), ts, lat, lon, speedKmh, courseDeg, extras } };
      }),
    )
    .filter(({ sentAt, row }) => row.ts <= sentAt + 600_000)
    .sort((a, b) => a.sentAt - b.sentAt);
}

/** As if nothing had been found yet. */
async function followAnew(
  rows: readonly { readonly row: PositionRow }[],
  worker: FleetWorker,
): Promise<void> {
  const { marks, tracks } = test.registry;
  const empty = { segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] };
  for (const { id } of fleet.cars) await tracks.replace(terminalOf(id), empty);
  const ofRows = positionMarksOf(rows.map(({ row }) => row));
  await marks.confirm(await marks.announce(ofRows), ofRows);
  await worker.settle();
}

async function foundSegments() {
  const terminals = fleet.cars.map(({ id }) => terminalOf(id));
  return test.registry.tracks.segments({ terminals, from: 0, to: fleet.to + 1 });
}

async function foundTrips() {
  const terminals = fleet.cars.map(({ id }) => terminalOf(id));
  const found = await test.registry.tracks.segments({
    terminals,
    from: 0,
    to: fleet.to + 1,
    kinds: ['trip'],
  });
  return found.flatMap(({ terminal, segment }) =>
    segment.kind === 'trip' ? [{ car: terminal.slice(agent.length + 1), ...segment }] : [],
  );
}

async function foundEpisodes() {
  const terminals = fleet.cars.map(({ id }) => terminalOf(id));
  const found = await test.registry.tracks.findings({ terminals, from: 0, to: fleet.to + 1 });
  return found
    .filter(({ noted }) => !noted)
    .map(({ terminal, kind, ...rest }) => ({
      car: terminal.slice(agent.length + 1),
      finding: kind,
      ...rest,
    }));
}

const cardKinds = /^(card|fill|several|shared|wrong|fuel)/;

describe('a fleet of ten cars in ten days', () => {
  it('drives trips that are found, and does wrong that is found, day by day as positions come in', async () => {
    fleet = fleetCity({ seed: 2, cars: 10, days: 10, from, misconduct: 1 });
    test.clock.at = from;
    await register(test.registry);
    const worker = workerOf();
    const rows = sentRows();
    const stepMs = 7 * 3_600_000;
    for (let at = from, next = 0; next < rows.length; at += stepMs) {
      const part: PositionRow[] = [];
      for (; next < rows.length && (rows[next]?.sentAt ?? 0) < at + stepMs; next++)
        part.push((rows[next] as { row: PositionRow }).row);
      test.clock.at = at + stepMs;
      await take(part);
      await worker.settle();
    }
    test.clock.at = fleet.to;
    const trips = await foundTrips();
    const { right, wrongKm, missed, invented } = compareTrips(fleet.truth.trips, trips);
    expect(missed).toEqual([]);
    expect(invented).toEqual([]);
    expect(right.length).toBeGreaterThan(100);
    expect(right.length / (right.length + wrongKm.length)).toBeGreaterThanOrEqual(0.99);

    // From scratch, on the same clock: the same.
    const incremental = { trips, episodes: await foundEpisodes() };
    await followAnew(rows, worker);
    expect(await foundTrips()).toEqual(incremental.trips);
    const scratch = await foundEpisodes();
    const told = (list: typeof scratch) => list.map(({ id, ...rest }) => rest);
    expect(told(scratch)).toEqual(told(incremental.episodes));
    // In small portions: the same, stops and gaps too.
    const segments = await foundSegments();
    for (const portionRows of [150, 700]) {
      await followAnew(rows, workerOf(portionRows));
      expect(await foundSegments()).toEqual(segments);
      expect(await foundEpisodes()).toEqual(scratch);
    }

    const expected = fleet.truth.expected.filter(({ finding }) => !cardKinds.test(finding));
    const outcome = compareEpisodes(expected, scratch);
    expect(outcome.missed).toEqual([]);
    expect(outcome.invented).toEqual([]);
    expect(outcome.found.length).toBeGreaterThan(10);
  }, 120_000);
});

// Series of vehicles against a real registry that holds a simulated fleet and what its tracks were found to be.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BoardRow } from '../../core/domain/board-series.ts';
import { pointKey } from '../../core/domain/topics.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import type { BoardStore } from '../../core/store/port.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { FleetSight } from '../fleet/visibility.ts';
import { FleetJob } from './fleet.ts';

const now = midnight('2026-11-20') + 10 * 3_600_000;
const place = { lat: 28, lon: 120.6 };
let test: TestRegistry;
let ids: Record<'city' | 'bureau' | 'school' | 'first' | 'second' | 'gone', string>;
let rows: BoardRow[];

beforeEach(async () => {
  test = await testRegistry();
  test.clock.at = now;
  rows = [];
  const { registry } = test;
  const validFrom = midnight('2026-01-01');
  const institution = async (name: string, parent: string | null) =>
    (await registry.institutions.create({ name, parent, validFrom }, by)).id;
  const city = await institution('City', null);
  const bureau = await institution('Bureau', city);
  const school = await institution('School', city);
  const car = async (plate: string, of: string, more: Readonly<Record<string, unknown>>) => {
    const id = registry.facts.newId();
    const facts = { plate, institution: of, powertrain: 'petrol', purchasedOn: '2020-01-01', ...more };
    await registry.facts.record(
      Object.entries(facts).map(([attribute, value]) => ({ entity: id, attribute, validFrom, value })),
      by,
      [{ id, kind: 'vehicle' }],
    );
    return id;
  };
  const first = await car('浙Z10001', bureau, { terminal: 'cars/1', powertrain: 'battery-electric' });
  const second = await car('浙Z10002', bureau, { terminal: 'cars/2' });
  const gone = await car('浙Z10003', school, { disposedOn: '2026-11-02' });
  ids = { city, bureau, school, first, second, gone };
  // It went to the school in the middle of the month.
  await registry.facts.record(
    [{ entity: second, attribute: 'institution', validFrom: midnight('2026-11-10'), value: school }],
    by,
  );
});
afterEach(() => test.end());

function trip(start: number, km: number) {
  const stretch = {
    start,
    end: start + 3_600_000,
    from: place,
    to: place,
    distanceKm: km,
    durationMs: 3_600_000,
  };
  const odometer = { km: Number.NaN, filledKm: 0, resets: 0 };
  const rest = { idleMs: 0, maxKmh: 60, averageKmh: km, gaps: 0, gapMs: 0, startsBy: 'stop', endsBy: 'stop' };
  return { kind: 'trip', odometer, ...stretch, ...rest } as never;
}

function finding(kind: string, start: number, vehicle: string, more: object = {}) {
  const what = { kind, start, end: start + 60_000, peak: 1, limit: 0, evidence: [], open: false };
  return { ...what, orders: [], noted: false, vehicle, ...more } as never;
}

async function write(keys: Readonly<Record<string, string>>[] = []): Promise<void> {
  const boards = {
    keys: async () => keys,
    write: async (given: readonly BoardRow[]) => void rows.push(...given),
  } as unknown as BoardStore;
  const run = {
    startedAt: now,
    undisturbed: false,
    asked: false,
    mayGoOn: async () => {},
  } as unknown as JobRun;
  const sight = new FleetSight({
    registry: test.registry,
    clock: test.clock,
    fleet: { masked: ['confidential-communication'] },
  });
  const job = new FleetJob({
    registry: test.registry,
    boards,
    calendar: testCalendar,
    log: silentLogger,
    sight,
  });
  await job.write(run, { months: 2, before: 0 });
}

function month(institution: string, period: string) {
  const found = rows.find(
    ({ measurement, tags, fields }) =>
      measurement === 'fleet' &&
      (tags as { institution: string }).institution === institution &&
      fields.period === period,
  );
  return found?.fields;
}

it('count each month of an institution and of all above it, by whose the car was when it drove', async () => {
  const { tracks, fleet } = test.registry;
  const early = midnight('2026-11-05') + 9 * 3_600_000;
  const late = midnight('2026-11-12') + 9 * 3_600_000;
  const before = midnight('2026-10-31') + 9 * 3_600_000;
  const nothing = { segmentsFrom: 0, findingsFrom: 0 };
  await tracks.replace(pointKey('cars', '1'), {
    ...nothing,
    segments: [trip(before, 5), trip(early, 10)],
    findings: [
      finding('speeding', early, ids.first),
      finding('sealed', early, ids.first, { noted: true }),
      finding('silent', late, ids.first, { open: true, end: now }),
    ],
  });
  await tracks.replace(pointKey('cars', '2'), {
    ...nothing,
    segments: [trip(early, 20), trip(late, 40)],
    findings: [finding('trip-without-order', late, ids.second)],
  });
  await fleet.orders.record(
    [
      {
        ...{ number: 'PC1', institution: ids.bureau, vehicle: ids.first, driver: 'Wang', purpose: 'meeting' },
        ...{ from: early, to: early + 3_600_000, origin: null, destination: null, via: [], long: false },
      },
    ],
    by,
  );
  await write();
  const counted = { trips: 3, km: 70, findings: 3, orders: 1, trips_unordered: 1, silent: 1 };
  expect(month(ids.city, '2026-11')).toMatchObject({
    cars: 2,
    new_energy: 1,
    new_energy_share: 0.5,
    ...counted,
  });
  expect(month(ids.bureau, '2026-11')).toMatchObject({ cars: 1, trips: 2, km: 30, findings: 2, silent: 1 });
  expect(month(ids.school, '2026-11')).toMatchObject({ cars: 1, trips: 1, km: 40, findings: 1, silent: 0 });
  // Nothing is known of a month in which none of its cars was seen: no number of trips, and no finding.
  const unseen = { trips_known: 0, findings_known: 0, orders_known: 0 };
  expect(month(ids.school, '2026-10')).toMatchObject({ cars: 1, trips: 0, ...unseen });
  const seen = { trips_known: 1, findings_known: 1, orders_known: 1 };
  expect(month(ids.school, '2026-11')).toMatchObject(seen);
  expect(month(ids.bureau, '2026-10')).toMatchObject({ trips: 1, ...seen });
  expect(month(ids.city, '2026-10')).toMatchObject({ cars: 3, trips: 1, km: 5, findings: 0 });
  const kinds = rows.flatMap(({ measurement, tags, fields }) =>
    measurement === 'fleet_findings' && tags.institution === ids.city ? [[tags.finding, fields.count]] : [],
  );
  expect(Object.fromEntries(kinds)).toEqual({ speeding: 1, silent: 1, 'trip-without-order': 1 });
});

it('take back a kind that is found no more, and never hold a place', async () => {
  await write([{ institution: ids.bureau, finding: 'weekend' }]);
  const weekend = rows.filter(({ measurement }) => measurement === 'fleet_findings');
  expect(weekend.map(({ fields }) => fields)).toEqual([
    { count: 0, count_known: 0, period: '2026-11' },
    { count: 0, count_known: 0, period: '2026-10' },
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/"l(at|on|ng)"|120\.6/);
  expect(month(ids.bureau, '2026-11')).toMatchObject({
    name: 'Bureau',
    parent: ids.city,
    trips: 0,
    trips_known: 0,
  });
});

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JieyueError } from '../../core/domain/errors.ts';
import { dayMs } from '../../core/domain/time.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { Retention } from './retention.ts';

let test: TestRegistry;
let asked: number[];
beforeEach(async () => {
  test = await testRegistry();
  asked = [];
});
afterEach(() => test.end());

function retention(keepDays: number, fails?: Error, metrics = new Metrics()) {
  const store = {
    dropPositions: async (before: number) => {
      asked.push(before);
      if (fails) throw fails;
      return { dropped: 7 };
    },
  };
  return new Retention({
    store,
    registry: test.registry,
    config: { keepDays, dropAt: '50 3 * * *' },
    timeZone: 'Asia/Shanghai',
    holder: 'test',
    clock: test.clock,
    log: silentLogger,
    metrics,
  });
}

it('takes the places out of trips, stops and findings of that time, in the file too', async () => {
  const { tracks } = test.registry;
  const now = test.clock.at;
  const place = (lat: number) => ({ lat, lon: 120.123_456_7 });
  const trip = (start: number, lat: number) => ({
    ...{
      kind: 'trip' as const,
      start,
      end: start + 60_000,
      positions: 10,
      durationMs: 60_000,
      distanceKm: 5,
    },
    ...{ from: place(lat), to: place(lat), startsBy: 'stop' as const, endsBy: 'stop' as const },
    odometer: { km: Number.NaN, filledKm: 0, resets: 0, rollBacks: 0, leaps: 0 },
    ...{ idleMs: 0, maxKmh: 60, averageKmh: 30, gaps: 0, gapMs: 0 },
  });
  const finding = (start: number, lat: number) => ({
    ...{ kind: 'speeding' as const, start, end: start + 60_000, peak: 140, limit: 120, open: false },
    evidence: [{ ts: start, speedKmh: 140, ...place(lat) }],
    ...{ orders: [], noted: false, vehicle: 'car' },
  });
  const [old, young] = [now - 40 * dayMs, now - 20 * dayMs];
  await tracks.replace('cars/1', {
    ...{ segmentsFrom: 0, findingsFrom: 0 },
    segments: [trip(old, 28.765_432_1), trip(young, 29.5)],
    findings: [finding(old, 28.765_432_1), finding(young, 29.5)],
  });
  const told = async () => {
    const asked = { terminals: ['cars/1'] as const, from: 0, to: now };
    const trips = (await tracks.segments(asked)).map(({ segment }) => segment as ReturnType<typeof trip>);
    const found = await tracks.findings(asked);
    return [
      ...trips.map(({ from, distanceKm }) => [from.lat, distanceKm]),
      ...found.map(({ evidence, peak }) => [evidence[0]?.lat, peak]),
    ];
  };
  await retention(30).run();
  const forgotten = [
    [Number.NaN, 5],
    [29.5, 5],
    [Number.NaN, 140],
    [29.5, 140],
  ];
  expect(await told()).toEqual(forgotten);
  // What is found anew of that time loses its places the next night.
  await tracks.replace('cars/1', {
    ...{ segmentsFrom: old, findingsFrom: now },
    segments: [trip(old, 28.765_432_1), trip(young, 29.5)],
    findings: [],
  });
  await retention(30).run();
  expect(await told()).toEqual(forgotten);
  await test.registry.stop();
  const bytes = ['', '-wal'].map((suffix) =>
    readFileSync(`${test.path}${suffix}`, { flag: 'a+' }).toString('latin1'),
  );
  expect(bytes.join('')).toContain('29.5');
  expect(bytes.join('')).not.toContain('28.7654321');
  const asNumber = (lat: number) => Buffer.from(Float64Array.of(lat).buffer).toString('latin1');
  expect(bytes.join('')).toContain(asNumber(29.5));
  expect(bytes.join('')).not.toContain(asNumber(28.765_432_1));
});

it('deletes what is older than the days that are kept, and counts it', async () => {
  const metrics = new Metrics();
  await retention(30, undefined, metrics).run();
  expect(asked).toEqual([test.clock.now() - 30 * dayMs]);
  expect(await metrics.text()).toContain('positions_deleted_total 7');
});

it('deletes nothing where positions are kept for good, or another process does it', async () => {
  await retention(0).run();
  await test.registry.leases.acquire('positions-retention', 'another', 60_000);
  await retention(30).run();
  expect(asked).toEqual([]);
});

it('ends with a word in the log where the engine cannot, and tries again the next time', async () => {
  const cannot = retention(30, new JieyueError('store.unsupported', 'no'));
  await cannot.run();
  await cannot.run();
  expect(asked).toHaveLength(2);
  await cannot.start();
  await cannot.stop();
});

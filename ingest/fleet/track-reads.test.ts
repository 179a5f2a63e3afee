// Cars that are followed side by side are found as each alone is, and one that cannot be read costs itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PointKey } from '../../core/domain/topics.ts';
import type { DuckDbStore } from '../../core/store/duckdb/duckdb-store.ts';
import type { PositionRow, TrackWanted } from '../../core/store/port.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { type TestRegistry, testRegistry } from '../../core/testing/test-registry.ts';
import { fleetCity } from '../../simulators/fleet/city.ts';
import { TrackFollower } from './track-follower.ts';
import { TrackReads } from './track-reads.ts';

const noReadings = { series: [], ts: [], value: [], length: 0 };
const from = Date.parse('2026-10-12T00:00+08:00');
const cars = 5;
const fleet = fleetCity({ seed: 4, cars, days: 4, from });
const terminals = fleet.cars.map(({ point }): PointKey => `cars/${point}`);

let home: string;
let store: DuckDbStore;
let test: TestRegistry;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'jieyue-reads-'));
  store = duckDbAt(join(home, 'telemetry.duckdb'));
  test = await testRegistry();
  await store.start();
  const rows = fleet.cars.flatMap(({ id }, car) =>
    [...fleet.positionsOf(id)].map(({ fix }): PositionRow => {
      const { ts, lat, lon, speedKmh, courseDeg, extras } = fix;
      return { vehicle: terminals[car] ?? 'cars/none', ts, lat, lon, speedKmh, courseDeg, extras };
    }),
  );
  // As they come in: of all cars among each other, some late, some twice.
  const order = (row: PositionRow) => row.ts + (Math.floor(row.lat * 1e6) % 5) * 400_000;
  rows.sort((a, b) => order(a) - order(b));
  for (let first = 0; first < rows.length; first += 7_000)
    await store.write(noReadings, rows.slice(Math.max(0, first - 50), first + 7_000), []);
});
afterEach(async () => {
  await store.stop();
  await test.end();
  rmSync(home, { recursive: true, force: true });
});

const parts = () => ({
  registry: test.registry,
  rules: { of: async () => [], approved: async () => [] },
  now: () => from + 30 * 86_400_000,
});

async function found() {
  const segments = await test.registry.tracks.segments({ terminals, from: 0, to: from * 2 });
  await Promise.all(
    terminals.map((terminal) =>
      test.registry.tracks.replace(terminal, {
        ...{ segmentsFrom: 0, segments: [], findingsFrom: 0, findings: [] },
      }),
    ),
  );
  return segments;
}

it('finds what each alone would, in fewer reads, whatever the portions', async () => {
  const alone = new TrackFollower({ ...parts(), store: { positions: store.positions.bind(store) } });
  for (const terminal of terminals) await alone.follow(terminal, 0);
  const wanted = await found();
  expect(wanted.filter(({ segment }) => segment.kind === 'trip').length).toBeGreaterThan(cars * 4);
  for (const portionRows of [900, 4_000, undefined]) {
    let [reads, largest] = [0, 0];
    const counted = {
      positions: store.positions.bind(store),
      tracks: (...question: readonly [readonly TrackWanted[], number, number]) => {
        reads++;
        largest = Math.max(largest, question[0].length);
        return store.tracks(...question);
      },
    };
    const reads1 = new TrackReads(counted);
    const follower = new TrackFollower({ ...parts(), store: counted, reads: reads1, portionRows });
    await reads1.together(terminals, async (terminal) => {
      expect(await follower.follow(terminal, 0, undefined, cars)).toBeGreaterThan(1_000);
    });
    expect(await found()).toEqual(wanted);
    expect(largest).toBe(cars);
    if (portionRows === undefined) expect(reads).toBeLessThan(2 * cars);
  }
});

it('a car that fails holds up no other, and a read that fails is told to all that wait for it', async () => {
  const reads = new TrackReads(store);
  const done: PointKey[] = [];
  const work = async (terminal: PointKey) => {
    for (let next: number | undefined = 0; next !== undefined; ) {
      if (terminal === terminals[1] && next > 0) throw new Error('of its own');
      next = (await reads.page(terminal, next, from * 2, 500)).next;
    }
    done.push(terminal);
  };
  await expect(reads.together(terminals, work)).rejects.toThrow('of its own');
  expect(done.sort()).toEqual(terminals.filter((_, car) => car !== 1).sort());
  await store.stop();
  const told: unknown[] = [];
  await reads.together(terminals, async (terminal) => {
    await reads.page(terminal, 0, from * 2, 500).catch((fault: unknown) => told.push(fault));
  });
  expect(told).toHaveLength(cars);
  await store.start();
});

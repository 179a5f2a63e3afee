// Where a car was is gone for good once its positions are deleted: not in the file, and not in its log.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import type { PositionRow } from '../port.ts';

const noReadings = { series: [], ts: [], value: [], length: 0 };
const begin = Date.UTC(2026, 8, 1);
const secret = 'cars/RECOGNISED-7Q5X';
/** A double that no compression makes smaller. */
const lat = 31.234_567_890_123_4;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jieyue-dropped-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const row = (vehicle: PositionRow['vehicle'], ts: number, more: Partial<PositionRow> = {}): PositionRow => ({
  vehicle,
  ts,
  lat: 30,
  lon: 114,
  speedKmh: 0,
  courseDeg: 0,
  extras: {},
  ...more,
});

function holds(text: Buffer): string[] {
  return readdirSync(home).filter((name) => readFileSync(join(home, name)).includes(text));
}

it('leaves nothing of deleted positions in the file', async () => {
  const store = duckDbAt(join(home, 'telemetry.duckdb'));
  await store.start();
  const old = Array.from({ length: 3_000 }, (_, at) =>
    row(secret, begin + at * 1_000, {
      lat: lat + Math.sin(at),
      lon: 114 + Math.cos(at) / 3,
      extras: { altitudeM: 8_123.456_789 },
    }),
  );
  const fresh = Array.from({ length: 3_000 }, (_, at) => row('cars/2', begin + (at + 10_000) * 1_000));
  await store.write(noReadings, [...old, ...fresh], []);
  await store.compact();
  const texts = [Buffer.from(secret), Buffer.from('8123.456789')];
  expect(texts.map(holds)).toEqual([['telemetry.duckdb'], ['telemetry.duckdb']]);
  await store.dropPositions(begin + 9_000_000);
  expect(texts.map(holds)).toEqual([[], []]);
  expect(await store.positions('cars/2', 0, begin * 2, 5_000)).toHaveLength(3_000);
  await store.stop();
  expect(texts.map(holds)).toEqual([[], []]);
});

it('leaves what stays as it was, also rows beside deleted ones, while others write', async () => {
  const store = duckDbAt(join(home, 'telemetry.duckdb'));
  await store.start();
  const write = (rows: PositionRow[]) => store.write(noReadings, rows, []);
  const [cars, fixes] = [20, 6_000];
  for (let fix = 0; fix < fixes; fix += 500) {
    const rows = Array.from({ length: 500 }, (_, at) => fix + at).flatMap((at) =>
      Array.from({ length: cars }, (_, car) =>
        row(at < 3_000 && car === 7 ? secret : `cars/${car}`, begin + at * 1_000, {
          lat: lat + Math.sin(at * car),
        }),
      ),
    );
    await write(rows);
  }
  // The newest arrival of a key wins, wherever its row stands.
  await write([row('cars/1', begin + 4_000_000, { lat: 1 })]);
  const edge = begin + 3_000_000;
  const kept = await store.positions('cars/1', edge, begin * 2, fixes);
  const dropping = store.dropPositions(edge);
  await write([row('cars/new', begin + 5_000_000)]);
  expect(await dropping).toEqual({ dropped: 3_000 * cars });
  expect(holds(Buffer.from(secret))).toEqual([]);
  expect(await store.positions('cars/1', 0, begin * 2, fixes)).toEqual(kept);
  expect(kept.find(({ ts }) => ts === begin + 4_000_000)?.lat).toBe(1);
  expect(await store.positions('cars/new', 0, begin * 2, 5)).toHaveLength(1);
  await store.compact();
  expect(await store.positions('cars/1', 0, begin * 2, fixes)).toEqual(kept);
  await store.stop();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import type { TelemetryStore } from '../core/store/port.ts';
import { duckDbAt } from '../core/testing/open-duckdb.ts';
import { type TestRegistry, testRegistry } from '../core/testing/test-registry.ts';
import { Housekeeping } from './housekeeping.ts';

let world: TestRegistry;
let store: TelemetryStore;
let metrics: Metrics;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-housekeeping-'));
  world = await testRegistry();
  store = duckDbAt(join(folder, 't.duckdb'));
  await store.start();
  metrics = new Metrics();
});

afterEach(async () => {
  await store.stop();
  await world.end();
  rmSync(folder, { recursive: true });
});

function housekeeping(at = '10 3 * * *', holder = 'test'): Housekeeping {
  return new Housekeeping({
    store,
    registry: world.registry,
    at,
    timeZone: 'Asia/Shanghai',
    holder,
    clock: world.clock,
    log: silentLogger,
    metrics: holder === 'test' ? metrics : new Metrics(),
  });
}

async function writeTwice(): Promise<void> {
  const series = store.series('a/p', 'electricity');
  const columns = {
    series: [series, series],
    ts: [1_700_000_000_000, 1_700_000_900_000],
    value: [1, 2],
    length: 2,
  };
  await store.write(columns, [], []);
  await store.write({ ...columns, value: [3, 4] }, [], []);
}

describe('housekeeping', () => {
  it('drops rows that a newer arrival replaced, and keeps what is read', async () => {
    await writeTwice();
    await housekeeping().run();
    expect(await metrics.text()).toContain('jieyue_store_compacted_rows_total 2');
    const series = store.series('a/p', 'electricity');
    expect([...(await store.readings(series, 0, 9e12, 10)).value]).toEqual([3, 4]);
    expect((await store.stats()).readings).toBe(2);
  });

  it('leaves it to the process that holds the lease', async () => {
    await writeTwice();
    await world.registry.leases.acquire('housekeeping', 'another', 60_000);
    await housekeeping().run();
    expect((await store.stats()).readings).toBe(4);
  });

  it('refuses a time that is none, by name', async () => {
    await expect(housekeeping('99 3 * * *').start()).rejects.toThrow('"99 3 * * *"');
  });

  it('comes by its schedule, and stops', async () => {
    await writeTwice();
    const service = housekeeping('* * * * * *');
    await service.start();
    await expect.poll(async () => (await store.stats()).readings, { timeout: 5_000 }).toBe(2);
    await service.stop();
    await service.stop();
  });
});

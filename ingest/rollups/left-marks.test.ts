// A store that keeps no marks: rows of a process that died before it confirmed its marks are followed all the same.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOfTime } from '../../core/domain/energy/recompute.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import { midnight, type TestRegistry, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { leftAfterMs } from '../announcement.ts';
import { RollupWorker } from './rollup-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'jieyue-left-'));
const t0 = midnight('2024-06-29');
let world: TestRegistry;
let store: TelemetryStore;

beforeAll(async () => {
  world = await testRegistry();
  const real = duckDbAt(join(folder, 'telemetry.duckdb'));
  await real.start();
  store = new Proxy<TelemetryStore>(real, {
    get: (target, name) => {
      const member: unknown = name === 'marks' ? undefined : Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
});
afterAll(async () => {
  await store.stop();
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

test('rows whose process died before it confirmed their marks are followed when a minute has passed', async () => {
  const worker = new RollupWorker({
    store,
    registry: world.registry,
    calendar: testCalendar,
    holder: 'test',
    everyMs: 20,
    busy: () => false,
    clock: world.clock,
    log: silentLogger,
    metrics: new Metrics(),
  });
  const series = store.series('a/p', 'electricity');
  const ts = Array.from({ length: 9 }, (_, step) => t0 + step * 900_000);
  const mark = { point: 'a/p', quantity: 'electricity', from: t0, to: ts.at(-1) ?? t0 } as const;
  await world.registry.marks.announce([mark]);
  await store.write(
    { series: ts.map(() => series), ts, value: ts.map((_, step) => step), length: 9 },
    [],
    [],
  );
  const hours = async () =>
    (await store.rollupWindows('hour', [{ series, from: 0, to: endOfTime }]))[0]?.map(({ value }) => value);

  expect(await worker.settle()).toBe(0);
  world.clock.at += leftAfterMs;
  expect(await worker.settle()).toBe(0);
  expect(await hours()).toEqual([]);
  world.clock.at += leftAfterMs / 2;
  expect(await worker.settle()).toBe(1);
  expect(await hours()).toEqual([4, 4]);
  expect((await world.registry.marks.backlog()).series).toBe(0);
  await worker.stop();
});

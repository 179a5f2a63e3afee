// Rollups are replaced under little memory too, however the rows lie in the file; sums are compensated.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { always, change, hour, rollupRow, start } from '../../testing/store-contract/rows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('replaces more than memory allows at once, in pieces that no read sees', { timeout: 60_000 }, async () => {
  // 24 MB allow deletions in some 340 vectors; here each row of a series lies in another vector, as live hours do.
  const store = duckDbAt(join(folder, 'telemetry.duckdb'), { memoryLimitMb: 24 });
  await store.start();
  const handles = Array.from({ length: 2_100 }, (_, index) => store.series(`a/m${index}`, 'electricity'));
  const hours = 400;
  const batch = 20;
  for (let first = 0; first < hours; first += batch) {
    const changes = Array.from({ length: batch }, (_, at) => start + (first + at) * hour).flatMap((ts) =>
      handles.map((series) =>
        change(series, { hour: { from: ts, to: ts + hour, rows: [rollupRow(ts, 1)] } }),
      ),
    );
    await store.replaceRollups(changes);
  }
  const all = { from: start, to: start + hours * hour };
  const rows = Array.from({ length: hours }, (_, index) => rollupRow(start + index * hour, 2));
  const changed = handles.slice(0, 3);
  let replacing = true;
  const seen = new Set<number>();
  const reader = (async () => {
    while (replacing) {
      const [own] = await store.rollupWindows('hour', [{ series: changed[0] ?? -1, ...all }]);
      expect(own).toHaveLength(hours);
      seen.add(new Set(own?.map((row) => row.value)).size);
    }
  })();
  await store.replaceRollups(changed.map((series) => change(series, { hour: { ...all, rows } })));
  replacing = false;
  await reader;
  expect([...seen]).toEqual([1]);
  const sums = await store.sumRollups('hour', handles, always.from, always.to);
  expect(sums).toHaveLength(hours);
  for (const sum of sums) expect([sum.known, sum.value]).toEqual([2_100, 2_103]);
  await store.stop();
});

it('sums what a plain sum would round away', async () => {
  const store = duckDbAt(join(folder, 'telemetry.duckdb'));
  await store.start();
  const values = [1e16, ...Array.from({ length: 1_000 }, () => 0.1), -1e16];
  const handles = values.map((_, index) => store.series(`a/m${index}`, 'electricity'));
  await store.replaceRollups(
    handles.map((series, index) =>
      change(series, { day: { from: start, to: start + 1, rows: [rollupRow(start, values[index] ?? 0)] } }),
    ),
  );
  const [sum] = await store.sumRollups('day', handles, start, start + 1);
  expect(sum?.value).toBeCloseTo(100, 9);
  await store.stop();
});

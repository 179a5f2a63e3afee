// The log of marks does not grow for ever, whether marks are cleared or not.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dayMs } from '../../domain/time.ts';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { noReadings, start } from '../../testing/store-contract/rows.ts';
import { firstNumber } from './rows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is replaced by what is pending after a million marks, and nothing of that is lost', async () => {
  const path = join(folder, 'telemetry.duckdb');
  let store = duckDbAt(path);
  await store.start();
  const handles = Array.from({ length: 100 }, (_, index) => store.series(`a/m${index}`, 'electricity'));
  const marks = Array.from({ length: 50_000 }, (_, index) => {
    const from = start + (index % 3) * 100 * dayMs;
    return { series: handles[index % handles.length] ?? -1, from, to: from };
  });
  for (let round = 0; round < 21; round++) await store.write(noReadings, [], marks);
  const pending = await store.marks.pending(1_000);
  expect(pending).toHaveLength(300);
  await store.marks.clear(pending.filter((mark) => mark.point === 'a/m7'));
  await store.stop();

  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  expect(await firstNumber(connection, 'SELECT count(*) FROM marks')).toBeLessThan(1_000);
  connection.closeSync();
  instance.closeSync();

  store = duckDbAt(path);
  await store.start();
  const windows = (all: typeof pending) =>
    all.map(({ point, from, to }) => `${point} ${from} ${to}`).filter((text) => !text.startsWith('a/m7 '));
  expect(windows(await store.marks.pending(1_000)).sort()).toEqual(windows(pending).sort());
  expect((await store.marks.backlog()).series).toBe(99);
  await store.stop();
});

// Who may open the file, and what a broken log does to a start.
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackOf } from '../../domain/fleet/track/columns.ts';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { distFile, TestProcess } from '../../testing/processes.ts';
import { allOf, start, writeRows } from '../../testing/store-contract/rows.ts';

const noReadings = { series: [], ts: [], value: [], length: 0 };
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
  path = join(folder, 'deep', 'telemetry.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a store that is open', () => {
  it('cannot be opened again by the same process, and stays as it is', async () => {
    const store = duckDbAt(path);
    await store.start();
    const second = duckDbAt(path);
    await expect(second.start()).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await second.stop();
    const series = store.series('a/m', 'electricity');
    await writeRows(store, [[series, start, 1]]);
    expect(await allOf(store, series)).toEqual([[start, 1]]);
    await store.stop();
    await second.start();
    expect(await allOf(second, second.series('a/m', 'electricity'))).toEqual([[start, 1]]);
    await second.stop();
  });

  it('names the process that holds it; a killed one holds nothing', async () => {
    const child = new TestProcess([
      'core/testing/store-writer-main.js',
      pathToFileURL(distFile('core/testing/open-duckdb.js')).href,
      JSON.stringify({ path }),
      'agent',
    ]);
    await child.start(/^open$/);
    await child.line(/^written 1$/);
    const store = duckDbAt(path);
    await expect(store.start()).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(`process ${child.pid} (store-writer-main.js)`),
      details: { pid: child.pid },
    });
    expect(existsSync(`${path}.owner`)).toBe(true); // still that of the child
    await child.end('SIGKILL');
    expect(existsSync(`${path}.owner`)).toBe(true);
    await store.start();
    expect(JSON.parse(readFileSync(`${path}.owner`, 'utf8'))).toMatchObject({ pid: process.pid });
    await store.stop();
    expect(existsSync(`${path}.owner`)).toBe(false);
  });

  it('that cannot be opened says why, and can be stopped', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');
    const store = duckDbAt(path);
    await expect(store.start()).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringContaining(path),
    });
    await store.stop();
    await rm(join(folder, 'deep'));
    await store.start();
    await store.stop();
  });
});

describe('a file of the first schema', () => {
  it('is brought to the newest one with its rows, and keeps to the time zone it is opened with first', async () => {
    const store = duckDbAt(path);
    await store.start();
    await writeRows(store, [[store.series('a/m', 'electricity'), start, 1]]);
    const place = { lat: 30, lon: 114, speedKmh: 12, courseDeg: 90 };
    const told = { odometerKm: 12.5, satellites: 7, ignition: true, fix: false, altitudeM: 3 };
    const old = { vehicle: 'cars/1', ts: start, ...place, extras: told } as const;
    await store.write(noReadings, [{ ...old, extras: {} }], []);
    await store.stop();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run('DROP TABLE settings; DELETE FROM schema_version WHERE version > 1');
    await connection.run(`UPDATE positions SET extras = '${JSON.stringify(told)}'`);
    for (const column of ['odometer', 'satellites', 'facts'])
      await connection.run(`ALTER TABLE positions DROP COLUMN ${column}`);
    connection.closeSync();
    instance.closeSync();

    const berlin = duckDbAt(path, { timeZone: 'Europe/Berlin' });
    await berlin.start();
    expect(await allOf(berlin, berlin.series('a/m', 'electricity'))).toEqual([[start, 1]]);
    expect(await berlin.latestPositions(['cars/1'])).toEqual([old]);
    // Of the same time, a later arrival that tells less: nothing of the one before is mixed in.
    const newer = { ...old, ts: start + 1_000, extras: { ...told, fix: true } };
    await berlin.write(noReadings, [newer, { ...newer, extras: {} }], []);
    expect(await berlin.positions('cars/1', 0, start * 2, 9)).toEqual([old, { ...newer, extras: {} }]);
    await berlin.write(noReadings, [newer], []);
    expect(await berlin.positions('cars/1', 0, start * 2, 9)).toEqual([old, newer]);
    const asked = [{ vehicle: 'cars/1', from: 0 }] as const;
    expect((await berlin.tracks(asked, start * 2, 9)).tracks).toEqual([trackOf([old, newer])]);
    await berlin.stop();
    await expect(duckDbAt(path).start()).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

describe('a log that does not replay', () => {
  it('is put aside, never deleted, and the store opens with what was folded in before', async () => {
    const store = duckDbAt(path);
    await store.start();
    const series = store.series('a/m', 'electricity');
    await writeRows(store, [[series, start, 1]]);
    await store.compact(); // folds the log in
    for (let index = 1; index <= 20; index++) await writeRows(store, [[series, start + index, index]]);
    copyFileSync(path, `${path}.copy`);
    copyFileSync(`${path}.wal`, `${path}.copy.wal`);
    await store.stop();
    const log = readFileSync(`${path}.copy.wal`);
    const middle = Math.floor(log.length / 2);
    log[middle] = (log[middle] ?? 0) ^ 0xff;
    writeFileSync(`${path}.copy.wal`, log);

    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const damaged = duckDbAt(`${path}.copy`, {
      log: pino({ level: 'warn' }, stream),
      clock: { now: () => Date.UTC(2025, 6, 1) },
    });
    await damaged.start();
    expect(await allOf(damaged, damaged.series('a/m', 'electricity'))).toEqual([[start, 1]]);
    const aside = readdirSync(join(folder, 'deep')).filter((name) => name.includes('.corrupt-'));
    expect(aside).toEqual(['telemetry.duckdb.copy.wal.corrupt-2025-07-01T00-00-00-000Z']);
    expect(readFileSync(join(folder, 'deep', aside[0] ?? ''))).toEqual(log);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, code: 'store.corrupt-wal', file: join(folder, 'deep', aside[0] ?? '') },
    ]);
    await writeRows(damaged, [[damaged.series('a/m', 'electricity'), start + 1, 7]]);
    await damaged.stop();
  });
});

// What happens when the disk refuses, when DuckDB gives up its database, and when too much waits.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '../../runtime/clock.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { distFile, TestProcess } from '../../testing/processes.ts';
import {
  allOf,
  minute,
  pairs,
  reportedWrites,
  start,
  writeRows,
  writtenValue,
} from '../../testing/store-contract/rows.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
  path = join(folder, 'telemetry.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('after a fatal error', () => {
  async function storeThatFails() {
    let failure: Error | undefined;
    const store = duckDbAt(path, {
      beforeCommit: () => {
        const error = failure;
        failure = undefined;
        if (error !== undefined) throw error;
      },
    });
    await store.start();
    return {
      store,
      failOnce: () => {
        failure = new Error('FATAL Error: database has been invalidated');
      },
    };
  }

  it('the next write opens the file again and goes through; handles keep their meaning', async () => {
    const { store, failOnce } = await storeThatFails();
    const old = store.series('a/old', 'electricity');
    await writeRows(store, [[old, start, 1]], [{ series: old, from: start, to: start }]);
    const fresh = store.series('a/new', 'electricity');
    failOnce();
    await expect(writeRows(store, [[fresh, start, 2]])).rejects.toMatchObject({ code: 'store.unavailable' });
    await writeRows(store, [[fresh, start, 3]]);
    expect(await allOf(store, old)).toEqual([[start, 1]]);
    expect(await allOf(store, fresh)).toEqual([[start, 3]]);
    expect(await store.latest([old, fresh])).toEqual([
      { ts: start, value: 1 },
      { ts: start, value: 3 },
    ]);
    expect((await store.marks.backlog()).series).toBe(1);
    await writeRows(store, [[old, start, 0]]);
    expect(await allOf(store, old)).toEqual([[start, 0]]);
    await store.stop();
  });

  it('a read opens the file again too, and reads that wait meanwhile are answered', async () => {
    const { store, failOnce } = await storeThatFails();
    const series = store.series('a/m', 'electricity');
    await writeRows(store, [[series, start, 1]]);
    failOnce();
    await expect(writeRows(store, [[series, start, 2]])).rejects.toThrow();
    const reads = await Promise.all(Array.from({ length: 20 }, () => allOf(store, series)));
    for (const read of reads) expect(read).toEqual([[start, 1]]);
    await store.stop();
  });
});

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

describe.skipIf(!hasPrlimit)('when the file system takes no more (a limit on file size)', () => {
  it.each([
    ['the log', 100, 1, '32MB', /^refused: .*Could not write/],
    ['the file, while the log is folded into it', 25, 2_000, '1MB', /^refused: .*FATAL.*checkpoint/],
  ])(
    '%s: writes are refused until there is room, and none that resolved is lost',
    { timeout: 60_000 },
    async (_where, before, rows, walLimit, refusal) => {
      const child = new TestProcess([
        'core/testing/store-writer-main.js',
        pathToFileURL(distFile('core/testing/open-duckdb.js')).href,
        JSON.stringify({ path, walLimit }),
        'agent',
        String(rows),
      ]);
      await child.start(/^open$/);
      await child.line(new RegExp(`^written ${before}$`));
      const biggest = Math.max((await stat(path)).size, await sizeOf(`${path}.wal`));
      limitFileSize(child.pid, String(biggest + 20_000));
      await child.line(refusal);
      await sleep(100); // some more tries
      limitFileSize(child.pid, 'unlimited');
      const refusedAt = reportedWrites(child.lines);
      await child.line(new RegExp(`^written ${refusedAt + 20}$`));
      await child.end('SIGKILL');
      const writes = reportedWrites(child.lines);

      const store = duckDbAt(path);
      await store.start();
      for (let index = 0; index < 10; index++) {
        const series = store.series(`agent/m${index}`, 'electricity');
        const slice = await store.readings(series, start, start * 2, 10_000_000);
        expect(slice.ts.length).toBeGreaterThanOrEqual(writes * rows);
        const wrong = pairs(slice).filter(
          ([ts, value], at) => ts !== start + at * minute || value !== writtenValue(at),
        );
        expect(wrong).toEqual([]);
      }
      await store.stop();
    },
  );
});

describe('too many at once', () => {
  it('are refused and counted, the others go through', async () => {
    const metrics = new Metrics();
    const store = duckDbAt(path, { metrics });
    await store.start();
    const series = store.series('a/m', 'electricity');
    const writes = Array.from({ length: 100 }, (_, index) =>
      writeRows(store, [[series, start + index * minute, index]]),
    );
    const reads = Array.from({ length: 400 }, () => store.readings(series, start, start + 1, 1));
    const [written, read] = await Promise.all([Promise.allSettled(writes), Promise.allSettled(reads)]);
    const refused = [...written, ...read].filter((result) => result.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'store.unavailable' });
    const done = written.filter((result) => result.status === 'fulfilled').length;
    expect(done).toBe(65); // one runs, 64 wait
    expect(read.filter((result) => result.status === 'fulfilled')).toHaveLength(258); // two run, 256 wait
    expect(await allOf(store, series)).toHaveLength(done);
    const text = await metrics.text();
    expect(text).toContain('jieyue_store_refused{kind="write"} 35');
    expect(text).toContain('jieyue_store_refused{kind="read"} 142');
    expect(text).toContain('jieyue_store_writes_waiting 0');
    await store.stop();
  });
});

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

function limitFileSize(pid: number | undefined, limit: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`]);
  if (status !== 0) throw new Error(String(stderr));
}

import { appendFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { positionFileSchema } from '../../../core/runtime/position-config.ts';
import type { Sink } from '../source.ts';
import { PositionFileSource } from './source.ts';

const head = 'plate,time,lat,lon\n';
const row = (n: number, vehicle = 'a') => `${vehicle},${1_760_000_000_000 + n},30.5,114.3\n`;
const rowsOf = (count: number, from = 0) => Array.from({ length: count }, (_, n) => row(from + n)).join('');

let home: string;
let folder: string;
let got: WirePosition[];
let sources: PositionFileSource[];
const collect: Sink = async (_, positions = []) => {
  got.push(...positions);
};
const times = () => got.map(([, ts]) => ts - 1_760_000_000_000);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jieyue-positions-'));
  folder = join(home, 'exports');
  await mkdir(folder);
  [got, sources] = [[], []];
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  await rm(home, { recursive: true });
});

describe('PositionFileSource', () => {
  it('sends the files of a folder in the order of their names, and leaves alone what is no export', async () => {
    await writeFile(join(folder, '2026-05-02.csv'), head + row(2));
    await writeFile(join(folder, '2026-05-01.csv'), head + row(1));
    await writeFile(join(folder, '.2026-05-03.csv.part'), head + row(3));
    await writeFile(join(folder, 'readme.md'), head + row(4));
    const source = await run(collect);
    await vi.waitFor(() => expect(times()).toEqual([1, 2]));
    await vi.waitFor(() =>
      expect(source.health()).toMatchObject({ state: 'ok', devices: 1, devicesSilent: 0, fault: null }),
    );
    await writeFile(join(folder, '2026-05-03.csv'), head + row(3));
    await vi.waitFor(() => expect(new Set(times())).toEqual(new Set([1, 2, 3])));
  });

  it('goes on where it was in a file that has grown, with its last row again', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, head + rowsOf(2_500));
    await run(collect);
    await vi.waitFor(() => expect(got.length).toBe(2_500));
    await appendFile(file, rowsOf(3, 2_500));
    await vi.waitFor(() => expect(times().at(-1)).toBe(2_502));
    // Nobody knows whether the last row was whole. A look during the write may send it once more.
    expect([...new Set(times().slice(2_500))]).toEqual([2_499, 2_500, 2_501, 2_502]);
  });

  it('sends nothing again after a restart, and what was added meanwhile', async () => {
    await writeFile(join(folder, 'a.csv'), head + rowsOf(20));
    await writeFile(join(folder, 'b.csv'), head + row(50));
    const first = await run(collect);
    await vi.waitFor(() => expect(got.length).toBe(21));
    await vi.waitFor(async () => expect(await progress()).toMatchObject({ 'b.csv': { complete: true } }));
    await first.stop();
    got = [];
    await appendFile(join(folder, 'a.csv'), rowsOf(2, 20));
    await run(collect);
    await vi.waitFor(() => expect(times()).toEqual([19, 20, 21]));
  });

  it('goes on within a file after it was ended in the middle of it', async () => {
    await writeFile(join(folder, 'a.csv'), head + rowsOf(5_000));
    let calls = 0;
    const first = await run(
      async (...rows) => {
        await collect(...rows);
        if (++calls === 2) void first.stop();
      },
      {},
      { now: () => calls * 10_000 },
    );
    await vi.waitFor(() => expect(first.health().state).toBe('stopped'));
    await first.stop();
    await vi.waitFor(async () => expect(await progress()).toMatchObject({ 'a.csv': { line: 1_000 } }));
    const before = new Set(times());
    got = [];
    await run(collect);
    await vi.waitFor(() => expect(times().at(-1)).toBe(4_999));
    expect(times()[0]).toBe(999);
    expect(new Set([...before, ...times()]).size).toBe(5_000);
  });

  it('sends a file anew when what was read of it has changed, and when the settings have', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, head + rowsOf(5));
    const first = await run(collect);
    await vi.waitFor(() => expect(got.length).toBe(5));
    // Newest first, as some platforms write.
    await writeFile(file, head + row(100) + rowsOf(5));
    await vi.waitFor(() => expect(times()).toContain(100));
    await vi.waitFor(() => expect(times().filter((n) => n === 0).length).toBeGreaterThan(1));
    await first.stop();
    got = [];
    await run(collect, { datum: 'gcj02' });
    await vi.waitFor(() => expect(times()).toEqual([100, 0, 1, 2, 3, 4]));
    expect(got[0]?.[2]).not.toBe(30.5);
  });

  it('does not send again a file that was merely touched', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, head + rowsOf(5));
    await run(collect);
    await vi.waitFor(() => expect(got.length).toBe(5));
    await utimes(file, 1_700_000_000, 1_700_000_000);
    await vi.waitFor(async () =>
      expect(await progress()).toMatchObject({ 'a.csv': { version: expect.stringContaining('1700000000') } }),
    );
    expect(times()).toEqual([0, 1, 2, 3, 4, 4]);
  });

  it('tells of the first bad line, and of a file that cannot be read, and reads the others', async () => {
    await writeFile(join(folder, 'a.csv'), `${head}a,1760000000000,,114\n${row(1)}a,soon,30,114\n`);
    await writeFile(join(folder, 'b.xlsx'), 'PK\u0003\u0004');
    await writeFile(join(folder, 'c.csv'), head + row(3));
    const source = await run(collect);
    await vi.waitFor(() => expect(times()).toEqual([1, 3]));
    await vi.waitFor(() =>
      expect(source.health().fault).toContain(
        'b.xlsx is cut off or damaged: it has no directory of its parts',
      ),
    );
    expect(source.health()).toMatchObject({ state: 'degraded', devicesSilent: 0 });
    await rm(join(folder, 'b.xlsx'));
    await vi.waitFor(() =>
      expect(source.health().fault).toBe('a.csv: 2 fault(s), the first in line 2, lat: missing ("")'),
    );
    await source.stop();
    const again = await run(collect);
    await vi.waitFor(() => expect(again.health().fault).toContain('a.csv: 2 fault(s)'));
  });

  it('forgets the fault of a last row that was only half written', async () => {
    const file = join(folder, 'a.csv');
    await writeFile(file, `${head}${row(1)}a,17600000`);
    const source = await run(collect);
    await vi.waitFor(() => expect(source.health().fault).toContain('line 3: 2 cell(s)'));
    await appendFile(file, '00002,30.5,114.3\n');
    await vi.waitFor(() => expect([...new Set(times())]).toEqual([1, 2]));
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'ok', fault: null }));
  });

  it('is silent while there is no such folder, and reads it when it is there', async () => {
    await rm(folder, { recursive: true });
    const source = await run(collect);
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 1 }));
    expect(source.health().fault).toContain('does not exist');
    await mkdir(folder);
    await writeFile(join(folder, 'a.csv'), head + row(1));
    // A file that is read while it is being written is read again: a row may come twice, and never not.
    await vi.waitFor(() => expect([...new Set(times())]).toEqual([1]));
    await vi.waitFor(() => expect(source.health().state).toBe('ok'));
  });

  it('waits while the outbox is full, then goes on where it was, and neither loses nor doubles a row', async () => {
    await writeFile(join(folder, 'a.csv'), head + rowsOf(3_500));
    let refusals = 3;
    const source = await run(async (...rows) => {
      if (got.length >= 1_900 && refusals > 0) {
        refusals--;
        if (refusals === 0)
          expect(source.health().fault).toContain('waiting for room in the outbox (no room)');
        throw new JieyueError(refusals % 2 === 0 ? 'outbox.full' : 'outbox.disk', 'no room');
      }
      await collect(...rows);
    });
    await vi.waitFor(() => expect(got.length).toBe(3_500));
    expect(times()).toEqual(Array.from({ length: 3_500 }, (_, n) => n));
    await vi.waitFor(() => expect(source.health().fault).toBeNull());
  });

  it('goes on without a place for its progress, and says so', async () => {
    await writeFile(join(folder, 'a.csv'), head + row(1));
    const source = await run(collect, { progress: join(folder, 'a.csv', 'progress.json') });
    await vi.waitFor(() => expect(times()).toEqual([1]));
    await vi.waitFor(() => expect(source.health().fault).toContain('a restart sends all files again'));
    expect(source.health().state).toBe('degraded');
  });

  it('stops in the middle of a file, twice, even when the sink never answers, and before it was started', async () => {
    await writeFile(join(folder, 'a.csv'), head + rowsOf(5_000));
    let calls = 0;
    const source = await run(() => {
      calls++;
      return new Promise(() => {});
    });
    await vi.waitFor(() => expect(calls).toBe(1));
    await Promise.all([source.stop(), source.stop()]);
    expect(source.health().state).toBe('stopped');
    const other = make({});
    await other.stop();
    await other.start(collect);
    expect(other.health().state).toBe('stopped');
    expect([calls, got]).toEqual([1, []]);
  });
});

async function progress(): Promise<unknown> {
  return JSON.parse(await readFile(join(home, 'positions-vendor_1.json'), 'utf8')).files;
}

function make(settings: Record<string, unknown>, clock = systemClock): PositionFileSource {
  const config = positionFileSchema.parse({
    type: 'position-file',
    name: 'vendor 1',
    path: folder,
    time: { column: 'time' },
    vehicle: { column: 'plate' },
    lat: 'lat',
    lon: 'lon',
    ...settings,
  });
  const source = new PositionFileSource(
    config,
    { clock, random: () => 0.5, log: silentLogger, home },
    { lookEveryMs: 10, firstRetryMs: 5 },
  );
  sources.push(source);
  return source;
}

async function run(
  sink: Sink,
  settings: Record<string, unknown> = {},
  clock = systemClock,
): Promise<PositionFileSource> {
  const source = make(settings, clock);
  await source.start(sink);
  return source;
}

import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { WireReading } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { fileSourceSchema } from '../../../core/runtime/config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import type { Sink } from '../source.ts';
import { FileSource } from './source.ts';

let folder: string;
let path: string;
let rows: WireReading[];
let sources: FileSource[];
const collect: Sink = async (readings) => {
  rows.push(...readings);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-file-'));
  path = join(folder, 'meter.csv');
  rows = [];
  sources = [];
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  await rm(folder, { recursive: true });
});

describe('FileSource', () => {
  it('sends the file once, and again when it has changed', async () => {
    await writeFile(path, 'time,energy\n2018-01-01T00:00,1\n2018-01-01T01:00,2\n');
    let looks = 0;
    const source = await run(collect, { now: () => ++looks });
    await vi.waitFor(() => expect(rows.length).toBe(2));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(rows.map(([, , , value]) => value)).toEqual([1, 2]);
    expect(source.health()).toMatchObject({ state: 'ok', devices: 1, devicesSilent: 0, fault: null });

    await appendFile(path, '2018-01-01T02:00,3\n');
    await vi.waitFor(() => expect(rows.map(([, , , value]) => value)).toEqual([1, 2, 1, 2, 3]));
    expect(source.health().lastReadAt).toBeGreaterThan(0);
  });

  it('sends what is right and tells of the first line that is not', async () => {
    await writeFile(path, 'time,energy\n2018-01-01T00:00,1\n2018-01-01T01:00,x\n2018-01-01T02:00,y\n');
    const source = await run(collect);
    await vi.waitFor(() => expect(source.health().state).toBe('degraded'));
    expect(source.health().fault).toContain('2 fault(s), the first in line 3: not a number ("x")');
    expect(rows.length).toBe(1);
  });

  it('is silent while the file is absent or wrong, and sends it when it is there and right', async () => {
    const source = await run(collect);
    await vi.waitFor(() => expect(source.health()).toMatchObject({ state: 'silent', devicesSilent: 1 }));
    expect(source.health().fault).toContain('does not exist');
    await writeFile(path, 'when,energy\n2018-01-01T00:00,1\n');
    await vi.waitFor(() =>
      expect(source.health().fault).toContain('has no column "time"; its columns: "when", "energy"'),
    );
    await writeFile(path, 'time,energy\n2018-01-01T00:00,1\n');
    await vi.waitFor(() =>
      expect(source.health()).toMatchObject({ state: 'ok', devicesSilent: 0, fault: null }),
    );
    // A file that is looked at while it is being written is read again; its rows are the same.
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1);
  });

  it('waits while the outbox is full, then goes on where it was, and neither loses nor doubles a row', async () => {
    const lines = Array.from({ length: 3_500 }, (_, i) => `${1_600_000_000_000 + i},${i}`);
    await writeFile(path, `time,energy\n${lines.join('\n')}\n`);
    let refusals = 3;
    const source = await run(async (readings) => {
      if (rows.length === 2_000 && refusals > 0) {
        refusals--;
        if (refusals === 0)
          expect(source.health().fault).toContain('waiting for room in the outbox (no room)');
        throw new JieyueError(refusals % 2 === 0 ? 'outbox.full' : 'outbox.disk', 'no room');
      }
      await collect(readings);
    });
    await vi.waitFor(() => expect(source.health().fault).toBeNull());
    await vi.waitFor(() => expect(rows.length).toBe(3_500));
    expect(refusals).toBe(0);
    expect(rows.map(([, , , value]) => value)).toEqual(Array.from({ length: 3_500 }, (_, i) => i));
  });

  it('sends the file anew after the sink failed for another reason', async () => {
    await writeFile(path, 'time,energy\n2018-01-01T00:00,1\n');
    let calls = 0;
    const source = await run(async (readings) => {
      if (++calls === 1) throw new Error('the outbox is closed');
      await collect(readings);
    });
    await vi.waitFor(() => expect(rows.length).toBe(1));
    expect(calls).toBe(2);
    await vi.waitFor(() => expect(source.health().state).toBe('ok'));
  });

  it('stops in the middle of a file, twice, even when the sink never answers', async () => {
    await writeFile(path, `time,energy\n${'1600000000000,1\n'.repeat(5_000)}`);
    let calls = 0;
    const source = await run(() => {
      calls++;
      return new Promise(() => {});
    });
    await vi.waitFor(() => expect(calls).toBe(1));
    await Promise.all([source.stop(), source.stop()]);
    expect(source.health().state).toBe('stopped');
    expect(calls).toBe(1);
  });

  it('may be stopped before it was started', async () => {
    await writeFile(path, 'time,energy\n1600000000000,1\n');
    const source = make();
    await source.stop();
    await source.start(collect);
    expect(source.health().state).toBe('stopped');
    expect(rows).toEqual([]);
  });
});

function make(clock = systemClock): FileSource {
  const config = fileSourceSchema.parse({
    type: 'file',
    name: 'history',
    path,
    point: 'meter',
    timeColumn: 'time',
    columns: { energy: 'electricity_interval' },
  });
  const deps = { clock, random: () => 0.5, log: silentLogger };
  const source = new FileSource(config, deps, { lookEveryMs: 10, firstRetryMs: 5 });
  sources.push(source);
  return source;
}

async function run(sink: Sink, clock = systemClock): Promise<FileSource> {
  const source = make(clock);
  await source.start(sink);
  return source;
}

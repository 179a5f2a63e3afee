// The disk under the outbox is full: once by SQLite's own limit, once on a real small filesystem where this user may mount one.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { batchSchema, type WireReading } from '../domain/telemetry.ts';
import { seeded, series, start, temporaryFolder } from '../testing/uplink-rows.ts';
import { Outbox } from './outbox.ts';
import { encodeRows } from './rows.ts';

function openOutbox(path: string): Outbox {
  const outbox = new Outbox({
    path,
    limitBytes: 1_000_000_000,
    batchRows: 500,
    clock: { now: () => start },
    random: seeded(1),
  });
  outbox.open();
  return outbox;
}

function readings(outbox: Outbox): WireReading[] {
  return outbox
    .waiting('oldest', 10_000)
    .flatMap(({ seq }) => batchSchema.parse(JSON.parse(String(outbox.payload(seq)))).readings);
}

/** Pushes until the disk takes no more; returns what was taken. */
async function fill(outbox: Outbox, rowsPerPush: number): Promise<WireReading[]> {
  const taken: WireReading[] = [];
  for (let n = 0; ; n++) {
    const rows = series(`p${n}`, rowsPerPush, { value: n });
    try {
      await outbox.append(encodeRows(rows));
    } catch (error) {
      expect(error).toMatchObject({ code: 'outbox.disk', message: expect.stringContaining('free space') });
      return taken;
    }
    taken.push(...rows);
  }
}

/** What must hold on any full disk; `makeSpace` ends the shortage. */
async function survives(path: string, outbox: Outbox, makeSpace: () => void): Promise<void> {
  const taken = await fill(outbox, 700);
  expect(taken.length).toBeGreaterThan(0);
  expect(outbox.depth()).toMatchObject({ rows: taken.length, refusedRows: 700 });
  expect(outbox.depth().fault).toContain('free space');

  // Sending and acknowledging go on: payloads can be read, and what is acknowledged is not offered again.
  const [oldest] = outbox.waiting('oldest', 1);
  if (!oldest) throw new Error('nothing waits');
  const gone = batchSchema.parse(JSON.parse(String(outbox.payload(oldest.seq)))).readings;
  expect(outbox.acknowledge(oldest.seq)).toBe(true);
  expect(outbox.oldestSeq).toBeGreaterThan(oldest.seq);

  makeSpace();
  const more = series('after', 300);
  await outbox.append(encodeRows(more));
  expect(outbox.depth().fault).toBeUndefined();
  outbox.freeze();
  const expected = [...taken.slice(gone.length), ...more];
  expect(readings(outbox)).toEqual(expected);
  outbox.close();

  const reopened = openOutbox(path);
  expect(readings(reopened)).toEqual(expected);
  reopened.close();
}

test('a full disk (SQLITE_FULL) refuses new rows, corrupts nothing, and is over when space returns', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const outbox = openOutbox(path);
  outbox.limitPages(100);
  await survives(path, outbox, () => outbox.limitPages(1_000_000));
});

test('what is acknowledged makes room on a full disk', async () => {
  const outbox = openOutbox(join(temporaryFolder(), 'outbox.sqlite'));
  outbox.limitPages(100);
  const taken = await fill(outbox, 500);
  for (const { seq } of outbox.waiting('oldest', 3)) outbox.acknowledge(seq);
  await outbox.append(encodeRows(series('after', 500)));
  expect(outbox.depth()).toMatchObject({ rows: taken.length - 1_000, fault: undefined });
  outbox.close();
});

test('a real filesystem of 2 MB that fills up does the same', async ({ skip }) => {
  const folder = mountSmall();
  if (folder === undefined) return skip('this user may not mount a small filesystem');
  onTestFinished(() => {
    // Lazily: the driver keeps the file until its statements are collected.
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const ballast = join(folder, 'somebody-else');
  writeFileSync(ballast, Buffer.alloc(700_000));
  const path = join(folder, 'outbox.sqlite');
  await survives(path, openOutbox(path), () => rmSync(ballast));
});

function mountSmall(): string | undefined {
  const path = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
}

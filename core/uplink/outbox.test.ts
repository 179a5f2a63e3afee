import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchSchema, limits } from '../domain/telemetry.ts';
import { seeded, series, start, temporaryFolder } from '../testing/uplink-rows.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';
import { encodeRows } from './rows.ts';

function makeOutbox(options: Partial<OutboxOptions> = {}): Outbox {
  const outbox = new Outbox({
    path: join(temporaryFolder(), 'outbox.sqlite'),
    limitBytes: 10_000_000,
    batchRows: 100,
    clock: { now: () => start },
    random: seeded(1),
    ...options,
  });
  outbox.open();
  return outbox;
}

const payloads = (outbox: Outbox) =>
  outbox.waiting('oldest', 1_000).map(({ seq }) => outbox.payload(seq)?.toString() ?? '');

/** All readings of the waiting batches, oldest batch first. */
const readings = (outbox: Outbox) =>
  payloads(outbox).flatMap((text) => batchSchema.parse(JSON.parse(text)).readings);

test('rows come out as they went in, in the order of the pushes, frozen or not', async () => {
  const outbox = makeOutbox();
  const pushes = [series('a', 30), series('b', 150), series('c', 20), series('d', 7)];
  for (const rows of pushes) await outbox.append(encodeRows(rows));
  expect(outbox.depth()).toMatchObject({ rows: 207, batches: 2, refusedRows: 0, oldestTs: start });
  outbox.freeze();
  expect(outbox.waiting('oldest', 10).map(({ rows }) => rows)).toEqual([100, 100, 7]);
  expect(readings(outbox)).toEqual(pushes.flat());
  outbox.close();
});

test('pushes that arrive together share one commit', async () => {
  const outbox = makeOutbox();
  const before = outbox.depth().commits;
  await Promise.all(Array.from({ length: 500 }, (_, i) => outbox.append(encodeRows(series(`p${i}`, 2)))));
  expect(outbox.depth().commits - before).toBe(1);
  expect(outbox.depth().rows).toBe(1_000);
  outbox.close();
});

test('after reopening the same id carries the same bytes, and the open rows are still there', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const first = makeOutbox({ path });
  await first.append(encodeRows(series('a', 130)));
  const before = payloads(first);
  first.close();
  const second = makeOutbox({ path, clock: { now: () => start + 99_999 }, random: seeded(2) });
  expect(payloads(second)).toEqual(before);
  expect(second.depth().rows).toBe(130);
  await second.append(encodeRows(series('b', 5)));
  second.freeze();
  expect(readings(second)).toEqual([...series('a', 130), ...series('b', 5)]);
  second.close();
});

test('open rows written with larger batches than now configured are kept', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const first = makeOutbox({ path, batchRows: 1_000 });
  await first.append(encodeRows(series('a', 900)));
  first.close();
  const second = makeOutbox({ path, batchRows: 10 });
  await second.append(encodeRows(series('b', 25)));
  second.freeze();
  expect(readings(second)).toEqual([...series('a', 900), ...series('b', 25)]);
  second.close();
});

test('a batch never exceeds 5 000 rows nor 512 KiB, with the longest names and values', async () => {
  const outbox = makeOutbox({ batchRows: 100_000, limitBytes: 100_000_000 });
  await outbox.append(encodeRows(series('a', 6_000)));
  const long = series('x'.repeat(64), 6_000, { value: 0.1 + 1e-9 }).map(
    ([point, , ts, value]) => [point, 'electricity_export_interval', ts, -value / 3] as const,
  );
  await outbox.append(encodeRows(long.map((row) => [...row])));
  outbox.freeze();
  const sizes = payloads(outbox).map((text) => text.length);
  expect(outbox.waiting('oldest', 100).every(({ rows }) => rows <= limits.batchRows)).toBe(true);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.batchBytes);
  expect(Math.max(...sizes)).toBeGreaterThan(limits.batchBytes * 0.99);
  expect(readings(outbox)).toHaveLength(12_000);
  outbox.close();
});

test('an id is never given twice, not even when the outbox was empty at a restart', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const ids = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const outbox = makeOutbox({ path });
    await outbox.append(encodeRows(series('a', 100)));
    for (const { seq } of outbox.waiting('oldest', 10)) {
      ids.add(outbox.idOf(seq));
      expect(outbox.seqOf(outbox.idOf(seq))).toBe(seq);
      expect(outbox.acknowledge(seq)).toBe(true);
      expect(outbox.acknowledge(seq)).toBe(false);
    }
    outbox.close();
  }
  expect(ids.size).toBe(3);
});

test('ids of others are unknown', async () => {
  const outbox = makeOutbox();
  await outbox.append(encodeRows(series('a', 100)));
  const own = outbox.idOf(outbox.lastSeq);
  for (const id of ['', 'x', '-1', `${own} `, own.toUpperCase(), `0${own}`, own.replace('-', '-0')]) {
    expect(outbox.seqOf(id)).toBeUndefined();
  }
  outbox.close();
});

test('at its limit the outbox refuses new rows, counts them, keeps the old ones, and takes rows again when some left', async () => {
  const outbox = makeOutbox({ limitBytes: 20_000 });
  let accepted = 0;
  const push = async (n: number) => outbox.append(encodeRows(series(`p${n}`, 100)));
  await expect(
    (async () => {
      for (; accepted < 100; accepted++) await push(accepted);
    })(),
  ).rejects.toMatchObject({ code: 'outbox.full' });
  expect(outbox.depth()).toMatchObject({ rows: accepted * 100, refusedRows: 100 });
  expect(outbox.depth().bytes).toBeLessThanOrEqual(20_000);
  const [oldest] = outbox.waiting('oldest', 1);
  if (oldest) outbox.acknowledge(oldest.seq);
  await push(1_000);
  outbox.freeze();
  expect(readings(outbox)).toHaveLength(accepted * 100);
  outbox.close();
});

test('a second process is told that the file is taken, and a file that is no outbox is left alone', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const first = makeOutbox({ path });
  expect(() => makeOutbox({ path })).toThrow(/another process holds it/);
  first.close();
  first.close();
  const { writeFileSync, readFileSync } = await import('node:fs');
  const other = join(temporaryFolder(), 'letter.txt');
  writeFileSync(other, 'not a database, but somebody needs it '.repeat(50));
  expect(() => makeOutbox({ path: other })).toThrow(/no outbox|not a database/);
  expect(readFileSync(other, 'utf8')).toContain('somebody needs it');
});

test('readings and positions are for their owner alone', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const outbox = makeOutbox({ path });
  expect(statSync(path).mode & 0o077).toBe(0);
  outbox.close();
});

test('the file gives the space of a backlog back', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const outbox = makeOutbox({ path, limitBytes: 100_000_000, batchRows: 5_000 });
  await outbox.append(encodeRows(series('a', 200_000)));
  outbox.freeze();
  for (const { seq } of outbox.waiting('oldest', 1_000)) outbox.acknowledge(seq);
  outbox.retryDeletions();
  for (let i = 0; i < 10; i++) {
    await outbox.append(encodeRows(series('b', 5_000)));
    outbox.acknowledge(outbox.lastSeq);
    outbox.retryDeletions();
  }
  outbox.close();
  expect(statSync(path).size).toBeLessThan(4_000_000);
});

test('batches that change an earlier key wait for it, fresh ones do not', async () => {
  const outbox = makeOutbox();
  await outbox.append(encodeRows(series('a', 100)));
  await outbox.append(encodeRows(series('b', 100)));
  await outbox.append(encodeRows(series('a', 100, { from: start + 100 * 60_000 })));
  await outbox.append(encodeRows(series('a', 100, { value: 500 })));
  expect(outbox.waiting('oldest', 10).map(({ seq, after }) => [seq, after])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 1],
  ]);
  outbox.acknowledge(1);
  outbox.retryDeletions();
  await outbox.append(encodeRows(series('a', 1, { value: 7 })));
  outbox.freeze();
  expect(outbox.waiting('newest', 1)[0]).toMatchObject({ seq: 5, after: 4 });
  outbox.close();
});

test('after a restart rows within the time of what waits follow it, live ones do not wait', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const first = makeOutbox({ path });
  await first.append(encodeRows(series('a', 200)));
  first.close();
  const second = makeOutbox({ path });
  await second.append(encodeRows(series('a', 100, { from: start + 200 * 60_000 })));
  await second.append(encodeRows(series('a', 100, { from: start, value: 500 })));
  expect(second.waiting('newest', 2).map(({ after }) => after)).toEqual([1, 0]);
  second.close();
});

test('quarantined batches are set aside within a limit, listed, and requeued in their order', async () => {
  const outbox = makeOutbox({ quarantineBytes: 8_000 });
  for (const point of ['a', 'b', 'c']) await outbox.append(encodeRows(series(point, 100)));
  expect([1, 2, 3].map((seq) => outbox.quarantine(seq))).toEqual([true, true, false]);
  expect(outbox.quarantine(1)).toBe(false);
  expect(outbox.quarantined().map(({ id }) => id)).toEqual([outbox.idOf(1), outbox.idOf(2)]);
  expect(outbox.depth()).toMatchObject({ batches: 1, rows: 100, quarantined: 2, quarantinedRows: 200 });
  expect(outbox.oldestSeq).toBe(3);
  expect(outbox.requeueQuarantined()).toBe(2);
  expect(outbox.waiting('oldest', 10).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(outbox.depth()).toMatchObject({ batches: 3, rows: 300, quarantined: 0, quarantinedBytes: 0 });
  outbox.close();
});

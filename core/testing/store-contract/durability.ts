// All of a write or nothing; what has resolved survives a kill.
import { describe, expect, it } from 'vitest';
import type { SeriesHandle } from '../../store/port.ts';
import { TestProcess } from '../processes.ts';
import type { StoreUnderTest } from './place.ts';
import {
  allOf,
  change,
  columns,
  day,
  minute,
  pairs,
  position,
  reportedWrites,
  rollupRow,
  start,
  writeRows,
  writtenValue,
} from './rows.ts';

export function durabilityContract(under: StoreUnderTest): void {
  describe('a write that fails', () => {
    it('leaves nothing behind, says `store.unavailable`, and goes through when it is repeated', async (context) => {
      const { failWrites } = under.place;
      if (failWrites === undefined) return context.skip();
      let { store } = under;
      const old = store.series('a/old', 'electricity');
      await writeRows(store, [[old, start, 1]]);
      const fresh = store.series('a/new', 'electricity');
      const write = () =>
        store.write(
          columns([
            [old, start, 2],
            [fresh, start, 3],
          ]),
          [position(start)],
          [
            { series: old, from: start, to: start },
            { series: fresh, from: start, to: start },
          ],
        );
      const rollups = () =>
        store.replaceRollups([
          change(old, { hour: { from: start, to: start + day, rows: [rollupRow(start, 5)] } }),
        ]);
      failWrites(true);
      for (let round = 0; round < 3; round++) {
        await expect(write()).rejects.toMatchObject({ code: 'store.unavailable' });
        await expect(rollups()).rejects.toMatchObject({ code: 'store.unavailable' });
        await expect(
          store.writeFigures([{ institution: 'i', figure: 'f', bucket: 'day', ts: start, value: 1 }]),
        ).rejects.toMatchObject({ code: 'store.unavailable' });
      }
      expect(await allOf(store, old)).toEqual([[start, 1]]);
      expect(await allOf(store, fresh)).toEqual([]);
      expect(await store.latest([old, fresh])).toEqual([{ ts: start, value: 1 }, undefined]);
      expect(await store.positions('fleet/A-1', start, start + 1, 1)).toEqual([]);
      expect(store.pointsOfAgent('a')).toEqual(['a/old']);
      expect(await store.rollupWindows('hour', [{ series: old, from: start, to: start + day }])).toEqual([
        [],
      ]);
      expect(await store.figures('i', 'f', 'day', start, start + 1)).toEqual([]);
      if (store.marks !== undefined) expect(await store.marks.pending(10)).toEqual([]);
      failWrites(false);
      await write();
      await rollups();
      store = await under.reopen();
      expect(await allOf(store, store.series('a/old', 'electricity'))).toEqual([[start, 2]]);
      expect(await allOf(store, store.series('a/new', 'electricity'))).toEqual([[start, 3]]);
      expect([...store.pointsOfAgent('a')].sort()).toEqual(['a/new', 'a/old']);
      if (store.marks !== undefined) expect((await store.marks.backlog()).series).toBe(2);
    });

    it('makes a series durable with a later write where its first one failed', async (context) => {
      const { failWrites } = under.place;
      if (failWrites === undefined) return context.skip();
      let { store } = under;
      const first = store.series('a/first', 'electricity');
      failWrites(true);
      await expect(writeRows(store, [[first, start, 1]])).rejects.toThrow();
      failWrites(false);
      const second = store.series('a/second', 'electricity');
      await writeRows(store, [[second, start, 2]]);
      await writeRows(store, [[first, start, 1]]);
      store = await under.reopen();
      expect(await allOf(store, store.series('a/first', 'electricity'))).toEqual([[start, 1]]);
      expect(await allOf(store, store.series('a/second', 'electricity'))).toEqual([[start, 2]]);
    });

    it('does not hold back clearings for good', async (context) => {
      const { failWrites } = under.place;
      const { marks } = under.store;
      if (failWrites === undefined || marks === undefined) return context.skip();
      const series = under.store.series('a/m', 'electricity');
      await writeRows(under.store, [[series, start, 1]], [{ series, from: start, to: start }]);
      const pending = await marks.pending(10);
      failWrites(true);
      await expect(marks.clear(pending)).rejects.toMatchObject({ code: 'store.unavailable' });
      expect(await marks.pending(10)).toEqual(pending);
      failWrites(false);
      await marks.clear(pending);
      expect(await marks.pending(10)).toEqual([]);
    });
  });

  it('takes writes at the same time and keeps them all', async () => {
    const { store } = under;
    const handles = Array.from({ length: 30 }, (_, index) => store.series(`a/m${index}`, 'electricity'));
    await Promise.all(handles.map((series, index) => writeRows(store, [[series, start, index]])));
    const windows = handles.map((series) => ({ series, from: start, to: start + 1 }));
    expect((await store.readingWindows(windows)).map((slice) => slice.value[0])).toEqual(
      handles.map((_, index) => index),
    );
  });

  it('stops twice, and refuses work once stopped', async () => {
    const { store } = under;
    const series = store.series('a/m', 'electricity');
    const writing = writeRows(store, [[series, start, 1]]);
    await store.stop();
    await writing; // what was under way is finished
    await store.stop();
    await expect(writeRows(store, [[series, start, 2]])).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(store.readings(series, start, start + 1, 1)).rejects.toMatchObject({
      code: 'store.unavailable',
    });
    const again = await under.reopen();
    expect(await allOf(again, again.series('a/m', 'electricity'))).toEqual([[start, 1]]);
  });

  describe('a process that is killed while it writes', () => {
    it('has lost no write that resolved, nor a part of one', { timeout: 60_000 }, async (context) => {
      const { elsewhere } = under.place;
      if (elsewhere === undefined) return context.skip();
      for (const round of [0, 1, 2]) {
        await under.store.stop();
        const writes = await killedAfter(elsewhere, round, 20 + round * 45);
        const store = await under.reopen();
        const handles = Array.from({ length: 10 }, (_, index) =>
          store.series(`killed-${round}/m${index}`, 'electricity'),
        );
        const lengths = await writtenBy(store, handles);
        expect(new Set(lengths).size).toBe(1); // all of a write or nothing
        expect(lengths[0]).toBeGreaterThanOrEqual(writes);
        if (store.marks !== undefined) {
          const marked = await store.marks.pendingOf(handles);
          expect(new Set(marked.map((entry) => entry.point)).size).toBe(10);
          expect(Math.max(...marked.map((entry) => entry.to))).toBe(start + ((lengths[0] ?? 0) - 1) * minute);
        }
      }
    });
  });
}

/** Lets another process write one row of ten series a write, kills it. @returns how many writes it reported. */
async function killedAfter(
  elsewhere: { readonly module: URL; readonly argument: string },
  round: number,
  writes: number,
): Promise<number> {
  const child = new TestProcess([
    'core/testing/store-writer-main.js',
    elsewhere.module.href,
    elsewhere.argument,
    `killed-${round}`,
  ]);
  await child.start(/^open$/);
  await child.line(new RegExp(`^written ${writes}$`));
  await child.end('SIGKILL');
  return reportedWrites(child.lines);
}

async function writtenBy(
  store: StoreUnderTest['store'],
  handles: readonly SeriesHandle[],
): Promise<readonly number[]> {
  const slices = await store.readingWindows(
    handles.map((series) => ({ series, from: start, to: start + 1_000 * day })),
  );
  for (const slice of slices) {
    for (const [index, [ts, value]] of pairs(slice).entries()) {
      expect([ts, value]).toEqual([start + index * minute, writtenValue(index)]);
    }
  }
  return slices.map((slice) => slice.ts.length);
}

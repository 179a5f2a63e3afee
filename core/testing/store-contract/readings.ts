// Keys, order and repetition of readings; limits; the latest value; names.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointKey } from '../../domain/topics.ts';
import type { StoreUnderTest } from './place.ts';
import { allOf, columns, minute, pairs, start, writeRows } from './rows.ts';

export function readingsContract(under: StoreUnderTest): void {
  describe('readings', () => {
    it('gives back what was written, ascending by time', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      await writeRows(store, [
        [series, start + 2 * minute, 3],
        [series, start, 1],
        [series, start + minute, 2.5],
      ]);
      expect(await allOf(store, series)).toEqual([
        [start, 1],
        [start + minute, 2.5],
        [start + 2 * minute, 3],
      ]);
    });

    it('keeps values to the last bit, negative, tiny and huge ones too', async () => {
      const { store } = under;
      const series = store.series('a/m', 'power');
      const values = [0, -0.1, 1e12, -1e12, Number.MIN_VALUE, 0.1 + 0.2, 123_456_789.123_456_78];
      await writeRows(
        store,
        values.map((value, index) => [series, start + index, value] as const),
      );
      expect((await allOf(store, series)).map(([, value]) => value)).toEqual(values);
    });

    it('keeps points, quantities and times apart', async () => {
      const { store } = under;
      const one = store.series('a/m', 'electricity');
      const other = store.series('a/m', 'power');
      const third = store.series('b/m', 'electricity');
      await writeRows(store, [
        [one, start, 1],
        [other, start, 2],
        [third, start, 3],
      ]);
      expect(await allOf(store, one)).toEqual([[start, 1]]);
      expect(await allOf(store, other)).toEqual([[start, 2]]);
      expect(await allOf(store, third)).toEqual([[start, 3]]);
    });

    it('lets the last row of a key win within one write', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      await writeRows(store, [
        [series, start, 9],
        [series, start + minute, 5],
        [series, start, 4],
      ]);
      expect(await allOf(store, series)).toEqual([
        [start, 4],
        [start + minute, 5],
      ]);
      expect(await store.latest([series])).toEqual([{ ts: start + minute, value: 5 }]);
    });

    it('lets the newest arrival of a key win across writes and across reopening, smaller values too', async () => {
      let { store } = under;
      const series = store.series('a/m', 'electricity');
      await writeRows(store, [[series, start, 10]]);
      await writeRows(store, [[series, start, 3]]);
      expect(await allOf(store, series)).toEqual([[start, 3]]);
      store = await under.reopen();
      const again = store.series('a/m', 'electricity');
      expect(await allOf(store, again)).toEqual([[start, 3]]);
      await writeRows(store, [[again, start, 1]]);
      expect(await allOf(store, again)).toEqual([[start, 1]]);
      store = await under.reopen();
      expect(await allOf(store, store.series('a/m', 'electricity'))).toEqual([[start, 1]]);
    });

    it('does not care in which order distinct keys arrive, nor how often', async () => {
      const { store } = under;
      const rows = Array.from({ length: 40 }, (_, index) => [start + index * minute, index * 1.5] as const);
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          fc.array(fc.nat({ max: rows.length - 1 }), { maxLength: 20 }),
          async (shuffled, repeated) => {
            const series = store.series(`a/m${run++}`, 'electricity');
            const sent = [...shuffled, ...repeated.map((index) => rows[index] ?? ([0, 0] as const))];
            const half = Math.floor(sent.length / 2);
            await writeRows(
              store,
              sent.slice(0, half).map(([ts, value]) => [series, ts, value] as const),
            );
            await writeRows(
              store,
              sent.slice(half).map(([ts, value]) => [series, ts, value] as const),
            );
            expect(await allOf(store, series)).toEqual(rows);
          },
        ),
        { numRuns: 10, seed: 1 },
      );
    });

    it('takes from as included and to as excluded, and at most `limit` keys', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      const write = (add: number) =>
        writeRows(
          store,
          [0, 1, 2, 3, 4].map((index) => [series, start + index * minute, index + add] as const),
        );
      await write(100);
      await write(0); // superseded rows do not count towards the limit
      const read = async (from: number, to: number, limit: number) =>
        (await store.readings(series, from, to, limit)).value;
      expect([...(await read(start + minute, start + 3 * minute, 10))]).toEqual([1, 2]);
      expect([...(await read(start, start + 5 * minute, 3))]).toEqual([0, 1, 2]);
      expect([...(await read(start, start, 3))]).toEqual([]);
      expect([...(await read(start + minute, start, 3))]).toEqual([]);
      expect([...(await read(start, start + minute, 0))]).toEqual([]);
    });

    it('answers for a series without rows with nothing', async () => {
      const { store } = under;
      const series = store.series('a/none', 'electricity');
      expect(await allOf(store, series)).toEqual([]);
      expect(await store.latest([series])).toEqual([undefined]);
      expect(pairs((await store.readingsBefore([{ series, before: start }], 3))[0])).toEqual([]);
    });

    it('takes an empty write as done', async () => {
      await under.store.write(columns([]), [], []);
      expect((await under.store.stats()).readings).toBe(0);
    });

    it('counts only the first `length` entries of the columns', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      await store.write(
        { series: [series, series], ts: [start, start + 1], value: [1, 2], length: 1 },
        [],
        [],
      );
      expect(await allOf(store, series)).toEqual([[start, 1]]);
    });

    it('refuses a value that is no finite number and writes nothing of that call', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(
          writeRows(store, [
            [series, start, 1],
            [series, start + 1, bad],
          ]),
        ).rejects.toMatchObject({ code: 'row.refused-by-store' });
      }
      await expect(writeRows(store, [[series, start + 0.5, 1]])).rejects.toMatchObject({
        code: 'row.refused-by-store',
      });
      await expect(writeRows(store, [[series + 1_000, start, 1]])).rejects.toMatchObject({
        code: 'row.refused-by-store',
      });
      expect(await allOf(store, series)).toEqual([]);
    });
  });

  describe('the latest reading', () => {
    it('is that of the highest time, whatever arrives late', async () => {
      let { store } = under;
      const series = store.series('a/m', 'electricity');
      await writeRows(store, [[series, start + 10 * minute, 10]]);
      await writeRows(store, [[series, start, 99]]);
      expect(await store.latest([series])).toEqual([{ ts: start + 10 * minute, value: 10 }]);
      await writeRows(store, [[series, start + 10 * minute, 11]]);
      expect(await store.latest([series])).toEqual([{ ts: start + 10 * minute, value: 11 }]);
      store = await under.reopen();
      const again = store.series('a/m', 'electricity');
      expect(await store.latest([again])).toEqual([{ ts: start + 10 * minute, value: 11 }]);
      await writeRows(store, [[again, start + 5 * minute, 50]]);
      expect(await store.latest([again])).toEqual([{ ts: start + 10 * minute, value: 11 }]);
    });

    it('comes in the order asked for, also twice for the same series', async () => {
      const { store } = under;
      const [one, two, none] = ['a/1', 'a/2', 'a/3'].map((point) =>
        store.series(point as PointKey, 'electricity'),
      ) as [number, number, number];
      await writeRows(store, [
        [one, start, 1],
        [two, start, 2],
      ]);
      const latest = await store.latest([two, none, one, two]);
      expect(latest.map((reading) => reading?.value)).toEqual([2, undefined, 1, 2]);
      const all = await store.readingWindows([two, one].map((series) => ({ series, from: 0, to: 9e15 })));
      expect(await store.oldestTs([two, none, one])).toEqual([all[0]?.ts[0], undefined, all[1]?.ts[0]]);
    });
  });

  describe('series', () => {
    it('get one handle, which finds them again', () => {
      const { store } = under;
      const handle = store.series('a/m', 'electricity');
      expect(store.series('a/m', 'electricity')).toBe(handle);
      expect(store.findSeries('a/m', 'electricity')).toBe(handle);
      expect(store.findSeries('a/m', 'power')).toBeUndefined();
      expect(store.findSeries('a/none', 'power')).toBeUndefined();
      expect(store.seriesOf(handle)).toEqual({ handle, point: 'a/m', quantity: 'electricity' });
    });

    it('are listed by point, and points with rows by agent, also after reopening', async () => {
      let { store } = under;
      const rows = (['a/m', 'a/n', 'ab/m'] as const).flatMap((point) =>
        (['electricity', 'power'] as const).map(
          (quantity) => [store.series(point, quantity), start, 1] as const,
        ),
      );
      store.series('a/never-written', 'electricity');
      await writeRows(store, rows);
      for (let round = 0; round < 2; round++) {
        expect([...store.pointsOfAgent('a')].sort()).toEqual(['a/m', 'a/n']);
        expect(store.pointsOfAgent('none')).toEqual([]);
        const quantities = store.seriesOfPoint('a/n').map((series) => series.quantity);
        expect([...quantities].sort()).toEqual(['electricity', 'power']);
        store = await under.reopen();
      }
    });

    it('may have names that mean something elsewhere', async () => {
      let { store } = under;
      const names: PointKey[] = [
        `a/'; DROP TABLE readings; --`,
        'a/"quoted" \\ back',
        'a/$1',
        'a/NULL',
        'a/%_',
        'a/.._-',
        'a/x,y=z w',
        `a/${'n'.repeat(64)}`,
      ];
      await writeRows(
        store,
        names.map((name, index) => [store.series(name, 'electricity'), start, index] as const),
      );
      store = await under.reopen();
      for (const [index, name] of names.entries()) {
        expect(await allOf(store, store.series(name, 'electricity'))).toEqual([[start, index]]);
      }
    });
  });
}

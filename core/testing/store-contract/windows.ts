// Many windows in one call, and the newest readings before a time.
import { describe, expect, it } from 'vitest';
import type { SeriesHandle, TelemetryStore, Window } from '../../store/port.ts';
import type { StoreUnderTest } from './place.ts';
import { columns, day, hour, minute, pairs, start, writeRows } from './rows.ts';

/** `count` series with a reading a minute for `rows` minutes; the value is the minute's number. */
async function fill(store: TelemetryStore, count: number, rows: number): Promise<SeriesHandle[]> {
  const handles = Array.from({ length: count }, (_, index) => store.series(`a/m${index}`, 'electricity'));
  await store.write(
    columns(
      handles.flatMap((series) =>
        Array.from({ length: rows }, (_, index) => [series, start + index * minute, index] as const),
      ),
    ),
    [],
    [],
  );
  return handles;
}

export function windowsContract(under: StoreUnderTest): void {
  describe('windows of readings', () => {
    it('answers thousands of windows in their order', async () => {
      const { store } = under;
      const handles = await fill(store, 1_000, 20);
      const windows = [...handles, ...handles]
        .reverse()
        .map((series, index) => ({ series, from: start + (index % 15) * minute, to: start + 18 * minute }));
      const slices = await store.readingWindows(windows);
      expect(slices).toHaveLength(2_000);
      for (const [index, slice] of slices.entries()) {
        const first = index % 15;
        expect([...slice.value]).toEqual(Array.from({ length: 18 - first }, (_, at) => first + at));
        expect(slice.ts[0]).toBe(start + first * minute);
      }
    });

    it('takes windows that overlap, touch, repeat, are empty, upside down or without rows', async () => {
      const { store } = under;
      const [series = 0] = await fill(store, 1, 10);
      const empty = store.series('a/none', 'electricity');
      const at = (from: number, to: number): Window => ({
        series,
        from: start + from * minute,
        to: start + to * minute,
      });
      const windows = [at(0, 5), at(3, 8), at(5, 6), at(0, 5), at(4, 4), at(7, 2), at(20, 30), at(9, 11)];
      const slices = await store.readingWindows([
        ...windows,
        { series: empty, from: start, to: start + day },
      ]);
      expect(slices.map((slice) => [...slice.value])).toEqual([
        [0, 1, 2, 3, 4],
        [3, 4, 5, 6, 7],
        [5],
        [0, 1, 2, 3, 4],
        [],
        [],
        [],
        [9],
        [],
      ]);
      expect(await store.readingWindows([])).toEqual([]);
      expect((await store.readingWindows([at(3, 3)])).map((slice) => slice.ts.length)).toEqual([0]);
    });

    it('shows the newest arrival only', async () => {
      const { store } = under;
      const [series = 0] = await fill(store, 1, 5);
      await writeRows(store, [
        [series, start + minute, 100],
        [series, start + 3 * minute, 300],
      ]);
      await writeRows(store, [[series, start + minute, 101]]);
      const [slice] = await store.readingWindows([{ series, from: start, to: start + hour }]);
      expect([...(slice?.value ?? [])]).toEqual([0, 101, 2, 300, 4]);
    });

    it('takes a window of months beside some of minutes, of the same series and of others', async () => {
      const { store } = under;
      const count = 60_000;
      const [long = 0, other = 0, third = 0] = await fill(store, 3, 10);
      const indexes = Array.from({ length: count }, (_, index) => index);
      for (const series of [long, other]) {
        const ts = indexes.map((index) => start + index * minute);
        const value = indexes.map((index) => index + series);
        await store.write({ series: ts.map(() => series), ts, value, length: count }, [], []);
      }
      const at = (series: SeriesHandle, from: number, to: number) => ({
        series,
        from: start + from * minute,
        to: start + to * minute,
      });
      const middle = count / 2;
      const slices = await store.readingWindows([
        at(other, middle, middle + 2),
        at(long, 0, count),
        at(third, 8, count),
        at(long, count - 2, 2 * count),
        at(other, 0, 1),
        at(other, count - 1, count),
      ]);
      expect(slices.map(({ ts }) => ts.length)).toEqual([2, count, 2, 2, 1, 1]);
      expect(slices[1]?.ts).toEqual(Float64Array.from(indexes, (index) => start + index * minute));
      expect(slices[1]?.value).toEqual(Float64Array.from(indexes, (index) => index + long));
      expect([0, 2, 3, 4, 5].map((index) => [...(slices[index]?.value ?? [])])).toEqual([
        [middle + other, middle + 1 + other],
        [8, 9],
        [count - 2 + long, count - 1 + long],
        [other],
        [count - 1 + other],
      ]);
    });

    it('finds rows years apart in one call', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      const times = Array.from({ length: 40 }, (_, index) => start - index * 97 * day);
      await writeRows(
        store,
        times.map((ts, index) => [series, ts, index] as const),
      );
      const slices = await store.readingWindows(times.map((ts) => ({ series, from: ts - 1, to: ts + 1 })));
      expect(slices.map((slice) => [...slice.value])).toEqual(times.map((_, index) => [index]));
    });
  });

  describe('readings before a time', () => {
    it('are the newest ones, ascending, as many as asked for', async () => {
      const { store } = under;
      const handles = await fill(store, 50, 100);
      const requests = handles.map((series, index) => ({ series, before: start + index * minute }));
      const slices = await store.readingsBefore(requests, 3);
      for (const [index, slice] of slices.entries()) {
        const expected = [index - 3, index - 2, index - 1].filter((value) => value >= 0);
        expect([...slice.value]).toEqual(expected);
      }
    });

    it('leave out the time itself, and reach over gaps of years', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      await writeRows(store, [
        [series, start - 3_000 * day, 1],
        [series, start - 500 * day, 2],
        [series, start, 3],
        [series, start + hour, 4],
      ]);
      const read = async (before: number, count: number) =>
        pairs((await store.readingsBefore([{ series, before }], count))[0]).map(([, value]) => value);
      expect(await read(start, 5)).toEqual([1, 2]);
      expect(await read(start, 1)).toEqual([2]);
      expect(await read(start + 1, 2)).toEqual([2, 3]);
      expect(await read(start + 400 * day, 3)).toEqual([2, 3, 4]);
      expect(await read(start - 4_000 * day, 3)).toEqual([]);
      expect(await read(start, 0)).toEqual([]);
    });

    it('count keys, not arrivals', async () => {
      const { store } = under;
      const series = store.series('a/m', 'electricity');
      for (let round = 0; round < 6; round++) {
        await writeRows(store, [
          [series, start, round],
          [series, start + minute, 10 + round],
          [series, start + 2 * minute, 20 + round],
        ]);
      }
      const [slice] = await store.readingsBefore([{ series, before: start + hour }], 2);
      expect(pairs(slice)).toEqual([
        [start + minute, 15],
        [start + 2 * minute, 25],
      ]);
    });

    it('answer the same series with several ends in one call', async () => {
      const { store } = under;
      const [series = 0] = await fill(store, 1, 10);
      const slices = await store.readingsBefore(
        [5, 2, 9, 0].map((index) => ({ series, before: start + index * minute })),
        1,
      );
      expect(slices.map((slice) => [...slice.value])).toEqual([[4], [1], [8], []]);
    });
  });
}

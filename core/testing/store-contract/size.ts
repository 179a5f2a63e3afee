// The same answers with millions of readings in the store, late rows and reopening included.
import { describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './place.ts';
import { minute, start } from './rows.ts';

const seriesCount = 1_000;
const rowsPerWrite = 50_000;

/** The value that must stand at a key in the end: the minute's number, a half more where a late row changed it. */
function valueAt(series: number, index: number): number {
  return (series + index) % 997 === 0 ? index + 0.5 : index;
}

export function sizeContract(under: StoreUnderTest, sizes: readonly number[]): void {
  describe.each(sizes)('%i readings', (size) => {
    it('are written, corrected late, compacted, reopened and read right', { timeout: 120_000 }, async () => {
      let { store } = under;
      const perSeries = size / seriesCount;
      const series = new Int32Array(rowsPerWrite);
      const ts = new Float64Array(rowsPerWrite);
      const value = new Float64Array(rowsPerWrite);
      let handles = Array.from({ length: seriesCount }, (_, index) =>
        store.series(`a/m${index}`, 'electricity'),
      );
      let length = 0;
      const flush = async () => {
        await store.write({ series, ts, value, length }, [], []);
        length = 0;
      };
      const add = async (at: number, index: number, written: number) => {
        series[length] = handles[at] ?? -1;
        ts[length] = start + index * minute;
        value[length] = written;
        if (++length === rowsPerWrite) await flush();
      };
      for (let index = 0; index < perSeries; index++) {
        for (let at = 0; at < seriesCount; at++) await add(at, index, index);
      }
      await flush();
      let late = 0;
      for (let at = 0; at < seriesCount; at++) {
        for (let index = perSeries - 1; index >= 0; index--) {
          if (valueAt(at, index) === index) continue;
          late++;
          await add(at, index, valueAt(at, index));
        }
      }
      await flush();
      if (under.place.keepsSuperseded === true) {
        expect((await store.stats()).readings).toBe(size + late);
        expect(await store.compact()).toEqual({ droppedRows: late });
        expect((await store.stats()).readings).toBe(size);
      }
      store = await under.reopen();
      handles = Array.from({ length: seriesCount }, (_, index) => store.series(`a/m${index}`, 'electricity'));

      // Each series' window of 200 minutes, somewhere else for each.
      const first = (at: number) => (at * 7_919) % (perSeries - 200);
      const slices = await store.readingWindows(
        handles.map((handle, at) => ({
          series: handle,
          from: start + first(at) * minute,
          to: start + (first(at) + 200) * minute,
        })),
      );
      let wrong = 0;
      for (const [at, slice] of slices.entries()) {
        if (slice.ts.length !== 200) wrong++;
        for (let index = 0; index < slice.ts.length; index++) {
          const minuteOf = first(at) + index;
          if (slice.ts[index] !== start + minuteOf * minute) wrong++;
          if (slice.value[index] !== valueAt(at, minuteOf)) wrong++;
        }
      }
      expect(wrong).toBe(0);

      const whole = await store.readings(handles[3] ?? -1, start, start + perSeries * minute, perSeries);
      expect(whole.value).toEqual(Float64Array.from({ length: perSeries }, (_, index) => valueAt(3, index)));
      const latest = await store.latest(handles);
      expect(latest.map((reading) => reading?.value)).toEqual(
        handles.map((_, at) => valueAt(at, perSeries - 1)),
      );
      const before = await store.readingsBefore(
        handles.map((handle) => ({ series: handle, before: start + (perSeries / 2) * minute })),
        2,
      );
      expect(before.map((slice) => [...slice.value])).toEqual(
        handles.map((_, at) => [valueAt(at, perSeries / 2 - 2), valueAt(at, perSeries / 2 - 1)]),
      );
    });
  });
}

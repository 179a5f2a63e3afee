// Sums of rollups over many series, bucket by bucket.
import { describe, expect, it } from 'vitest';
import type { PointKey } from '../../domain/topics.ts';
import type { StoreUnderTest } from './place.ts';
import { change, day, hour, rollupRow, start } from './rows.ts';

export function rollupSumsContract(under: StoreUnderTest): void {
  const seriesOf = (point: PointKey) => under.store.series(point, 'electricity');

  describe('sums of rollups', () => {
    it('add what is known, count it, and leave out buckets of which nothing is known', async () => {
      const { store } = under;
      const [one, two, three] = [seriesOf('a/1'), seriesOf('a/2'), seriesOf('a/3')];
      const window = (rows: ReturnType<typeof rollupRow>[]) => ({
        hour: { from: start, to: start + day, rows },
      });
      const unknown = { measuredMs: 0, estimatedMs: 0 };
      await store.replaceRollups([
        change(one, window([rollupRow(start, 1), rollupRow(start + hour, null, unknown)])),
        change(two, window([rollupRow(start, 2.5, { estimatedMs: 10 }), rollupRow(start + 2 * hour, 4)])),
        change(three, window([rollupRow(start, 100), rollupRow(start + 3 * hour, null, { measuredMs: 5 })])),
      ]);
      expect(await store.sumRollups('hour', [one, two], start, start + day)).toEqual([
        { ts: start, value: 3.5, known: 2, measuredMs: 2 * hour, estimatedMs: 10 },
        { ts: start + 2 * hour, value: 4, known: 1, measuredMs: hour, estimatedMs: 0 },
      ]);
      expect(await store.sumRollups('hour', [three], start + hour, start + day)).toEqual([
        { ts: start + 3 * hour, value: null, known: 0, measuredMs: 5, estimatedMs: 0 },
      ]);
      expect(await store.sumRollups('hour', [one, one], start, start + hour)).toMatchObject([{ value: 1 }]);
      expect(await store.sumRollups('hour', [], start, start + day)).toEqual([]);
      expect(await store.sumRollups('hour', [one], start, start)).toEqual([]);
      expect(await store.sumRollups('day', [one, two], start, start + day)).toEqual([]);
    });

    it('are exact over weeks of hours of many series, cut to the hour', async () => {
      const { store } = under;
      const [count, hours] = [120, 24 * 20];
      const handles = Array.from({ length: count }, (_, index) => seriesOf(`a/m${index}`));
      const valueAt = (series: number, at: number) => ((series * 31 + at * 7) % 64) / 8;
      // Every series misses the hours of a day of its own.
      const isThere = (series: number, at: number) => Math.floor(at / 24) !== series % 20;
      const indexes = Array.from({ length: hours }, (_, at) => at);
      await store.replaceRollups(
        handles.map((series, index) =>
          change(series, {
            hour: {
              from: start,
              to: start + hours * hour,
              rows: indexes
                .filter((at) => isThere(index, at))
                .map((at) => rollupRow(start + at * hour, valueAt(index, at))),
            },
          }),
        ),
      );
      const asked = handles.filter((_, index) => index % 3 !== 0);
      const sums = await store.sumRollups('hour', asked, start + 5 * hour, start + (hours - 5) * hour);
      const expected = indexes.slice(5, -5).map((at) => {
        const there = handles
          .map((_, index) => index)
          .filter((index) => index % 3 !== 0 && isThere(index, at));
        const value = there.reduce((sum, index) => sum + valueAt(index, at), 0);
        return [start + at * hour, value, there.length, there.length * hour, 0];
      });
      expect(
        sums.map(({ ts, value, known, measuredMs, estimatedMs }) => [
          ts,
          value,
          known,
          measuredMs,
          estimatedMs,
        ]),
      ).toEqual(expected);
    });

    it('are right to a billionth over thousands of series of very different size', async () => {
      const { store } = under;
      const handles = Array.from({ length: 3_000 }, (_, index) => seriesOf(`a/m${index}`));
      const value = (index: number) => 10 ** (index % 9) + 1 / (index + 1);
      await store.replaceRollups(
        handles.map((series, index) =>
          change(series, {
            month: { from: start, to: start + 1, rows: [rollupRow(start, value(index))] },
          }),
        ),
      );
      // The large parts are whole numbers, the small ones are added from the smallest.
      let whole = 0;
      let small = 0;
      for (let index = handles.length - 1; index >= 0; index--) {
        whole += 10 ** (index % 9);
        small += 1 / (index + 1);
      }
      const [sum] = await store.sumRollups('month', handles, start, start + 1);
      expect(Math.abs((sum?.value ?? 0) / (whole + small) - 1)).toBeLessThan(1e-9);
      expect(sum?.known).toBe(3_000);
    });
  });
}

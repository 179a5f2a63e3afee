// Rollups and exclusions: replaced by window, all or nothing.
import { describe, expect, it } from 'vitest';
import type { Exclusion } from '../../domain/energy/rollup.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { SeriesHandle } from '../../store/port.ts';
import type { StoreUnderTest } from './place.ts';
import { always, change, day, hour, rollupRow, start } from './rows.ts';

const buckets = ['hour', 'day', 'month'] as const;

function exclusion(ts: number, changes: Partial<Exclusion> = {}): Exclusion {
  return { ts, until: ts + hour, code: 'spike', value: 999_999, withheld: 12.5, ...changes };
}

export function rollupsContract(under: StoreUnderTest): void {
  const seriesOf = (point: PointKey) => under.store.series(point, 'electricity');
  const read = async (bucket: (typeof buckets)[number], series: SeriesHandle) =>
    (await under.store.rollupWindows(bucket, [{ series, ...always }]))[0];

  describe('rollups', () => {
    it('come back as they were, null where nothing is known, also after reopening', async () => {
      const rows = [
        rollupRow(start, 1.25),
        rollupRow(start + hour, null, { measuredMs: 0 }),
        rollupRow(start + 2 * hour, 0, { min: -1, max: 2, measuredMs: 1_800_000, estimatedMs: 1_800_000 }),
      ];
      const window = { from: start, to: start + 3 * hour, rows };
      await under.store.replaceRollups([
        change(seriesOf('a/m'), { hour: window, day: { ...window, rows: rows.slice(0, 1) }, month: window }),
      ]);
      for (let round = 0; round < 2; round++) {
        expect(await read('hour', seriesOf('a/m'))).toEqual(rows);
        expect(await read('day', seriesOf('a/m'))).toEqual(rows.slice(0, 1));
        expect(await read('month', seriesOf('a/m'))).toEqual(rows);
        await under.reopen();
      }
    });

    it('replace what stood in the window and nothing else', async () => {
      const { store } = under;
      const [one, other] = [seriesOf('a/1'), seriesOf('a/2')];
      const rows = [0, 1, 2, 3].map((index) => rollupRow(start + index * hour, index));
      const all = { hour: { from: start, to: start + 4 * hour, rows } };
      await store.replaceRollups([change(one, all), change(other, all)]);
      const middle = { from: start + hour, to: start + 3 * hour, rows: [rollupRow(start + 2 * hour, 20)] };
      await store.replaceRollups([change(one, { hour: middle })]);
      expect((await read('hour', one))?.map((row) => [row.ts, row.value])).toEqual([
        [start, 0],
        [start + 2 * hour, 20],
        [start + 3 * hour, 3],
      ]);
      expect(await read('hour', other)).toEqual(rows);
      await store.replaceRollups([change(one, { hour: { from: start, to: start + day, rows: [] } })]);
      expect(await read('hour', one)).toEqual([]);
    });

    it('replace each series in its own window where several change at once', async () => {
      const { store } = under;
      const [one, other] = [seriesOf('a/1'), seriesOf('a/2')];
      const rows = [0, 1, 2, 3].map((index) => rollupRow(start + index * hour, index));
      const all = { hour: { from: start, to: start + 4 * hour, rows } };
      await store.replaceRollups([change(one, all), change(other, all)]);
      await store.replaceRollups([
        change(one, { hour: { from: start + hour, to: start + 2 * hour, rows: [] } }),
        change(other, { hour: { from: start, to: start + 4 * hour, rows: [] } }),
      ]);
      expect((await read('hour', one))?.map((row) => row.value)).toEqual([0, 2, 3]);
      expect(await read('hour', other)).toEqual([]);
    });

    it('keep the buckets apart', async () => {
      const { store } = under;
      const series = seriesOf('a/m');
      const window = (value: number) => ({ from: start, to: start + day, rows: [rollupRow(start, value)] });
      await store.replaceRollups([change(series, { hour: window(1), day: window(2), month: window(3) })]);
      await store.replaceRollups([change(series, { day: window(20) })]);
      for (const [index, bucket] of buckets.entries()) {
        expect((await read(bucket, series))?.[0]?.value).toBe([1, 20, 3][index]);
      }
    });

    it('take changes of the same series in one call one after the other', async () => {
      const { store } = under;
      const series = seriesOf('a/m');
      const window = (value: number) => ({ from: start, to: start + hour, rows: [rollupRow(start, value)] });
      await store.replaceRollups([change(series, { hour: window(1) }), change(series, { hour: window(2) })]);
      expect((await read('hour', series))?.map((row) => row.value)).toEqual([2]);
    });

    it('answer many windows in their order, overlapping and empty ones too', async () => {
      const { store } = under;
      const handles = Array.from({ length: 300 }, (_, index) => seriesOf(`a/m${index}`));
      await store.replaceRollups(
        handles.map((series, index) =>
          change(series, {
            hour: {
              from: start,
              to: start + day,
              rows: [0, 1, 2].map((at) => rollupRow(start + at * hour, index * 10 + at)),
            },
          }),
        ),
      );
      const windows = handles.toReversed().flatMap((series) => [
        { series, from: start, to: start + 2 * hour },
        { series, from: start + hour, to: start + 3 * hour },
        { series, from: start, to: start },
      ]);
      const answer = await store.rollupWindows('hour', windows);
      expect(answer).toHaveLength(900);
      for (const [index, rows] of answer.entries()) {
        const base = (299 - Math.floor(index / 3)) * 10;
        const expected = [[base, base + 1], [base + 1, base + 2], []][index % 3];
        expect(rows.map((row) => row.value)).toEqual(expected);
      }
    });

    it('are never seen half replaced', async (context) => {
      const { store, place } = under;
      if (place.withoutTransactions === true) return context.skip();
      const handles = Array.from({ length: 200 }, (_, index) => seriesOf(`a/m${index}`));
      const version = (value: number) =>
        handles.map((series) =>
          change(series, { day: { from: start, to: start + day, rows: [rollupRow(start, value)] } }),
        );
      await store.replaceRollups(version(0));
      let writing = true;
      const sums: (number | null | undefined)[] = [];
      const reader = (async () => {
        while (writing) {
          const [sum] = await store.sumRollups('day', handles, start, start + day);
          sums.push(sum?.value);
        }
      })();
      for (let value = 1; value <= 20; value++) await store.replaceRollups(version(value));
      writing = false;
      await reader;
      expect(sums.length).toBeGreaterThan(0);
      for (const sum of sums) expect((sum ?? -1) % 200).toBe(0);
    });

    it('refuse a row outside its window, and an exclusion that ends before it begins', async () => {
      const { store } = under;
      const outside = { from: start, to: start + hour, rows: [rollupRow(start + hour, 1)] };
      await expect(store.replaceRollups([change(seriesOf('a/m'), { hour: outside })])).rejects.toMatchObject({
        code: 'row.refused-by-store',
      });
      expect(await read('hour', seriesOf('a/m'))).toEqual([]);
      const wrong = [exclusion(start + hour), exclusion(start, { until: start - 1 })];
      for (const row of [...wrong, exclusion(start, { until: Number.NaN })]) {
        const window = { from: start, to: start + hour, rows: [row] };
        await expect(store.replaceRollups([change(seriesOf('a/m'), {}, window)])).rejects.toMatchObject({
          code: 'row.refused-by-store',
        });
      }
      expect(await store.exclusionWindows([{ series: seriesOf('a/m'), ...always }])).toEqual([[]]);
    });
  });

  describe('exclusions', () => {
    it('replace those of their window, and come back in windows, ascending', async () => {
      const { store } = under;
      const [one, other] = [seriesOf('a/1'), seriesOf('a/2')];
      const rows = [
        exclusion(start, { code: 'dip', withheld: 0 }),
        exclusion(start + hour),
        exclusion(start + 2 * hour, { code: 'reset-confirmed', value: -5, until: start + 9 * hour }),
      ];
      const all = { from: start, to: start + day, rows };
      await store.replaceRollups([change(one, {}, all), change(other, {}, all)]);
      await store.replaceRollups([
        change(
          one,
          {},
          { from: start + hour, to: start + 2 * hour, rows: [exclusion(start + hour, { value: 1 })] },
        ),
      ]);
      const [first, second, third] = await store.exclusionWindows([
        { series: other, ...always },
        { series: one, from: start + hour + 1, to: start + day },
        { series: one, from: start, to: start },
      ]);
      expect(first).toEqual(rows);
      expect(second).toEqual([exclusion(start + hour, { value: 1 }), rows[2]]);
      expect(third).toEqual([]);
      await under.reopen();
      expect(await under.store.exclusionWindows([{ series: seriesOf('a/2'), ...always }])).toEqual([rows]);
    });

    it('come back for every window that they reach into, once', async () => {
      const { store } = under;
      const series = seriesOf('a/long');
      const long = exclusion(start + hour, { code: 'reset-suspected', until: start + 20 * hour });
      const short = exclusion(start + 2 * hour, { code: 'dip', until: start + 2 * hour });
      await store.replaceRollups([change(series, {}, { from: start, to: start + day, rows: [long, short] })]);
      const touching = async (from: number, to: number) =>
        (await store.exclusionWindows([{ series, from, to }]))[0];
      expect(await touching(start, start + hour)).toEqual([]);
      expect(await touching(start + hour, start + hour + 1)).toEqual([long]);
      expect(await touching(start + 2 * hour, start + 3 * hour)).toEqual([long, short]);
      expect(await touching(start + 10 * hour, start + 11 * hour)).toEqual([long]);
      expect(await touching(start + 20 * hour, start + day)).toEqual([long]);
      expect(await touching(start + 20 * hour + 1, start + day)).toEqual([]);
      expect(await touching(start + 10 * hour, start + 10 * hour)).toEqual([]);
      const apart = [
        { series, from: start + 2 * hour, to: start + 3 * hour },
        { series, from: start + 4 * hour, to: start + 5 * hour },
        { series, from: start + 8 * hour, to: start + 9 * hour },
      ];
      expect(await store.exclusionWindows(apart)).toEqual([[long, short], [long], [long]]);
      // It stands at its beginning: replacing what lies behind that leaves it.
      await store.replaceRollups([change(series, {}, { from: start + 3 * hour, to: start + day, rows: [] })]);
      expect(await touching(start + 10 * hour, start + 11 * hour)).toEqual([long]);
    });

    it('stay when only rollups change', async () => {
      const { store } = under;
      const series = seriesOf('a/m');
      await store.replaceRollups([
        change(series, {}, { from: start, to: start + day, rows: [exclusion(start)] }),
      ]);
      await store.replaceRollups([
        change(series, { hour: { from: start, to: start + day, rows: [rollupRow(start, 1)] } }),
      ]);
      expect(await store.exclusionWindows([{ series, ...always }])).toEqual([[exclusion(start)]]);
    });
  });
}

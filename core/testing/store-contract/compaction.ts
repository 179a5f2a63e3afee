// Compaction changes nothing that can be seen, also while others write.
import { describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './place.ts';
import { allOf, always, day, hour, minute, noReadings, position, start, writeRows } from './rows.ts';

export function compactionContract(under: StoreUnderTest): void {
  describe('compaction', () => {
    it('drops superseded rows and only those, over months and kinds of rows', async () => {
      let { store } = under;
      const [one, other] = [store.series('a/1', 'electricity'), store.series('a/2', 'electricity')];
      const times = Array.from({ length: 100 }, (_, index) => start + index * day);
      for (const round of [1, 2, 3]) {
        await writeRows(
          store,
          times.map((ts, index) => [one, ts, round * 1_000 + index] as const),
        );
      }
      await writeRows(
        store,
        times.map((ts, index) => [other, ts, index] as const),
      );
      await store.write(noReadings, [position(start, { lat: 1 }), position(start + minute)], []);
      await store.write(noReadings, [position(start, { lat: 2 })], []);
      await store.writeFigures([
        { institution: 'i', figure: 'f', bucket: 'day', ts: start, value: 1 },
        { institution: 'i', figure: 'f', bucket: 'day', ts: start, value: null },
      ]);
      const { droppedRows } = await store.compact();
      if (under.place.keepsSuperseded === true) {
        expect(droppedRows).toBe(200 + 1 + 1);
        expect((await store.stats()).readings).toBe(200);
        expect(await store.compact()).toEqual({ droppedRows: 0 });
      }
      for (let round = 0; round < 2; round++) {
        expect(await allOf(store, store.series('a/1', 'electricity'))).toEqual(
          times.map((ts, index) => [ts, 3_000 + index]),
        );
        expect(await allOf(store, store.series('a/2', 'electricity'))).toHaveLength(100);
        const positions = await store.positions('fleet/A-1', always.from, always.to, 10);
        expect(positions.map((row) => row.lat)).toEqual([2, 28]);
        expect(await store.figures('i', 'f', 'day', start, start + 1)).toMatchObject([{ value: null }]);
        store = await under.reopen();
      }
    });

    it('finds what was superseded before the store was reopened', async () => {
      let { store } = under;
      const series = store.series('a/1', 'electricity');
      await writeRows(store, [[series, start, 1]]);
      await writeRows(store, [[series, start, 2]]);
      store = await under.reopen();
      const { droppedRows } = await store.compact();
      if (under.place.keepsSuperseded === true) expect(droppedRows).toBe(1);
      expect(await allOf(store, store.series('a/1', 'electricity'))).toEqual([[start, 2]]);
    });

    it('loses no row that is written or rewritten meanwhile, nor does it disturb reads', async () => {
      const { store } = under;
      const handles = Array.from({ length: 20 }, (_, index) => store.series(`a/m${index}`, 'electricity'));
      const expected = new Map<string, number>();
      let random = 7;
      const next = (below: number) => {
        random = (random * 48_271) % 2_147_483_647;
        return random % below;
      };
      const writeSome = async (value: number) => {
        const rows = Array.from({ length: 300 }, (_, index) => {
          const series = handles[next(handles.length)] ?? 0;
          return [series, start + next(400) * hour, value * 1_000 + index] as const;
        });
        await writeRows(store, rows);
        for (const [series, ts, written] of rows) expected.set(`${series} ${ts}`, written);
      };
      for (let round = 0; round < 10; round++) await writeSome(round);
      let compacting = true;
      const compactions = (async () => {
        for (let round = 0; round < 5; round++) await store.compact();
        compacting = false;
      })();
      for (let round = 10; compacting; round++) {
        await writeSome(round);
        const series = handles[next(handles.length)] ?? 0;
        for (const [ts, value] of await allOf(store, series)) {
          expect(value).toBe(expected.get(`${series} ${ts}`));
        }
      }
      await compactions;
      await store.compact();
      let count = 0;
      for (const series of handles) {
        for (const [ts, value] of await allOf(store, series)) {
          expect(value).toBe(expected.get(`${series} ${ts}`));
          count++;
        }
      }
      expect(count).toBe(expected.size);
      if (under.place.keepsSuperseded === true) expect((await store.stats()).readings).toBe(expected.size);
    });
  });
}

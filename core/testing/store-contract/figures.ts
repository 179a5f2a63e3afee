// Figures of institutions: the newest wins, missing ones are kept as missing.
import { describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './place.ts';
import { always, day, start } from './rows.ts';

export function figuresContract(under: StoreUnderTest): void {
  describe('figures', () => {
    it('are kept by institution, figure, bucket and time; the newest wins', async () => {
      let { store } = under;
      const figure = { institution: '01J', figure: "per-person's", bucket: 'month', ts: start } as const;
      await store.writeFigures([{ ...figure, value: 1 }]);
      await store.writeFigures([
        { ...figure, value: 0 },
        { ...figure, bucket: 'year', value: 9 },
        { ...figure, institution: '01K', value: 8 },
        { ...figure, figure: 'carbon', value: 7 },
        { ...figure, ts: start + 31 * day, value: 2.5 },
      ]);
      for (let round = 0; round < 2; round++) {
        const rows = await store.figures('01J', "per-person's", 'month', always.from, always.to);
        expect(rows).toEqual([
          { ...figure, value: 0 },
          { ...figure, ts: start + 31 * day, value: 2.5 },
        ]);
        expect(await store.figures('01J', "per-person's", 'month', start, start)).toEqual([]);
        expect(await store.figures('01J', "per-person's", 'year', start, start + 1)).toHaveLength(1);
        store = await under.reopen();
      }
    });

    it('that become unknown are null, not the value before and not absent', async () => {
      let { store } = under;
      const figure = { institution: '01J', figure: 'pue', bucket: 'day', ts: start } as const;
      await store.writeFigures([{ ...figure, value: 1.4 }]);
      await store.writeFigures([{ ...figure, value: null }]);
      for (let round = 0; round < 2; round++) {
        expect(await store.figures('01J', 'pue', 'day', start, start + day)).toEqual([
          { ...figure, value: null },
        ]);
        store = await under.reopen();
      }
      await store.writeFigures([{ ...figure, value: 1.3 }]);
      expect(await store.figures('01J', 'pue', 'day', start, start + day)).toEqual([
        { ...figure, value: 1.3 },
      ]);
    });
  });
}

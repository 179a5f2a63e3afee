import { expect, test } from 'vitest';
import { OldestReadings } from './oldest.ts';
import type { DirtySeries } from './work.ts';

/** Series `handle`, changed from `from` on. */
const dirty = (handle: number, from: number): DirtySeries => ({
  series: { handle, point: `a/${handle}`, quantity: 'power' },
  changes: [{ from, to: from }],
  edited: false,
  factsDoubted: false,
  editVersion: 0,
});

test('the oldest reading is asked for once, again where something older came, and again when too many are known', async () => {
  const asked: number[][] = [];
  const oldest = new Map([
    [1, 100],
    [2, 200],
  ]);
  const store = {
    oldestTs: async (handles: readonly number[]) => {
      asked.push([...handles]);
      return handles.map((handle) => oldest.get(handle));
    },
  };
  const known = new OldestReadings(store, 2);
  expect(await known.of([dirty(1, 150), dirty(2, 200), dirty(3, 5)])).toEqual([100, 200, undefined]);
  expect(await known.of([dirty(2, 500), dirty(1, 100)])).toEqual([200, 100]);
  oldest.set(1, 40);
  expect(await known.of([dirty(1, 40), dirty(2, 201)])).toEqual([40, 200]);
  oldest.set(3, 5);
  expect(await known.of([dirty(3, 5)])).toEqual([5]);
  // The one that was found longest ago made room.
  expect(await known.of([dirty(1, 50), dirty(2, 201)])).toEqual([40, 200]);
  expect(asked).toEqual([[1, 2, 3], [1], [3], [2]]);
  known.clear();
  await known.of([dirty(1, 50)]);
  expect(asked.at(-1)).toEqual([1]);
});

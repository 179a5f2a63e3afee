import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyGuard } from './key-guard.ts';
import { keyPrint } from './rows.ts';

type Key = readonly [point: number, ts: number];
const prints = (keys: readonly Key[]) => keys.map(([point, ts]) => keyPrint(`p${point}`, 'power', ts));
const times = (keys: readonly Key[]) => keys.map(([, ts]) => ts);

/** Whether the guard's answer covers an earlier batch that holds one of the keys. */
function covers(
  guard: KeyGuard,
  seq: number,
  keys: readonly Key[],
  earlier: ReadonlyMap<number, readonly Key[]>,
): boolean {
  const { seqs, unknown } = guard.record(seq, prints(keys), times(keys));
  const newest = new Map<string, number>();
  for (const [other, held] of earlier) for (const [point, ts] of held) newest.set(`${point} ${ts}`, other);
  return keys.every(([point, ts]) => {
    const holder = newest.get(`${point} ${ts}`);
    if (holder === undefined || seqs.has(holder)) return true;
    return unknown !== undefined && holder <= unknown.seq && ts >= unknown.from && ts <= unknown.to;
  });
}

test('no earlier batch with an equal key is ever missed, however small the memory', () => {
  const key = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 30 }));
  const batches = fc.array(fc.array(key, { minLength: 1, maxLength: 8 }), { maxLength: 30 });
  fc.assert(
    fc.property(batches, fc.integer({ min: 8, max: 60 }), (list, memory) => {
      const guard = new KeyGuard(memory);
      const earlier = new Map<number, readonly Key[]>();
      list.forEach((keys, index) => {
        expect(covers(guard, index + 1, keys, earlier)).toBe(true);
        earlier.set(index + 1, keys);
      });
    }),
    { numRuns: 500 },
  );
});

test('fresh rows overlap with nothing, though thousands of batches went before', () => {
  const guard = new KeyGuard(2_000);
  for (let seq = 1; seq <= 300; seq++) {
    const keys = Array.from({ length: 100 }, (_, i): Key => [i, seq * 1_000 + i]);
    const { seqs, unknown } = guard.record(seq, prints(keys), times(keys));
    expect(seqs.size).toBe(0);
    expect(unknown).toBeUndefined();
  }
});

test('scattered late rows with keys of their own overlap with nothing while the keys are known', () => {
  const guard = new KeyGuard();
  const order = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 5_000);
  for (let seq = 1; seq <= 50; seq++) {
    const keys = order.slice((seq - 1) * 100, seq * 100).map((ts): Key => [1, ts]);
    expect(guard.record(seq, prints(keys), times(keys))).toEqual({ seqs: new Set(), unknown: undefined });
  }
});

test('after a restart only rows within the time of what waits are doubtful', () => {
  const guard = new KeyGuard();
  guard.startFrom({ seq: 7, minTs: 1_000, maxTs: 2_000 });
  const keys: Key[] = [
    [1, 500],
    [1, 1_500],
    [1, 1_900],
    [1, 2_500],
  ];
  expect(guard.record(8, prints(keys), times(keys)).unknown).toEqual({ seq: 7, from: 1_500, to: 1_900 });
  guard.clear();
  expect(guard.record(9, prints(keys), times(keys))).toEqual({ seqs: new Set(), unknown: undefined });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../domain/time.ts';
import { type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { decode, encode, type MarkRow, mostFolded } from './announced-marks.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const mark = { point: 'a/p', quantity: 'electricity', from: 1_000, to: 2_000 } as const;

describe('dirty marks', () => {
  it('are all given for as many series as asked, those that wait longest first', async () => {
    const { marks } = test.registry;
    await marks.add([{ ...mark, point: 'a/1' }]);
    await marks.add([
      { ...mark, point: 'a/2', quantity: null },
      { ...mark, point: 'a/3' },
    ]);
    await marks.add([{ ...mark, point: 'a/1', from: 5_000, to: 6_000 }]);
    await marks.add([]);
    const pending = await marks.pending(2);
    expect(pending.map(({ point, quantity, from }) => [point, quantity, from])).toEqual([
      ['a/1', 'electricity', 1_000],
      ['a/1', 'electricity', 5_000],
      ['a/2', null, 1_000],
    ]);
    expect(await marks.pending(10)).toHaveLength(4);
  });

  it('are cleared up to the version that was read; one that came since stays', async () => {
    const { marks } = test.registry;
    await marks.add([mark, { ...mark, quantity: null }]);
    const read = await marks.pending(10);
    await marks.add([mark]);
    await marks.clear(read);
    const left = await marks.pending(10);
    expect(left).toEqual([{ ...mark, version: expect.any(Number), facts: true }]);
    expect(left[0]?.version).toBeGreaterThan(Math.max(...read.map(({ version }) => version)));
    await marks.clear([]);
    expect(await marks.pending(10)).toEqual(left);
  });

  it('never get a version again that was used before', async () => {
    const { marks } = test.registry;
    await marks.add([mark]);
    const first = await marks.pending(1);
    await marks.clear(first);
    await test.registry.stop();
    const again = await test.another();
    await again.marks.add([mark]);
    await again.marks.clear(first);
    expect(await again.marks.pending(1)).toHaveLength(1);
  });

  it('of rows under way are seen by who reads those rows, and pending once the rows are durable', async () => {
    const { marks } = test.registry;
    const data = [mark, { ...mark, point: 'a/q' }] as const;
    const id = await marks.announce(data);
    expect(await marks.pending(10)).toEqual([]);
    expect((await marks.backlog()).series).toBe(0);
    const of = (point: `${string}/${string}`) => marks.pendingOf([{ point, quantity: 'electricity' }]);
    expect(await of('a/p')).toEqual([{ ...mark, version: 0, facts: false }]);
    expect(await of('a/other')).toEqual([]);
    expect(await marks.announce(data, id)).toBe(id);
    await marks.confirm(id, data);
    expect(await marks.pending(10)).toEqual(
      data.map((each) => ({ ...each, version: expect.any(Number), facts: false })),
    );
    expect(await of('a/p')).toHaveLength(1);
    await marks.add([{ ...mark, quantity: null }]);
    expect((await of('a/p')).map(({ facts }) => facts)).toEqual([false, true]);
  });

  it('of many writes are as many as the stretches of their series, and none is forgotten', async () => {
    const { marks } = test.registry;
    const days = (from: number, to: number) => ({ ...mark, from: from * dayMs, to: to * dayMs });
    const since = test.clock.at;
    for (let write = 0; write <= mostFolded + 5; write++) {
      const data = [days(100 + write, 100 + write), { ...mark, point: `a/${write % 3}` } as const];
      await marks.confirm(await marks.announce(data), data);
      test.clock.at += 1_000;
    }
    const late = [days(3, 4), days(300, 301)];
    await marks.confirm(await marks.announce(late), late);
    expect(await marks.backlog()).toEqual({ series: 4, oldestAt: since });
    const of = await marks.pendingOf([{ point: 'a/p', quantity: 'electricity' }]);
    const stretches = of.map(({ from, to }) => [from / dayMs, to / dayMs]).sort(([a = 0], [b = 0]) => a - b);
    const [oldest, ...more] = stretches;
    expect(oldest).toEqual([3, 4]);
    expect(more.at(-1)).toEqual([300, 301]);
    // Made rows of when there were too many, and when they were asked for.
    expect(more.slice(0, -1)).toEqual([
      [100, 100 + mostFolded],
      [101 + mostFolded, 105 + mostFolded],
    ]);
    const pending = await marks.pending(10);
    expect(new Set(pending.map(({ point }) => point)).size).toBe(4);
    expect(pending.length).toBeLessThan(15);
    await marks.clear(pending);
    expect(await marks.backlog()).toEqual({ series: 0, oldestAt: null });
  });

  it('stand in a text that says the same', () => {
    const rows = fc.array(
      fc.record({
        point: fc.constantFrom('a/p', 'a/b/c', '__proto__/toString', 'agent-1/m.1'),
        quantity: fc.constantFrom('electricity', 'power', ''),
        from: fc.integer({ min: -5, max: 4e12 }),
        length: fc.nat(1e9),
      }),
    );
    const inOrder = (list: readonly MarkRow[]) => list.map((row) => JSON.stringify(row)).sort();
    fc.assert(
      fc.property(rows, (list) => {
        const marks = list.map(({ point, quantity, from, length }) => ({
          point,
          quantity,
          from,
          to: from + length,
        }));
        expect(inOrder(decode(encode(marks)))).toEqual(inOrder(marks));
      }),
    );
  });

  it('that a dead process announced become pending when they are old', async () => {
    const { marks } = test.registry;
    await marks.announce([mark]);
    test.clock.at += 60_000;
    const renewed = await marks.announce([{ ...mark, point: 'a/late' }]);
    test.clock.at += 1_000;
    await marks.announce([{ ...mark, point: 'a/late' }], renewed);
    expect(await marks.confirmLeft(test.clock.at - 30_000)).toBe(1);
    expect((await marks.pending(10)).map(({ point }) => point)).toEqual(['a/p']);
    expect(await marks.confirmLeft(test.clock.at - 30_000)).toBe(0);
    // A confirmation that comes after all adds its marks: the rows are in.
    await marks.confirm(renewed, [{ ...mark, point: 'a/late' }]);
    expect(await marks.pending(10)).toHaveLength(2);
  });

  it('say how many series wait, and since when', async () => {
    const { marks } = test.registry;
    expect(await marks.backlog()).toEqual({ series: 0, oldestAt: null });
    const since = test.clock.at;
    await marks.add([mark, mark]);
    test.clock.at += 1_000;
    await marks.add([
      { ...mark, quantity: null },
      { ...mark, point: 'b/p' },
    ]);
    expect(await marks.backlog()).toEqual({ series: 3, oldestAt: since });
  });
});

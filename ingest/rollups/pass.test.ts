// What a pass leaves behind when it is cut in the middle, and how much it reads at once.
import { beforeEach, describe, expect, it } from 'vitest';
import { noFacts } from '../../core/domain/energy/facts.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { MemoryStore } from '../../core/testing/memory-store.ts';
import { midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { GoneReadings } from './gone.ts';
import { Heads } from './heads.ts';
import { type RollupLimits, rollupLimits } from './limits.ts';
import { LeaseLost } from './narrowing.ts';
import { Pass, type PassOptions } from './pass.ts';
import { ReadingShare } from './reading-share.ts';
import type { Work } from './work.ts';

const quarter = 15 * 60_000;
const t0 = midnight('2024-06-29');
const points: readonly PointKey[] = ['a/p', 'a/q', 'a/r'];

let store: MemoryStore;
let heads: Heads;
let held: boolean;

beforeEach(() => {
  store = new MemoryStore();
  heads = new Heads(100);
  held = true;
});

/** Unless told otherwise, works are read one after the other. */
function makePass(
  change: Partial<RollupLimits> = { readingsPerRead: 1 },
  shares?: PassOptions['shares'],
): Pass {
  const limits = { ...rollupLimits, ...change };
  return new Pass({
    store,
    calendar: testCalendar,
    heads,
    shares: shares ?? { appended: new ReadingShare(limits), late: new ReadingShare(limits) },
    limits,
    newer: async () => new Map(),
    gone: new GoneReadings({ store, calendar: testCalendar, log: silentLogger, metrics: new Metrics() }),
    now: midnight('2025-01-01'),
    mayWrite: () => Promise.resolve(held),
    stored: () => Promise.resolve(),
  });
}

interface Written {
  readonly of?: readonly PointKey[];
  readonly stepMs?: number;
  readonly valueAt?: (step: number) => number;
}

/** Readings of each point, and the work they make. */
async function written(
  steps: readonly number[],
  { of = points, stepMs = quarter, valueAt = (step) => step * 2 }: Written = {},
): Promise<Work[]> {
  const ts = steps.map((step) => t0 + step * stepMs);
  const value = steps.map(valueAt);
  const works: Work[] = [];
  for (const point of of) {
    const handle = store.series(point, 'electricity');
    await store.write({ series: ts.map(() => handle), ts, value, length: ts.length }, [], []);
    const changes = [{ from: ts[0] ?? 0, to: ts.at(-1) ?? 0 }];
    const series = store.seriesOf(handle);
    works.push({
      dirty: { series, changes, edited: false, factsDoubted: false, editVersion: 0 },
      oldest: t0,
      memory: heads.get(handle) ?? { facts: noFacts, head: undefined },
    });
  }
  return works;
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Counts the readings of each read from now on. */
function countReads(): number[] {
  const read: number[] = [];
  const readingWindows = store.readingWindows.bind(store);
  store.readingWindows = async (windows) => {
    const slices = await readingWindows(windows);
    read.push(slices.reduce((sum, { ts }) => sum + ts.length, 0));
    return slices;
  };
  return read;
}

function remembered(): boolean[] {
  return points.map((point) => heads.get(store.series(point, 'electricity'))?.head !== undefined);
}

describe('a pass', () => {
  it('remembers the ends of what it followed', async () => {
    const { followed } = await makePass().follow(await written(range(0, 20)));
    expect(followed).toHaveLength(3);
    expect(remembered()).toEqual([true, true, true]);
  });

  it.each([
    ['a read', 'readingWindows'],
    ['the write', 'replaceRollups'],
  ] as const)('forgets the ends it pushed readings into when %s fails', async (_, method) => {
    await makePass().follow(await written(range(0, 20)));
    const works = await written(range(20, 4));
    let calls = 0;
    const whole = store[method].bind(store) as (argument: never) => Promise<never>;
    Object.assign(store, {
      [method]: (argument: never) =>
        method === 'replaceRollups' || ++calls === 2 ? Promise.reject(new TypeError('cut')) : whole(argument),
    });
    await expect(makePass().follow(works)).rejects.toThrow('cut');
    expect(remembered()).toEqual([false, false, false]);
    expect(works.map(({ memory }) => memory.head)).toEqual([undefined, undefined, undefined]);
  });

  it('writes nothing without the lease', async () => {
    held = false;
    await expect(makePass().follow(await written(range(0, 20)))).rejects.toThrow(LeaseLost);
    expect(remembered()).toEqual([false, false, false]);
  });

  it('keeps the ends of those it stored when late ones fail after them', async () => {
    await makePass().follow(await written(range(0, 20)));
    const [appended, late] = await written(range(20, 4));
    if (appended === undefined || late === undefined) throw new Error('no works');
    late.memory.head = undefined;
    store.oldestTs = () => Promise.reject(new TypeError('cut'));
    await expect(makePass().follow([appended, late])).rejects.toThrow('cut');
    expect(remembered()).toEqual([true, false, true]);
  });
});

describe('a pass over readings far denser than estimated', () => {
  const forty = range(0, 40).map((index): PointKey => `a/p${index}`);

  it('stops taking more by what it counted, late and appended', async () => {
    const limits = { ...rollupLimits, countedReadingsPerPass: 2_000, readingsPerRead: 5_000 };
    const shares = { appended: new ReadingShare(limits), late: new ReadingShare(limits) };
    const read = countReads();
    for (const from of [0, 500]) {
      let works = await written(range(from, 500), { of: forty, stepMs: 10_000 });
      while (works.length > 0) {
        read.length = 0;
        const { followed } = await makePass(limits, shares).follow(works);
        expect(followed.length).toBeGreaterThan(0);
        // The last read begins below the limit and is no larger than one should be.
        expect(read.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2_000 + 5_000);
        works = works.filter((work) => !followed.includes(work));
      }
    }
  });

  it('looks further back in reads of their own', async () => {
    // Up and down: never four good readings in a row to begin from, however far one looks back.
    const odd = { of: forty, stepMs: 60_000, valueAt: (step: number) => (step % 2 ? 1e6 : step) };
    const limits = { ...rollupLimits, readingsPerRead: 6_000 };
    const shares = { appended: new ReadingShare(limits), late: new ReadingShare(limits) };
    const all = range(0, 2_000).filter((step) => step !== 1_000);
    expect((await makePass(limits, shares).follow(await written(all, odd))).followed).toHaveLength(40);
    const works = await written([1_000], odd);
    const read = countReads();
    expect((await makePass(limits, shares).follow(works)).followed).toHaveLength(40);
    expect(Math.max(...read)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...read)).toBeLessThanOrEqual(3 * 6_000);
  });
});

// Passes over the memory store and the real registry, with small limits: nothing starves, nothing spins, and what comes
// out is what a computation from scratch makes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScan, endOfTime, headChange } from '../../core/domain/energy/recompute.ts';
import { hourMs } from '../../core/domain/time.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { Mark } from '../../core/store/port.ts';
import { MemoryStore } from '../../core/testing/memory-store.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { marksOf } from '../marks.ts';
import { Follower } from './follower.ts';
import { type RollupLimits, rollupLimits } from './limits.ts';

const quarter = 15 * 60_000;
const t0 = midnight('2024-06-29');
const many: readonly Quantity[] = ['electricity', 'power', 'water', 'gas', 'heat', 'cooling'];

let world: TestRegistry;
let store: MemoryStore;
let busy = false;

beforeEach(async () => {
  busy = false;
  world = await testRegistry();
  store = new MemoryStore();
});

afterEach(() => world.end());

function makeFollower(limits: Partial<RollupLimits> = {}, registry: Registry = world.registry): Follower {
  return new Follower({
    store,
    registry,
    calendar: testCalendar,
    clock: world.clock,
    log: silentLogger,
    metrics: new Metrics(),
    limits: { ...rollupLimits, ...limits },
    mayWrite: () => Promise.resolve(true),
    busy: () => busy,
    stopping: () => false,
  });
}

/** @returns how many passes did something; at most `most`, or the worker spins. */
async function settle(follower: Follower, most = 100): Promise<number> {
  for (let passes = 0; passes < most; passes++) if (!(await follower.pass())) return passes;
  throw new Error(`not settled after ${most} passes`);
}

type Row = readonly [point: string, quantity: Quantity, step: number, value: number];

async function write(rows: readonly Row[]): Promise<void> {
  const columns = {
    series: rows.map(([point, quantity]) => store.series(`a/${point}`, quantity)),
    ts: rows.map(([, , step]) => t0 + step * quarter),
    value: rows.map(([, , , value]) => value),
    length: rows.length,
  };
  await store.write(columns, [], marksOf(columns));
}

function rising(point: string, quantity: Quantity, from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => [point, quantity, from + index, (from + index) * 2]);
}

async function register(point: string, multiplier: number): Promise<void> {
  await world.registry.points.register(
    {
      key: `a/${point}`,
      name: point,
      quantities: many,
      validFrom: midnight('2024-01-01'),
      installation: { multiplier },
    },
    by,
  );
}

async function expectFromScratch(point: string, quantity: Quantity): Promise<void> {
  const series = store.series(`a/${point}`, quantity);
  const [facts] = await world.registry.points.seriesFacts([{ point: `a/${point}`, quantity }]);
  if (facts === undefined) throw new Error('no facts');
  const readings = await store.readings(series, 0, endOfTime, 1_000_000);
  const scan = createScan(quantity, facts);
  for (let at = 0; at < readings.ts.length; at++) scan.push(readings.ts[at] ?? 0, readings.value[at] ?? 0);
  const [stored] = await store.rollupWindows('hour', [{ series, from: 0, to: endOfTime }]);
  expect(stored).toEqual(headChange(scan, 0, 0).hours);
  expect(stored?.length).toBeGreaterThan(0);
}

async function behind(): Promise<string[]> {
  const marks: readonly Mark[] = [
    ...(await world.registry.marks.pending(1_000)),
    ...(await store.marks.pending(1_000)),
  ];
  return [...new Set(marks.map(({ point, quantity }) => `${point} ${quantity}`))];
}

describe('an edited fact of a point with many series', () => {
  it('is followed over several passes when together they exceed the budget', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await settle(makeFollower());
    await register('p', 3);
    const follower = makeFollower({ readingsPerPass: 300 });
    expect(await settle(follower)).toBe(many.length);
    expect(await behind()).toEqual([]);
    for (const quantity of many) await expectFromScratch('p', quantity);
  });

  it('is followed in shorter passes while ingest has work, and at once when it has none', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await settle(makeFollower());
    await register('p', 3);
    const follower = makeFollower({ readingsPerBusyPass: 300 });
    busy = true;
    await follower.pass();
    await follower.pass();
    busy = false;
    expect(await settle(follower)).toBe(1);
    for (const quantity of many) await expectFromScratch('p', quantity);
    await register('p', 4);
    busy = true;
    expect(await settle(makeFollower({ readingsPerBusyPass: 300 }))).toBe(many.length);
  });

  it('is followed when each pass is cut short by the hours it makes', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await settle(makeFollower());
    await register('p', 3);
    expect(await settle(makeFollower({ hoursPerPass: 1 }))).toBe(many.length);
    for (const quantity of many) await expectFromScratch('p', quantity);
  });

  it('is followed once more when it is edited again on the way', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await register('p', 3);
    const follower = makeFollower({ readingsPerPass: 300 });
    await follower.pass();
    await follower.pass();
    await register('p', 5);
    await settle(follower);
    expect(await behind()).toEqual([]);
    for (const quantity of many) await expectFromScratch('p', quantity);
  });

  it('takes rows that arrive on the way, and is begun anew by whoever takes over', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await register('p', 3);
    const follower = makeFollower({ readingsPerPass: 300 });
    await follower.pass();
    for (const quantity of many) await write(rising('p', quantity, 200, 8));
    await follower.pass();
    follower.forget();
    const followed = new Set<number>();
    const replace = store.replaceRollups.bind(store);
    store.replaceRollups = (changes) => {
      for (const { series } of changes) followed.add(series);
      return replace(changes);
    };
    await settle(follower);
    expect(followed.size).toBe(many.length);
    expect(await behind()).toEqual([]);
    for (const quantity of many) await expectFromScratch('p', quantity);
  });

  it('does not hold back data of other points', async () => {
    for (const quantity of many) await write(rising('p', quantity, 0, 200));
    await settle(makeFollower());
    await register('p', 3);
    await write(rising('q', 'electricity', 0, 10));
    const follower = makeFollower({ readingsPerPass: 300 });
    await follower.pass();
    expect(await behind()).toEqual(['a/p null']);
  });
});

describe('more dirty series than are remembered', () => {
  it('are all followed, whatever is forgotten meanwhile', async () => {
    const points = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const limits = { rememberedSeries: 4 };
    await write(points.flatMap((point) => rising(point, 'electricity', 0, 20)));
    expect(await settle(makeFollower(limits))).toBe(1);
    await write(points.flatMap((point) => rising(point, 'electricity', 20, 20)));
    await settle(makeFollower(limits));
    expect(await behind()).toEqual([]);
    for (const point of points) await expectFromScratch(point, 'electricity');
  });

  it('are looked at by the limit, also where one mark stands for many of them', async () => {
    for (const point of ['p', 'q', 'r']) {
      for (const quantity of many) await write(rising(point, quantity, 0, 20));
    }
    await settle(makeFollower());
    for (const point of ['p', 'q', 'r']) await register(point, 3);
    let most = 0;
    const { points, marks } = world.registry;
    const seriesFacts: typeof points.seriesFacts = (requests) => {
      most = Math.max(most, requests.length);
      return points.seriesFacts(requests);
    };
    const registry = { ...world.registry, marks, points: { ...points, seriesFacts } } as Registry;
    await settle(makeFollower({ seriesPerPass: 4 }, registry));
    expect(most).toBe(4);
    expect(await behind()).toEqual([]);
    await expectFromScratch('r', 'cooling');
  });
});

describe('a series that takes all of its readings', () => {
  it('has its turn, however much the others make in each pass', async () => {
    // Up and down: never four good readings in a row to begin from, however far one looks back.
    const odd = (step: number): Row => ['odd', 'electricity', step, step % 2 ? 1e6 : step];
    await write(Array.from({ length: 1_000 }, (_, index) => odd(index)).filter((_, index) => index !== 500));
    await settle(makeFollower());
    await write(rising('busy', 'electricity', 0, 100));
    await write([odd(500)]);
    const follower = makeFollower({ hoursPerPass: 1 });
    let passes = 0;
    for (; passes < 10 && (await behind()).includes('a/odd electricity'); passes++) {
      await follower.pass();
      await write([['busy', 'electricity', 10 + passes, 20 + passes * 2]]);
    }
    expect(passes).toBeLessThan(5);
    await settle(follower);
    await expectFromScratch('odd', 'electricity');
    await expectFromScratch('busy', 'electricity');
  });
});

describe('facts', () => {
  it('are read again for a correction where the registry holds the marks of data too', async () => {
    await register('p', 2);
    Object.defineProperty(store, 'marks', { value: undefined });
    const follower = makeFollower();
    const writeMarked = async (from: number, count: number) => {
      const rows = rising('p', 'electricity', from, count);
      const at = rows.map(([, , step]) => t0 + step * quarter);
      const columns = {
        series: rows.map(() => store.series('a/p', 'electricity')),
        ts: at,
        value: rows.map(([, , , value]) => value),
        length: rows.length,
      };
      await store.write(columns, [], []);
      const [mark] = marksOf(columns);
      if (mark === undefined) throw new Error('no mark');
      const { from: first, to } = mark;
      await world.registry.marks.add([{ point: 'a/p', quantity: 'electricity', from: first, to }]);
      await settle(follower);
    };
    await writeMarked(0, 50);
    await writeMarked(50, 4);
    const correction = { point: 'a/p', quantity: 'electricity', ts: t0 + 20 * quarter } as const;
    await world.registry.corrections.record([{ ...correction, action: 'exclude' }], by);
    await settle(follower);
    await expectFromScratch('p', 'electricity');
    // A correction of the reading that comes next: nothing before it changes, but the facts at the end do.
    const next = { ...correction, ts: t0 + 54 * quarter, action: 'replace', value: 1_000 } as const;
    await world.registry.corrections.record([next], by);
    await writeMarked(54, 6);
    await expectFromScratch('p', 'electricity');
  });

  it('that are equal keep the remembered end', async () => {
    Object.defineProperty(store, 'marks', { value: undefined });
    const follower = makeFollower();
    const rows = rising('p', 'electricity', 0, 50);
    await write(rows);
    await world.registry.marks.add([
      { point: 'a/p', quantity: 'electricity', from: t0, to: t0 + 50 * quarter },
    ]);
    await settle(follower);
    await write(rising('p', 'electricity', 60, 1));
    const from = t0 + 60 * quarter;
    await world.registry.marks.add([{ point: 'a/p', quantity: 'electricity', from, to: from }]);
    const asked: number[] = [];
    const readingWindows = store.readingWindows.bind(store);
    store.readingWindows = (windows) => {
      asked.push(...windows.map((window) => window.from));
      return readingWindows(windows);
    };
    await settle(follower);
    expect(asked).toEqual([t0 + 49 * quarter + 1]);
    await expectFromScratch('p', 'electricity');
  });
});

describe('an announcement whose rows never come', () => {
  it('does not keep the worker spinning, nor the series behind', async () => {
    const { marks } = world.registry;
    Object.defineProperty(store, 'marks', { value: undefined });
    const series = store.series('a/p', 'electricity');
    const put = async (step: number) => {
      const ts = midnight('2024-06-01') + step * hourMs;
      const mark = { point: 'a/p', quantity: 'electricity', from: ts, to: ts } as const;
      const id = await marks.announce([mark]);
      await store.write({ series: [series], ts: [ts], value: [step], length: 1 }, [], []);
      await marks.confirm(id, [mark]);
    };
    const follower = makeFollower();
    await put(0);
    await put(1);
    await settle(follower);
    const dead = midnight('2024-06-01');
    await marks.announce([{ point: 'a/p', quantity: 'electricity', from: dead, to: dead }]);
    await put(2);
    expect(await settle(follower, 5)).toBeLessThan(5);
    expect(await marks.pending(10)).toEqual([]);
    await expectFromScratch('p', 'electricity');
  });
});

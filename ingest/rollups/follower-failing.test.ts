// Series that cannot be followed, and stores that do not answer: whom a pass blames, and who goes on. Over the memory store
// and the real registry.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOfTime } from '../../core/domain/energy/recompute.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { Mark, RollupChange } from '../../core/store/port.ts';
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
const many: readonly Quantity[] = ['electricity', 'power', 'water', 'gas'];

let world: TestRegistry;
let store: MemoryStore;
let metrics: Metrics;
let log: { level: number; series?: string }[];

beforeEach(async () => {
  world = await testRegistry();
  store = new MemoryStore();
  log = [];
});

afterEach(() => world.end());

function makeFollower(limits: Partial<RollupLimits> = {}, registry: Registry = world.registry): Follower {
  metrics = new Metrics();
  return new Follower({
    store,
    registry,
    calendar: testCalendar,
    clock: world.clock,
    log: pino({}, { write: (line: string) => log.push(JSON.parse(line)) }),
    metrics,
    limits: { ...rollupLimits, ...limits },
    mayWrite: () => Promise.resolve(true),
    busy: () => false,
    stopping: () => false,
  });
}

/** @returns how many passes did something; fails where the worker spins. */
async function settle(follower: Follower): Promise<number> {
  for (let passes = 0; passes < 100; passes++) if (!(await follower.pass())) return passes;
  throw new Error('not settled after 100 passes');
}

/** Twenty readings of each point from a step on. */
async function write(
  points: readonly string[],
  from: number,
  quantities: readonly Quantity[] = ['electricity'],
): Promise<void> {
  const series = points.flatMap((point) =>
    quantities.map((quantity) => store.series(`a/${point}`, quantity)),
  );
  const rows = series.flatMap((handle) =>
    Array.from({ length: 20 }, (_, index) => ({ handle, step: from + index })),
  );
  const columns = {
    series: rows.map(({ handle }) => handle),
    ts: rows.map(({ step }) => t0 + step * quarter),
    value: rows.map(({ step }) => step * 2),
    length: rows.length,
  };
  await store.write(columns, [], marksOf(columns));
}

async function register(point: string): Promise<void> {
  const key = `a/${point}` as const;
  const input = { key, name: point, quantities: many, validFrom: midnight('2024-01-01') };
  await world.registry.points.register({ ...input, installation: { multiplier: 3 } }, by);
}

async function expectFollowedTo(step: number, points: readonly string[], quantity: Quantity): Promise<void> {
  for (const point of points) {
    const series = store.series(`a/${point}`, quantity);
    const [hours] = await store.rollupWindows('hour', [{ series, from: 0, to: endOfTime }]);
    expect(hours?.at(-1)?.ts).toBe(t0 + (Math.ceil(step / 4) - 1) * 4 * quarter);
  }
}

async function behind(): Promise<string[]> {
  const marks: Mark[] = [
    ...(await world.registry.marks.pending(1_000)),
    ...(await store.marks.pending(1_000)),
  ];
  return [...new Set(marks.map(({ point, quantity }) => `${point} ${quantity}`))];
}

/** Lets the store refuse rollups of some series. @returns what it was asked for. */
function refuse(bad: (change: RollupChange) => boolean): number[][] {
  const asked: number[][] = [];
  const replace = store.replaceRollups.bind(store);
  store.replaceRollups = (changes) => {
    asked.push([...new Set(changes.map(({ series }) => series))]);
    return changes.some(bad) ? Promise.reject(new TypeError('refused')) : replace(changes);
  };
  return asked;
}

describe('a series that always fails', () => {
  const points = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11'];

  it('is set aside, named and counted; the others are followed, now and later', async () => {
    await write(points, 0);
    const bad = store.series('a/p3', 'electricity');
    const asked = refuse(({ series }) => series === bad);
    const follower = makeFollower();
    await settle(follower);
    expect(await behind()).toEqual(['a/p3 electricity']);
    expect(log.filter(({ level }) => level >= 50).map(({ series }) => series)).toEqual(['a/p3 electricity']);
    expect(await metrics.text()).toContain('jieyue_rollup_series_failing 1');

    asked.length = 0;
    await write(points, 20);
    await settle(follower);
    expect(await behind()).toEqual(['a/p3 electricity']);
    expect(asked.flat()).not.toContain(bad);
    await expectFollowedTo(
      39,
      points.filter((each) => each !== 'p3'),
      'electricity',
    );
  });

  it('is tried again by itself after a pause, and followed once it can be', async () => {
    await write(points, 0);
    const bad = store.series('a/p3', 'electricity');
    let broken = true;
    const asked = refuse(({ series }) => broken && series === bad);
    const follower = makeFollower();
    await settle(follower);
    asked.length = 0;
    world.clock.at += 11_000;
    await write(points, 20);
    await settle(follower);
    expect(asked.filter((series) => series.includes(bad))).toEqual([[bad]]);
    expect(log.filter(({ level }) => level >= 50)).toHaveLength(2);
    broken = false;
    world.clock.at += 11_000;
    expect(await settle(follower)).toBe(0);
    world.clock.at += 10_000;
    await settle(follower);
    expect(await behind()).toEqual([]);
    expect(await metrics.text()).toContain('jieyue_rollup_series_failing 0');
    await expectFollowedTo(39, ['p3'], 'electricity');
  });

  it('is tried at once when its facts are edited, and its facts may be what fails', async () => {
    await write(points, 0);
    let broken = true;
    const seriesFacts: Registry['points']['seriesFacts'] = (requests) =>
      broken && requests.some(({ point }) => point === 'a/p3')
        ? Promise.reject(new SyntaxError('Unexpected token in JSON'))
        : world.registry.points.seriesFacts(requests);
    const registry = { ...world.registry, points: { ...world.registry.points, seriesFacts } } as Registry;
    const follower = makeFollower({}, registry);
    await settle(follower);
    expect(await behind()).toEqual(['a/p3 electricity']);
    broken = false;
    expect(await settle(follower)).toBe(0);
    await register('p3');
    await settle(follower);
    expect(await behind()).toEqual([]);
    await expectFollowedTo(19, ['p3'], 'electricity');
  });

  it('leaves its place in the queue to others, however many there are', async () => {
    await write(points, 0);
    const names = ['p0', 'p1', 'p2', 'p4', 'p5', 'p6'];
    const bad = names.map((point) => store.series(`a/${point}`, 'electricity'));
    refuse(({ series }) => bad.includes(series));
    await settle(makeFollower({ seriesPerPass: 4 }));
    expect(await behind()).toEqual(names.map((point) => `a/${point} electricity`));
  });

  it('does not keep others of its point from being followed, nor those behind it in the queue', async () => {
    await write(['p'], 0, many);
    await write(points, 0);
    await settle(makeFollower());
    await register('p');
    const bad = store.series('a/p', 'power');
    refuse(({ series }) => series === bad);
    await write(points, 20);
    const follower = makeFollower({ seriesPerPass: 2 });
    await settle(follower);
    expect(await behind()).toEqual(['a/p null']);
    for (const quantity of many.filter((each) => each !== 'power'))
      await expectFollowedTo(19, ['p'], quantity);
    await expectFollowedTo(39, points, 'electricity');
  });
});

describe('an outage', () => {
  it('is thrown and blames no series', async () => {
    await write(
      Array.from({ length: 20 }, (_, index) => `p${index}`),
      0,
    );
    const follower = makeFollower();
    store.failing = true;
    await expect(follower.pass()).rejects.toThrow(JieyueError);
    expect(log).toEqual([]);
    expect(await metrics.text()).toContain('jieyue_rollup_series_failing 0');
    expect(await behind()).toHaveLength(20);
    store.failing = false;
    await settle(follower);
    expect(await behind()).toEqual([]);
  });
});

describe('a pass that comes to nothing', () => {
  it('names a series, pauses, and lets the others go on', async () => {
    await write(['p', 'q'], 0);
    const bad = store.series('a/p', 'electricity');
    // A store that denies having any readings after the window: the end of the series is never reached.
    store.latest = (all) =>
      Promise.resolve(all.map((series) => (series === bad ? { ts: endOfTime, value: 0 } : undefined)));
    const follower = makeFollower({ readingsPerPass: 1 });
    expect(await follower.pass()).toBe(false);
    expect(log.map(({ series }) => series)).toEqual(['a/p electricity']);
    await settle(follower);
    expect(await behind()).toEqual(['a/p electricity']);
    await expectFollowedTo(19, ['q'], 'electricity');
  });
});

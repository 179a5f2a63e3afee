// A store that drops old readings: what was made of them stays, whatever is recomputed, and the rest is made anew.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sumByCalendar } from '../../core/domain/energy/calendar-sums.ts';
import { noFacts, type SeriesFacts } from '../../core/domain/energy/facts.ts';
import { createScan, endOfTime, headChange } from '../../core/domain/energy/recompute.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { Quantity } from '../../core/domain/units.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { MemoryPlace, MemoryStore } from '../../core/testing/memory-store.ts';
import {
  by,
  electricPoint,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { RollupWorker } from './rollup-worker.ts';

const point = 'a/p';
const t0 = midnight('2024-03-01');

/** Readings go when the test says; the store knows nothing of it. */
class RobbedStore extends MemoryStore {
  readonly #place: MemoryPlace;

  constructor(place = new MemoryPlace()) {
    super(place);
    this.#place = place;
  }

  forget(before: number): void {
    for (const rows of this.#place.readings.values())
      for (const ts of [...rows.keys()]) if (ts < before) rows.delete(ts);
  }
}

/** Keeps readings for a time. */
class ForgetfulStore extends RobbedStore {
  readonly #keptMs: number;

  constructor(keptMs = 60 * dayMs) {
    super();
    this.#keptMs = keptMs;
  }

  async readingsKeptMs(): Promise<number> {
    return this.#keptMs;
  }
}

let world: TestRegistry;
let store: RobbedStore;
let metrics: Metrics;
let worker: RollupWorker;

beforeEach(async () => {
  world = await testRegistry();
  store = new ForgetfulStore();
  worker = makeWorker();
});

afterEach(() => world.end());

/** One that remembers nothing, as after a restart. */
function makeWorker(log = silentLogger): RollupWorker {
  metrics = new Metrics();
  return new RollupWorker({
    store,
    registry: world.registry,
    calendar: testCalendar,
    holder: 'test',
    everyMs: 20,
    busy: () => false,
    clock: world.clock,
    log,
    metrics,
  });
}

async function write(quantity: Quantity, rows: readonly (readonly [ts: number, value: number])[]) {
  const series = store.series(point, quantity);
  const columns = {
    series: rows.map(() => series),
    ts: rows.map(([ts]) => ts),
    value: rows.map(([, value]) => value),
  };
  const ts = columns.ts.toSorted((a, b) => a - b);
  await store.write(
    { ...columns, length: rows.length },
    [],
    [{ series, from: ts[0] ?? 0, to: ts.at(-1) ?? 0 }],
  );
  return series;
}

/** Marks all of the series, as the edit of a fact does that reaches back to its beginning. */
async function markAll(series: number): Promise<void> {
  const nothing = { series: [], ts: [], value: [], length: 0 };
  await store.write(nothing, [], [{ series, from: 0, to: endOfTime }]);
}

async function figures(series: number) {
  const window = [{ series, from: 0, to: endOfTime }];
  return {
    hours: (await store.rollupWindows('hour', window))[0] ?? [],
    days: (await store.rollupWindows('day', window))[0] ?? [],
    months: (await store.rollupWindows('month', window))[0] ?? [],
    exclusions: (await store.exclusionWindows(window))[0] ?? [],
  };
}

const hourly = (days: number) =>
  Array.from({ length: days * 24 + 1 }, (_, hour) => [t0 + hour * hourMs, hour * 10] as const);

async function counted(): Promise<number> {
  const line = (await metrics.text())
    .split('\n')
    .find((each) => each.startsWith('jieyue_rollup_figures_kept_total'));
  return Number(line?.split(' ')[1] ?? 0);
}

describe('figures whose readings are gone', () => {
  it('stay when a fact is edited, and the others follow the edit', async () => {
    await world.registry.points.register(electricPoint(point), by);
    const series = await write('electricity', hourly(200));
    await worker.settle();
    const before = await figures(series);
    const left = midnight('2024-07-10');
    store.forget(left);

    const edited = {
      entity: point,
      attribute: 'installation',
      validFrom: t0,
      value: { multiplier: 2 },
    } as const;
    await world.registry.facts.record([edited], by);
    await worker.settle();
    const after = await figures(series);
    expect((await world.registry.marks.backlog()).series).toBe(0);
    const twice = (ts: number) => ts >= left + 2 * dayMs;
    expect(after.hours.filter(({ ts }) => ts < left)).toEqual(before.hours.filter(({ ts }) => ts < left));
    expect(after.hours.map(({ ts }) => ts)).toEqual(before.hours.map(({ ts }) => ts));
    for (const [index, { ts, value }] of after.hours.entries())
      if (twice(ts)) expect(value).toBe((before.hours[index]?.value ?? 0) * 2);
    expect(after.months.slice(0, 4)).toEqual(before.months.slice(0, 4));
    expect(after.months.slice(5).map(({ value }) => value)).toEqual(
      before.months.slice(5).map(({ value }) => (value ?? 0) * 2),
    );
    // The month in which they go is the sum of its hours: some of either.
    const july = after.hours.filter(({ ts }) => testCalendar.format(ts).startsWith('2024-07'));
    expect(after.months[4]?.value).toBeCloseTo(
      july.reduce((sum, { value }) => sum + (value ?? 0), 0),
      6,
    );
  });

  it('stay where readings are kept for ever and someone took them out all the same', async () => {
    store = new ForgetfulStore(Number.POSITIVE_INFINITY);
    worker = makeWorker();
    const series = await write('electricity', hourly(90));
    await worker.settle();
    const before = await figures(series);
    store.forget(t0 + 2 * dayMs);
    await markAll(series);
    await worker.settle();
    expect(await figures(series)).toEqual(before);
  });

  it('stay where no reading is left at all, and the mark is cleared', async () => {
    const series = await write('electricity', hourly(30));
    await worker.settle();
    const before = await figures(series);
    store.forget(endOfTime);
    await markAll(series);
    await worker.settle();
    expect(await figures(series)).toEqual(before);
    expect((await store.marks.backlog()).series).toBe(0);
  });

  it('stay where a few late readings are all that is left, and those are followed', async () => {
    const series = await write('electricity', hourly(30));
    await worker.settle();
    const before = await figures(series);
    store.forget(endOfTime);
    world.clock.at = midnight('2025-02-01');
    const later = midnight('2025-01-20');
    worker = makeWorker();
    await write(
      'electricity',
      Array.from({ length: 49 }, (_, hour) => [later + hour * hourMs, 90_000 + hour]),
    );
    await worker.settle();
    const { hours } = await figures(series);
    expect(hours.slice(0, before.hours.length)).toEqual(before.hours);
    expect(hours.slice(before.hours.length).every(({ ts, value }) => ts >= later && value === 1)).toBe(true);
    expect(hours.length).toBeGreaterThan(before.hours.length + 40);
  });

  it('stay, all of them, when all is recomputed and no fact has changed', async () => {
    const steps = fc.array(
      fc.record({
        shown: fc.constantFrom('rise', 'rise', 'rise', 'rise', 'rise', 'zero', 'spike', 'reset', 'missing'),
        rise: fc.integer({ min: 0, max: 30 }),
      }),
      { minLength: 60, maxLength: 400 },
    );
    const quantity = fc.constantFrom<Quantity>('electricity', 'power', 'water_interval');
    await fc.assert(
      fc.asyncProperty(
        steps,
        quantity,
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (list, of, share) => {
          store = new ForgetfulStore();
          worker = makeWorker();
          let register = 1_000;
          const rows = list.flatMap(({ shown, rise }, step): [number, number][] => {
            register = shown === 'reset' ? rise : register + rise;
            if (shown === 'missing') return [];
            const value = shown === 'zero' ? 0 : shown === 'spike' ? register + 9_000 : register;
            return [[t0 + step * 20 * 60_000, value]];
          });
          if (rows.length === 0) return;
          const series = await write(of, rows);
          await worker.settle();
          const before = await figures(series);
          // Whole hours go, as shards do.
          store.forget(t0 + Math.floor((share * list.length) / 3) * hourMs);
          worker = makeWorker();
          await markAll(series);
          await worker.settle();
          expect(await figures(series)).toEqual(before);
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });

  it('are told of once, and counted', async () => {
    const told: string[] = [];
    const warn = (_: object, text: string) => told.push(text);
    worker = makeWorker(Object.assign(Object.create(silentLogger), { warn }) as typeof silentLogger);
    const series = await write('electricity', hourly(100));
    await worker.settle();
    expect(await counted()).toBe(0);
    store.forget(midnight('2024-05-01'));
    for (let times = 0; times < 3; times++) {
      await markAll(series);
      await worker.settle();
    }
    expect(told).toEqual([
      expect.stringContaining(`${point} electricity has figures whose readings are gone`),
    ]);
    expect(await counted()).toBeGreaterThanOrEqual(3);
  });
});

describe('figures whose readings are there', () => {
  it('are those from scratch though the store drops old readings, when older ones come late', async () => {
    world.clock.at = midnight('2024-04-20');
    const rows = hourly(40);
    const series = await write('electricity', rows.slice(400));
    await worker.settle();
    await write('electricity', rows.slice(0, 300));
    await worker.settle();
    await expectFromScratch(series);
    expect(await counted()).toBe(0);
  });

  it('are those from scratch when the day is corrected on which a device with a first value was put in', async () => {
    world.clock.at = midnight('2024-04-20');
    await world.registry.points.register(electricPoint(point), by);
    const rows = hourly(30);
    const series = await write('electricity', rows.slice(24 * 10));
    const putIn = (date: string, firstValue: number) => ({
      ...{ entity: point, attribute: 'installation' as const, validFrom: midnight(date) },
      value: { multiplier: 1, registers: { electricity: { firstValue } } },
    });
    for (const installation of [putIn('2024-03-02', 0), putIn('2024-03-05', 100)]) {
      await world.registry.facts.record([installation], by);
      await worker.settle();
      const [facts] = await world.registry.points.seriesFacts([{ point, quantity: 'electricity' }]);
      await expectFromScratch(series, facts);
    }
  });

  it('go with their readings where the store never drops any', async () => {
    store = new RobbedStore();
    worker = makeWorker();
    const series = await write('electricity', hourly(30));
    await worker.settle();
    store.forget(t0 + 10 * dayMs);
    await markAll(series);
    await worker.settle();
    await expectFromScratch(series);
  });
});

async function expectFromScratch(series: number, facts: SeriesFacts = noFacts): Promise<void> {
  const { ts, value } = await store.readings(series, 0, endOfTime, 1_000_000);
  const scan = createScan('electricity', facts);
  for (let at = 0; at < ts.length; at++) scan.push(ts[at] ?? 0, value[at] ?? 0);
  const { hours } = headChange(scan, 0, 0);
  const days = sumByCalendar(hours, 'day', testCalendar, 'register');
  const stored = await figures(series);
  expect(stored.hours).toEqual(hours);
  expect(stored.days).toEqual(days);
  expect(stored.months).toEqual(sumByCalendar(days, 'month', testCalendar, 'register'));
}

// The worker on the real store and the real registry: whatever arrives in whatever order, rollups are those from scratch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sumByCalendar } from '../../core/domain/energy/calendar-sums.ts';
import { noFacts, type SeriesFacts } from '../../core/domain/energy/facts.ts';
import { createScan, endOfTime, headChange } from '../../core/domain/energy/recompute.ts';
import { hourMs } from '../../core/domain/time.ts';
import { type Quantity, quantities } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { duckDbAt } from '../../core/testing/open-duckdb.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { marksOf } from '../marks.ts';
import { RollupWorker } from './rollup-worker.ts';

const quarter = 15 * 60_000;
const t0 = midnight('2024-06-29');
const folder = mkdtempSync(join(tmpdir(), 'jieyue-rollups-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: TestRegistry;
let store: TelemetryStore;
let worker: RollupWorker;
let files = 0;

function makeWorker(registry: Registry, holder: string): RollupWorker {
  return new RollupWorker({
    store,
    registry,
    calendar: testCalendar,
    holder,
    everyMs: 20,
    busy: () => false,
    clock: world.clock,
    log: silentLogger,
    metrics: new Metrics(),
  });
}

beforeEach(async () => {
  world = await testRegistry();
  store = duckDbAt(join(folder, `${++files}.duckdb`));
  await store.start();
  worker = makeWorker(world.registry, 'test');
});

afterEach(async () => {
  await worker.stop();
  await store.stop();
  await world.end();
});

type Row = readonly [point: string, quantity: Quantity, ts: number, value: number];

async function write(rows: readonly Row[]): Promise<void> {
  const columns = {
    series: rows.map(([point, quantity]) => store.series(`a/${point}`, quantity)),
    ts: rows.map(([, , ts]) => ts),
    value: rows.map(([, , , value]) => value),
    length: rows.length,
  };
  await store.write(columns, [], marksOf(columns));
}

/** What is stored of a series, and what a computation from scratch makes of its readings. */
async function both(point: string, quantity: Quantity, facts: SeriesFacts = noFacts) {
  const series = store.findSeries(`a/${point}`, quantity);
  if (series === undefined) throw new Error(`no series ${point} ${quantity}`);
  const readings = await store.readings(series, 0, endOfTime, 1_000_000);
  const scan = createScan(quantity, facts);
  for (let at = 0; at < readings.ts.length; at++) scan.push(readings.ts[at] ?? 0, readings.value[at] ?? 0);
  const { hours, exclusions } = headChange(scan, 0, 0);
  const { kind } = quantities[quantity];
  const days = sumByCalendar(hours, 'day', testCalendar, kind);
  const months = sumByCalendar(days, 'month', testCalendar, kind);
  const window = [{ series, from: 0, to: endOfTime }];
  return {
    scratch: { hours, days, months, exclusions: [...exclusions].sort((a, b) => a.ts - b.ts) },
    stored: {
      hours: (await store.rollupWindows('hour', window))[0],
      days: (await store.rollupWindows('day', window))[0],
      months: (await store.rollupWindows('month', window))[0],
      exclusions: (await store.exclusionWindows(window))[0],
    },
  };
}

async function expectFromScratch(point: string, quantity: Quantity, facts?: SeriesFacts): Promise<void> {
  const { scratch, stored } = await both(point, quantity, facts);
  expect(stored).toEqual(scratch);
}

describe('the rollup worker', () => {
  it('makes hours, days and months and clears its marks', async () => {
    await write(
      Array.from({ length: 400 }, (_, index) => ['p', 'electricity', t0 + index * quarter, index * 2]),
    );
    expect(await worker.settle()).toBeGreaterThan(0);
    await expectFromScratch('p', 'electricity');
    expect((await store.marks?.backlog())?.series).toBe(0);
    expect(await worker.settle()).toBe(0);
    const { stored } = await both('p', 'electricity');
    expect(stored.months?.map((row) => testCalendar.format(row.ts).slice(0, 7))).toEqual([
      '2024-06',
      '2024-07',
    ]);
  });

  it('equals a computation from scratch after any sequence of arrivals, restarts and edited facts', async () => {
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.constant('rise' as const) },
      fc.constantFrom('zero', 'spike', 'reset') as fc.Arbitrary<string>,
    );
    const steps = fc.array(
      fc.record({
        point: fc.constantFrom('p', 'q'),
        quantity: fc.constantFrom<Quantity>('electricity', 'power', 'water_interval'),
        at: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 3_000 })),
        count: fc.integer({ min: 1, max: 40 }),
        value,
        next: fc.constantFrom('settle', 'settle', 'nothing', 'restart', 'fact'),
      }),
      { minLength: 2, maxLength: 12 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        run++;
        let rating: number | undefined;
        for (const { point, quantity, at, count, value: kind, next } of list) {
          await write(
            Array.from({ length: count }, (_, index): Row => {
              const step = at + index;
              const shown =
                kind === 'zero'
                  ? 0
                  : kind === 'spike'
                    ? step * 3 + 5_000
                    : kind === 'reset'
                      ? index
                      : step * 3;
              return [`${point}${run}`, quantity, t0 + step * quarter, shown];
            }),
          );
          if (next === 'settle') await worker.settle();
          if (next === 'restart') worker = makeWorker(world.registry, 'another');
          if (next === 'fact') {
            rating = rating === 40 ? 4_000 : 40;
            await world.registry.points.register(
              {
                key: `a/p${run}`,
                name: 'p',
                quantities: ['electricity', 'power', 'water_interval'],
                validFrom: midnight('2024-01-01'),
                expectedIntervalMs: rating === 40 ? quarter : 3 * hourMs,
                installation: {
                  multiplier: 2,
                  registers: { electricity: { ratingPerHour: rating, wrapsAt: 1_000 } },
                },
              },
              by,
            );
          }
        }
        await worker.settle();
        for (const name of ['p', 'q']) {
          for (const { quantity } of store.seriesOfPoint(`a/${name}${run}`)) {
            const [facts] = await world.registry.points.seriesFacts([{ point: `a/${name}${run}`, quantity }]);
            await expectFromScratch(`${name}${run}`, quantity, facts);
          }
        }
      }),
      { numRuns: 60, seed: 31 },
    );
  }, 120_000);

  it('takes late readings into a day whose end it remembers', async () => {
    const row = (step: number): Row => ['p', 'electricity', t0 + step * quarter, step * 10];
    await write(
      Array.from({ length: 200 }, (_, index) => row(index)).filter((_, index) => index < 100 || index > 140),
    );
    await worker.settle();
    await write([row(200), row(201)]);
    await worker.settle();
    await write(Array.from({ length: 30 }, (_, index) => row(105 + index)));
    await worker.settle();
    await write([row(202), row(203), row(204)]);
    await worker.settle();
    await expectFromScratch('p', 'electricity');
  });

  it('counts no hour twice when late readings came to rest before the remembered end', async () => {
    const row = (step: number): Row => ['p', 'electricity', t0 + step * quarter, step * 2];
    const all = Array.from({ length: 68 }, (_, index) => row(index));
    await write(all.slice(0, 60).filter((_, index) => index !== 10));
    await worker.settle();
    await write(all.slice(60, 64));
    await worker.settle();
    await write(all.slice(10, 11));
    await worker.settle();
    await write(all.slice(64));
    await worker.settle();
    await expectFromScratch('p', 'electricity');
    expect((await both('p', 'electricity')).stored.days?.map((day) => day.value)).toEqual([134]);
  });

  it('follows an authored correction', async () => {
    await write(
      Array.from({ length: 50 }, (_, index) => ['p', 'electricity', t0 + index * quarter, index * 10]),
    );
    await worker.settle();
    await world.registry.points.register(
      { key: 'a/p', name: 'p', quantities: ['electricity'], validFrom: midnight('2024-01-01') },
      by,
    );
    const correction = { point: 'a/p', quantity: 'electricity', ts: t0 + 20 * quarter } as const;
    await world.registry.corrections.record([{ ...correction, action: 'exclude' }], by);
    await worker.settle();
    const { stored } = await both('p', 'electricity');
    expect(stored.exclusions).toEqual([
      { ts: correction.ts, until: correction.ts, code: 'correction', value: 200, withheld: 0 },
    ]);
    await world.registry.corrections.record([{ ...correction, action: 'withdraw' }], by);
    await worker.settle();
    expect((await both('p', 'electricity')).stored.exclusions).toEqual([]);
    await expectFromScratch('p', 'electricity');
  });

  it('keeps the marks and forgets what it remembered when the store refuses', async () => {
    await write(Array.from({ length: 50 }, (_, index) => ['p', 'electricity', t0 + index * quarter, index]));
    await worker.settle();
    await write([['p', 'electricity', t0 + 50 * quarter, 70]]);
    const replace = store.replaceRollups.bind(store);
    store.replaceRollups = () => Promise.reject(new Error('refused'));
    await expect(worker.settle()).rejects.toThrow('refused');
    store.replaceRollups = replace;
    expect((await store.marks?.backlog())?.series).toBe(1);
    await worker.settle();
    await expectFromScratch('p', 'electricity');
  });

  it('leaves the work to the holder of the lease, and takes over when that one is gone', async () => {
    await worker.start();
    const other = makeWorker(await world.another(), 'other');
    await write([
      ['p', 'electricity', t0, 1],
      ['p', 'electricity', t0 + quarter, 2],
    ]);
    await expect.poll(async () => (await store.marks?.backlog())?.series).toBe(0);
    await worker.stop();
    await other.start();
    await write([['p', 'electricity', t0 + 2 * quarter, 5]]);
    await expect.poll(async () => (await store.marks?.backlog())?.series).toBe(0);
    await other.stop();
    await expectFromScratch('p', 'electricity');
  });

  it('clears marks of edited facts of a point that has sent nothing', async () => {
    await world.registry.points.register(
      {
        key: 'a/none',
        name: 'n',
        quantities: ['electricity'],
        validFrom: midnight('2024-01-01'),
        expectedIntervalMs: 1_000,
      },
      by,
    );
    expect((await world.registry.marks.backlog()).series).toBe(1);
    await worker.settle();
    expect((await world.registry.marks.backlog()).series).toBe(0);
  });
});

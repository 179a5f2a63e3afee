// Accounting over a real registry and a real store: what it answers, and that it follows late readings and edited facts.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { RollupWorker } from '../../ingest/rollups/rollup-worker.ts';
import { rollingTwelveOf, wholeYear, yearToDateOf } from './periods.ts';

const terms = { basis: 'metered' } as const;
const year = wholeYear(2024, testCalendar);
const days = (value: number, count = 366) => Array.from({ length: count }, () => value);

let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
});
afterEach(() => world.end());

async function electricity(institution: string, period = year): Promise<number | null> {
  const { figures } = await world.accounting.figures({
    indicators: ['electricity'],
    period,
    terms,
    institution,
  });
  return figures[0]?.value ?? null;
}

async function fill(): Promise<void> {
  await world.putDays(points.east, '2024-01-01', days(10));
  await world.putDays(points.piles, '2024-01-01', days(1));
  await world.putDays(points.west, '2024-01-01', days(2));
  await world.putDays(points.shared, '2024-01-01', days(4));
  await world.putDays(points.water, '2024-01-01', days(3), 'water');
}

describe('accounting', () => {
  it('answers for an institution, for all of them and by month, from the same book', async () => {
    await fill();
    const { city, east, west } = world.ids;
    // Without the public piles; three quarters of the shared house.
    expect(await electricity(east)).toBeCloseTo((10 - 1 + 3) * 366, 6);
    expect(await electricity(west)).toBeCloseTo((2 + 1) * 366, 6);
    expect(await electricity(city)).toBeCloseTo((12 + 3) * 366, 6);

    const question = { indicators: ['electricityPerPerson', 'waterPerPerson'], period: year, terms } as const;
    const { tables, institutions } = await world.accounting.tree(question);
    const place = institutions.findIndex(({ id }) => id === city);
    expect(tables[0]?.value[place]).toBeCloseTo((15 * 366) / 150, 6);

    const { series } = await world.accounting.months({ ...question, institution: city });
    expect(series.map((months) => months.length)).toEqual([12, 12]);
    expect(series[0]?.[1]?.numerator).toBeCloseTo(15 * 29, 6);

    const { explanation } = await world.accounting.explain({
      ...question,
      indicator: 'electricity',
      institution: east,
    });
    expect(explanation.parts.map(({ quantity }) => quantity)).toEqual([expect.closeTo(12 * 366, 6)]);
  });

  it('counts a year to date and rolling twelve months, and says what time it rests on', async () => {
    await fill();
    await world.putDays(points.west, '2025-01-01', days(8, 59));
    world.clock.at = midnight('2025-03-01') + 1_800_000;
    const { west } = world.ids;
    const march = midnight('2025-03-10');
    expect(await electricity(west, yearToDateOf(march, testCalendar))).toBeCloseTo(8 * 59, 6);
    expect(await electricity(west, rollingTwelveOf(march, testCalendar))).toBeCloseTo(3 * 306 + 8 * 59, 6);
    const question = {
      indicators: ['electricity'],
      period: wholeYear(2025, testCalendar),
      terms,
      institution: west,
    } as const;
    const { asOf, checkedAt, figures } = await world.accounting.figures(question);
    expect(asOf).toBe(midnight('2025-03-01'));
    expect(checkedAt).toBe(world.clock.at);
    // The shared house was not heard of this year.
    expect(figures[0]?.coverage.measured).toBeGreaterThan(0);
    expect(figures[0]?.coverage.missing).toBeGreaterThan(0);
  });

  it('shows a late reading and an edited fact by itself while it runs', async () => {
    await fill();
    const { city, west } = world.ids;
    await world.accounting.start();
    const perPerson = async () => {
      const question = {
        indicators: ['electricityPerPerson'],
        period: year,
        terms,
        institution: city,
      } as const;
      return (await world.accounting.figures(question)).figures[0]?.value ?? Number.NaN;
    };
    expect(await perPerson()).toBeCloseTo((15 * 366) / 150, 6);
    await world.putDays(points.west, '2024-02-11', days(102, 1));
    await until(async () => Math.abs((await perPerson()) - (15 * 366 + 100) / 150) < 1e-6);
    await world.registry.facts.record(
      [{ entity: west, attribute: 'energyUsers', validFrom: midnight('2023-01-01'), value: { staff: 150 } }],
      by,
    );
    await until(async () => Math.abs((await perPerson()) - (15 * 366 + 100) / 250) < 1e-6);
  });

  it('shows a reading that came late, through the rollup worker', async () => {
    const { registry, store, clock } = world;
    const rollups = new RollupWorker({
      store,
      registry,
      calendar: testCalendar,
      holder: 'test',
      everyMs: 1_000,
      busy: () => false,
      clock,
      log: silentLogger,
      metrics: new Metrics(),
    });
    const series = store.series(points.west, 'electricity');
    const read = async (readings: readonly (readonly [string, number])[]) => {
      const ts = readings.map(([date]) => midnight(date));
      const value = readings.map(([, each]) => each);
      const marks = ts.map((at) => ({ series, from: at, to: at }));
      await store.write({ series: ts.map(() => series), ts, value, length: ts.length }, [], marks);
      await rollups.settle();
    };
    const march = { from: midnight('2024-03-01'), to: midnight('2024-04-01') };
    await read([
      ['2024-01-31', 0],
      ['2024-02-01', 10],
      ['2024-05-01', 910],
      ['2024-05-02', 920],
      ['2024-05-03', 930],
    ]);
    expect(await electricity(world.ids.west, march)).toBeCloseTo(310, 6);
    await read([
      ['2024-03-01', 110],
      ['2024-04-01', 141],
    ]);
    expect(await electricity(world.ids.west, march)).toBeCloseTo(31, 6);
  });

  it('reads a month in which a house changes hands by days', async () => {
    await fill();
    const { east, west, westHouse } = world.ids;
    await world.putDays(points.west, '2024-06-01', [...days(0, 10), ...days(5, 20)]);
    const june = { from: midnight('2024-06-01'), to: midnight('2024-07-01') };
    await world.registry.facts.record(
      [{ entity: westHouse, attribute: 'institution', validFrom: midnight('2024-06-11'), value: east }],
      by,
    );
    const shared = { east: 3 * 30, west: 1 * 30 };
    expect(await electricity(west, june)).toBeCloseTo(shared.west, 6);
    expect(await electricity(east, june)).toBeCloseTo(shared.east + 9 * 30 + 100, 6);
    // And again when days of that month come late.
    await world.putDays(points.west, '2024-06-05', days(7, 1));
    expect(await electricity(west, june)).toBeCloseTo(shared.west + 7, 6);
  });

  it('reads everything anew when notes were lost', async () => {
    await fill();
    const { west } = world.ids;
    expect(await electricity(west)).toBeCloseTo(3 * 366, 6);
    const other = { point: 'g/other', quantity: 'electricity', from: year.from, to: year.to } as const;
    await world.putDays(points.west, '2024-02-11', days(102, 1));
    for (let note = 0; note < 1_040; note++) await world.registry.rollupChanges.note([other]);
    expect(await electricity(west)).toBeCloseTo(3 * 366 + 100, 6);
  });

  it('refuses what it cannot answer, and says why', async () => {
    const question = { indicators: ['energy'], period: year, terms, institution: world.ids.city } as const;
    const ask = (change: object) => world.accounting.figures({ ...question, ...change });
    await expect(ask({ institution: 'nobody' })).rejects.toMatchObject({ code: 'registry.not-found' });
    await expect(ask({ terms: { boundary: 'none' } })).rejects.toMatchObject({ code: 'registry.not-found' });
    await expect(ask({ period: { from: year.from + 1, to: year.to } })).rejects.toMatchObject({
      code: 'api.bucket-edge',
    });
    await expect(ask({ period: { from: year.to, to: year.from } })).rejects.toMatchObject({
      code: 'api.bad-request',
    });
    const long = { from: midnight('1990-01-01'), to: midnight('2025-01-01') };
    await expect(ask({ period: long })).rejects.toMatchObject({ code: 'api.too-much' });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

// The cost under a tariff of two parts that tells kinds of day apart: demand and reactive energy are of their month alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { hourMs } from '../../core/domain/time.ts';
import { dayKindsWith } from '../../core/domain/workdays.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { type CostDeps, monthCost } from './cost.ts';

const name = { 'zh-CN': '试行', en: 'Trial' };
const allDay = (period: 'peak' | 'valley' | 'deep-valley') => [{ from: '00:00', to: '24:00', period }];
const twoPart = {
  name,
  commodity: 'electricity',
  timeOfUse: {
    seasons: [
      {
        months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        schedules: [
          { days: ['workday'], spans: allDay('peak') },
          { days: ['rest-day'], spans: allDay('valley') },
          { days: ['holiday'], spans: allDay('deep-valley') },
        ],
      },
    ],
  },
  components: [
    {
      id: 'energy',
      name,
      prices: [{ from: '2023-01', price: { peak: 1, valley: 0.5, 'deep-valley': 0.2 } }],
    },
  ],
  basic: { demand: [{ from: '2023-01', price: 29 }] },
  powerFactor: { standard: 0.85 },
};

let world: AccountingWorld;
let deps: CostDeps;
let account = '';

beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids, store, clock } = world;
  const validFrom = midnight('2023-01-01');
  await registry.definitions.record('tariff', 'two-part', twoPart, by);
  const opened = {
    number: '1',
    institution: ids.east,
    commodity: 'electricity',
    tariff: 'two-part',
    validFrom,
  } as const;
  account = (await registry.accounts.create(opened, by)).id;
  await say(points.east, 'account', '2023-01-01', account);
  clock.at = midnight('2027-06-01');
  deps = { registry, store, calendar: testCalendar, clock };
  // 10 kWh an hour until 15 February, 30 from then on; one hour of April is missing.
  const rows: RollupRow[] = [];
  const span = { from: midnight('2024-02-01'), to: midnight('2024-05-01') };
  const put = (from: number, to: number) => {
    for (let ts = from; ts < to; ts += hourMs) {
      if (ts === midnight('2024-04-03')) continue;
      const value = ts < midnight('2024-02-15') ? 10 : 30;
      rows.push({ ts, value, min: null, max: null, measuredMs: hourMs, estimatedMs: 0 });
    }
  };
  put(span.from, span.to);
  const later = { from: midnight('2027-01-01'), to: midnight('2027-02-01') };
  put(later.from, later.to);
  const nothing = { from: 0, to: 0, rows: [] };
  await store.replaceRollups([
    {
      series: store.series(points.east, 'electricity'),
      windows: { hour: { from: span.from, to: later.to, rows }, day: nothing, month: nothing },
      exclusionWindow: nothing,
    },
  ]);
});
afterAll(() => world?.end());

async function say(
  entity: string,
  attribute: string,
  from: string,
  value: unknown,
  to?: string,
): Promise<void> {
  const end = to === undefined ? {} : { validTo: midnight(to) };
  await world.registry.facts.record([{ entity, attribute, validFrom: midnight(from), value, ...end }], by);
}

const cost = (month: number, year = 2024, more: Partial<CostDeps> = {}) =>
  monthCost({ ...deps, ...more }, { account, year, month });
const february = { demand: 40, active: 14 * 24 * 10 + 15 * 24 * 30 };

describe('the cost under a tariff of two parts', () => {
  it('tells workdays, weekends and holidays apart, adjusted days among them', async () => {
    const { parts, gaps } = await cost(2);
    const quantities = parts[0]?.lines.flatMap(({ period, quantity }) =>
      period ? [[period, quantity]] : [],
    );
    // Off: 10 to 17 February. At work on the Sundays 4 and 18. Weekend: 3, 24, 25.
    expect(quantities).toEqual([
      ['peak', 24 * (10 * 8 + 30 * 10)],
      ['valley', 24 * (10 + 2 * 30)],
      ['deep-valley', 24 * (5 * 10 + 3 * 30)],
    ]);
    expect(gaps).toEqual(['no-demand', 'no-reactive']);
  });

  it('takes demand and reactive energy from the month in which they begin to hold, and from no other', async () => {
    // Recorded without an end.
    await say(account, 'maximumDemandKw', '2024-02-01', february.demand);
    await say(account, 'reactiveKvarh', '2024-02-01', 0.75 * february.active);
    const { parts, totalCny, gaps } = await cost(2);
    expect(gaps).toEqual([]);
    const energy = 24 * (380 * 1 + 70 * 0.5 + 140 * 0.2);
    const basic = february.demand * 29;
    const charges = parts[0]?.lines.filter(({ period }) => period === null);
    expect(charges).toMatchObject([
      { component: 'basic', quantity: february.demand, amountCny: basic },
      { component: 'power-factor', quantity: 0.8, price: 0.025 },
    ]);
    expect(totalCny).toBeCloseTo((energy + basic) * 1.025, 1);
    expect((await cost(3)).gaps).toEqual(['no-demand', 'no-reactive']);
    // The same again is March's.
    await say(account, 'maximumDemandKw', '2024-03-01', february.demand);
    expect((await cost(3)).gaps).toEqual(['no-reactive']);
    await say(account, 'maximumDemandKw', '2024-01-15', 98);
    await expect(say(account, 'maximumDemandKw', '2024-01-15', 98, '2024-03-01')).rejects.toThrow(
      /is of one month and ends by 2024-02-01/,
    );
    expect((await cost(2)).totalCny).toBe(totalCny);
  });

  it('of a cut month has one power factor, that of the whole month', async () => {
    const whole = await cost(2);
    await say(account, 'capacityKva', '2024-02-15', 500);
    const cut = await cost(2);
    expect(cut.parts).toHaveLength(2);
    // By themselves the parts would have 0.27 and 0.87.
    for (const { lines } of cut.parts)
      expect(lines.find(({ component }) => component === 'power-factor')).toMatchObject({
        quantity: 0.8,
        price: 0.025,
      });
    expect(cut.parts.every(({ facts }) => facts.activeKwh === february.active)).toBe(true);
    expect(cut.totalCny).toBeCloseTo(whole.totalCny ?? Number.NaN, 1);
  });

  it('of a cut month with an unknown hour has no power factor in any part', async () => {
    await say(account, 'maximumDemandKw', '2024-04-01', 30, '2024-05-01');
    await say(account, 'reactiveKvarh', '2024-04-01', 5_000, '2024-05-01');
    await say(account, 'capacityKva', '2024-04-15', 630);
    const { parts } = await cost(4);
    const [, second] = parts;
    expect(second).toMatchObject({ unknownMs: 0, totalCny: null, gaps: ['unknown-hours'] });
    expect(
      second?.lines.filter(({ amountCny }) => amountCny === null).map(({ component }) => component),
    ).toEqual(['power-factor']);
  });

  it('has no period in a year without a notice, unless its days are said', async () => {
    await say(account, 'maximumDemandKw', '2027-01-01', 30, '2027-02-01');
    await say(account, 'reactiveKvarh', '2027-01-01', 0, '2027-02-01');
    expect((await cost(1, 2027)).gaps).toEqual(['no-period']);
    const january = Array.from({ length: 31 }, (_, day) => `2027-01-${String(day + 1).padStart(2, '0')}`);
    const dayKindOf = dayKindsWith(new Map(january.map((date) => [date, 'workday'])));
    const { gaps, parts } = await cost(1, 2027, { dayKindOf });
    expect(gaps).toEqual([]);
    expect(parts[0]?.lines[0]).toMatchObject({ period: 'peak', quantity: 31 * 24 * 30 });
  });
});

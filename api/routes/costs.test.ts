// Cost of an account over HTTP, against sums worked out by hand, on a real server, registry and store.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { hourMs } from '../../core/domain/time.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

const name = { 'zh-CN': '试行', en: 'Trial' };
const power = {
  name,
  commodity: 'electricity',
  timeOfUse: {
    seasons: [
      {
        months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        schedules: [
          {
            days: ['workday', 'rest-day', 'holiday'],
            spans: [{ from: '23:00', to: '07:00', period: 'valley' }],
          },
        ],
      },
    ],
  },
  components: [
    { id: 'energy', name, prices: [{ from: '2023-01', price: { flat: 0.8, valley: 0.3 } }] },
    { id: 'purchase', name, monthly: true, prices: [{ from: '2024-01', price: 0.1 }] },
  ],
  basic: { capacity: [{ from: '2023-01', price: 20 }], demand: [{ from: '2023-01', price: 30 }] },
};
const water = {
  name,
  commodity: 'water',
  tiers: { per: 'year', bounds: 'quota', steps: [{ upTo: 1, price: 3 }, { price: 6 }] },
};

let world: AccountingWorld;
let app: FastifyInstance;
let base: string;
const keys = { all: '', east: '', west: '' };
const accounts = { power: '', water: '', plain: '' };

beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids, store } = world;
  const validFrom = midnight('2023-01-01');
  await registry.definitions.record('tariff', 'power', power, by);
  await registry.definitions.record('tariff', 'water', water, by);
  const open = async (commodity: 'electricity' | 'water', institution: string, tariff?: string) =>
    (
      await registry.accounts.create(
        { number: `${commodity}-${institution}`, institution, commodity, validFrom, tariff },
        by,
      )
    ).id;
  accounts.power = await open('electricity', ids.east, 'power');
  accounts.water = await open('water', ids.east, 'water');
  accounts.plain = await open('electricity', ids.west);
  await registry.facts.record(
    [
      { entity: points.east, attribute: 'account', validFrom, value: accounts.power },
      { entity: points.water, attribute: 'account', validFrom, value: accounts.water },
      { entity: accounts.power, attribute: 'basicBy', validFrom, value: 'capacity' },
      { entity: accounts.power, attribute: 'capacityKva', validFrom, value: 100 },
      { entity: accounts.power, attribute: 'capacityKva', validFrom: midnight('2024-02-01'), value: null },
      { entity: accounts.water, attribute: 'tierQuota', validFrom, value: 100 },
    ],
    by,
  );
  await world.putDays(
    points.water,
    '2024-01-01',
    Array.from({ length: 60 }, () => 2),
    'water',
  );
  // January: 2 kWh an hour by night, 3 by day; one hour of February is missing.
  const rows: RollupRow[] = [];
  for (let ts = midnight('2024-01-01'); ts < midnight('2024-03-01'); ts += hourMs) {
    const hour = Number(testCalendar.format(ts).slice(11, 13));
    if (ts === midnight('2024-02-10')) continue;
    const value = hour >= 23 || hour < 7 ? 2 : 3;
    rows.push({ ts, value, min: null, max: null, measuredMs: hourMs, estimatedMs: 0 });
  }
  const span = { from: midnight('2024-01-01'), to: midnight('2024-03-01') };
  const nothing = { from: 0, to: 0, rows: [] };
  await store.replaceRollups([
    {
      series: store.series(points.east, 'electricity'),
      windows: { hour: { ...span, rows }, day: nothing, month: nothing },
      exclusionWindow: nothing,
    },
  ]);
  await registry.bills.record(
    [
      {
        account: accounts.power,
        document: 'B-1',
        from: midnight('2023-12-16'),
        to: midnight('2024-01-16'),
        quantity: 1_000,
        amountCny: 1_550,
      },
      {
        account: accounts.power,
        document: 'B-2',
        from: midnight('2024-01-16'),
        to: midnight('2024-02-01'),
        quantity: 1_200,
        amountCny: 3_200.5,
      },
    ],
    by,
  );
  const keyOf = async (label: string, institution: string | null) =>
    (await registry.principals.create(label, [{ role: 'auditor', institution }])).key;
  keys.all = await keyOf('all', null);
  keys.east = await keyOf('east', ids.east);
  keys.west = await keyOf('west', ids.west);
  app = buildApp({
    store,
    registry,
    calendar: testCalendar,
    clock: world.clock,
    log: silentLogger,
    metrics: new Metrics(),
    language: 'en',
    version: 'test',
    ready: () => ({ store: true }),
    accounting: world.accounting,
  });
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app?.close();
  await world?.end();
});

async function cost(account: string, month: string, headers: Record<string, string> = {}, key = keys.all) {
  const [year, number] = month.split('-').map(Number);
  const answer = await fetch(`${base}/api/v1/costs?account=${account}&year=${year}&month=${number}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  const body: any = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  return { status: answer.status, text, body };
}

const codes = (list: { code: string }[]) => list.map(({ code }) => code);

describe('the cost of an account', () => {
  it('is that of its hours by period, with the basic charge, beside the bills of the month by days', async () => {
    const { body } = await cost(accounts.power, '2024-01');
    const [part] = body.parts;
    const lines = part.lines.map(
      ({ component, period, quantity, price, amountCny }: Record<string, unknown>) => [
        component,
        period,
        quantity,
        price,
        amountCny,
      ],
    );
    expect(lines).toEqual([
      ['energy', 'flat', 31 * 16 * 3, 0.8, 1190.4],
      ['energy', 'valley', 31 * 8 * 2, 0.3, 148.8],
      ['purchase', 'flat', 1488, 0.1, 148.8],
      ['purchase', 'valley', 496, 0.1, 49.6],
      ['basic', null, 100, 20, 2000],
    ]);
    const total = 1190.4 + 148.8 + 148.8 + 49.6 + 2000;
    expect(body.totalCny).toBeCloseTo(total, 9);
    expect(part).toMatchObject({ quantity: 1984, unknownHours: 0, totalCny: body.totalCny });
    // 15 of 31 days of the first bill, and the second.
    expect(body.billed).toMatchObject({ amountCny: 750 + 3200.5, days: 31 });
    expect(body.billed.quantity).toBeCloseTo((1_000 * 15) / 31 + 1_200, 6);
    expect(body.differenceCny).toBeCloseTo(3950.5 - total, 9);
    expect([body.gaps, body.notes]).toEqual([[], []]);
    expect(body.points).toEqual([
      { point: points.east, factor: 1, from: '2024-01-01T00:00:00+08:00', to: '2024-02-01T00:00:00+08:00' },
    ]);
  });

  it('is null where an hour, a price or a fact is missing; each is named, and what is known stays', async () => {
    const { body } = await cost(accounts.power, '2024-02');
    expect(body.totalCny).toBeNull();
    expect(codes(body.gaps).sort()).toEqual(['no-capacity', 'no-price', 'unknown-hours']);
    expect(codes(body.notes)).toEqual(['cost-not-known', 'no-bill']);
    expect(body.parts[0]).toMatchObject({ unknownHours: 1, quantity: 29 * 64 - 2 });
    expect(body.parts[0].knownCny).toBeCloseTo(29 * 16 * 3 * 0.8 + (29 * 16 - 2) * 0.3, 6);
    expect(body.gaps[0].text).toMatch(/\w+ \w+/);
    const zh = await cost(accounts.power, '2024-02', { 'accept-language': 'zh-CN' });
    expect(zh.body.gaps.map(({ text }: { text: string }) => text)).toContain('缺少受电变压器容量');
  });

  it('counts tiers from the beginning of the year, in multiples of the account’s quota', async () => {
    const { body } = await cost(accounts.water, '2024-02');
    const lines = body.parts[0].lines.map(({ step, quantity, amountCny }: Record<string, unknown>) => [
      step,
      quantity,
      amountCny,
    ]);
    // 62 m³ were used in January.
    expect(lines).toEqual([
      [0, 38, 114],
      [1, 20, 120],
    ]);
    expect(body.totalCny).toBe(234);
  });

  it('is cut where the tariff or a fact changes within the month', async () => {
    const { registry } = world;
    const by16 = { validFrom: midnight('2024-01-17'), validTo: midnight('2024-02-01') };
    await registry.facts.record(
      [{ entity: accounts.power, attribute: 'capacityKva', ...by16, value: 200 }],
      by,
    );
    const { body } = await cost(accounts.power, '2024-01');
    const basics = body.parts.map(
      ({ lines }: { lines: { component: string; amountCny: number }[] }) =>
        lines.find(({ component }) => component === 'basic')?.amountCny,
    );
    expect(basics[0]).toBeCloseTo((2000 * 16) / 31, 2);
    expect(basics[1]).toBeCloseTo((4000 * 15) / 31, 2);
    expect(body.totalCny).toBeCloseTo(body.parts[0].totalCny + body.parts[1].totalCny, 9);
  });

  it('says so where the account has neither tariff nor points', async () => {
    const { body } = await cost(accounts.plain, '2024-01');
    expect(body.totalCny).toBeNull();
    expect(body.parts).toEqual([]);
    expect(codes(body.notes)).toEqual(['no-tariff', 'no-meter', 'cost-not-known', 'no-bill']);
  });

  it('comes as a table of its lines', async () => {
    const { text } = await cost(accounts.water, '2024-02', { accept: 'text/csv' });
    const rows = text.split('\r\n');
    expect(rows[0]).toBe('month,component,period,step,quantity,price,amount (CNY),what is missing');
    expect(rows[1]).toBe('2024-02,tiers,,1,38,3,114,');
  });

  it('is shown to whoever may see who has the account, and had it in the month', async () => {
    expect((await cost(accounts.water, '2024-02', {}, keys.east)).status).toBe(200);
    const foreign = await cost(accounts.water, '2024-02', {}, keys.west);
    const unknown = await cost('01J0000000000000000000000X', '2024-02', {}, keys.west);
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    const { registry, ids } = world;
    const moved = { entity: accounts.plain, attribute: 'institution' };
    await registry.facts.record([{ ...moved, validFrom: midnight('2025-01-01'), value: ids.east }], by);
    expect((await cost(accounts.plain, '2025-01', {}, keys.east)).status).toBe(200);
    expect((await cost(accounts.plain, '2024-01', {}, keys.east)).status).toBe(404);
  });

  it.each([
    ['2024-13', 'month'],
    ['2022-01', 'there is no account'],
  ])('refuses %s in words', async (month, word) => {
    const { status, text } = await cost(accounts.power, month);
    expect([400, 404]).toContain(status);
    expect(text).toContain(word);
  });
});

// Figures over HTTP: what is asked, what is answered, and how far an answer opens down.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

let world: AccountingWorld;
let app: FastifyInstance;
let key: string;
let viewer: string;
beforeAll(async () => {
  world = await accountingWorld();
  const days = (value: number) => Array.from({ length: 366 }, () => value);
  await world.putDays(points.east, '2024-01-01', days(10));
  await world.putDays(points.piles, '2024-01-01', days(1));
  await world.putDays(points.west, '2024-01-01', days(2));
  await world.putDays(points.shared, '2024-01-01', days(4));
  await world.putDays(points.water, '2024-01-01', days(3), 'water');
  const { registry } = world;
  const account = await registry.accounts.create(
    {
      number: '330001',
      institution: world.ids.east,
      commodity: 'electricity',
      validFrom: midnight('2024-01-01'),
    },
    by,
  );
  await registry.bills.record(
    [
      {
        account: account.id,
        document: 'A-1',
        from: midnight('2024-01-16'),
        to: midnight('2024-02-15'),
        quantity: 300,
        amountCny: 210,
      },
    ],
    by,
  );
  key = (await registry.principals.create('reader', [{ role: 'auditor', institution: null }])).key;
  viewer = (await registry.principals.create('viewer', [{ role: 'viewer', institution: null }])).key;
  app = buildApp({
    store: world.store,
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
});
afterAll(async () => {
  await app?.close();
  await world?.end();
});

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await app.inject({
    url: `/api/v1/figures${path}`,
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  return {
    status: answer.statusCode,
    text: answer.body,
    body: answer.headers['content-type']?.toString().includes('json') ? answer.json() : undefined,
  };
}

describe('figures', () => {
  it('come with what they rest on', async () => {
    const { body } = await get(
      `?institution=${world.ids.city}&year=2024&basis=metered&indicators=electricity,electricityPerPerson`,
    );
    const [electricity, perPerson] = body.figures;
    expect(electricity).toMatchObject({
      value: 15 * 366,
      unit: 'kWh',
      denominator: null,
      basis: 'metered',
      reason: null,
    });
    expect(electricity.coverage).toEqual({ measured: 1, estimated: 0, missing: 0 });
    expect(body.terms).toMatchObject({
      plan: { id: 'national-14', version: 0 },
      basis: 'metered',
      gridRegion: 'national',
      factorPolicy: { kind: 'year' },
    });
    expect(perPerson).toMatchObject({ unit: 'kWh/person', from: '2024-01-01T00:00:00+08:00' });
    expect(perPerson.value).toBeCloseTo(perPerson.numerator / perPerson.denominator, 6);
  });

  it('per person are null with the reason where too little is known; consumption is not withheld', async () => {
    const path = `?institution=${world.ids.east}&year=2024&indicators=electricity,electricityPerPerson`;
    const { body } = await get(path);
    const [electricity, perPerson] = body.figures;
    // 300 kWh billed, of which the public piles used 1 kWh on each of the bill’s thirty days.
    expect(electricity).toMatchObject({ value: expect.closeTo(270, 9), reason: null, basis: 'billed' });
    expect(electricity.coverage.missing).toBeCloseTo((366 - 30) / 366, 6);
    expect(perPerson).toMatchObject({ value: null, reason: 'coverage' });
    expect(perPerson.withheld).toBeCloseTo(270 / perPerson.denominator, 9);
  });

  it('are the four of the plan, of the year to date, where nothing is said', async () => {
    const { body } = await get(`?institution=${world.ids.city}`);
    expect(body.figures.map((figure: { indicator: string }) => figure.indicator)).toEqual([
      'energyPerPerson',
      'energyPerArea',
      'waterPerPerson',
      'carbonPerArea',
    ]);
    expect(body.figures[0].from).toBe('2025-01-01T00:00:00+08:00');
  });

  it('by month are those of the months, and sum to the year', async () => {
    const { body } = await get(
      `/months?institution=${world.ids.west}&year=2024&basis=metered&indicators=electricity`,
    );
    const values = body.series[0].map((figure: { value: number }) => figure.value);
    expect(values.slice(0, 2)).toEqual([3 * 31, 3 * 29]);
    expect(values.reduce((sum: number, value: number) => sum + value, 0)).toBeCloseTo(3 * 366, 6);
  });

  it('of the tree are a row for each institution, parents first, and a table for spreadsheets', async () => {
    const path = `/tree?institution=${world.ids.city}&year=2024&basis=metered&indicators=electricity`;
    const { body } = await get(path);
    const rows = new Map(body.rows.map((row: { institution: string }) => [row.institution, row]));
    expect(body.rows[0]).toMatchObject({ institution: world.ids.city, parent: null });
    expect(rows.get(world.ids.east)).toMatchObject({ parent: world.ids.city, values: [{ value: 12 * 366 }] });
    const table = await get(path, { accept: 'text/csv' });
    expect(table.text.split('\r\n')[0]).toBe(
      '\uFEFFinstitution,id,sector,indicator,name of the indicator,figure,unit,coverage,reason',
    );
    expect(table.text).toContain(`${world.ids.west},,electricity,Electricity,${3 * 366},kWh,1,`);
    const unknown = await get(path.replace('electricity', 'heat'), {
      accept: 'text/csv',
      'accept-language': 'zh',
    });
    expect(unknown.text).toContain('没有数据');
    const below = await get(`/tree?institution=${world.ids.east}&year=2024&basis=metered`);
    expect(below.body.rows.map((row: { institution: string }) => row.institution)).toEqual([world.ids.east]);
  });

  it('open down to quantities and coefficients that give them again', async () => {
    const { body } = await get(
      `/explanation?institution=${world.ids.city}&indicator=energyPerPerson&year=2024&basis=metered`,
    );
    const above = body.parts.reduce(
      (sum: number, part: { contribution: number }) => sum + part.contribution,
      0,
    );
    const below = body.denominators.reduce((sum: number, part: { value: number }) => sum + part.value, 0);
    expect(body.parts[0]).toMatchObject({ commodity: 'electricity', coefficient: 0.1229, unit: 'kWh' });
    expect(body.figure.value ?? body.figure.withheld).toBeCloseTo(above / below, 6);
  });

  it('open down to bills, with the part of each that falls into the period', async () => {
    const { body } = await get(`/sources?institution=${world.ids.east}&from=2024-01-01&to=2024-02-01`);
    const told = body.sources.map(({ kind, use, quantity, amountCny }: Record<string, unknown>) => [
      kind,
      use,
      quantity,
      amountCny,
    ]);
    expect(told).toHaveLength(3);
    expect(told).toEqual(
      expect.arrayContaining([
        ['bill', 'building', 160, 112],
        // The piles counted a kWh a day, in the 16 days that are billed.
        ['moved', 'building', -16, -11.2],
        ['moved', 'charging-public', 16, 11.2],
      ]),
    );
  });

  it('open down to points, with their shares and what moves between uses', async () => {
    const { body } = await get(
      `/sources?institution=${world.ids.east}&year=2024&basis=metered&commodity=electricity`,
    );
    const told = body.sources.map(({ id, use, share, quantity }: Record<string, unknown>) => [
      id,
      use,
      share,
      quantity,
    ]);
    expect(told).toContainEqual([points.east, 'building', 1, 3660]);
    expect(told).toContainEqual([points.shared, 'building', 0.75, 1464]);
    expect(told).toContainEqual([points.piles, 'building', -1, 366]);
    expect(told).toContainEqual([points.piles, 'charging-public', 1, 366]);
  });

  it('show bills, cost and authors to those alone who may see bills', async () => {
    const city = world.ids.city;
    const asViewer = (path: string) => get(path, { authorization: `Bearer ${viewer}` });
    for (const path of [
      `/sources?institution=${city}&year=2024`,
      `/sources?institution=${city}&year=2024&basis=reported`,
      `?institution=${city}&year=2024&indicators=energy,cost`,
      `/tree?institution=${city}&year=2024&indicators=costPerPerson`,
      `/months?institution=${city}&year=2024&indicators=cost`,
      `/explanation?institution=${city}&year=2024&indicator=cost`,
    ]) {
      const refused = await asViewer(path);
      expect([path, refused.status, refused.body.detail]).toEqual([
        path,
        403,
        expect.stringContaining('accounts:read'),
      ]);
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    expect((await asViewer(`/sources?institution=${city}&year=2024&basis=metered`)).status).toBe(200);
    const explained = `/explanation?institution=${city}&indicator=energyPerPerson&year=2024&basis=metered`;
    const authors = (answer: Awaited<ReturnType<typeof get>>) =>
      answer.body.denominators
        .flatMap(({ facts }: { facts: readonly object[] }) => facts)
        .map(({ author, reason }: Record<string, unknown>) => [author, reason]);
    expect(authors(await get(explained))).toContainEqual([by.author, by.reason]);
    const hidden = authors(await asViewer(explained));
    expect(hidden.length).toBeGreaterThan(0);
    expect(new Set(hidden.flat())).toEqual(new Set([null]));
  });

  it.each([
    ['?year=2024', 'institution'],
    ['?institution=nobody&year=2024', 'nobody'],
    ['?institution=ID&year=24', 'a year'],
    ['?institution=ID&indicators=joy', 'no indicator \\"joy\\"'],
    ['?institution=ID&year=2024&period=year-to-date', 'give a year'],
    ['?institution=ID&from=2024-01-01', 'both from and to'],
    ['?institution=ID&from=2024-01-15&to=2024-02-01', '2024-01-15'],
    ['?institution=ID&year=2024&boundary=none', 'boundary'],
    ['?institution=ID&from=1991-01-01&to=2024-01-01', '12 years'],
  ])('refuse %s in words', async (path, word) => {
    const { status, text } = await get(path.replace('ID', world.ids.city));
    expect([400, 404, 422]).toContain(status);
    expect(text).toContain(word);
  });
});

describe('figures by sector', () => {
  it('sum to the whole, each institution in its own sector whatever stands above it', async () => {
    const { registry, ids } = world;
    const sector = (entity: string, value: string) => ({
      ...{ entity, attribute: 'sector', value },
      validFrom: midnight('2024-01-01'),
    });
    await registry.facts.record([sector(ids.east, 'education'), sector(ids.west, 'health')], by);
    const { status, body } = await get(
      `/sectors?institution=${ids.city}&year=2024&basis=metered&indicators=electricity,electricityPerPerson`,
      { 'accept-language': 'en' },
    );
    expect(status).toBe(200);
    const part = (code: string | null) =>
      body.sectors.find((each: { sector: { code: string } | null }) => (each.sector?.code ?? null) === code);
    expect(part('education').sector.text).toBe('Education');
    const electricity = (row: { values: { indicator: string; numerator: number | null }[] }) =>
      row.values.find(({ indicator }) => indicator === 'electricity')?.numerator ?? 0;
    const sum = body.sectors.reduce((all: number, row: never) => all + electricity(row), 0);
    expect(electricity(part('education'))).toBeGreaterThan(0);
    expect(electricity(part('health'))).toBeGreaterThan(0);
    expect(sum).toBeCloseTo(body.total[0].numerator, 6);
    const alone = await get(
      `?institution=${ids.city}&year=2024&basis=metered&indicators=electricity,electricityPerPerson`,
    );
    expect(body.total[0].numerator).toBe(alone.body.figures[0].numerator);
    expect(body.total[1].value).toBe(alone.body.figures[1].value);
  });

  it('of who changes the sector are split by month, with users by the part of the time, and it is one institution', async () => {
    const { registry, ids } = world;
    const later = { entity: ids.west, attribute: 'sector', value: 'culture' };
    await registry.facts.record([{ ...later, validFrom: midnight('2024-09-01') }], by);
    const sectorsOf = async (period: string) => {
      const path = `/sectors?institution=${ids.west}&${period}&basis=metered&indicators=electricity,electricityPerPerson`;
      const { body } = await get(path);
      const row = ({ sector, values }: (typeof body)['sectors'][number]) => [sector.code, values];
      return { of: Object.fromEntries(body.sectors.map(row)), total: body.total };
    };
    expect(Object.keys((await sectorsOf('from=2024-01-01&to=2024-09-01')).of)).toEqual(['health']);
    expect(Object.keys((await sectorsOf('from=2024-09-01&to=2024-10-01')).of)).toEqual(['culture']);
    const { of, total } = await sectorsOf('year=2024');
    expect(Object.keys(of)).toEqual(['health', 'culture']);
    const { health, culture } = of;
    const days = 366;
    const before = 244;
    expect(health[0].numerator / total[0].numerator).toBeCloseTo(before / days, 9);
    expect(health[0].numerator + culture[0].numerator).toBeCloseTo(total[0].numerator, 6);
    expect(health[1].denominator / total[1].denominator).toBeCloseTo(before / days, 9);
    expect(health[1].denominator + culture[1].denominator).toBeCloseTo(total[1].denominator, 6);
    expect([health, culture, total].map(([value]) => value.institutions)).toEqual([1, 1, 1]);
  });

  it('come as a table in Chinese, the whole last; cost is for those who may see bills', async () => {
    const { text } = await get(`/sectors?institution=${world.ids.city}&year=2024&indicators=electricity`, {
      'accept-language': 'zh',
      accept: 'text/csv',
    });
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toContain('机构类别,单位数,指标,指标名称,数值,单位,数据完整率,原因');
    expect(lines.at(-1)).toMatch(/^合计,\d+,electricity,/);
    const refused = await app.inject({
      url: `/api/v1/figures/sectors?institution=${world.ids.city}&year=2024&indicators=cost`,
      headers: { authorization: `Bearer ${viewer}` },
    });
    expect(refused.statusCode).toBe(403);
  });
});

// Quotas and key users over HTTP, on a real server, registry and store.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

const set = {
  name: { 'zh-CN': '定额', en: 'Quota' },
  standard: 'DB',
  coefficients: 'gbt2589-2020',
  boundary: 'statutory',
  levels: [
    { 'zh-CN': '约束值', en: 'constraint' },
    { 'zh-CN': '引导值', en: 'guidance' },
  ],
  rows: [
    { kinds: ['office'], indicator: 'electricityPerPerson', limits: [40, 30] },
    { kinds: ['office'], indicator: 'electricity', limits: [4_000, 2_000] },
  ],
};

let world: AccountingWorld;
let app: FastifyInstance;
let base: string;
const keys = { all: '', west: '' };

beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids, store } = world;
  const validFrom = midnight('2023-01-01');
  for (const year of ['2023', '2024']) {
    const days = (value: number) => Array.from({ length: year === '2024' ? 366 : 365 }, () => value);
    await world.putDays(points.east, `${year}-01-01`, days(10));
    await world.putDays(points.piles, `${year}-01-01`, days(0));
    await world.putDays(points.west, `${year}-01-01`, days(2));
    await world.putDays(points.shared, `${year}-01-01`, days(0));
  }
  await registry.definitions.record('quota', 'offices', set, by);
  await registry.facts.record(
    [
      { entity: ids.city, attribute: 'quota', validFrom, value: 'offices' },
      { entity: ids.east, attribute: 'kind', validFrom, value: 'office' },
      { entity: ids.west, attribute: 'kind', validFrom, value: 'office' },
      {
        entity: ids.west,
        attribute: 'keyUser',
        validFrom: midnight('2024-03-01'),
        validTo: midnight('2024-12-01'),
        value: { listed: true, grade: 'met', document: 'No. 7' },
      },
    ],
    by,
  );
  const keyOf = async (institution: string | null) =>
    (await registry.principals.create(`reader ${institution}`, [{ role: 'viewer', institution }])).key;
  keys.all = await keyOf(null);
  keys.west = await keyOf(ids.west);
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

async function get(path: string, headers: Record<string, string> = {}, key = keys.all) {
  const answer = await fetch(`${base}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  const body: any = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  return { status: answer.status, text, body };
}

describe('places in quotas', () => {
  it('say the level reached, the next one and what must go, in the language that was asked for', async () => {
    const path = `quotas/places?institution=${world.ids.east}&year=2024`;
    const { answer } = (await get(path)).body;
    expect(answer.set).toEqual({ id: 'offices', version: 1, name: 'Quota', standard: 'DB' });
    const [perPerson] = answer.places;
    expect(perPerson.figure.value).toBeCloseTo(36.6, 6);
    expect(perPerson.quota).toEqual({ fit: { code: 'applies', text: 'applies' }, unknown: [] });
    expect(perPerson.place).toMatchObject({
      state: { code: 'between', text: 'within constraint, over guidance' },
      reached: 'constraint',
      next: 'guidance',
    });
    expect(perPerson.place.toNext).toBeCloseTo(660, 6);
    const zh = (await get(path, { 'accept-language': 'zh-CN' })).body.answer;
    expect(zh.places[0].place.state.text).toBe('达到约束值，未达到引导值');
  });

  it('are null where nobody names a set, and not known while the year runs', async () => {
    const other = await world.registry.institutions.create(
      { name: 'Apart', parent: null, validFrom: midnight('2023-01-01') },
      by,
    );
    await world.accounting.settle();
    expect((await get(`quotas/places?institution=${other.id}&year=2024`)).body).toEqual({ answer: null });
    const { answer } = (await get(`quotas/places?institution=${world.ids.east}&year=2025`)).body;
    expect(answer.places[0]).toMatchObject({
      reason: { code: 'running' },
      place: { state: { code: 'not-known' } },
    });
  });

  it('of the tree are those of each institution, parents first, and a table', async () => {
    const { ids } = world;
    const path = `quotas/places/tree?institution=${ids.city}&year=2024`;
    const { rows, sets } = (await get(path)).body;
    expect(sets).toHaveLength(1);
    expect(rows[0]).toMatchObject({ institution: ids.city, parent: null, quota: { fit: { code: 'none' } } });
    for (const institution of [ids.east, ids.west]) {
      const { answer } = (await get(`quotas/places?institution=${institution}&year=2024`)).body;
      const own = rows.filter((row: { institution: string }) => row.institution === institution);
      expect(own.map(({ place }: { place: unknown }) => place)).toEqual(
        answer.places.map(({ place }: { place: unknown }) => place),
      );
      expect(own[0].value).toBe(answer.places[0].figure.value);
      expect(own[0].parent).toBe(ids.city);
    }
    const table = (await get(path, { accept: 'text/csv' })).text.split('\r\n');
    expect(table[0]).toContain('institution,id,quota set,indicator,figure,unit');
    expect(table.find((line) => line.startsWith(`East,${ids.east},offices,electricity,`))).toContain(
      ',3660,kWh,1,"within constraint, over guidance",constraint,guidance,2000,1660,',
    );
    const running = (await get(`quotas/places/tree?institution=${ids.city}&year=2025`)).body.rows;
    expect(running[0].reason.code).toBe('running');
  });
});

describe('key users', () => {
  const told = (rows: { institution: string; state: { code: string } }[]) =>
    rows.map(({ institution, state }) => [institution, state.code]);

  it('are those of the list with their grades, and candidates by their own energy', async () => {
    const { ids } = world;
    const { body } = await get('key-users?year=2024&tce=0.4');
    const known = body.institutions.filter(
      ({ energyTce }: { energyTce: number | null }) => energyTce !== null,
    );
    expect(told(known)).toEqual([
      [ids.east, 'candidate'],
      [ids.west, 'listed-below'],
    ]);
    expect(known[0]).toMatchObject({
      listed: false,
      grade: '',
      reached: [{ measure: 'energyTce', threshold: 0.4 }],
    });
    expect(known[0].energyTce).toBeCloseTo((3660 * 0.1229) / 1000, 9);
    expect(known[1]).toMatchObject({ name: 'West', listed: true, grade: 'met', document: 'No. 7' });
    expect(body.institutions.map(({ institution }: { institution: string }) => institution)).not.toContain(
      ids.city,
    );
    expect(body).toMatchObject({ figuresOf: 2024, thresholds: { energyTce: 0.4 } });
  });

  it('of a year that runs are by the year before, and of another list', async () => {
    const { body } = await get('key-users?year=2025&tce=0.4');
    expect(body.figuresOf).toBe(2024);
    expect(told(body.institutions)).not.toContainEqual([world.ids.west, 'listed-below']);
    expect((await get('key-users?year=2024')).body.thresholds).toEqual({ energyTce: 500 });
  });

  it('come as a table, and only as far as the grants go', async () => {
    const { ids } = world;
    const table = await get(
      'key-users?year=2024&tce=0.4',
      { accept: 'text/csv', 'accept-language': 'zh-CN' },
      keys.west,
    );
    const lines = table.text.split('\r\n').filter((line) => line !== '');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`West,${ids.west},已列入，低于列入标准,true,完成,No. 7,`);
  });

  it.each(['tce=0', 'tce=many', 'year=24'])('refuse %s', async (wrong) => {
    expect((await get(`key-users?${wrong.startsWith('year') ? '' : 'year=2024&'}${wrong}`)).status).toBe(400);
  });
});

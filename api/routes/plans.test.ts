// Plans over HTTP: places, ranking, and reviews that are frozen and checked; on a real server, registry and store.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { points } from '../../core/testing/accounting-world.ts';
import { type PlanWorld, planWorld } from '../../core/testing/plan-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

let world: PlanWorld;
let app: FastifyInstance;
let base: string;
const keys = { all: '', east: '', viewer: '' };

beforeAll(async () => {
  world = await planWorld({ targets: { electricityPerPerson: -0.2, carbonPerArea: -0.1 } });
  await world.fill({
    [points.east]: { 2023: 10, 2024: 8, 2025: 9 },
    [points.west]: { 2023: 6, 2024: 7, 2025: 7 },
    [points.shared]: { 2023: 4, 2024: 4, 2025: 4 },
  });
  const { registry, ids, store } = world;
  const keyOf = async (role: 'energy-manager' | 'viewer', institution: string | null) =>
    (await registry.principals.create(`${role} ${institution}`, [{ role, institution }])).key;
  keys.all = await keyOf('energy-manager', null);
  keys.east = await keyOf('energy-manager', ids.east);
  keys.viewer = await keyOf('viewer', null);
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

async function call(
  path: string,
  options: { key?: string; accept?: string; language?: string; body?: unknown } = {},
) {
  const { key = keys.all, accept = 'application/json', language = 'en', body: sent } = options;
  const answer = await fetch(`${base}/api/v1/plans/${path}`, {
    headers: {
      authorization: `Bearer ${key}`,
      accept,
      'accept-language': language,
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(sent === undefined ? {} : { method: 'POST', body: JSON.stringify(sent) }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  const body: any = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  return { status: answer.status, text, body };
}

describe('progress in a plan', () => {
  it('says where each target stands, with its origin, the base and what made the change', async () => {
    const { body } = await call(`progress?institution=${world.ids.city}&year=2024`);
    const { progress } = body;
    expect(progress).toMatchObject({
      year: 2024,
      running: false,
      through: 12,
      plan: { id: 'trial', version: 1, name: 'Trial', from: world.ids.city },
    });
    const one = progress.indicators.find(
      (each: { indicator: string }) => each.indicator === 'electricityPerPerson',
    );
    expect(one.target).toMatchObject({
      change: -0.2,
      baseYear: 2023,
      endYear: 2025,
      origin: { kind: 'plan' },
    });
    // 20 kWh a day and 150 people in 2023, 19 kWh a day in 2024; half of the 20 % is due.
    const [then, now] = [(20 * 365) / 150, (19 * 366) / 150];
    expect(one.figure.value).toBeCloseTo(now, 6);
    expect(one.place.progress).toBeCloseTo((then - now) / (then * 0.1), 6);
    expect(one.place.state).toEqual({ code: 'far-behind', text: 'far behind the line' });
    const { consumption, users } = one.change.effects;
    expect(consumption + users).toBeCloseTo(now - then, 6);
    expect(one.gap.parts.map(({ institution }: { institution: string }) => institution)).toContain(
      world.ids.west,
    );
    expect(progress.caps[0]).toMatchObject({
      indicator: 'electricity',
      cap: 6_000,
      use: { state: { code: 'over' } },
    });
  });

  it('of a year that runs is of its months, and projected', async () => {
    const { body } = await call(`progress?institution=${world.ids.city}&year=2025`, { language: 'zh-CN' });
    const [one] = body.progress.indicators;
    expect(body.progress).toMatchObject({ running: true, through: 2, plan: { name: '试行' } });
    expect(one.compared.months).toEqual([1, 2]);
    expect(one.projection.value).toBeGreaterThan(0);
    expect(one.projected.state.text).toMatch(/[\u4e00-\u9fff]/);
  });

  it('is null where no plan holds', async () => {
    const alone = await world.registry.institutions.create(
      { name: 'Alone', parent: null, validFrom: midnight('2023-01-01') },
      by,
    );
    expect((await call(`progress?institution=${alone.id}&year=2024`)).body).toEqual({ progress: null });
  });
});

describe('ranking', () => {
  const ids = (rows: { institution: string }[]) => rows.map(({ institution }) => institution);

  it('by an indicator puts the best of those below an institution first, as JSON and as a table', async () => {
    const path = `ranking?year=2024&indicator=electricityPerPerson&parent=${world.ids.city}`;
    const { body } = await call(path);
    expect(ids(body.institutions)).toEqual([world.ids.east, world.ids.west]);
    const ranks = body.institutions.map(
      (each: { indicators: { rank: number }[] }) => each.indicators[0]?.rank,
    );
    expect(ranks).toEqual([1, 2]);
    expect(body.institutions[1]).toMatchObject({ name: 'West', parent: world.ids.city, plan: 'trial' });
    const table = (await call(path, { accept: 'text/csv' })).text.split('\r\n');
    expect(table[0]).toContain('institution,id,institution above,plan,indicator,unit');
    expect(table[1]).toContain(
      `East,${world.ids.east},${world.ids.city},trial,electricityPerPerson,kWh/person,-0.2,`,
    );
    expect(table).toHaveLength(4);
  });

  it('agrees with the progress of each', async () => {
    const { body } = await call('ranking?year=2024');
    for (const row of body.institutions) {
      const { progress } = (await call(`progress?institution=${row.institution}&year=2024`)).body;
      for (const [index, { place }] of row.indicators.entries()) {
        expect(progress.indicators[index].place.state).toEqual(place.state);
        expect(progress.indicators[index].place.progress).toBe(place.progress);
      }
    }
    expect(ids(body.institutions).length).toBeGreaterThanOrEqual(3);
  });

  it('shows what the grants cover, and nobody below a foreign institution', async () => {
    const { body } = await call('ranking?year=2024', { key: keys.east });
    expect(ids(body.institutions)).toEqual([world.ids.east]);
    const foreign = await call(`ranking?year=2024&parent=${world.ids.city}`, { key: keys.east });
    expect(foreign.status).toBe(404);
  });
});

describe('a review', () => {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  const ofPerson = (list: any[]) => list.find(({ indicator }) => indicator === 'electricityPerPerson');
  const take = (more: Record<string, unknown> = {}, key?: string) =>
    call('reviews', {
      ...(key === undefined ? {} : { key }),
      body: { institution: world.ids.city, year: 2024, occasion: 'mid-term', reason: 'mid-term', ...more },
    });

  it('is frozen with its inputs, gives the places of the plan, and stays as it was when facts change', async () => {
    const taken = await take({ name: 'Mid-term 2024' });
    expect(taken.status).toBe(201);
    const { progress } = (await call(`progress?institution=${world.ids.city}&year=2024`)).body;
    for (const [index, { indicator, place, now, base: then }] of taken.body.results.indicators.entries()) {
      const live = progress.indicators[index];
      expect([indicator, place.state]).toEqual([live.indicator, live.place.state.code]);
      expect(now.value).toBeCloseTo(live.figure.value, 6);
      expect(then.value).toBeCloseTo(live.base.value, 6);
      expect(place.progress).toBeCloseTo(live.place.progress, 6);
    }
    expect(taken.body.results.caps[0].use.state).toBe('over');
    await world.registry.facts.record(
      [
        {
          entity: world.ids.east,
          attribute: 'energyUsers',
          validFrom: midnight('2023-01-01'),
          value: { staff: 120 },
        },
      ],
      by,
    );
    await world.accounting.settle();
    const { body } = await call(`reviews/${taken.body.id}`);
    expect(body.verification).toMatchObject({ ok: true, faults: [] });
    expect(body.content.results).toEqual(taken.body.results);
    expect(body).toMatchObject({ name: 'Mid-term 2024', plan: 'trial', reason: 'mid-term' });
    const { inputs } = body.content;
    expect(inputs.definitions.map(({ kind }: { kind: string }) => kind)).toEqual([
      'boundary',
      'coefficients',
      'carbon-factors',
    ]);
    const people = ofPerson(inputs.indicators).now.parts.find(
      ({ institution }: { institution: string }) => institution === world.ids.east,
    );
    expect(people.per).toBe(100);
    world.clock.at += 60_000;
    const again = await take();
    const perPerson = [again, taken].map(({ body: of }) => ofPerson(of.results.indicators).now.value);
    expect(perPerson[0]).toBeCloseTo((perPerson[1] * 150) / 170, 6);
    const list = (await call(`reviews?institution=${world.ids.city}`)).body.reviews;
    expect(list.map(({ id }: { id: string }) => id)).toEqual([again.body.id, taken.body.id]);
    expect(list[0].name).toBe('trial 2024 mid-term');
  });

  it('that was touched says what is wrong with it, in words', async () => {
    const { registry, ids } = world;
    const honest = await call(`reviews/${(await take()).body.id}`);
    const content = structuredClone(honest.body.content);
    content.inputs.indicators[0].now.parts[0].amount += 1;
    const forged = await registry.snapshots.add(
      { name: 'Forged', institution: ids.city, plan: 'trial', takenAt: world.clock.at, content },
      by,
    );
    const { body } = await call(`reviews/${forged.id}`);
    expect(body.verification.ok).toBe(false);
    const told = body.verification.faults.map(({ code, text }: { code: string; text: string }) => [
      code,
      text,
    ]);
    expect(told).toContainEqual(['inputs-changed', 'its inputs do not have the hash that was stored']);
    expect(told.map(([code]: string[]) => code)).toContain('terms');
  });

  it('is taken by whoever may write accounts there, and of years that are over', async () => {
    expect((await take({}, keys.viewer)).status).toBe(403);
    expect((await take({}, keys.east)).status).toBe(404);
    expect((await take({ institution: world.ids.east }, keys.east)).status).toBe(201);
    const running = await take({ year: 2025 });
    expect([running.status, running.body.detail]).toEqual([400, expect.stringContaining('is not over')]);
    expect((await take({ year: 2022 })).body.detail).toContain('no plan holds');
    expect((await take({ occasion: 'whim' })).status).toBe(400);
    expect((await take({ reason: '' })).body.detail).toContain('say why');
    const mine = await call(`reviews?institution=${world.ids.city}`);
    const foreign = await call(`reviews/${mine.body.reviews[0].id}`, { key: keys.east });
    expect(foreign.status).toBe(404);
  });
});

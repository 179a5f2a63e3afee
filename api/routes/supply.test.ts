// Kinds of use and PUE over HTTP, as tables for spreadsheets.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, electricPoint, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { buildApp } from '../app.ts';

let world: AccountingWorld;
let app: FastifyInstance;
let key: string;
beforeAll(async () => {
  world = await accountingWorld();
  const { registry, ids } = world;
  const validFrom = midnight('2024-01-01');
  const of = (entity: string, attribute: string, value: unknown) => ({ entity, attribute, validFrom, value });
  await registry.points.register(
    electricPoint('g/it', {
      building: ids.westHouse,
      role: 'sub-meter',
      parent: points.west,
      validFrom,
      item: 'special',
      subItem: 'D1',
    }),
    by,
  );
  await registry.facts.record([of(points.west, 'pue', 'facility'), of('g/it', 'pue', 'it')], by);
  const days = (value: number) => Array.from({ length: 366 }, () => value);
  await world.putDays(points.west, '2024-01-01', days(3));
  await world.putDays('g/it', '2024-01-01', days(2));
  key = (await registry.principals.create('v', [{ role: 'viewer', institution: null }])).key;
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

async function table(path: string, language = 'en'): Promise<string[]> {
  const period = 'from=2024-01-01&to=2024-03-01';
  const answer = await app.inject({
    url: `/api/v1/${path}?institution=${world.ids.west}&${period}`,
    headers: { authorization: `Bearer ${key}`, accept: 'text/csv', 'accept-language': language },
  });
  expect(answer.headers['content-disposition']).toContain(`${path}-${world.ids.west}.csv`);
  return answer.body.replace('\uFEFF', '').trimEnd().split('\r\n');
}

describe('tables for spreadsheets', () => {
  it('of kinds of use have each with its parts, the rest and the total', async () => {
    expect(await table('sub-items')).toEqual([
      'kind of use,code of the part,part,consumption,unit',
      expect.stringMatching(/^[^,]+,,,120,kWh$/),
      expect.stringMatching(/^[^,]+,D1,[^,]+,120,kWh$/),
      expect.stringMatching(/^the rest,,,/),
      expect.stringMatching(/^total,,,/),
    ]);
    expect((await table('sub-items', 'zh'))[0]).toBe('分项,子项代码,子项,用量,单位');
  });

  it('of data centres have the period, and its months', async () => {
    const [heading, ...lines] = await table('pue');
    expect(heading).toBe('data centre,id,from,to,PUE,"facility, kWh","IT, kWh",reason');
    expect(lines.map((line) => line.split(',').slice(2))).toEqual([
      ['2024-01-01T00:00:00+08:00', '2024-03-01T00:00:00+08:00', '1.5', '180', '120', ''],
      ['2024-01-01T00:00:00+08:00', '2024-02-01T00:00:00+08:00', '1.5', '93', '62', ''],
      ['2024-02-01T00:00:00+08:00', '2024-03-01T00:00:00+08:00', '1.5', '87', '58', ''],
    ]);
    expect((await table('pue', 'zh'))[0]).toContain('电能使用效率（PUE）');
  });
});

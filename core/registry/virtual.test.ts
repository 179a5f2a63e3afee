import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Db, Tables } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { virtualPeriods } from './virtual.ts';

let test: TestRegistry;
let db: Db;
beforeEach(async () => {
  test = await testRegistry();
  db = new Kysely<Tables>({ dialect: sqliteDialect({ path: test.path, busyTimeoutMs: 10_000 }) });
});
afterEach(async () => {
  await db.destroy();
  await test.end();
});

const [jan, mar, jun, end] = ['2024-01-01', '2024-03-01', '2024-06-01', '2025-01-01'].map(midnight) as [
  number,
  number,
  number,
  number,
];

describe('a virtual point of the registry', () => {
  it('is made of series, stretch by stretch, through virtual points between', async () => {
    const terms = (of: Record<string, number>) => ({
      terms: Object.entries(of).map(([point, factor]) => ({ point, factor })),
      counts: false,
    });
    await test.registry.points.registerAll(
      [
        electricPoint('a/main'),
        electricPoint('a/shop', { role: 'sub-meter', quantities: ['electricity_interval'] }),
        electricPoint('a/rest', { role: 'virtual', formula: terms({ 'a/main': 1, 'a/shop': -1 }) }),
        electricPoint('a/half', { role: 'virtual', formula: terms({ 'a/rest': 0.5 }) }),
      ],
      by,
    );
    await test.registry.facts.record(
      [
        { entity: 'a/shop', attribute: 'quantities', validFrom: mar, value: ['electricity'] },
        { entity: 'a/rest', attribute: 'formula', validFrom: jun, value: terms({ 'a/main': 1 }) },
      ],
      by,
    );
    const main = { point: 'a/main', quantity: 'electricity', factor: 0.5 };
    const shop = { point: 'a/shop', factor: -0.5 };
    expect(await virtualPeriods(db, 'a/half', 'electricity', { from: jan, to: end })).toEqual([
      {
        from: jan,
        to: jun,
        leaves: [
          { ...main, from: jan, to: jun },
          { ...shop, quantity: 'electricity_interval', from: jan, to: mar },
          { ...shop, quantity: 'electricity', from: mar, to: jun },
        ],
        unmeasured: [],
      },
      { from: jun, to: end, leaves: [{ ...main, from: jun, to: end }], unmeasured: [] },
    ]);
    expect(await virtualPeriods(db, 'a/main', 'electricity', { from: jan, to: end })).toEqual([]);
    const [before] = await virtualPeriods(db, 'a/half', 'electricity', { from: jan - 86_400_000, to: mar });
    expect(before).toMatchObject({ from: jan, to: mar });
    const water = await virtualPeriods(db, 'a/half', 'water', { from: jan, to: mar });
    expect(water).toEqual([{ from: jan, to: mar, leaves: [], unmeasured: ['a/main', 'a/shop'] }]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import { beginning, farFuture } from './marks.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const jun = midnight('2024-06-01');

describe('registering a point', () => {
  it('records what was said, and again changes nothing', async () => {
    const { points, facts, marks } = test.registry;
    const input = electricPoint('school/main', {
      name: 'Main meter',
      quantities: ['power', 'electricity'],
      expectedIntervalMs: 900_000,
      installation: { serial: '77', multiplier: { ct: 40 } },
    });
    const point = await points.register(input, by);
    expect(point).toEqual({
      key: 'school/main',
      name: 'Main meter',
      quantities: ['electricity', 'power'],
      role: 'billing',
      building: null,
    });
    const before = await facts.history('school/main', { superseded: true });
    const pending = await marks.pending(10);
    expect(pending.map(({ from, to }) => [from, to])).toEqual([
      [jan, farFuture], // the expected interval
      [beginning, farFuture], // the first installation: it holds before its date too
    ]);
    expect(await points.register(input, { author: 'import', reason: 'again' })).toEqual(point);
    expect(await facts.history('school/main', { superseded: true })).toEqual(before);
    expect(await marks.pending(10)).toEqual(pending);
  });

  it('again without a role leaves the role it has', async () => {
    const { points } = test.registry;
    await points.register(electricPoint('a/p', { role: 'sub-meter' }), by);
    expect((await points.register(electricPoint('a/p'), by)).role).toBe('sub-meter');
  });

  it('refuses a key that is none, and register and interval of one carrier together', async () => {
    const { points } = test.registry;
    for (const key of ['alone/', '/p', 'a/b/c', 'a/名'] as const) {
      await expect(points.register(electricPoint(key), by)).rejects.toMatchObject({
        code: 'registry.invalid',
      });
    }
    const both = electricPoint('a/p', { quantities: ['electricity', 'electricity_interval'] });
    await expect(points.register(both, by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringContaining('name one of them'),
    });
    expect(await points.keysOfAgent('a')).toEqual(new Set());
  });

  it('refuses an installation that is put in on another day than the fact begins, or is no installation', async () => {
    const { points } = test.registry;
    const bad = [
      { installedAt: '2024-01-02T00:00:00+08:00' },
      { multiplier: 0 },
      { multiplier: Number.NaN },
      { multiplier: { pt: 10 } },
      { registers: { kwh: { wrapsAt: 1e6 } } },
      { colour: 'red' },
      'meter',
    ];
    for (const installation of bad) {
      await expect(points.register(electricPoint('a/p', { installation }), by)).rejects.toMatchObject({
        code: 'registry.invalid',
        message: expect.stringContaining('a/p installation'),
      });
    }
  });

  it('takes many at once, all or none', async () => {
    const { points } = test.registry;
    const many = Array.from({ length: 1_200 }, (_, n) => electricPoint(`a/p${n}`));
    await expect(points.registerAll([...many, electricPoint('a/x', { name: '' })], by)).rejects.toMatchObject(
      {
        code: 'registry.invalid',
      },
    );
    expect((await points.keysOfAgent('a')).size).toBe(0);
    await points.registerAll(many, by);
    expect((await points.keysOfAgent('a')).size).toBe(1_200);
  });
});

describe('points', () => {
  it('are listed by key, page by page, by agent and by building at a date', async () => {
    const { points, buildings, facts } = test.registry;
    const building = (await buildings.create({ name: 'A', institution: null, validFrom: jan }, by)).id;
    await points.registerAll(
      ['a/1', 'a/2', 'b/1', 'a-b/1'].map((key) => electricPoint(key as 'a/1', { building })),
      by,
    );
    await points.register(electricPoint('a/late', { validFrom: jun }), by);
    await facts.record([{ entity: 'a/2', attribute: 'building', validFrom: jun, value: null }], by);

    const keys = async (options: Parameters<typeof points.list>[0]) =>
      (await points.list(options)).map((point) => point.key);
    expect(await keys({ at: jan, limit: 10 })).toEqual(['a-b/1', 'a/1', 'a/2', 'b/1']);
    expect(await keys({ at: jun, limit: 2, agent: 'a' })).toEqual(['a/1', 'a/2']);
    expect(await keys({ at: jun, limit: 2, agent: 'a', after: 'a/2' })).toEqual(['a/late']);
    expect(await keys({ at: jan, limit: 10, building, agent: 'a' })).toEqual(['a/1', 'a/2']);
    expect(await keys({ at: jun, limit: 10, building, agent: 'a' })).toEqual(['a/1']);
    expect(await points.keysOfAgent('a')).toEqual(new Set(['a/1', 'a/2', 'a/late']));
    expect(await points.get('a/late', jan)).toBeUndefined();
    expect(await points.get('a/nobody', jan)).toBeUndefined();
  });

  it('know the institution that answers for them at a date', async () => {
    const { points, buildings, institutions, facts } = test.registry;
    const city = (await institutions.create({ name: 'City', parent: null, validFrom: jan }, by)).id;
    const building = (await buildings.create({ name: 'A', institution: null, validFrom: jan }, by)).id;
    await points.register(electricPoint('a/p', { building }), by);
    await points.register(electricPoint('a/q'), by);
    await facts.record([{ entity: building, attribute: 'institution', validFrom: jun, value: city }], by);
    expect(await points.institutionOf('a/p', jan)).toBeNull();
    expect(await points.institutionOf('a/p', jun)).toBe(city);
    expect(await points.institutionOf('a/q', jun)).toBeNull();
    expect(await points.institutionOf('a/nobody', jun)).toBeNull();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { BuiltInDefinition } from './ledgers.ts';

const coal = {
  name: { 'zh-CN': '等价值', en: 'Equivalent' },
  kgcePerUnit: { electricity: { value: 0.1229, source: 'GB/T 2589-2020', confidence: 'high' } },
} as const;
const all = { name: { 'zh-CN': '全部', en: 'All' }, uses: ['building', 'vehicle'] } as const;
const builtIns: readonly BuiltInDefinition[] = [
  { kind: 'coefficients', id: 'coal', value: coal },
  { kind: 'carbon-factors', id: 'carbon', value: { name: all.name, grid: [], gridSource: '', perUnit: {} } },
];
const plan = {
  name: { 'zh-CN': '十四五', en: '14th' },
  baseYear: 2020,
  endYear: 2025,
  boundary: 'all',
  basis: 'billed',
  targets: { energyPerPerson: -0.06 },
  coefficients: 'coal',
  carbonFactors: 'carbon',
  gridRegion: 'hubei',
} as const;
const price = {
  name: { 'zh-CN': '水价', en: 'Water' },
  commodity: 'water',
  fixed: [
    { id: 'meter', name: { 'zh-CN': '表', en: 'Meter' }, cnyPerMonth: [{ from: '2024-01', price: 3 }] },
  ],
};

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry({ builtIns });
});
afterEach(() => test.end());

describe('a definition', () => {
  it('that comes with the program is there as version 0, and one of its own stands above it', async () => {
    const { definitions } = test.registry;
    expect(await definitions.get('coefficients', 'coal')).toMatchObject({
      version: 0,
      builtIn: true,
      value: coal,
    });
    const other = { ...coal, kgcePerUnit: { electricity: { ...coal.kgcePerUnit.electricity, value: 0.31 } } };
    const recorded = await definitions.record('coefficients', 'coal', other, by);
    expect(recorded).toEqual({
      kind: 'coefficients',
      id: 'coal',
      version: 1,
      value: other,
      builtIn: false,
      recordedAt: test.clock.at,
      ...by,
    });
    expect(await definitions.get('coefficients', 'coal')).toEqual(recorded);
    expect(await definitions.get('coefficients', 'coal', 0)).toMatchObject({ builtIn: true, value: coal });
    expect(await definitions.list('coefficients')).toEqual([recorded]);
    expect((await definitions.versions('coefficients', 'coal')).map(({ version }) => version)).toEqual([
      0, 1,
    ]);
  });

  it('gets a new version with every change, and none for the same again; earlier ones stay as they are', async () => {
    const { definitions, revision } = test.registry;
    // The same as the built-in one, with its keys in another order.
    const { kgcePerUnit, name } = coal;
    const before = await revision();
    expect(await definitions.record('coefficients', 'coal', { kgcePerUnit, name }, by)).toMatchObject({
      version: 0,
    });
    expect(await definitions.record('boundary', 'all', all, by)).toMatchObject({ version: 1 });
    expect(await definitions.record('boundary', 'all', { ...all, ownSolar: 'left-out' }, by)).toMatchObject({
      version: 1,
    });
    expect(await definitions.record('boundary', 'all', { ...all, uses: ['building'] }, by)).toMatchObject({
      version: 2,
    });
    expect(await definitions.record('boundary', 'all', all, by)).toMatchObject({ version: 3 });
    expect(await revision()).toBe(before + 3);
    expect(await definitions.get('boundary', 'all', 2)).toMatchObject({ value: { uses: ['building'] } });
    expect(await definitions.get('boundary', 'all', 4)).toBeUndefined();
    expect(await definitions.get('boundary', 'all', 0)).toBeUndefined();
    await definitions.record('boundary', 'narrow', { ...all, uses: ['building'] }, by);
    expect((await definitions.list('boundary')).map(({ id, version }) => [id, version])).toEqual([
      ['all', 3],
      ['narrow', 1],
    ]);
    expect(await definitions.list('quota')).toEqual([]);
  });

  it('is kept with what its schema fills in', async () => {
    const { value } = await test.registry.definitions.record('boundary', 'all', all, by);
    expect(value).toEqual({ ...all, ownSolar: 'left-out', registeredOnly: false, source: '' });
  });

  it('is refused with kind, id and every fault', async () => {
    const { definitions } = test.registry;
    await expect(
      definitions.record('boundary', 'all', { ...all, uses: ['fun'], colour: 1 }, by),
    ).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(/^boundary "all": uses\.0: .*; .*colour/),
    });
    for (const id of ['', '-a', 'A', 'x'.repeat(65)]) {
      await expect(definitions.record('boundary', id, all, by)).rejects.toThrow(
        /an id is 1 to 64 characters/,
      );
    }
    await expect(definitions.record('toString' as 'boundary', 'x', all, by)).rejects.toThrow(
      /no kind of definition "toString"/,
    );
    await expect(definitions.record('boundary', 'all', all, { author: 'x', reason: ' ' })).rejects.toThrow(
      /who and why/,
    );
  });

  it('names others that are there', async () => {
    const { definitions } = test.registry;
    await expect(definitions.record('plan', 'city-14', plan, by)).rejects.toMatchObject({
      code: 'registry.not-found',
      message: 'plan "city-14": there is no boundary "all"; record it first, or name one that is there',
    });
    await definitions.record('boundary', 'all', all, by);
    expect(await definitions.record('plan', 'city-14', plan, by)).toMatchObject({ version: 1 });
  });

  it('of a tariff keeps its commodity, and prices only accounts of it', async () => {
    const { definitions, accounts, facts } = test.registry;
    await definitions.record('tariff', 'tap', price, by);
    const jan = midnight('2024-01-01');
    const input = { number: '1', institution: null, tariff: 'tap', validFrom: jan } as const;
    await accounts.create({ ...input, commodity: 'water' }, by);
    await expect(accounts.create({ ...input, commodity: 'heat' }, by)).rejects.toMatchObject({
      code: 'registry.invalid',
      message: expect.stringMatching(
        /tariff "tap" prices water, but from 2024-01-01.* the account supplies heat; choose another/,
      ),
    });
    const [account] = await accounts.list(jan);
    const change = { entity: account?.id ?? '', attribute: 'commodity', validFrom: jan, value: 'heat' };
    await expect(facts.record([change], by)).rejects.toThrow(/prices water/);
    await expect(definitions.record('tariff', 'tap', { ...price, commodity: 'heat' }, by)).rejects.toThrow(
      /tariff "tap": the commodity of its versions before is water, not heat; record it under another id/,
    );
  });

  it('can be chosen by a fact as soon as it is recorded', async () => {
    const { definitions, institutions, facts } = test.registry;
    const validFrom = midnight('2024-01-01');
    const entity = (await institutions.create({ name: 'City', parent: null, validFrom }, by)).id;
    const choice = { entity, attribute: 'plan', validFrom, value: 'city-14' };
    await expect(facts.record([choice], by)).rejects.toMatchObject({ code: 'registry.not-found' });
    await definitions.record('boundary', 'all', all, by);
    await definitions.record('plan', 'city-14', plan, by);
    await facts.record([choice], by);
    expect(await facts.valueAt(entity, 'plan', validFrom)).toBe('city-14');
  });
});

describe('the definitions that come with the program', () => {
  it('would be taken if they were recorded, and name only each other', async () => {
    const { registry, end } = await testRegistry();
    for (const kind of [
      'coefficients',
      'carbon-factors',
      'boundary',
      'user-rule',
      'plan',
      'quota',
    ] as const) {
      for (const { id, value, builtIn, version } of await registry.definitions.list(kind)) {
        expect([id, builtIn, version]).toEqual([id, true, 0]);
        // Under another id it is new, and checked like any other.
        expect((await registry.definitions.record(kind, `own-${id}`.slice(0, 64), value, by)).value).toEqual(
          value,
        );
      }
    }
    await end();
  });
});

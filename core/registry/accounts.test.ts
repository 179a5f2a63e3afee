import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const jun = midnight('2024-06-01');

describe('a supply account', () => {
  it('is there from its date on, with the defaults of what was left out', async () => {
    const { accounts, institutions, facts } = test.registry;
    const school = (await institutions.create({ name: 'School', parent: null, validFrom: jan }, by)).id;
    const account = await accounts.create(
      { number: ' 0042 ', institution: school, commodity: 'electricity', supplier: '国网', validFrom: jan },
      by,
    );
    expect(account).toEqual({
      id: account.id,
      number: '0042',
      building: null,
      name: null,
      institution: school,
      commodity: 'electricity',
      use: 'building',
      supplier: '国网',
      billing: 'quantity',
      tariff: null,
      open: true,
    });
    expect(await accounts.get(account.id, jan)).toEqual(account);
    expect(await accounts.list(jan - 1)).toEqual([]);
    expect(await accounts.get(school, jan)).toBeUndefined();
    await facts.record([{ entity: account.id, attribute: 'open', validFrom: jun, value: false }], by);
    expect(await accounts.list(jun)).toEqual([{ ...account, open: false }]);
  });

  it('is refused for a commodity or an institution that there is not, and nothing is left of the call', async () => {
    const { accounts } = test.registry;
    const good = {
      number: '1',
      institution: null,
      commodity: 'heat',
      billing: 'area',
      validFrom: jan,
    } as const;
    await expect(accounts.createAll([good, { ...good, institution: 'nobody' }], by)).rejects.toMatchObject({
      code: 'registry.not-found',
    });
    await expect(
      accounts.createAll([good, { ...good, commodity: 'steam' as 'heat' }], by),
    ).rejects.toMatchObject({
      code: 'registry.invalid',
    });
    expect(await accounts.list(jan)).toEqual([]);
    expect(await accounts.createAll([], by)).toEqual([]);
    expect(
      (await accounts.createAll([good, { ...good, number: '2' }], by)).map(({ number }) => number),
    ).toEqual(['1', '2']);
  });
});

describe('a zone', () => {
  it('is a part of a building, from its date on', async () => {
    const { zones, buildings, facts } = test.registry;
    const [one, other] = [
      (await buildings.create({ name: '1#', institution: null, validFrom: jan }, by)).id,
      (await buildings.create({ name: '2#', institution: null, validFrom: jan }, by)).id,
    ];
    const zone = await zones.create({ name: '东区', building: one, validFrom: jan }, by);
    expect(await zones.get(zone.id, jan)).toEqual({ id: zone.id, name: '东区', building: one });
    expect(await zones.get(zone.id, jan - 1)).toBeUndefined();
    expect(await zones.get(one, jan)).toBeUndefined();
    await facts.record([{ entity: zone.id, attribute: 'building', validFrom: jun, value: other }], by);
    expect(await zones.list(jun)).toEqual([{ ...zone, building: other }]);
    await expect(zones.create({ name: 'x', building: zone.id, validFrom: jan }, by)).rejects.toThrow(
      /no building/,
    );
  });
});

describe('entities made together with their facts', () => {
  it('may name each other, and are there all or none', async () => {
    const { facts, institutions, accounts } = test.registry;
    const [city, school, account] = [facts.newId(), facts.newId(), facts.newId()];
    const made = [
      { id: city, kind: 'institution' },
      { id: school, kind: 'institution' },
      { id: account, kind: 'account' },
    ] as const;
    const said = [
      { entity: school, attribute: 'name', validFrom: jan, value: 'School' },
      { entity: school, attribute: 'parent', validFrom: jan, value: city },
      { entity: city, attribute: 'name', validFrom: jan, value: 'City' },
      { entity: account, attribute: 'number', validFrom: jan, value: '7' },
      { entity: account, attribute: 'commodity', validFrom: jan, value: 'water' },
      { entity: account, attribute: 'institution', validFrom: jan, value: school },
    ];
    await expect(
      facts.record([...said, { entity: city, attribute: 'colour', validFrom: jan, value: 1 }], by, made),
    ).rejects.toMatchObject({ code: 'registry.invalid' });
    expect(await institutions.list(jan)).toEqual([]);
    await facts.record(said, by, made);
    expect(new Set(await institutions.subtree(city, jan))).toEqual(new Set([city, school]));
    expect(await accounts.list(jan)).toMatchObject([{ id: account, institution: school }]);
    await expect(facts.record([], by, made)).rejects.toMatchObject({ code: 'registry.conflict' });
    for (const wrong of [
      { id: 'x', kind: 'zone' },
      { id: facts.newId(), kind: 'point' },
    ]) {
      await expect(facts.record([], by, [wrong as (typeof made)[0]])).rejects.toMatchObject({
        code: 'registry.invalid',
      });
    }
  });
});

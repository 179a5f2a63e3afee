// Accounts of a whole city, on a real registry: read at once, while others are served.
import { afterEach, describe, expect, it } from 'vitest';
import {
  by,
  electricPoint,
  midnight,
  type TestRegistry,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { readAccounts } from './accounts.ts';

const noRows = { keys: async () => [] };
const range = { at: midnight('2024-06-01'), from: midnight('2024-01-01'), to: midnight('2025-01-01') };

describe('accounts', () => {
  let test: TestRegistry;
  afterEach(() => test.end());

  it('of a carrier that is measured no more are there for the time in which it was', async () => {
    test = await testRegistry();
    const { registry } = test;
    const validFrom = midnight('2024-01-01');
    const owner = await registry.institutions.create({ name: 'I', parent: null, validFrom }, by);
    const house = await registry.buildings.create({ name: 'H', institution: owner.id, validFrom }, by);
    await registry.points.register(electricPoint('a/p', { building: house.id, quantities: ['heat'] }), by);
    const changed = { entity: 'a/p', attribute: 'quantities', validFrom: midnight('2024-04-01') };
    await registry.facts.record([{ ...changed, value: ['electricity'] }], by);
    const accounts = await readAccounts({ registry, boards: noRows }, range);
    expect(accounts.map(({ kind, carrier, members }) => [kind, carrier, members[0]?.from]).sort()).toEqual([
      ['building', 'electricity', midnight('2024-04-01')],
      ['building', 'heat', validFrom],
      ['institution', 'electricity', midnight('2024-04-01')],
      ['institution', 'heat', validFrom],
    ]);
  });

  it('of places that are no more are there only where they have rows', async () => {
    test = await testRegistry();
    const { registry } = test;
    const validFrom = midnight('2024-01-01');
    const owner = await registry.institutions.create({ name: 'I', parent: null, validFrom }, by);
    const house = await registry.buildings.create({ name: 'H', institution: owner.id, validFrom }, by);
    await registry.points.register(electricPoint('a/p', { building: house.id }), by);
    await registry.facts.record(
      [{ entity: house.id, attribute: 'name', validFrom, validTo: midnight('2024-03-01'), value: 'H' }],
      by,
    );
    const future = { ...range, at: midnight('2023-06-01') };
    expect(await readAccounts({ registry, boards: noRows }, future)).toEqual([]);
    const tags = { of: house.id, kind: 'building', carrier: 'electricity', item: 'total', bucket: 'day' };
    const gas = { ...tags, carrier: 'gas' };
    const boards = { keys: async () => [tags, { ...tags, bucket: 'hour' }, gas] };
    const accounts = await readAccounts({ registry, boards }, future);
    expect(
      accounts.map(({ of, carrier, members, words }) => [of, carrier, members.length, words.name]),
    ).toEqual([
      [house.id, 'electricity', 1, ''],
      [house.id, 'gas', 0, ''],
    ]);
  });

  it('are read in few statements, and the process serves others between places', async () => {
    test = await testRegistry();
    const { registry } = test;
    const validFrom = midnight('2024-01-01');
    const city = await registry.institutions.create({ name: 'City', parent: null, validFrom }, by);
    for (let index = 0; index < 40; index++) {
      const owner = await registry.institutions.create({ name: `I${index}`, parent: city.id, validFrom }, by);
      const house = await registry.buildings.create({ name: 'H', institution: owner.id, validFrom }, by);
      await registry.points.register(electricPoint(`a/p${index}`, { building: house.id }), by);
    }
    let served = 0;
    let reading = true;
    const others = (async () => {
      while (reading) {
        await new Promise((resolve) => setImmediate(resolve));
        served++;
      }
    })();
    const accounts = await readAccounts({ registry, boards: noRows }, range);
    reading = false;
    await others;
    expect(accounts).toHaveLength(81);
    expect(served).toBeGreaterThanOrEqual(81);
    expect(accounts.find(({ of }) => of === city.id)?.members).toHaveLength(40);
  });
});

// A batch: many kinds of rows in one transaction.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Batch } from './batch-contracts.ts';

let world: TestRegistry;
beforeEach(async () => {
  world = await testRegistry();
});
afterEach(() => world.end());

const validFrom = midnight('2024-01-01');

function cityWithBill(): Batch {
  const { facts } = world.registry;
  const [city, account] = [facts.newId(), facts.newId()];
  return {
    creating: [
      { id: city, kind: 'institution' },
      { id: account, kind: 'account' },
      { id: 'gw/main', kind: 'point' },
    ],
    facts: [
      { entity: city, attribute: 'name', validFrom, value: 'City' },
      { entity: account, attribute: 'number', validFrom, value: '1' },
      { entity: account, attribute: 'commodity', validFrom, value: 'electricity' },
      { entity: account, attribute: 'institution', validFrom, value: city },
      { entity: 'gw/main', attribute: 'quantities', validFrom, value: ['electricity'] },
    ],
    definitions: [],
    bills: [
      { account, document: 'D1', from: validFrom, to: midnight('2024-02-01'), quantity: 1, amountCny: null },
    ],
    reports: [
      {
        institution: city,
        commodity: 'water',
        use: 'building',
        from: validFrom,
        to: midnight('2025-01-01'),
        quantity: 3,
        amountCny: null,
      },
    ],
  };
}

it('makes entities with their facts and bills at once, and says what changed', async () => {
  const { batches } = world.registry;
  const batch = cityWithBill();
  const outcome = await batches.record(batch, by);
  expect(outcome).toEqual({
    facts: [0, 1, 2, 3, 4],
    definitions: [],
    fleet: [],
    bills: [{ index: 0, replaces: false }],
    reports: [{ index: 0, replaces: false }],
  });
  const again = await batches.record({ ...batch, creating: [] }, by);
  expect(again).toEqual({ facts: [], definitions: [], bills: [], reports: [], fleet: [] });
  const changed = { ...batch, creating: [], bills: batch.bills.map((bill) => ({ ...bill, quantity: 2 })) };
  expect((await batches.record(changed, by)).bills).toEqual([{ index: 0, replaces: true }]);
  const known = await batches.known();
  expect(
    known.map(({ kind, values }) => [kind, values['name'] ?? values['number'] ?? values['quantities']]),
  ).toEqual(
    expect.arrayContaining([
      ['institution', 'City'],
      ['account', '1'],
      ['point', ['electricity']],
    ]),
  );
});

it('that is rehearsed, or has one fault, keeps nothing', async () => {
  const { batches } = world.registry;
  const revision = await world.registry.revision();
  const batch = cityWithBill();
  expect((await batches.record(batch, by, { rehearse: true })).facts).toHaveLength(5);
  const wrong = { ...batch, bills: batch.bills.map((bill) => ({ ...bill, document: ' ' })) };
  await expect(batches.record(wrong, by)).rejects.toMatchObject({
    code: 'registry.invalid',
    details: { faults: [{ list: 'bills', index: 0 }] },
  });
  expect(await batches.known()).toEqual([]);
  expect(await world.registry.revision()).toBe(revision);
});

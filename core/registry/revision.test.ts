import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const jan = midnight('2024-01-01');
const feb = midnight('2024-02-01');

describe('the revision', () => {
  it('rises with every change that accounts rest on, whoever makes it, and with nothing else', async () => {
    const other = await test.another();
    const { registry } = test;
    const { institutions, accounts, facts, points, corrections, bills, reports, definitions } = registry;
    const city = (await institutions.create({ name: 'City', parent: null, validFrom: jan }, by)).id;
    const input = { number: '1', institution: city, commodity: 'water', validFrom: jan } as const;
    const account = (await accounts.create(input, by)).id;
    await points.register(electricPoint('a/p'), by);
    const bill = { account, document: '1', from: jan, to: feb, quantity: 1, amountCny: null };
    const report = {
      institution: city,
      commodity: 'heat',
      use: 'building',
      from: jan,
      to: feb,
      quantity: 1,
      amountCny: null,
    } as const;
    const everything = { from: 0, to: midnight('2100-01-01') };
    const changes: (() => Promise<unknown>)[] = [
      () => facts.record([{ entity: city, attribute: 'registered', validFrom: jan, value: true }], by),
      () => corrections.record([{ point: 'a/p', quantity: 'electricity', ts: jan, action: 'exclude' }], by),
      () => bills.record([bill], by),
      () => reports.record([report], by),
      () =>
        definitions.record(
          'user-rule',
          'own',
          { name: { 'zh-CN': '一', en: 'One' }, weights: weights() },
          by,
        ),
    ];
    for (const change of changes) {
      const before = await other.revision();
      await change();
      expect(await other.revision()).toBeGreaterThan(before);
      const after = await other.revision();
      await change();
      expect(await other.revision()).toBe(after);
    }
    for (const ledger of [bills, reports]) {
      const before = await other.revision();
      const [record] = await ledger.list(everything);
      await ledger.withdraw([record?.id ?? ''], by);
      expect(await other.revision()).toBeGreaterThan(before);
    }
    const before = await registry.revision();
    await expect(bills.record([{ ...bill, to: jan }], by)).rejects.toThrow();
    await registry.marks.add([{ point: 'a/p', quantity: null, from: 0, to: 1 }]);
    await bills.record([], by);
    await bills.withdraw([], by);
    expect(await registry.revision()).toBe(before);
  });

  function weights() {
    return { staff: 1, nonEstablishment: 1, students: 0.5, patients: 1, visitors: 0 };
  }
});

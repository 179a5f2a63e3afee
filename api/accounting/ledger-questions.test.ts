// Quotas and reconciliation, over a real registry and a real store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountingWorld, accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { wholeYear } from './periods.ts';
import { quotaPlace } from './quota-place.ts';
import { reconciliation } from './reconciliation.ts';

const validFrom = midnight('2023-01-01');
const days = (value: number, count: number) => Array.from({ length: count }, () => value);

let world: AccountingWorld;
beforeEach(async () => {
  world = await accountingWorld();
  await world.putDays(points.west, '2024-01-01', days(10, 366));
  await world.putDays(points.shared, '2024-01-01', days(0, 366));
});
afterEach(() => world.end());

describe('a place among quotas', () => {
  it('is by the set that the institution or one above names', async () => {
    const { registry, accounting, ids } = world;
    const set = {
      name: { 'zh-CN': '试行', en: 'Trial' },
      standard: 'none',
      coefficients: 'gbt2589-2020',
      boundary: 'building',
      levels: [
        { 'zh-CN': '约束值', en: 'binding' },
        { 'zh-CN': '引导值', en: 'guiding' },
      ],
      rows: [{ indicator: 'electricityPerArea', limits: [4, 3] }],
    };
    const deps = { accounting, registry, calendar: testCalendar };
    const question = { institution: ids.west, year: 2024 };
    expect(await quotaPlace(deps, question)).toBeUndefined();
    await registry.definitions.record('quota', 'trial', set, by);
    await registry.facts.record([{ entity: ids.city, attribute: 'quota', validFrom, value: 'trial' }], by);
    const answer = await quotaPlace(deps, question);
    expect(answer?.places).toMatchObject([
      { figure: { value: expect.closeTo(3.66, 6) }, place: { state: 'between', reached: 0, next: 1 } },
    ]);
  });
});

describe('bills against meters', () => {
  it('are compared by account and period, and a bill that is missing is named', async () => {
    const { registry, accounting, store, ids } = world;
    const account = await registry.accounts.create(
      { number: '0042', institution: ids.west, commodity: 'electricity', validFrom },
      by,
    );
    await registry.facts.record(
      [{ entity: points.west, attribute: 'account', validFrom, value: account.id }],
      by,
    );
    const bill = (document: string, from: string, to: string, quantity: number) => ({
      account: account.id,
      document,
      from: midnight(from),
      to: midnight(to),
      quantity,
      amountCny: quantity,
    });
    await registry.bills.record(
      [
        bill('a', '2024-01-01', '2024-02-01', 310),
        bill('b', '2024-02-01', '2024-03-01', 400),
        bill('d', '2024-04-01', '2025-01-01', 2_750),
      ],
      by,
    );
    const deps = { accounting, registry, store, calendar: testCalendar };
    for (const institution of [ids.west, ids.city]) {
      const { rows, findings } = await reconciliation(deps, {
        institution,
        period: wholeYear(2024, testCalendar),
      });
      expect(rows.map(({ document, verdict }) => [document, verdict])).toEqual([
        ['a', 'within-tolerance'],
        ['b', 'differs'],
        ['d', 'within-tolerance'],
      ]);
      expect(rows[1]).toMatchObject({ billed: 400, metered: expect.closeTo(290, 6) });
      expect(
        findings.some(({ from, to }) => from === midnight('2024-03-01') && to === midnight('2024-04-01')),
      ).toBe(true);
    }
    const none = await reconciliation(deps, { institution: ids.east, period: wholeYear(2024, testCalendar) });
    expect(none.rows).toEqual([]);
  });
});

// Which supply account the number of a row means.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { csvText } from './csv-text.ts';
import { importLedgers } from './import.ts';

let world: TestRegistry;
beforeEach(async () => {
  world = await testRegistry();
});
afterEach(() => world.end());

const head = ['户号', '开始日期', '截止日期', '用量', '金额', '票据号'];
const billOf = (number: string) => importBill([head, [number, '2024-01-01', '2024-01-31', 100, 60, 'D1']]);

function importBill(rows: readonly (readonly (string | number)[])[]) {
  const file = { name: '票据.csv', bytes: Buffer.from(csvText(rows)) };
  return importLedgers(world.registry, [file], { calendar: testCalendar, by, language: 'en' });
}

it('an account without a supplier is no more likely meant than one with', async () => {
  const { registry } = world;
  const validFrom = midnight('2023-01-01');
  const institution = (await registry.institutions.create({ name: 'A', parent: null, validFrom }, by)).id;
  const account = { number: '0008', institution, commodity: 'electricity', validFrom } as const;
  const real = await registry.accounts.create({ ...account, supplier: 'Grid' }, by);
  expect((await billOf('0008')).faults).toEqual([]);
  await registry.accounts.create(account, by);
  const { faults } = await billOf('0008');
  expect(faults).toMatchObject([{ row: 2, code: 'ambiguous', reason: expect.stringContaining('Grid/0008') }]);
  const [from, to] = [midnight('2024-01-01'), midnight('2024-02-01')];
  const bills = await registry.bills.list({ accounts: [real.id], from, to });
  expect(bills).toHaveLength(1);
  expect((await billOf('Grid/0008')).faults).toEqual([]);
});

// What a tariff may ask of a supply account, as the ledger of accounts says it.
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

function imported(rows: readonly (readonly (string | number)[])[]) {
  const files = [{ name: '户号.csv', bytes: Buffer.from(csvText(rows)) }];
  return importLedgers(world.registry, files, { calendar: testCalendar, by, language: 'en' });
}

it('are facts of the account from the date on, and can be cleared', async () => {
  const headings = [
    '户号',
    '品类',
    '基本电费计费方式',
    '受电变压器容量(kVA)',
    '合同需量',
    '供热面积',
    '用水定额',
    '生效日期',
  ];
  const first = await imported([
    headings,
    ['0001', '电力', '按合同需量', 630, '1,200', '', '', '2024-01-01'],
  ]);
  expect(first.faults).toEqual([]);
  const later = await imported([headings, ['0001', '电力', '按容量', '', '-', 2_000.5, 300, '2024-07-01']]);
  expect(later.faults).toEqual([]);
  const { accounts, facts } = world.registry;
  const [account] = await accounts.list(midnight('2024-01-01'));
  const at = (date: string) =>
    Promise.all(
      ['basicBy', 'capacityKva', 'demandKw', 'chargedM2', 'tierQuota'].map((attribute) =>
        facts.valueAt(account?.id ?? '', attribute, midnight(date)),
      ),
    );
  expect(await at('2024-06-30')).toEqual(['contracted-demand', 630, 1_200, undefined, undefined]);
  expect(await at('2024-07-01')).toEqual(['capacity', 630, null, 2_000.5, 300]);
  const wrong = await imported([headings, ['0001', '电力', '按心情', 0, '', '', '', '2024-08-01']]);
  expect(wrong.faults.map(({ column }) => column)).toEqual(['受电变压器容量(kVA)', '基本电费计费方式']);
});

it('are of the month of the row’s date alone where they are read by the month', async () => {
  const headings = ['户号', '品类', '最大需量', '无功电量', '生效日期'];
  const rows = [
    headings,
    ['0001', '电力', 412.5, '9,870', '2024-01'],
    ['0001', '电力', 0, 9_870, '2024-02-01'],
    ['0001', '电力', '-', '', '2024-03-31'],
  ];
  expect((await imported(rows)).faults).toEqual([]);
  const again = await imported(rows);
  const { accounts, facts } = world.registry;
  const [account] = await accounts.list(midnight('2024-01-01'));
  const said = async (attribute: string) =>
    (await facts.history(account?.id ?? '', { attribute })).map(({ validFrom, validTo, value }) => [
      testCalendar.format(validFrom).slice(0, 10),
      validTo === null ? null : testCalendar.format(validTo).slice(0, 10),
      value,
    ]);
  expect(await said('maximumDemandKw')).toEqual([
    ['2024-01-01', '2024-02-01', 412.5],
    ['2024-02-01', '2024-03-01', 0],
    ['2024-03-31', '2024-04-01', null],
  ]);
  expect(await said('reactiveKvarh')).toEqual([
    ['2024-01-01', '2024-02-01', 9_870],
    ['2024-02-01', '2024-03-01', 9_870],
  ]);
  expect(again.faults).toEqual([]);
  const wrong = await imported([headings, ['0001', '电力', -1, '', '2024-04-01']]);
  expect(wrong.faults.map(({ column }) => column)).toEqual(['最大需量']);
});

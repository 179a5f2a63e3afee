// The building of a supply account, as the ledger of accounts says it.
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

function imported(files: Readonly<Record<string, readonly (readonly (string | number)[])[]>>) {
  const list = Object.entries(files).map(([name, rows]) => ({
    name: `${name}.csv`,
    bytes: Buffer.from(csvText(rows)),
  }));
  return importLedgers(world.registry, list, { calendar: testCalendar, by, language: 'en' });
}

it('is that of the same import, splits bills from its date on, and can be cleared', async () => {
  const first = await imported({
    户号: [
      ['户号', '所属单位', '所在建筑', '品类', '生效日期'],
      ['0001', '市教育局', '市教育局/综合楼', '电力', '2024-01-01'],
    ],
    建筑: [
      ['名称', '所属单位', '共用分摊', '生效日期'],
      ['综合楼', '市教育局', '市教育局 60%；市体育局 40%', '2024-01-01'],
    ],
    单位: [
      ['名称', '上级单位', '生效日期'],
      ['市教育局', '', 2020],
      ['市体育局', '', 2020],
    ],
  });
  expect(first.faults).toEqual([]);
  const { registry } = world;
  const [from, to] = [midnight('2024-01-01'), midnight('2024-02-01')];
  const [account] = await registry.accounts.list(from);
  const [house] = await registry.buildings.list(from);
  expect(account).toMatchObject({ number: '0001', building: house?.id });
  const bill = { account: account?.id ?? '', document: 'D', from, to, quantity: 1000, amountCny: null };
  await registry.bills.record([bill], by);
  const census = await registry.census(from, to);
  const shares = census.statements.map(({ institution, quantity }) => [
    census.institutions[institution]?.name,
    quantity,
  ]);
  expect(new Map(shares as [string, number][])).toEqual(
    new Map([
      ['市教育局', 600],
      ['市体育局', 400],
    ]),
  );

  const cleared = await imported({
    户号: [
      ['户号', '所在建筑', '品类', '生效日期'],
      ['0001', '-', '电力', '2024-01-16'],
    ],
  });
  expect(cleared.faults).toEqual([]);
  expect(await registry.accounts.get(account?.id ?? '', midnight('2024-01-16'))).toMatchObject({
    building: null,
  });
});

it('that nobody knows is a fault of its cell', async () => {
  const { faults } = await imported({
    单位: [
      ['名称', '上级单位', '生效日期'],
      ['市教育局', '', 2020],
    ],
    户号: [
      ['户号', '所属单位', '所在建筑', '品类', '生效日期'],
      ['0001', '市教育局', '不存在的楼', '电力', '2024-01-01'],
    ],
  });
  expect(faults.map(({ row, column, value }) => [row, column, value])).toEqual([
    [2, '所在建筑', '不存在的楼'],
  ]);
});

// Ledgers of vehicles: cars, orders, cards, upkeep and seals in one import, in any order; and by whose key.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { addCar } from '../../core/testing/fleet-world.ts';
import { post } from '../../core/testing/post.ts';
import { type TestApi, testApi } from '../../core/testing/test-api.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { csvText } from './csv-text.ts';
import { type ImportOptions, importLedgers } from './import.ts';
import type { LedgerFile } from './read/table.ts';

type Rows = readonly (readonly (string | number)[])[];

let api: TestApi;
beforeEach(async () => {
  api = await testApi();
});
afterEach(() => api.end());

const cars: Rows = [
  ['车牌号', '使用单位', '编制类别', '动力类型', '油箱容积（L）', '购置日期', '更新替换', '生效日期'],
  ['浙C·1234 5', 'City/School', '应急保障用车', '汽油', 60, '2020-05-01', '', '2024-01-01'],
  ['浙CD12345', 'City/School', '其他用车', '纯电动', '', '2024-01-01', '浙C12345', '2024-01-01'],
];
const orders: Rows = [
  ['单号', '单位', '车牌号', '司机', '事由', '出车时间', '返回时间', '目的地', '途经地', '长途'],
  [
    'P1',
    'City/School',
    '浙C12345',
    '李',
    '调研',
    '2024-02-01 08:30',
    '2024年2月1日 17:30',
    '瑞安',
    '甲；乙',
    '是',
  ],
  ['P2', 'City/School', '浙C12345', '李', '调研', '2024-02-02', '2024-02-02', '', '', ''],
];
const cards: Rows = [
  ['卡号', '车牌号', '类别', '交易时间', '加油量', '金额', '加满', '流水号'],
  ['A1', '浙C12345', '加油', '2024-02-01 12:00', 40, 320, '是', 'D1'],
  ['A2', '浙CD12345', '充电', '2024-02-03 12:00', 30, 20, '', 'D2'],
];
const upkeep: Rows = [
  ['车牌号', '类别', '日期', '金额（元）', '维修单位', '定点', '有效期至'],
  ['浙C12345', '维修', '2024-02-05', 800, '厂', '否', ''],
  ['浙C12345', '保险', '2024-02-05', 900, '', '', '2025-02-04'],
];
const seals: Rows = [
  ['节假日', '车牌号', '封存开始', '封存结束', '封存地点', '钥匙保管人', '值班备勤', '说明'],
  ['春节', '浙C12345', '2024-02-09', '2024-02-17', '车库', '王', '否', ''],
  ['春节', '浙CD12345', '2024-02-09', '2024-02-17', '车库', '王', '是', '值班'],
];

const csv = (name: string, rows: Rows): LedgerFile => ({
  name: `${name}.csv`,
  bytes: Buffer.from(csvText(rows)),
});
const all = [
  csv('dispatch-orders', orders),
  csv('card-entries', cards),
  csv('upkeep', upkeep),
  csv('seals', seals),
  csv('vehicles', cars),
];
const imported = (files: readonly LedgerFile[], more: Partial<ImportOptions> = {}) =>
  importLedgers(api.registry, files, { calendar: testCalendar, by, language: 'en', ...more });
const range = { from: midnight('2024-01-01'), to: midnight('2025-01-01') };

describe('ledgers of vehicles', () => {
  it('bring cars and all their records in one import, and nothing the second time', async () => {
    const result = await imported(all);
    expect(result.faults).toEqual([]);
    expect(result.ledgers.map(({ kind, created }) => [kind, created])).toEqual([
      ['vehicles', 2],
      ['dispatch-orders', 2],
      ['card-entries', 2],
      ['upkeep', 2],
      ['seals', 2],
    ]);
    const { fleet } = api.registry;
    const listed = await fleet.vehicles.list(midnight('2024-02-01'));
    const petrol = listed.find(({ plate }) => plate === '浙C12345');
    const electric = listed.find(({ plate }) => plate === '浙CD12345');
    expect(petrol).toMatchObject({
      plate: '浙C12345',
      institution: api.ids.school,
      category: 'emergency',
      powertrain: 'petrol',
      tankL: 60,
      purchasedOn: '2020-05-01',
    });
    expect(electric).toMatchObject({ plate: '浙CD12345', replaces: petrol?.id, tankL: null });
    const [first, second] = await fleet.orders.list(range);
    expect(first?.value).toMatchObject({
      number: 'P1',
      vehicle: petrol?.id,
      from: midnight('2024-02-01') + 8.5 * 3_600_000,
      to: midnight('2024-02-01') + 17.5 * 3_600_000,
      destination: { name: '瑞安' },
      via: [{ name: '甲' }, { name: '乙' }],
      long: true,
    });
    // Days alone: from the beginning to the end.
    expect(second?.value).toMatchObject({ from: midnight('2024-02-02'), to: midnight('2024-02-03') });
    const entries = await fleet.cards.list(range);
    expect(entries.map(({ value }) => [value.kind, value.quantity, value.fullTank])).toEqual([
      ['fuel', 40, true],
      ['charging', 30, null],
    ]);
    const spent = (await fleet.upkeep.list(range)).map(({ value }) => [
      value.kind,
      value.designated,
      value.dueOn,
    ]);
    expect(spent).toContainEqual(['repair', false, null]);
    expect(spent).toContainEqual(['insurance', null, '2025-02-04']);
    expect((await fleet.seals.list(range)).map(({ value }) => value.to)).toEqual([
      midnight('2024-02-18'),
      midnight('2024-02-18'),
    ]);
    const again = await imported([...all].reverse());
    expect(again.ledgers.map(({ created, changed, faulty }) => created + changed + faulty)).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it('come as a workbook, times as cells of Excel too', async () => {
    await imported([csv('vehicles', cars)]);
    const [head = [], first = []] = orders;
    const at = new Date(Date.UTC(2024, 1, 1, 8, 30));
    const data = [
      head.map((value) => ({ value: String(value) })),
      first.map((value, index) =>
        index === 5 ? { value: at, type: Date, format: 'yyyy-mm-dd hh:mm' } : { value: String(value) },
      ),
    ];
    const bytes = await writeXlsxFile([{ sheet: '派车单', data }] as never).toBuffer();
    const result = await imported([{ name: 'book.xlsx', bytes }]);
    expect(result.faults).toEqual([]);
    const [order] = await api.registry.fleet.orders.list(range);
    expect(order?.value.from).toBe(midnight('2024-02-01') + 8.5 * 3_600_000);
  });

  it('keep nothing in a dry run, and name bad rows by cell', async () => {
    expect((await imported(all, { dryRun: true })).ledgers[0]?.created).toBe(2);
    expect(await api.registry.fleet.vehicles.list(midnight('2024-02-01'))).toEqual([]);
    const [head = [], good = []] = orders;
    const bad: Rows = [
      head,
      good,
      ['P3', 'City/School', '浙C99999', '李', '调研', '2024-02-01', '2024-02-01', '', '', ''],
      ['P4', 'City/School', '浙C12345', '李', '调研', 'Monday', '2024-02-01', '', '', ''],
      ['P5', 'City/School', '浙C12345', '李', '调研', '2024-02-03', '2024-02-01', '', '', ''],
      ['P1', 'City/School', '浙C12345', '张', '调研', '2024-02-01', '2024-02-01', '', '', ''],
    ];
    const files = [csv('vehicles', cars), csv('dispatch-orders', bad)];
    const refused = await imported(files);
    expect(refused.applied).toBe(false);
    expect(refused.faults.map(({ row, column, code }) => [row, column, code])).toEqual([
      [2, null, 'contradicts'],
      [3, '车牌号', 'unknown-vehicle'],
      [4, '出车时间', 'not-a-time'],
      [5, '返回时间', 'ends-before'],
      [6, null, 'contradicts'],
    ]);
    expect(await api.registry.fleet.orders.list(range)).toEqual([]);
    const kept = await imported(files, { mode: 'good-rows' });
    expect(kept.applied).toBe(true);
    expect(kept.ledgers.find(({ kind }) => kind === 'vehicles')?.created).toBe(2);
  });

  it('give orders the coordinates of their places, on the map of a datum too, and count orders known by name alone', async () => {
    const headings = ['单号', '单位', '车牌号', '司机', '事由', '出车时间', '返回时间'];
    const places = [
      '出发地',
      '出发地纬度',
      '出发地经度',
      '目的地',
      '目的地纬度',
      '目的地经度',
      '途经',
      '坐标系',
    ];
    const row = (number: string, ...cells: (string | number)[]) => [
      ...[number, 'City/School', '浙C12345', '李', '调研', '2024-02-01 08:30', '2024-02-01 17:30'],
      ...cells,
    ];
    const placed: Rows = [
      [...headings, ...places],
      row('P1', '市府', 28, 120.7, '瑞安', 27.78, 120.65, '塘下@27.9，120.69；', ''),
      row('P2', '', '', '', '瑞安', 27.78, 120.65, '', '高德'),
      row('P3', '', '', '', '瑞安', '', '', '', ''),
      row('P4', '', '', '', '瑞安', 27.78, 120.65, '塘下', ''),
      row('P5', '', '', '', '', '', '', '', ''),
    ];
    const files = [csv('vehicles', cars), csv('dispatch-orders', placed)];
    for (const dryRun of [true, false]) {
      const result = await imported(files, { dryRun });
      expect(result.faults).toEqual([]);
      expect(result.ledgers.map(({ kind, unplaced }) => [kind, unplaced])).toEqual([
        ['vehicles', undefined],
        ['dispatch-orders', 3],
      ]);
    }
    const kept = (await api.registry.fleet.orders.list(range)).map(({ value }) => value);
    const order = (number: string) => kept.find((each) => each.number === number);
    expect(order('P1')).toMatchObject({
      origin: { name: '市府', lat: 28, lon: 120.7 },
      destination: { name: '瑞安', lat: 27.78, lon: 120.65 },
      via: [{ name: '塘下', lat: 27.9, lon: 120.69 }],
    });
    const shifted = order('P2')?.destination;
    // The maps of GCJ-02 lie some hundred metres off.
    expect(shifted?.lat).toBeCloseTo(27.783, 2);
    expect(Math.abs((shifted?.lon ?? 0) - 120.65)).toBeGreaterThan(0.003);
    const half: Rows = [
      [...headings, ...places],
      row('P6', '', '', '', '瑞安', 27.78, '', '', ''),
      row('P7', '', '', '', '', 27.78, 120.65, '', ''),
      row('P8', '', '', '', '瑞安', '', '', '塘下@99,120', ''),
    ];
    const { faults } = await imported([csv('dispatch-orders', half)]);
    expect(faults.map(({ column, code }) => [column, code])).toEqual([
      ['目的地经度', 'required'],
      ['目的地', 'required'],
      ['途经', 'out-of-range'],
    ]);
  });

  it('refuse numbers of cards that a spreadsheet shortened, and know of a day alone no more than the day', async () => {
    const head = ['卡号', '车牌号', '类别', '交易时间', '加油量', '金额', '纬度', '经度', '流水号'];
    const days: Rows = [
      head,
      ['A1', '浙C12345', '加油', '2024-02-01', 40, 320, 28, 120.6, 'D1'],
      ['A1', '浙C12345', '加油', '2024/2/2 0:00', 40, 320, 28, 120.6, 'D2'],
      ['A1', '浙C12345', '加油', '2024-02-03 00:01', 40, 320, 28, 120.6, 'D3'],
    ];
    expect((await imported([csv('vehicles', cars), csv('card-entries', days)])).faults).toEqual([]);
    const noon = 12 * 3_600_000;
    expect((await api.registry.fleet.cards.list(range)).map(({ value }) => [value.ts, value.lat])).toEqual([
      [midnight('2024-02-01') + noon, null],
      [midnight('2024-02-02') + noon, null],
      [midnight('2024-02-03') + 60_000, 28],
    ]);
    const lost: Rows = [
      head,
      ['1.00011E+18', '浙C12345', '加油', '2024-02-01', 40, 320, '', '', '3.3E+12'],
      ['1E3', '浙C12345', '加油', '2024-02-01', 40, 320, '', '', '1000113300012345678'],
    ];
    const { faults } = await imported([csv('card-entries', lost)]);
    expect(faults.map(({ row, column, code }) => [row, column, code])).toEqual([
      [2, '卡号', 'digits-lost'],
      [2, '流水号', 'digits-lost'],
    ]);
  });

  it('say what a new car lacks, and what the registry does not take', async () => {
    const rows: Rows = [
      ['车牌号', '使用单位', '编制类别', '动力类型', '生效日期'],
      ['浙C11111', 'City/School', '', '汽油', '2024-01-01'],
      ['hello', 'City/School', '其他用车', '汽油', '2024-01-01'],
    ];
    const { faults } = await imported([csv('vehicles', rows)]);
    expect(faults.map(({ column, code }) => [column, code])).toEqual([
      ['编制类别', 'required-for-new'],
      ['车牌号', 'not-a-plate'],
    ]);
    const electric: Rows = [
      ['卡号', '车牌号', '类别', '时间', '数量', '金额', '自有充电桩'],
      ['A1', '浙C12345', '加油', '2024-02-01', 40, 320, '是'],
    ];
    const refused = await imported([csv('vehicles', cars), csv('card-entries', electric)]);
    expect(refused.faults.map(({ row, code, reason }) => [row, code, reason])).toEqual([
      [2, 'registry', expect.stringContaining('fuel is not bought on site')],
    ]);
  });
});

describe('an import by key', () => {
  const send = (kind: string, rows: Rows, key: string) =>
    post(api, `/api/v1/ledgers/${kind}/import`, Buffer.from(csvText(rows)), { key, type: 'text/csv' });

  it('of vehicles takes the permission of vehicles, and covers the key’s institutions alone', async () => {
    const manager = await api.keyOf({ role: 'energy-manager', institution: null });
    expect((await send('vehicles', cars, manager)).status).toBe(403);
    expect((await api.get('/api/v1/ledgers/vehicles/template', { key: manager })).status).toBe(403);
    const school = await api.keyOf({ role: 'vehicle-supervisor', institution: api.ids.school });
    expect((await api.get('/api/v1/ledgers/vehicles/template?format=csv', { key: school })).status).toBe(200);
    expect((await send('vehicles', cars, school)).body.applied).toBe(true);
    const [head = []] = cars;
    const foreign: Rows = [
      head,
      ['浙C77777', api.ids.hospital, '其他用车', '汽油', '', '', '', '2024-01-01'],
    ];
    const answer = await send('vehicles', foreign, school);
    expect([answer.status, answer.body.applied, answer.body.faultCount]).toEqual([200, false, 1]);
    expect((await send('bills', cars, school)).status).toBe(403);
  });

  it('does not touch foreign cars, nor anything but vehicles', async () => {
    const school = await api.keyOf({ role: 'vehicle-supervisor', institution: api.ids.school });
    const facts = { category: 'other', powertrain: 'petrol' };
    const car = await addCar(api, {
      plate: '浙C77777',
      institution: api.ids.hospital,
      terminal: null,
      ...facts,
    });
    for (const said of ['浙C77777', car]) {
      const rows: Rows = [upkeep[0] ?? [], [said, '维修', '2024-02-05', 800, '', '', '']];
      const { body } = await send('upkeep', rows, school);
      expect([said, body.applied, body.faultCount]).toEqual([said, false, 1]);
    }
    const workbook = await writeXlsxFile([
      { sheet: '公务用车', data: cars.map((row) => row.map((cell) => (cell === '' ? null : cell))) },
      {
        sheet: '用能人数',
        data: [
          ['单位', '编制人数', '生效日期'],
          [api.ids.school, 10, '2024-01-01'],
        ],
      },
    ] as never).toBuffer();
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const { body } = await post(api, '/api/v1/ledgers/vehicles/import', workbook, { key: school, type });
    expect(body.applied).toBe(false);
    expect(body.faults.map(({ sheet, code }: Record<string, string>) => [sheet, code])).toEqual([
      ['用能人数', 'not-permitted'],
    ]);
    expect(await api.registry.fleet.upkeep.list(range)).toEqual([]);
  });
});

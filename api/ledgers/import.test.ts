// Imports of ledgers into a real registry.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import type { Registry } from '../../core/registry/registry.ts';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { csvText } from './csv-text.ts';
import { type ImportOptions, importLedgers } from './import.ts';
import type { LedgerFile } from './read/table.ts';

type Rows = readonly (readonly (string | number)[])[];

let world: TestRegistry;
beforeEach(async () => {
  world = await testRegistry();
});
afterEach(() => world.end());

function csv(name: string, rows: Rows): LedgerFile {
  return { name: `${name}.csv`, bytes: Buffer.from(csvText(rows)) };
}

async function workbook(sheets: Readonly<Record<string, Rows>>): Promise<LedgerFile> {
  const list = Object.entries(sheets).map(([sheet, rows]) => ({
    sheet,
    data: rows.map((cells) => cells.map((cell) => (cell === '' ? null : cell))),
  }));
  return { name: 'book.xlsx', bytes: await writeXlsxFile(list).toBuffer() };
}

function imported(
  files: readonly LedgerFile[],
  more: Partial<ImportOptions> = {},
  registry = world.registry,
) {
  return importLedgers(registry, files, { calendar: testCalendar, by, language: 'en', ...more });
}

const institutions: Rows = [
  ['名称', '上级单位', '机构类别', '生效日期'],
  ['第一中学', '云江市/市教育局', '教育', '2020-01-01'],
  ['市教育局', '云江市', 'Government', '2020/1/1'],
  ['云江市', '', '', '2020年1月1日'],
  ['江北区', '云江市', '', 2020],
  ['第一中学', '江北区', 'education', 20_200_101],
];
const accounts: Rows = [
  ['Account number', 'Institution', 'Commodity', 'Supplier', 'Valid from'],
  ['0001', '市教育局/第一中学', '电力', '云江供电', '2020-01-01'],
  ['0001', '江北区/第一中学', '水', '江北水务', '2020-01-01'],
];
const bills: Rows = [
  ['票据号', '户号', '起始日期', '截止日期', '数量', '金额'],
  ['D1', '云江供电/0001', '2024-01', '', '12,480', '¥9,235.20'],
  ['D2', '云江供电/0001', '2024-02-01', '2024-02-29', 11_000, 8_000],
  ['W1', '江北水务/0001', '2024-01-01', '2024-03-31', 300, ''],
];
const users: Rows = [
  ['单位', '生效日期', '编制人数', '学生人数'],
  ['市教育局/第一中学', '2023', 100, 1_500],
  ['市教育局/第一中学', '2024', 110, 1_600],
  ['江北区/第一中学', '2024', 60, 900],
  ['江北区/第一中学', '2023', 60, 900],
];

/** Everything that was recorded, by names instead of ids. */
async function contents(registry: Registry): Promise<string[]> {
  const known = await registry.batches.known();
  const names = new Map(
    known.map(({ id, values }) => [id, String(values['name'] ?? values['number'] ?? id)]),
  );
  const above = (id: string): string => {
    const values = known.find((entity) => entity.id === id)?.values ?? {};
    const parent = values['parent'] ?? values['institution'];
    return `${typeof parent === 'string' ? `${above(parent)}/` : ''}${names.get(id)} ${values['supplier'] ?? ''}`;
  };
  const lines: string[] = [];
  for (const { id } of known) {
    for (const { attribute, value, validFrom, validTo } of await registry.facts.history(id)) {
      const said = typeof value === 'string' && names.has(value) ? above(value) : JSON.stringify(value);
      lines.push([above(id), attribute, validFrom, validTo, said].join(' | '));
    }
  }
  for (const { account, document, from, to, quantity, amountCny } of await registry.bills.list({
    from: 0,
    to: 4e12,
  })) {
    lines.push([above(account), document, from, to, quantity, amountCny].join(' | '));
  }
  return lines.sort();
}

describe('an import', () => {
  it('takes one workbook of several ledgers, sheets in any order, and again changes nothing', async () => {
    const book = await workbook({ 票据: bills, Accounts: accounts, 用能人数: users, 单位: institutions });
    const first = await imported([book]);
    expect(first).toMatchObject({ applied: true, faults: [] });
    const counts = Object.fromEntries(
      first.ledgers.map(({ kind, created, changed }) => [kind, [created, changed]]),
    );
    expect(counts).toEqual({
      institutions: [5, 0],
      accounts: [2, 0],
      bills: [3, 0],
      'energy-users': [0, 4 - 1],
    });
    const recorded = await world.registry.bills.list({ from: 0, to: 4e12 });
    const d1 = recorded.find(({ document }) => document === 'D1');
    expect(d1).toMatchObject({
      document: 'D1',
      to: midnight('2024-02-01'),
      quantity: 12_480,
      amountCny: 9_235.2,
    });
    const before = await contents(world.registry);
    const revision = await world.registry.revision();

    const again = await imported([book]);
    expect(again.ledgers.map(({ created, changed, faulty }) => created + changed + faulty)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(await contents(world.registry)).toEqual(before);
    expect(await world.registry.revision()).toBe(revision);
  });

  it('of the same rows in any order, in files in any order, is the same', async () => {
    await imported([
      csv('单位', institutions),
      csv('户号', accounts),
      csv('票据', bills),
      csv('用能人数', users),
    ]);
    const expected = await contents(world.registry);
    const shuffled = ([head, ...rows]: Rows) =>
      fc.shuffledSubarray(rows, { minLength: rows.length }).map((all) => [head, ...all] as Rows);
    const ledgers = fc.tuple(shuffled(institutions), shuffled(accounts), shuffled(bills), shuffled(users));
    await fc.assert(
      fc.asyncProperty(ledgers, fc.boolean(), async ([one, two, three, four], back) => {
        const other = await testRegistry();
        try {
          const files = [csv('单位', one), csv('户号', two), csv('票据', three), csv('用能人数', four)];
          const result = await imported(back ? files.reverse() : files, {}, other.registry);
          expect(result.faults).toEqual([]);
          expect(await contents(other.registry)).toEqual(expected);
        } finally {
          await other.end();
        }
      }),
      { numRuns: 15, seed: 4 },
    );
  });

  it('that is a rehearsal tells the same and keeps nothing', async () => {
    const files = [csv('单位', institutions), csv('户号', accounts), csv('票据', bills)];
    const rehearsed = await imported(files, { dryRun: true });
    expect(rehearsed).toMatchObject({ applied: false, dryRun: true });
    expect(await contents(world.registry)).toEqual([]);
    const real = await imported(files);
    expect(real.ledgers).toEqual(rehearsed.ledgers);
  });

  it('keeps nothing where a row is bad, or the good rows where that is asked for', async () => {
    const rows: Rows = [
      ...bills,
      ['D9', 'nobody', '2024-05', '', 1, 1],
      ['D10', '云江供电/0001', '2024-05', '', 'x', 1],
    ];
    const files = [csv('单位', institutions), csv('户号', accounts), csv('票据', rows)];
    const refused = await imported(files);
    expect(refused).toMatchObject({ applied: false, faultCount: 2 });
    expect(refused.faults.map(({ row, column, code, value }) => [row, column, code, value])).toEqual([
      [5, '户号', 'unknown-account', 'nobody'],
      [6, '数量', 'not-a-number', 'x'],
    ]);
    expect(await contents(world.registry)).toEqual([]);
    const good = await imported(files, { mode: 'good-rows' });
    expect(good).toMatchObject({ applied: true, faultCount: 2 });
    expect(good.ledgers.find(({ kind }) => kind === 'bills')).toMatchObject({
      rows: 5,
      created: 3,
      faulty: 2,
    });
  });

  it('names the row of what the registry refuses: an overlap with a bill that is there, a circle of parents', async () => {
    await imported([csv('单位', institutions), csv('户号', accounts), csv('票据', bills)]);
    const late: Rows = [
      bills[0] ?? [],
      ['D3', '云江供电/0001', '2024-03', '', 5, 5],
      ['D4', '云江供电/0001', '2024-02-10', '2024-02-12', 5, 5],
    ];
    const overlap = await imported([csv('票据', late)], { mode: 'good-rows' });
    expect(overlap).toMatchObject({ applied: true, faultCount: 1 });
    expect(overlap.faults[0]).toMatchObject({
      row: 3,
      code: 'registry',
      reason: expect.stringMatching(/D2.*D4.*overlap/),
    });

    const city = (await world.registry.institutions.list(midnight('2024-01-01'))).find(
      ({ name }) => name === '云江市',
    );
    const circle: Rows = [
      ['编号', '上级单位', '生效日期'],
      [city?.id ?? '', '云江市/江北区', '2025'],
    ];
    const refused = await imported([csv('单位', circle)]);
    expect(refused.applied).toBe(false);
    expect(refused.faults.map(({ row, column }) => [row, column])).toEqual([[2, '上级单位']]);
  });

  it('keeps the history of an entity, and defaults begin with its first row alone', async () => {
    const codes: Rows = [
      ['名称', '上级单位', '统一社会信用代码', '机构类别', '生效日期'],
      ['云江市', '', '', '', 2019],
      ['新名小学', '', '123300004700000005', '', '2024-01-01'],
      ['老名小学', '云江市', '123300004700000005', '教育', '2020-01-01'],
    ];
    expect((await imported([csv('单位', codes)])).faults).toEqual([]);
    const { registry } = world;
    const [school] = (await registry.institutions.list(midnight('2025-01-01'))).filter(
      ({ name }) => name === '新名小学',
    );
    expect(school?.parent).not.toBeNull();
    expect(await registry.facts.valueAt(school?.id ?? '', 'name', midnight('2021-01-01'))).toBe('老名小学');
    expect(await registry.institutions.list(midnight('2025-01-01'))).toHaveLength(2);
  });

  it('registers points with devices, and virtual points of points that stand below them', async () => {
    const points: Rows = [
      [
        '计量点',
        '名称',
        '计量项',
        '角色',
        '所在建筑',
        '户号',
        'CT',
        '旧表止数',
        '公式',
        '检定到期日',
        '生效日期',
      ],
      ['gw/rest', '其余', '电（示数）', '虚拟', '', '', '', '', 'gw/main - 50%*gw/a', '', 2024],
      [
        'gw/main',
        '总表',
        'electricity;有功功率',
        '',
        '第一中学/教学楼',
        '云江供电/0001',
        40,
        99.5,
        '',
        '2027-06',
        2024,
      ],
      ['gw/a', '空调', '电（示数）', '分项', '', '', '', '', '', '', 2024],
    ];
    const buildings: Rows = [
      ['名称', '所属单位', '生效日期'],
      ['教学楼', '市教育局/第一中学', 2020],
    ];
    const result = await imported([
      csv('计量点', points),
      csv('建筑', buildings),
      csv('户号', accounts),
      csv('单位', institutions),
    ]);
    expect(result.faults).toEqual([]);
    const { registry } = world;
    const at = midnight('2024-06-01');
    expect(await registry.points.get('gw/main', at)).toMatchObject({
      role: 'billing',
      quantities: ['electricity', 'power'],
    });
    expect(await registry.facts.valueAt('gw/main', 'installation', at)).toEqual({
      multiplier: { ct: 40, pt: 1 },
      registers: { electricity: { previousFinalValue: 99.5 } },
    });
    expect(await registry.facts.valueAt('gw/main', 'calibrationDue', at)).toBe('2027-06-30');
    expect(await registry.facts.valueAt('gw/rest', 'formula', at)).toEqual({
      terms: [
        { point: 'gw/a', factor: -0.5 },
        { point: 'gw/main', factor: 1 },
      ],
      counts: false,
    });
  });

  it('puts monthly prices into one new version of the tariff', async () => {
    const name = { 'zh-CN': '测试', en: 'test' };
    const component = (id: string, monthly: boolean) => ({
      id,
      name,
      monthly,
      prices: [{ from: '2023-12', price: 0.1 }],
    });
    const tariff = {
      name,
      commodity: 'electricity',
      components: [component('grid', false), component('purchase', true)],
    };
    await world.registry.definitions.record('tariff', 'mine', tariff, by);
    const rows: Rows = [
      ['电价', '月份', '价格'],
      ['mine', '2024-02', 0.4],
      ['mine', '2024年1月', '￥0.6'],
      ['none', '2024-01', 1],
    ];
    const result = await imported([csv('代理购电价', rows)], { mode: 'good-rows' });
    expect(result.faults.map(({ row, code }) => [row, code])).toEqual([[4, 'unknown-definition']]);
    const after = await world.registry.definitions.get('tariff', 'mine');
    expect(after?.version).toBe(2);
    expect(after?.value.components[1]?.prices).toEqual([
      { from: '2023-12', price: 0.1 },
      { from: '2024-01', price: 0.6 },
      { from: '2024-02', price: 0.4 },
    ]);
    expect((await imported([csv('代理购电价', rows.slice(0, 3))])).ledgers[0]).toMatchObject({
      unchanged: 2,
    });
  });

  it('records areas, shares, zones, targets, key users and the register', async () => {
    const files = [
      csv('单位', institutions),
      csv('建筑', [
        ['名称', '所属单位', '共用分摊', '生效日期'],
        ['大楼', '云江市', '云江市 60%；市教育局 40%', 2020],
      ]),
      csv('分区', [
        ['名称', '所在建筑', '生效日期'],
        ['三层', '云江市/大楼', 2020],
      ]),
      csv('建筑面积', [
        ['建筑', '生效日期', '建筑面积', '出租面积'],
        ['大楼', 2024, 5_000, 200],
      ]),
      csv('规划目标', [
        ['单位', '生效日期', '人均综合能耗变化率', '碳排放量总量上限', '文号'],
        ['市教育局', 2026, '-6%', 1e6, '3号'],
      ]),
      csv('重点用能单位', [
        ['单位', '年份', '考核等级'],
        ['市教育局', 2024, '优秀'],
      ]),
      csv('统计名录', [
        ['单位', '年份', '纳入统计名录'],
        ['市教育局', 2024, '是'],
      ]),
      csv('上报数据', [
        ['单位', '品类', '起始日期', '数量'],
        ['市教育局', '天然气', '2024', 5_000],
      ]),
    ];
    expect((await imported(files)).faults).toEqual([]);
    const lines = await contents(world.registry);
    const bureau = lines.filter((line) => line.startsWith('云江市 /市教育局 '));
    expect(bureau.join('\n')).toContain('planTargets');
    expect(bureau.join('\n')).toContain(
      '{"caps":{"carbon":1000000},"document":"3号","targets":{"energyPerPerson":-0.06}}',
    );
    expect(bureau.join('\n')).toContain(
      `keyUser | ${midnight('2024-01-01')} | ${midnight('2025-01-01')} | {"grade":"优秀","listed":true}`,
    );
    expect(lines.join('\n')).toMatch(/大楼 {2}\| shares .*"share":0.6/);
    expect(lines.join('\n')).toContain('三层');
    const [report] = await world.registry.reports.list({ from: 0, to: 4e12 });
    expect(report).toMatchObject({ commodity: 'natural_gas', use: 'building', to: midnight('2025-01-01') });
    expect((await imported(files)).ledgers.every(({ rows, unchanged }) => rows === unchanged)).toBe(true);
  });
});

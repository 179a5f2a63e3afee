// Whatever an import refuses is said in Chinese where Chinese is asked for, and in English where English is: shown with bad cells in
// every column, with rows put together at random from what columns take, and with each fault that the registry alone can find.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Permit } from '../../core/registry/permit-contracts.ts';
import { nonsense, plausible, refused, there, type Values, year } from '../../core/testing/ledger-rows.ts';
import { by, type TestRegistry, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { csvText } from './csv-text.ts';
import type { ToldFault } from './faults.ts';
import { type ImportResult, importLedgers } from './import.ts';
import { type LedgerKind, ledgerKinds, ledgers } from './ledgers.ts';
import type { LedgerFile } from './read/table.ts';

/** A sheet of a ledger whose columns are those that the rows name. */
function sheet(kind: LedgerKind, rows: readonly Values[], english = false): LedgerFile {
  const { columns } = ledgers[kind];
  const names = Object.keys(columns).filter((name) => rows.some((row) => row[name] !== undefined));
  const heading = names.map((name) => columns[name]?.[english ? 'en' : 'zh'] ?? name);
  const cells = rows.map((row) => names.map((name) => row[name] ?? ''));
  return { name: `${kind}.csv`, bytes: Buffer.from(csvText([heading, ...cells])) };
}

let world: TestRegistry;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  world = await testRegistry();
  const value = {
    name: { 'zh-CN': '自有', en: 'Own' },
    commodity: 'electricity',
    timeOfUse: halves(),
    components: [
      {
        id: 'energy',
        name: { 'zh-CN': '代理购电', en: 'Purchase' },
        monthly: true,
        prices: [{ from: '2024-01', price: 0.4 }],
      },
    ],
  };
  await world.registry.definitions.record('tariff', 'own', value as never, by);
  const files = there.map(([kind, rows]) => sheet(kind, rows));
  const made = await importLedgers(world.registry, files, { calendar: testCalendar, by, language: 'zh-CN' });
  expect(made.faults).toEqual([]);
  const known = await world.registry.batches.known();
  ids = new Map(known.map(({ id, values }) => [String(values['name'] ?? values['plate'] ?? id), id]));
});
afterAll(() => world.end());

function halves() {
  const days = ['workday', 'rest-day', 'holiday'];
  const spans = [
    { from: '00:00', to: '12:00', period: 'peak' },
    { from: '12:00', to: '24:00', period: 'valley' },
  ];
  return {
    seasons: [{ months: Array.from({ length: 12 }, (_, month) => month + 1), schedules: [{ days, spans }] }],
  };
}

const withIds = (row: Values): Values =>
  Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      cell.replace(/^\{(.*)\}$/, (_, named: string) => ids.get(named) ?? ''),
    ]),
  );

async function rehearsed(
  files: readonly LedgerFile[],
  permit?: Permit,
): Promise<readonly [ImportResult, ImportResult]> {
  const options = { calendar: testCalendar, by, dryRun: true, mostFaults: 5_000, permit } as const;
  return [
    await importLedgers(world.registry, files, { ...options, language: 'zh-CN' }),
    await importLedgers(world.registry, files, { ...options, language: 'en' }),
  ];
}

const han = /\p{Script=Han}/u;
/** Three words of English in a row are no code and no name. */
const english = /[A-Za-z]{2,} [A-Za-z']+ [A-Za-z']{2,}/;

/** What is wrong with how faults are told. */
function illTold([zh, en]: readonly [ImportResult, ImportResult]): string[] {
  const inChinese = zh.faults.flatMap(({ code, column, reason, value }: ToldFault) => {
    const bare = value === '' ? reason : reason.replaceAll(value, '');
    const bad =
      !han.test(bare) ||
      english.test(bare) ||
      (column !== null && !han.test(column) && !/^(CT|PT|PUE)$/.test(column));
    return bad ? [`zh ${code} [${column}] ${reason}`] : [];
  });
  const inEnglish = en.faults.flatMap(({ code, reason }) => {
    const names =
      /云江市|江北区|实验学校|人民医院|新单位|教学楼|门诊楼|共用楼|东区|云江供电公司|浙C\w+|自有|站\d+|[甲乙丙]/g;
    const bare = reason.replaceAll(names, '');
    // Lists of what may be chosen, and forms of names, show the Chinese ones beside the codes.
    if (['not-a-choice', 'not-a-plate', 'missing-columns', 'unknown-ledger'].includes(code)) return [];
    return han.test(bare) ? [`en ${code} ${reason}`] : [];
  });
  expect(en.faultCount).toBe(zh.faultCount);
  return [...inChinese, ...inEnglish];
}

const counted = new Map<string, number>();
const told = (result: readonly [ImportResult, ImportResult]): string[] => {
  for (const { code } of result[0].faults) counted.set(code, (counted.get(code) ?? 0) + 1);
  return illTold(result);
};

describe('what an import refuses is told in the language that is asked for', () => {
  it.each(ledgerKinds)('%s: nonsense in each column', async (kind) => {
    const { columns } = ledgers[kind];
    const examples = Object.fromEntries(
      Object.entries(columns).map(([name, { example }]) => [name, String(example)]),
    );
    const rows = Object.keys(columns).flatMap((name) =>
      nonsense.map((cell) => ({ ...examples, [name]: cell })),
    );
    const alone = Object.keys(columns).map((name) => ({ ...examples, [name]: '' }));
    const result = await rehearsed([sheet(kind, [...rows, ...alone])]);
    expect(result[0].faultCount).toBeGreaterThan(nonsense.length);
    expect(told(result)).toEqual([]);
  });

  it('rows put together at random from what columns take', async () => {
    const row = (kind: LedgerKind) =>
      fc.record(
        Object.fromEntries(
          Object.keys(ledgers[kind].columns).map((name) => [name, fc.constantFrom(...plausible(kind, name))]),
        ),
      );
    const kind = fc.constantFrom(...ledgerKinds);
    const rows = kind.chain((one) =>
      fc.array(row(one), { minLength: 1, maxLength: 6 }).map((list) => [one, list] as const),
    );
    await fc.assert(
      fc.asyncProperty(rows, async ([one, list]) => {
        expect(told(await rehearsed([sheet(one, list.map(withIds))]))).toEqual([]);
      }),
      { seed: 20_261_123, numRuns: 150 },
    );
  });

  it.each(Object.keys(refused))('the registry refuses %s', async (name) => {
    const files = (refused[name] ?? []).map(([kind, rows]) => sheet(kind, rows.map(withIds)));
    const result = await rehearsed(files);
    expect(result[0].faults.map(({ code }) => code)).toContain('registry');
    expect(told(result)).toEqual([]);
  });

  it('a heading of the own language stands for a column that the file does not have', async () => {
    const [zh, en] = await rehearsed([
      sheet('points', [{ point: 'gw/z', ...year }]),
      sheet('areas', [{ builtM2: '5', ...year }]),
    ]);
    expect(zh.faults.map(({ column }) => column)).toEqual(['名称', '单位']);
    expect(en.faults.map(({ column }) => column)).toEqual(['Name', 'Institution']);
  });

  it('what the grants of a key do not cover', async () => {
    const permit: Permit = { institutions: new Set([ids.get('实验学校') ?? '']), definitions: false };
    const files = [
      sheet('points', [
        { point: 'gw/new', name: '表', quantities: '电（示数）', building: '实验学校/教学楼', ...year },
      ]),
      sheet('purchase-prices', [{ tariff: 'own', month: '2024-02', peak: '0.5', valley: '0.3' }]),
      sheet('institutions', [
        { name: '人民医院', parent: '云江市', ...year },
        { name: '实验学校', registered: '是', ...year },
      ]),
    ];
    for (const file of files) expect(told(await rehearsed([file], permit))).toEqual([]);
  });
});

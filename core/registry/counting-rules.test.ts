// A new version of a counting rule (折算规则) leaves the past as it was, unless it says otherwise; figures name the version they used.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildBook } from '../domain/accounting/build-book.ts';
import { figure } from '../domain/accounting/figures.ts';
import { windowOfYear } from '../domain/accounting/months.ts';
import { Totals } from '../domain/accounting/totals.ts';
import { termsOf } from '../testing/census-builder.ts';
import { by, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';

const long = midnight('2020-01-01');
let test: TestRegistry;
let school: string;
beforeEach(async () => {
  test = await testRegistry();
  const { registry, clock } = test;
  clock.at = midnight('2023-05-01');
  school = (await registry.institutions.create({ name: 'School', parent: null, validFrom: long }, by)).id;
  await record('energyUsers', long, { staff: 10, students: 100 });
  const building = { commodity: 'electricity', use: 'building', amountCny: null } as const;
  const reports = ['2023', '2024', '2025'].map((year) => ({
    ...building,
    institution: school,
    from: midnight(`${year}-01-01`),
    to: midnight(`${Number(year) + 1}-01-01`),
    quantity: 11_000,
  }));
  await registry.reports.record(reports, by);
});
afterEach(() => test.end());

const record = (attribute: string, validFrom: number, value: unknown) =>
  test.registry.facts.record([{ entity: school, attribute, validFrom, value }], by);
const weigh = (students: number, validFrom?: string) =>
  test.registry.definitions.record(
    'user-rule',
    'mine',
    {
      name: { 'zh-CN': '折算', en: 'Mine' },
      weights: { staff: 1, nonEstablishment: 1, students, patients: 1, visitors: 0 },
      ...(validFrom === undefined ? {} : { validFrom }),
    },
    by,
  );
/** Mean users of each year, and the rules that its figure names. */
async function years(): Promise<[number | null, string[]][]> {
  const census = await test.registry.census(midnight('2023-01-01'), midnight('2026-01-01'));
  const book = buildBook(
    census,
    census.series.map(() => undefined),
    midnight('2026-01-01'),
  );
  const totals = new Totals(book, termsOf({ basis: 'reported' }));
  const one = census.institutions.findIndex(({ id }) => id === school);
  return [2023, 2024, 2025].map((year) => {
    const found = figure(totals, 'electricityPerPerson', one, windowOfYear(book.months, year));
    return [found.denominator, found.userRules.map(({ id, version }) => `${id} ${version}`)];
  });
}

describe('a counting rule', () => {
  it('counts for all time in its first version, and from the day of its record in a later one', async () => {
    expect(await years()).toEqual([110, 110, 110].map((users) => [users, []]));
    await weigh(1);
    await record('userRule', long, 'mine');
    expect(await years()).toEqual([110, 110, 110].map((users) => [users, ['mine 1']]));
    test.clock.at = midnight('2025-01-01') + 7_200_000;
    await weigh(0.5);
    expect(await years()).toEqual([
      [110, ['mine 1']],
      [110, ['mine 1']],
      [60, ['mine 2']],
    ]);
  });

  it('changes the past only from the date that a version itself says, and the newest that has begun holds', async () => {
    await weigh(1);
    await record('userRule', long, 'mine');
    await weigh(0.2, '2025-01-01');
    await weigh(0.5, '2024-07-01');
    const [first, second, third] = await years();
    expect(first).toEqual([110, ['mine 1']]);
    expect(second?.[0]).toBeCloseTo((110 * 182 + 60 * 184) / 366, 9);
    expect(second?.[1]).toEqual(['mine 1', 'mine 3']);
    expect(third).toEqual([60, ['mine 3']]);
    await expect(weigh(1, '2025-02-30')).rejects.toMatchObject({ code: 'registry.invalid' });
  });

  it('of the program is replaced from the day of one’s own version on; before a rule begins nobody is counted', async () => {
    await record('userRule', long, 'workers');
    test.clock.at = midnight('2024-01-01');
    const own = {
      name: { 'zh-CN': '自', en: 'Own' },
      weights: { staff: 2, nonEstablishment: 1, students: 0, patients: 0, visitors: 0 },
    };
    await test.registry.definitions.record('user-rule', 'workers', own, by);
    expect(await years()).toEqual([
      [10, ['workers 0']],
      [20, ['workers 1']],
      [20, ['workers 1']],
    ]);
    await weigh(1, '2025-01-01');
    await record('userRule', long, 'mine');
    expect((await years()).map(([users]) => users)).toEqual([null, null, 110]);
  });
});

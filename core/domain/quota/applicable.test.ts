import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuotaSet } from '../accounting/definitions.ts';
import { applicableQuotas, type QuotaSubject } from './applicable.ts';
import { quotaSetFaults } from './set-faults.ts';

type Row = QuotaSet['rows'][number];
const row = (limit: number, criteria: Partial<Row> = {}): Row => ({
  indicator: 'energyPerArea',
  limits: [limit],
  ...criteria,
});
const office: QuotaSubject = { kind: 'office', adminLevel: 'city', climateZone: 'hot-cold', heating: 'none' };
const only = (rows: Row[], subject = office) => applicableQuotas({ rows }, subject)[0];

describe('which row of a quota set applies', () => {
  test('the most specific that fits wins, whatever its place', () => {
    const rows = [
      row(12, { kinds: ['office'], heating: ['none'] }),
      row(20),
      row(15, { kinds: ['office', 'hall'] }),
    ];
    expect(only(rows)).toMatchObject({ fit: 'applies', limits: [12], rows: [0] });
    expect(only(rows, { ...office, heating: 'central' })).toMatchObject({ limits: [15], rows: [2] });
    expect(only(rows, { ...office, kind: 'school' })).toMatchObject({ limits: [20], rows: [1] });
  });

  test('none is said, with the facts that might change it', () => {
    const rows = [
      row(12, { kinds: ['office'], climateZones: ['severe-cold'] }),
      row(14, { kinds: ['school'], heating: ['own'] }),
    ];
    expect(only(rows)).toMatchObject({ fit: 'none', limits: [], rows: [], unknown: [] });
    expect(only(rows, { ...office, climateZone: '', heating: '' })).toMatchObject({
      fit: 'none',
      unknown: ['climateZone'],
    });
  });

  test('a general row that applies still says which unknown fact might bring in a special one', () => {
    const rows = [row(20), row(12, { climateZones: ['severe-cold'] })];
    expect(only(rows, { ...office, climateZone: '' })).toMatchObject({
      fit: 'applies',
      limits: [20],
      unknown: ['climateZone'],
    });
  });

  test('two that fit equally are ambiguous and named, unless they say the same', () => {
    const rows = [
      row(12, { kinds: ['office'] }),
      row(14, { adminLevels: ['city'] }),
      row(1, { kinds: ['school'] }),
    ];
    expect(only(rows)).toMatchObject({ fit: 'ambiguous', limits: [], rows: [0, 1] });
    expect(only([row(12, { kinds: ['office'] }), row(12, { adminLevels: ['city'] })])).toMatchObject({
      fit: 'applies',
      limits: [12],
    });
  });

  test('each indicator has its own answer', () => {
    const rows = [row(20), { ...row(25, { kinds: ['school'] }), indicator: 'waterPerPerson' as const }];
    expect(applicableQuotas({ rows }, office).map(({ indicator, fit }) => [indicator, fit])).toEqual([
      ['energyPerArea', 'applies'],
      ['waterPerPerson', 'none'],
    ]);
  });

  test('the order of rows changes neither the answer nor its limits', () => {
    const some = (values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: undefined });
    const rows = fc.array(
      fc.record({
        limit: fc.integer({ min: 1, max: 4 }),
        kinds: some(['office', 'school']),
        adminLevels: some(['city', 'unit']),
        climateZones: some(['hot-cold', 'cold']),
        heating: some(['none', 'own']),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(rows, (drawn) => {
        const all = drawn.map(({ limit, ...criteria }) => row(limit, defined(criteria)));
        const pick = (given: Row[]) => {
          const {
            fit,
            limits,
            unknown,
            rows: which,
          } = only(given) ?? { fit: '', limits: [], unknown: [], rows: [] };
          return { fit, limits, unknown, count: which.length };
        };
        expect(pick(all.toReversed())).toEqual(pick(all));
      }),
      { seed: 11 },
    );
  });
});

test('a set says which of its rows do not go with its levels', () => {
  const levels = ['constraint', 'guidance'].map((en) => ({ 'zh-CN': en, en }));
  const rows: Row[] = [
    { indicator: 'energyPerArea', limits: [10, 8] },
    { indicator: 'energyPerArea', limits: [10] },
    { indicator: 'energyPerArea', limits: [8, 10] },
  ];
  expect(quotaSetFaults({ levels, rows }).map(({ row: index, fault }) => [index, fault])).toEqual([
    [1, 'level-count'],
    [2, 'rising'],
  ]);
});

function defined<T extends object>(value: T): Partial<Row> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

// What is recorded for a past year, through the registry: it changes that year alone. And who is founded inside of a month.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { termsOf } from '../../testing/census-builder.ts';
import { by, midnight, type TestRegistry, testCalendar, testRegistry } from '../../testing/test-registry.ts';
import { dayMs } from '../time.ts';
import { buildBook } from './build-book.ts';
import { explain, recomputed } from './explain.ts';
import { type Figure, figure } from './figures.ts';
import type { Indicator } from './indicators.ts';
import { type Window, windowOfYear } from './months.ts';
import { Totals } from './totals.ts';

const long = midnight('2022-01-01');
const asOf = midnight('2025-07-01');
const years = [2023, 2024, 2025] as const;
const indicators: readonly Indicator[] = [
  'electricity',
  'electricityPerPerson',
  'energyPerArea',
  'waterPerPerson',
];
const start = (year: number) => midnight(`${year}-01-01`);

let test: TestRegistry;
beforeEach(async () => {
  test = await testRegistry();
});
afterEach(() => test.end());

const institution = async (name: string, parent: string | null, validFrom = long) =>
  (await test.registry.institutions.create({ name, parent, validFrom }, by)).id;
const fact = (entity: string, attribute: string, value: unknown, validFrom: number, validTo?: number) =>
  test.registry.facts.record([{ entity, attribute, value, validFrom, validTo }], by);

async function totalsOf(from = start(2023), to = start(2026)): Promise<Totals> {
  const census = await test.registry.census(from, to);
  const nothing = census.series.map(() => undefined);
  return new Totals(buildBook(census, nothing, asOf), termsOf({ basis: 'billed', threshold: 0 }));
}
const placeOf = (totals: Totals, id: string) => totals.book.institutions.findIndex((one) => one.id === id);
const yearOf = (totals: Totals, year: number) => windowOfYear(totals.book.months, year);
const ask = (totals: Totals, indicator: Indicator, id: string, window: Window): Figure =>
  figure(totals, indicator, placeOf(totals, id), window);

describe('a number of users recorded for a past year', () => {
  const day = fc.integer({ min: 0, max: 1_000 });
  const heads = fc.record({
    staff: fc.integer({ min: 1, max: 500 }),
    students: fc.integer({ min: 0, max: 500 }),
  });
  const cases = fc.record({
    before: fc.array(fc.record({ who: fc.nat(2), from: day, heads }), { maxLength: 6 }),
    bills: fc.array(fc.record({ who: fc.nat(2), from: day, days: fc.integer({ min: 1, max: 200 }) }), {
      minLength: 3,
      maxLength: 12,
    }),
    moved: fc.option(fc.record({ who: fc.nat(1), at: day }), { nil: undefined }),
    year: fc.constantFrom(2023, 2024),
    who: fc.nat(2),
    heads,
    /** Days of the year that it is about. */
    part: fc.option(fc.tuple(fc.nat(364), fc.nat(364)), { nil: undefined }),
  });

  it('changes the figures of that year alone, of those above as well, and nothing but those per person', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ before, bills, moved, year, who, heads, part }) => {
        const [top, other] = [await institution('Top', null), await institution('Other', null)];
        const all = [await institution('A', top), await institution('B', top), top];
        const at = (days: number) => start(2023) + days * dayMs;
        for (const [index, id] of all.entries()) {
          await fact(id, 'energyUsers', { staff: 10 * (index + 1) }, long);
          await fact(id, 'floorArea', { builtM2: 1000 }, long);
        }
        for (const each of before) await fact(all[each.who] ?? top, 'energyUsers', each.heads, at(each.from));
        if (moved) await fact(all[moved.who] ?? top, 'parent', other, at(moved.at));
        for (const each of bills) {
          const account = await test.registry.accounts.create(
            { number: '1', institution: all[each.who] ?? top, commodity: 'electricity', validFrom: long },
            by,
          );
          const [from, to] = [at(each.from), at(each.from + each.days)];
          const bill = { account: account.id, document: '1', from, to, quantity: 700, amountCny: 70 };
          await test.registry.bills.record([bill], by);
        }
        const old = await totalsOf();
        const [a, b] = part === undefined ? [0, 366] : [Math.min(...part), Math.max(...part) + 1];
        const to = Math.min(start(year) + b * dayMs, start(year + 1));
        await fact(all[who] ?? top, 'energyUsers', heads, start(year) + a * dayMs, to);
        const now = await totalsOf();
        for (const each of years) {
          for (const indicator of indicators) {
            const perPerson = indicator.endsWith('PerPerson');
            for (const id of [...all, other]) {
              const [was, is] = [old, now].map((totals) => ask(totals, indicator, id, yearOf(totals, each)));
              if (each !== year || !perPerson) expect(is).toEqual(was);
              const again = explain(now, indicator, placeOf(now, id), yearOf(now, each));
              const value = is?.value ?? is?.withheld;
              if (value !== undefined) expect(recomputed(again)).toBeCloseTo(value, 6);
            }
          }
        }
        if (part !== undefined) return;
        const own = ask(now, 'electricityPerPerson', all[who] ?? top, yearOf(now, year));
        if (who < 2 && own.units.missing.length === 0 && own.denominator !== null)
          expect(own.denominator).toBeCloseTo(heads.staff + heads.students, 9);
      }),
      { numRuns: 25, seed: 4 },
    );
  });
});

describe('who is founded inside of a month', () => {
  const founded = midnight('2024-07-16');
  async function billFrom(institution: string, validFrom: number) {
    const account = await test.registry.accounts.create(
      { number: '1', institution, commodity: 'electricity', validFrom },
      by,
    );
    const edges = [validFrom, ...testCalendar.starts(midnight('2024-08-01'), start(2025) + 1, 'month')];
    const bills = edges.slice(1).map((to, index) => {
      const from = edges[index] ?? 0;
      return {
        account: account.id,
        document: `${index}`,
        from,
        to,
        quantity: (100 * (to - from)) / dayMs,
        amountCny: null,
      };
    });
    await test.registry.bills.record(bills, by);
  }
  async function newOne() {
    const city = await institution('City', null);
    const id = await institution('New', city, founded);
    await fact(id, 'energyUsers', { staff: 100 }, founded);
    await billFrom(id, founded);
    return { city, id, totals: await totalsOf(start(2024), start(2025)) };
  }

  it('counts by the days on which it was there, in a month as in a year, for itself and for those above', async () => {
    const { city, id, totals } = await newOne();
    const windows: readonly [Window, number, number][] = [
      [{ from: 6, to: 7 }, 16, 31],
      [{ from: 6, to: 8 }, 47, 62],
      [{ from: 0, to: 12 }, 169, 366],
    ];
    for (const [window, there, days] of windows) {
      for (const who of [id, city]) {
        const found = ask(totals, 'electricityPerPerson', who, window);
        expect(found).toMatchObject({
          numerator: expect.closeTo(100 * there, 6),
          denominator: expect.closeTo((100 * there) / days, 9),
          // One unit of electricity a head and day.
          value: expect.closeTo(days, 9),
        });
        if (who === id) expect(found.units).toEqual({ counted: 1, expected: 1, missing: [] });
        const stated = explain(totals, 'electricityPerPerson', placeOf(totals, who), window);
        expect(recomputed(stated)).toBeCloseTo(found.value ?? Number.NaN, 9);
        expect(stated.denominators.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(
          found.denominator ?? 0,
          9,
        );
      }
    }
  });

  it('counts no longer once it has ended, while what is billed later stays in the consumption', async () => {
    const id = test.registry.facts.newId();
    const end = midnight('2024-10-11');
    await test.registry.facts.record(
      [
        { entity: id, attribute: 'name', value: 'Short', validFrom: founded, validTo: end },
        { entity: id, attribute: 'energyUsers', value: { staff: 100 }, validFrom: founded },
      ],
      by,
      [{ id, kind: 'institution' }],
    );
    await billFrom(id, founded);
    const totals = await totalsOf(start(2024), start(2025));
    const of = (indicator: Indicator, month: number) =>
      ask(totals, indicator, id, { from: month, to: month + 1 });
    expect(of('electricityPerPerson', 9).denominator).toBeCloseTo(1000 / 31, 9);
    expect(of('electricityPerPerson', 10)).toMatchObject({ value: null, denominator: null });
    expect(of('electricity', 10).value).toBeCloseTo(3000, 6);
    const year = { from: 0, to: 12 };
    expect(ask(totals, 'electricityPerPerson', id, year)).toMatchObject({
      numerator: expect.closeTo(100 * (16 + 31 + 30 + 31), 6),
      denominator: expect.closeTo((100 * 87) / 366, 9),
    });
  });
});

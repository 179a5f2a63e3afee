import { describe, expect, it } from 'vitest';
import { CensusBuilder, midnight, monthsFrom, termsOf } from '../../testing/census-builder.ts';
import { dayMs } from '../time.ts';
import type { Basis } from './bases.ts';
import type { BookLine } from './book.ts';
import { buildBook } from './build-book.ts';
import { figure } from './figures.ts';
import { Totals } from './totals.ts';
import type { Use } from './uses.ts';

const nan = Number.NaN;
/** January to March 2025: 31, 28, 31 days. */
const months = monthsFrom(2025, 3);
const [jan, feb, mar, apr] = ['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01'].map(midnight) as [
  number,
  number,
  number,
  number,
];
const whole = { from: 0, to: 3 };

function start(): CensusBuilder {
  const builder = new CensusBuilder(months);
  builder.institution({ users: 10 });
  return builder;
}

function line(builder: CensusBuilder, use: Use, basis: Basis): BookLine | undefined {
  const { lines } = buildBook(builder.census(), builder.metered, months.to);
  return lines.find((one) => one.use === use && one.basis === basis);
}

function inDays(column: Float64Array | undefined): number[] {
  return Array.from(column ?? [], (ms) => ms / dayMs);
}

function totals(builder: CensusBuilder, basis: Basis = 'billed'): Totals {
  return new Totals(buildBook(builder.census(), builder.metered, months.to), termsOf({ basis }));
}

describe('a bill without a quantity', () => {
  const bill = { institution: 0, commodity: 'electricity', account: 'a' } as const;

  function city(): CensusBuilder {
    const builder = start();
    builder.account('a', 0, 'electricity');
    builder.statement({ ...bill, from: jan, to: feb, quantity: 310, amountCny: 100 });
    builder.statement({ ...bill, from: feb, to: mar, quantity: nan, amountCny: 100 });
    builder.statement({ ...bill, from: mar, to: apr, quantity: 310 });
    return builder;
  }

  it('covers its days in money alone, as one without an amount does in quantity alone', () => {
    const found = line(city(), 'building', 'billed');
    expect(inDays(found?.expectedMs)).toEqual([31, 28, 31]);
    expect(inDays(found?.measuredMs)).toEqual([31, 0, 31]);
    expect(inDays(found?.amountMs)).toEqual([31, 28, 0]);
  });

  it('withholds the figures of quantities, and is a part of the cost', () => {
    const figures = totals(city());
    const { value, reason, coverage } = figure(figures, 'electricityPerPerson', 0, whole);
    expect({ value, reason }).toEqual({ value: null, reason: 'coverage' });
    expect(coverage.measured).toBeCloseTo(62 / 90, 9);
    expect(figure(figures, 'cost', 0, whole)).toMatchObject({
      value: 200,
      coverage: { measured: expect.closeTo(59 / 90, 9) },
    });
  });

  it('is covered in quantity by another bill of the same days that says one', () => {
    const builder = city();
    builder.account('b', 0, 'electricity');
    builder.statement({ ...bill, account: 'b', from: jan, to: apr, quantity: 90, amountCny: 9 });
    builder.statement({ ...bill, from: feb, to: mar, quantity: 28 });
    expect(inDays(line(builder, 'building', 'billed')?.measuredMs)).toEqual([62, 56, 62]);
    expect(inDays(line(builder, 'building', 'billed')?.amountMs)).toEqual([62, 56, 31]);
  });

  it('of an account that is billed by area lacks none: its heat is not in energy, and nothing is missing', () => {
    const builder = start();
    builder.account('a', 0, 'electricity');
    builder.statement({ ...bill, from: jan, to: apr, quantity: 900, amountCny: 900 });
    builder.account('h', 0, 'heat', 'heating', { byArea: true });
    const heat = { institution: 0, commodity: 'heat', use: 'heating', account: 'h' } as const;
    builder.statement({ ...heat, from: jan, to: apr, quantity: nan, amountCny: 500 });
    const figures = totals(builder);
    expect(figure(figures, 'energyPerPerson', 0, whole)).toMatchObject({
      value: expect.closeTo(90 * 0.1229, 9),
      coverage: { measured: expect.closeTo(1, 12) },
    });
    expect(figure(figures, 'heat', 0, whole)).toMatchObject({ value: null, reason: 'no-data' });
    expect(figure(figures, 'cost', 0, whole).value).toBeCloseTo(1400, 9);
  });
});

describe('what moves out of bills', () => {
  it('is expected only while the bills are', () => {
    const builder = start();
    builder.meter('electricity', [{ institution: 0 }], 300);
    builder.meter(
      'electricity',
      [
        { institution: 0, share: -1 },
        { institution: 0, share: 1, use: 'data-centre' },
      ],
      60,
    );
    builder.account('a', 0, 'electricity', 'building', { from: midnight('2025-02-15') });
    const bill = { institution: 0, commodity: 'electricity', account: 'a' } as const;
    builder.statement({ ...bill, from: mar, to: apr, quantity: 310, amountCny: 31 });
    const moved = line(builder, 'data-centre', 'billed');
    expect(inDays(moved?.expectedMs)).toEqual([0, 14, 31]);
    expect(inDays(moved?.measuredMs)).toEqual([0, 0, 31]);
    expect([...(moved?.quantity ?? [])]).toEqual([nan, nan, 60]);
  });

  it('is known in money as far as the bills say sums', () => {
    const builder = start();
    builder.meter('electricity', [{ institution: 0 }], 300);
    builder.meter(
      'electricity',
      [
        { institution: 0, share: -1 },
        { institution: 0, share: 1, use: 'data-centre' },
      ],
      60,
    );
    builder.account('a', 0, 'electricity');
    const bill = { institution: 0, commodity: 'electricity', account: 'a' } as const;
    builder.statement({ ...bill, from: jan, to: feb, quantity: 300, amountCny: 150 });
    builder.statement({ ...bill, from: feb, to: mar, quantity: 300 });
    builder.statement({ ...bill, from: mar, to: apr, quantity: nan, amountCny: 150 });
    const moved = line(builder, 'data-centre', 'billed');
    expect([...(moved?.quantity ?? [])]).toEqual([60, 60, nan]);
    expect([...(moved?.amountCny ?? [])]).toEqual([30, nan, nan]);
    expect(inDays(moved?.measuredMs)).toEqual([31, 28, 0]);
    expect(inDays(moved?.amountMs)).toEqual([31, 0, 31]);
  });
});

describe('reports', () => {
  const report = { basis: 'reported', institution: 0, from: jan, to: apr } as const;

  it('are expected since the first of the whole ledger, also one of years that the book does not hold', () => {
    const builder = start();
    builder.statement({ ...report, commodity: 'electricity', quantity: 900 });
    builder.reporting([
      { institution: 0, commodity: 'electricity', use: 'building', from: jan, to: apr },
      { institution: 0, commodity: 'natural_gas', use: 'building', from: jan, to: apr },
    ]);
    expect(figure(totals(builder, 'reported'), 'energyPerPerson', 0, whole)).toMatchObject({
      value: null,
      reason: 'coverage',
      coverage: { measured: expect.closeTo(0.5, 9) },
    });
  });

  it('of petrol alone are no energy per person: the institution is missing, and is named', () => {
    const builder = start();
    const other = builder.institution({ users: 20 });
    const city = builder.institution();
    builder.statement({ ...report, commodity: 'gasoline', use: 'vehicle', quantity: 100 });
    builder.statement({ ...report, institution: other, commodity: 'electricity', quantity: 900 });
    const census = builder.census();
    const parent = census.institutions.map((_, number) =>
      Int32Array.of(...[0, 0, 0].fill(number < 2 ? city : -1)),
    );
    const institutions = census.institutions.map((one, number) => ({
      ...one,
      parent: parent[number] ?? one.parent,
    }));
    const book = buildBook({ ...census, institutions }, [], months.to);
    const figures = new Totals(book, termsOf({ basis: 'reported', threshold: 0.4 }));
    for (const indicator of ['energyPerPerson', 'carbonPerPerson'] as const) {
      const answer = figure(figures, indicator, city, whole);
      expect(answer.units).toEqual({ counted: 1, expected: 2, missing: ['institution-0'] });
      expect(answer.denominator).toBeCloseTo(20, 9);
      expect(answer.coverage.missing).toBeCloseTo(0.5, 9);
      expect(figure(figures, indicator, 0, whole).value).toBeNull();
    }
    expect(figure(figures, 'energyPerPerson', city, whole).numerator).toBeCloseTo(900 * 0.1229, 9);
    // A total leaves out nothing that is known, and names who is not wholly in it.
    const total = figure(figures, 'energy', city, whole);
    expect(total.value).toBeGreaterThan(900 * 0.1229 + 1);
    expect(total.units.missing).toEqual(['institution-0']);
  });
});

it('an office above others that reports petrol alone is no mere heading: it is missing', () => {
  const builder = new CensusBuilder(months);
  const office = builder.institution();
  const below = builder.institution({ parent: office, users: 20 });
  const report = { basis: 'reported', from: jan, to: apr } as const;
  builder.statement({ ...report, institution: below, commodity: 'electricity', quantity: 900 });
  const missing = () => figure(totals(builder, 'reported'), 'energyPerPerson', office, whole).units.missing;
  expect(missing()).toEqual([]);
  const petrol = { institution: office, commodity: 'gasoline', use: 'vehicle', quantity: 100 } as const;
  builder.statement({ ...report, ...petrol });
  expect(missing()).toEqual(['institution-0']);
});

describe('coverage', () => {
  it('weighs a year by itself: other years of the book do not change it', () => {
    const span = (year: number, count: number) => {
      const builder = new CensusBuilder(monthsFrom(year, count));
      builder.institution({ users: 10 });
      for (const [account, quantity] of [
        ['a', 1000],
        ['b', 20],
      ] as const) {
        builder.account(account, 0, 'electricity', account === 'a' ? 'building' : 'canteen');
        for (const of of account === 'a' ? [2024, 2025] : [2024]) {
          if (of < year) continue;
          builder.statement({
            institution: 0,
            commodity: 'electricity',
            use: account === 'a' ? 'building' : 'canteen',
            account,
            from: midnight(`${of}-01-01`),
            to: midnight(`${of + 1}-01-01`),
            quantity,
          });
        }
      }
      const book = buildBook(builder.census(), [], midnight('2026-01-01'));
      return figure(new Totals(book, termsOf({ basis: 'billed' })), 'electricityPerPerson', 0, {
        from: count - 12,
        to: count,
      });
    };
    expect(span(2024, 24)).toEqual(span(2025, 12));
    expect(span(2025, 12)).toMatchObject({ value: null, reason: 'coverage' });
  });
});

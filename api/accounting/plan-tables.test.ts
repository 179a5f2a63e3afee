// Months and tables of a plan, on books made by hand: which months are known, and that a table says what a question says.
import { describe, expect, it } from 'vitest';
import { buildBook } from '../../core/domain/accounting/build-book.ts';
import { Totals } from '../../core/domain/accounting/totals.ts';
import { comparedMonths, comparedYears } from '../../core/domain/plan/compared.ts';
import { CensusBuilder, midnight, monthsFrom, termsOf } from '../../core/testing/census-builder.ts';
import { monthsOf, monthsOver, windowsOf, yearMonths, yearSoFar, yearSpan } from './plan-months.ts';
import { comparedTable } from './plan-tables.ts';

const months = monthsFrom(2023, 24);

/** Two institutions with a meter and users each, below a third; of the second's some months are unknown or estimated. */
function totalsAt(asOf: string): Totals {
  const builder = new CensusBuilder(months);
  const top = builder.institution();
  const users = (from: number) => Array.from({ length: 24 }, (_, month) => from + month);
  const first = builder.institution({ parent: top, users: users(10) });
  const second = builder.institution({ parent: top, users: users(40) });
  builder.meter('electricity', [{ institution: first }], 100);
  const values = Array.from({ length: 24 }, (_, month) =>
    [3, 13, 14].includes(month) ? Number.NaN : 50 + month,
  );
  builder.meter('electricity', [{ institution: second }], values);
  const estimated = builder.metered[1];
  for (const month of [1, 12]) {
    if (estimated === undefined) continue;
    estimated.estimatedMs[month] = estimated.measuredMs[month] ?? 0;
    estimated.measuredMs[month] = 0;
  }
  return new Totals(buildBook(builder.census(), builder.metered, midnight(asOf)), termsOf());
}

describe('months of a plan', () => {
  it('are over at their end, not before', () => {
    expect(monthsOver(months, 2024, midnight('2024-03-01') - 1)).toBe(1);
    expect(monthsOver(months, 2024, midnight('2024-03-01'))).toBe(2);
    expect(monthsOver(months, 2024, midnight('2023-03-01'))).toBe(0);
    expect(monthsOver(months, 2023, midnight('2024-03-01'))).toBe(12);
    expect(yearSoFar(months, 2024, midnight('2024-03-15'))).toEqual({ from: 12, to: 14 });
    expect(yearSoFar(months, 2024, midnight('2024-01-15'))).toEqual({ from: 12, to: 13 });
  });

  it('lie in as few windows as they adjoin', () => {
    expect(windowsOf(months, 2024, [1, 2, 4, 5, 12])).toEqual([
      { from: 12, to: 14 },
      { from: 15, to: 17 },
      { from: 23, to: 24 },
    ]);
    expect(windowsOf(months, 2024, [])).toEqual([]);
  });

  it('are known when they are over, have a value, and are covered; each weighs its own time', () => {
    const totals = totalsAt('2024-06-10');
    const said = { value: 7, numerator: 70, denominator: 10, coverage: 0.95, provisional: false };
    const faults: Record<number, Partial<Record<keyof typeof said, number | null>>> = {
      12: { coverage: 0.89 },
      13: { value: null },
      14: { value: Number.NaN },
    };
    const read = (month: number) => ({ ...said, ...faults[month] }) as typeof said;
    const span = yearSpan(totals, 2024);
    const { amount, per, weight } = yearMonths(totals, 'electricityPerPerson', span, read);
    const nan = Number.NaN;
    expect([...amount]).toEqual([nan, nan, nan, 70, 70, nan, nan, nan, nan, nan, nan, nan]);
    expect(per?.[3]).toBe(10);
    expect((weight?.[4] ?? 0) / (weight?.[3] ?? 1)).toBeCloseTo(31 / 30, 12);
    expect(yearMonths(totals, 'electricity', span, read)).not.toHaveProperty('per');
  });
});

describe('a table of what is compared', () => {
  it('says of each institution what its own months and years say, estimated ones too', () => {
    for (const [asOf, running] of [
      ['2024-06-10', true],
      ['2025-01-01', false],
    ] as const) {
      const totals = totalsAt(asOf);
      for (const indicator of ['electricityPerPerson', 'electricity'] as const) {
        const table = comparedTable(totals, indicator, 2023, 2024, running);
        for (const one of [0, 1, 2]) {
          const { compared, wholeBase } = table.of(one);
          expect(wholeBase).toBe(true);
          const [now, base] = [2024, 2023].map((year) => monthsOf(totals, indicator, one, year));
          if (now === undefined || base === undefined) throw new RangeError('two years');
          if (running) expect(compared).toEqual(comparedMonths(now, base, 5));
          else expect(compared.months).toEqual(comparedYears(compared.base, compared.figure).months);
        }
        // A month of the second is unknown in either year; one that is estimated is known.
        const second = table.of(2).compared;
        if (running) expect(second.months).toEqual([1, 5]);
        else expect(second.figure.coverage).toBeCloseTo(306 / 366, 9);
      }
    }
  });
});

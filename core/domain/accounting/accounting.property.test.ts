// What must hold for every city: wholes are sums of parts, the past stays, order is irrelevant, figures explain themselves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bookOf,
  byMonth,
  cities,
  known,
  lastYearOf,
  monthCount,
  months,
  size,
  someone,
} from '../../testing/accounts-arbitrary.ts';
import { CensusBuilder, midnight, termsOf } from '../../testing/census-builder.ts';
import { dayMs } from '../time.ts';
import { basisNames } from './bases.ts';
import { buildBook } from './build-book.ts';
import type { Census } from './census.ts';
import { explain, recomputed } from './explain.ts';
import { figure, figureTable, plainFigure } from './figures.ts';
import { figureByGroup } from './figures-by-group.ts';
import { indicatorEntry, indicatorNames } from './indicators.ts';
import { monthEnd, monthStart } from './months.ts';
import { Totals } from './totals.ts';
import { type Use, useNames } from './uses.ts';

const boundaries = ['statutory', 'statutory-register', 'statutory-with-solar', 'building', 'everything'];

/** Relative error of 1e-9; NaN and `null` are themselves alone. */
function expectSame(a: number | null | undefined, b: number | null | undefined, scale = 0): void {
  if (typeof a !== 'number' || typeof b !== 'number' || Number.isNaN(a) || Number.isNaN(b)) {
    expect(a).toEqual(b);
    return;
  }
  const error = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), scale, Number.MIN_VALUE);
  if (a !== b) expect(error).toBeLessThan(1e-9);
}

const anyTerms = fc
  .record({ boundary: fc.constantFrom(...boundaries), basis: fc.constantFrom(...basisNames) })
  .map((choice) => termsOf({ ...choice, gridRegion: 'East' }));
const anyIndicator = fc.constantFrom(...indicatorNames);
const anyWindow = fc
  .tuple(fc.integer({ min: 0, max: monthCount - 1 }), fc.integer({ min: 0, max: monthCount - 1 }))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));
const options = { numRuns: 300, seed: 4 };

describe('for every city', () => {
  it('a figure recomputed from what its explanation states is itself', () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      anyWindow,
      someone,
      fc.record({ institution: fc.boolean(), use: fc.boolean() }),
      (city, terms, indicator, window, one, by) => {
        const explanation = explain(new Totals(bookOf(city), terms), indicator, one, window, by);
        const { value, withheld, reason, numerator } = explanation.figure;
        const scale = explanation.parts.reduce((sum, part) => sum + Math.abs(part.contribution ?? 0), 0);
        if (reason === 'no-denominator') return;
        const again = recomputed(explanation);
        const per = explanation.denominators.reduce((sum, part) => sum + part.value, 0);
        expectSame(again, value ?? withheld, per > 0 ? scale / per : scale);
        const { denominator } = explanation.figure;
        expect(denominator === null).toBe(explanation.denominators.length === 0);
        if (denominator !== null) expectSame(denominator, per);
        if (numerator === null) expect(again).toBeUndefined();
      },
    );
    fc.assert(property, options);
  });

  it('an institution is itself and those below it, month by month, and a period is its months', () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      anyWindow,
      (city, terms, indicator, window) => {
        const totals = new Totals(bookOf(city), terms);
        const { of, per } = indicatorEntry(indicator);
        const whole = figureTable(totals, indicator, window).numerator;
        const sums = new Array<number>(size).fill(0);
        const scale = new Array<number>(size).fill(0);
        for (let month = window.from; month < window.to; month++) {
          const own = totals.own(of);
          const monthly = figureTable(totals, indicator, { from: month, to: month + 1 }).numerator;
          for (let one = 0; one < size; one++) {
            let parts = 0;
            let extent = 0;
            for (let child = one; child < size; child++) {
              const counts = child === one && (totals.state(of, per, one, month) & 2) !== 0;
              const below = child !== one && city.parents[child]?.[month] === one;
              const part = counts
                ? (own.value[one * monthCount + month] ?? 0)
                : below
                  ? monthly[child] || 0
                  : 0;
              parts += part;
              extent += Math.abs(part);
            }
            expectSame(monthly[one] || 0, parts, extent);
            sums[one] = (sums[one] ?? 0) + (monthly[one] || 0);
            scale[one] = (scale[one] ?? 0) + extent;
          }
        }
        for (let one = 0; one < size; one++) expectSame(whole[one] || 0, sums[one], scale[one]);
      },
    );
    fc.assert(property, options);
  });

  it('groups of institutions sum to the whole, whoever changes the group in whatever month: quantities, what stands below the line', () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      anyWindow,
      someone,
      fc.array(byMonth(fc.integer({ min: 0, max: 2 })), { minLength: size, maxLength: size }),
      (city, terms, indicator, window, one, groups) => {
        const totals = new Totals(bookOf(city), terms);
        const whole = plainFigure(totals, indicator, one, window);
        const groupOf = (each: number, month: number) => groups[each]?.[month] ?? 0;
        const parts = figureByGroup(totals, indicator, one, window, groupOf);
        const of = (name: 'numerator' | 'denominator') =>
          [...parts.values()].flatMap((part) => part[name] ?? []);
        const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
        if (whole.numerator === null) expect(of('numerator')).toEqual([]);
        else expectSame(sum(of('numerator')), whole.numerator, sum(of('numerator').map(Math.abs)));
        expectSame(sum(of('denominator')), whole.denominator ?? 0);
        // Of one group nothing is different from the whole.
        const [only] = figureByGroup(totals, indicator, one, window, () => 'all').values();
        if (only === undefined) {
          expect(whole.numerator).toBeNull();
          return;
        }
        expectSame(only.value, whole.value);
        expect(only.reason).toBe(whole.reason);
        expectSame(only.coverage.measured, whole.coverage.measured);
      },
    );
    fc.assert(property, options);
  });

  it('who changes the group counts in each as two would of whom one ends where the other begins', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: monthCount - 1 }),
      fc.integer({ min: 1, max: 1000 }),
      byMonth(known),
      fc.constantFrom('energy', 'energyPerPerson', 'energyPerArea'),
      (change, users, values, indicator) => {
        const whole = { from: 0, to: monthCount };
        const cells = (from: number, to: number) =>
          values.map((_, month) => Number(month >= from && month < to));
        const oneChanges = new CensusBuilder(months);
        const top = oneChanges.institution();
        oneChanges.meter(
          'electricity',
          [{ institution: oneChanges.institution({ parent: top, users, areaM2: 10 * users }) }],
          values,
        );
        const twoFollow = new CensusBuilder(months);
        twoFollow.institution();
        for (const [from, to] of [
          [0, change],
          [change, monthCount],
        ] as const) {
          const institution = twoFollow.institution({
            parent: 0,
            users,
            areaM2: 10 * users,
            exists: cells(from, to),
          });
          const ends = { from: monthStart(months, from), to: monthEnd(months, to - 1) };
          twoFollow.meter('electricity', [{ institution, ...ends }], values);
        }
        const totalsOf = (builder: CensusBuilder) => {
          const census = builder.census();
          return new Totals(buildBook(census, builder.metered, months.to), termsOf({ gridRegion: 'East' }));
        };
        const by = figureByGroup(totalsOf(oneChanges), indicator, top, whole, (one, month) =>
          one === top ? 'top' : month < change ? 'old' : 'new',
        );
        const apart = totalsOf(twoFollow);
        for (const [one, group] of [
          [1, 'old'],
          [2, 'new'],
        ] as const) {
          const expected = plainFigure(apart, indicator, one, whole);
          expectSame(by.get(group)?.numerator, expected.numerator);
          expectSame(by.get(group)?.denominator, expected.denominator);
          expectSame(by.get(group)?.value, expected.value);
        }
      },
    );
    fc.assert(property, { numRuns: 100, seed: 4 });
  });

  it('everything is the sum of its uses, and of its carriers', () => {
    const property = fc.property(
      cities,
      fc.constantFrom(...basisNames),
      fc.constantFrom('energy', 'carbon', 'cost', 'electricity'),
      someone,
      anyWindow,
      (city, basis, indicator, one, window) => {
        const book = bookOf(city);
        const { boundary, ...rest } = termsOf({ basis, boundary: 'everything' });
        const under = (uses: readonly Use[]) =>
          new Totals(book, {
            ...rest,
            boundary: { ...boundary, value: { ...boundary.value, uses: [...uses] } },
          });
        const whole = figure(under(useNames), indicator, one, window).numerator;
        const byUse = useNames.map((use) => figure(under([use]), indicator, one, window).numerator);
        const { parts } = explain(under(useNames), indicator, one, window, {
          institution: false,
          use: false,
        });
        const scale = byUse.reduce<number>((sum, part) => sum + Math.abs(part ?? 0), 0);
        expectSame(
          whole ?? 0,
          byUse.reduce<number>((sum, part) => sum + (part ?? 0), 0),
          scale,
        );
        expectSame(
          whole ?? 0,
          parts.reduce((sum, part) => sum + (part.contribution ?? 0), 0),
          scale,
        );
        expect(whole === null).toBe(byUse.every((part) => part === null));
      },
    );
    fc.assert(property, options);
  });

  it('the order of statements is irrelevant, to the last digit', () => {
    const property = fc.property(
      cities,
      fc.infiniteStream(fc.nat()),
      fc.boolean(),
      (any, random, oneLine) => {
        const same = { institution: 0, commodity: 'electricity', use: 'building', basis: 'billed' } as const;
        const statements = any.statements.map((statement) => ({ ...statement, ...same }));
        const city = oneLine ? { ...any, statements } : any;
        const shuffled = (census: Census): Census => ({
          ...census,
          statements: census.statements
            .map((statement) => ({ statement, at: random.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ statement }) => statement),
        });
        const plain = bookOf(city);
        expect(bookOf(city, shuffled).lines).toEqual(plain.lines);
      },
    );
    fc.assert(property, options);
  });

  it('no line is there twice, and an unknown cell is unknown in every figure, never 0', () => {
    const property = fc.property(cities, anyTerms, (city, terms) => {
      const book = bookOf(city);
      const names = book.lines.map(
        (line) => `${line.institution} ${line.commodity} ${line.use} ${line.basis}`,
      );
      expect(new Set(names).size).toBe(names.length);
      const totals = new Totals(book, terms);
      for (let month = 0; month < monthCount; month++) {
        const window = { from: month, to: month + 1 };
        const { numerator } = figureTable(totals, 'electricity', window);
        for (let one = 0; one < size; one++) {
          const { parts } = explain(totals, 'electricity', one, window);
          expect(Number.isNaN(numerator[one] ?? 0)).toBe(parts.length === 0);
        }
      }
    });
    fc.assert(property, { ...options, numRuns: 100 });
  });

  it('figures do not depend on how many years the book holds', () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      fc.record({ from: fc.constantFrom(12, 13), to: fc.constantFrom(14, 15) }),
      (city, terms, indicator, window) => {
        const long = figureTable(new Totals(bookOf(city), terms), indicator, window);
        const shifted = { from: window.from - 12, to: window.to - 12 };
        const short = figureTable(new Totals(lastYearOf(city), terms), indicator, shifted);
        for (let one = 0; one < size; one++) {
          expect(short.reasons[one]).toBe(long.reasons[one]);
          for (const column of ['value', 'numerator', 'denominator', 'measured', 'estimated'] as const)
            expectSame(short[column][one], long[column][one], 1e-6);
        }
      },
    );
    fc.assert(property, options);
  });

  it('green power takes away at most the carbon of the electricity that is counted', () => {
    const property = fc.property(
      cities,
      anyTerms,
      someone,
      anyWindow,
      fc.array(fc.tuple(someone, known), { minLength: 1, maxLength: 5 }),
      (any, terms, one, window, green) => {
        const start = midnight('2024-01-01');
        const bought = green.map(([institution, quantity]) => ({
          ...{ institution, quantity, commodity: 'green_power', use: 'building', amountCny: 0, account: '' },
          basis: terms.basis === 'reported' ? 'reported' : 'billed',
          days: [start, start + 500 * dayMs],
        }));
        const power = any.statements.map((one) => ({ ...one, commodity: 'electricity' }));
        const city = { ...any, statements: [...power, ...bought] } as typeof any;
        const totals = new Totals(bookOf(city), terms);
        const { parts } = explain(totals, 'carbon', one, window);
        const sums = new Map<string, number>();
        for (const { commodity, institution, use, contribution } of parts) {
          if (commodity !== 'electricity' && commodity !== 'green_power') continue;
          const name = `${institution} ${use}`;
          const before = sums.get(name) ?? 0;
          // A credit note alone may make electricity negative.
          const isCredit = commodity === 'electricity' && (contribution ?? 0) < 0;
          sums.set(name, before + (isCredit ? 0 : (contribution ?? 0)));
        }
        for (const sum of sums.values()) expect(sum).toBeGreaterThanOrEqual(-1e-6);
      },
    );
    fc.assert(property, options);
  });

  it('coverage is three shares of one', () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      anyWindow,
      (city, terms, indicator, window) => {
        const { measured, estimated, missing } = figureTable(
          new Totals(bookOf(city), terms),
          indicator,
          window,
        );
        for (let one = 0; one < size; one++) {
          const shares = [measured[one] ?? -1, estimated[one] ?? -1, missing[one] ?? -1];
          for (const share of shares) expect(share).toBeGreaterThanOrEqual(-1e-9);
          expectSame(
            shares.reduce((sum, share) => sum + share, 0),
            1,
          );
        }
      },
    );
    fc.assert(property, options);
  });
});

// What must hold for every city: wholes are sums of parts, the past stays, order is irrelevant, figures explain themselves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bookOf,
  byMonth,
  cities,
  known,
  monthCount,
  months,
  size,
  someone,
  use,
} from '../../testing/accounts-arbitrary.ts';
import { CensusBuilder, termsOf } from '../../testing/census-builder.ts';
import { type Basis, basisNames } from './bases.ts';
import { buildBook } from './build-book.ts';
import type { Census } from './census.ts';
import { explain, recomputed } from './explain.ts';
import { figure, figureTable } from './figures.ts';
import { indicatorEntry, indicatorNames } from './indicators.ts';
import { windowOfYear } from './months.ts';
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

  it('everything is the sum of its uses, and energy that of its carriers', () => {
    const property = fc.property(
      cities,
      fc.constantFrom(...basisNames),
      someone,
      anyWindow,
      (city, basis, one, window) => {
        const book = bookOf(city);
        const { boundary, ...rest } = termsOf({ basis, boundary: 'everything' });
        const under = (uses: readonly Use[]) =>
          new Totals(book, {
            ...rest,
            boundary: { ...boundary, value: { ...boundary.value, uses: [...uses] } },
          });
        const whole = figure(under(useNames), 'energy', one, window).numerator;
        const byUse = useNames.map((use) => figure(under([use]), 'energy', one, window).numerator);
        const { parts } = explain(under(useNames), 'energy', one, window, { institution: false, use: false });
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

  it("changing a past year's people changes the figures of that year alone", () => {
    const property = fc.property(
      cities,
      anyTerms,
      anyIndicator,
      someone,
      (city, terms, indicator, changed) => {
        const more = (census: Census): Census => ({
          ...census,
          institutions: census.institutions.map((institution, number) =>
            number === changed
              ? {
                  ...institution,
                  users: institution.users.map((users, month) => (month < 12 ? users + 7 : users)),
                }
              : institution,
          ),
        });
        const [before, after] = [bookOf(city), bookOf(city, more)].map((book) => new Totals(book, terms));
        if (before === undefined || after === undefined) throw new Error('two books');
        for (const year of [2024, 2025]) {
          const window = windowOfYear(months, year);
          for (let one = 0; one < size; one++) {
            const [old, now] = [before, after].map((totals) => figure(totals, indicator, one, window));
            if (year === 2025 || indicatorEntry(indicator).per !== 'users') expect(now).toEqual(old);
          }
        }
      },
    );
    fc.assert(property, { ...options, numRuns: 150 });
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

  it('moves neither make nor lose energy, and leave no line below zero', () => {
    const property = fc.property(
      byMonth(known),
      fc.array(fc.record({ from: use, to: use, values: byMonth(known) }), { maxLength: 8 }),
      fc.boolean(),
      (main, subs, billed) => {
        const builder = new CensusBuilder(months);
        builder.institution();
        const basis: Basis = billed ? 'billed' : 'metered';
        if (billed) {
          for (const [month, quantity] of main.entries()) {
            const [from = 0, to = months.to] = [months.starts[month], months.starts[month + 1]];
            builder.statement({ institution: 0, commodity: 'electricity', from, to, quantity });
          }
        } else builder.meter('electricity', [{ institution: 0 }], main);
        const reached = new Set<Use>(['building']);
        for (const { from, to, values } of subs) {
          if (from === to || !reached.has(from)) continue;
          reached.add(to);
          const pair = [
            { institution: 0, use: from, share: -1 },
            { institution: 0, use: to, share: 1 },
          ];
          builder.meter('electricity', pair, values);
        }
        const { lines } = buildBook(builder.census(), builder.metered, months.to);
        for (const [month, total] of main.entries()) {
          const parts = lines.filter((line) => line.basis === basis).map((line) => line.quantity[month] ?? 0);
          for (const part of parts) if (!Number.isNaN(part)) expect(part).toBeGreaterThanOrEqual(0);
          expectSame(
            parts.reduce((sum, part) => sum + (part || 0), 0),
            total,
          );
        }
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

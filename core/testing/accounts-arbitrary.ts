// Any small city for property tests of accounts: a tree that changes, people, meters that move energy, bills and reports.
import fc from 'fast-check';
import type { Book } from '../domain/accounting/book.ts';
import { buildBook } from '../domain/accounting/build-book.ts';
import type { Census } from '../domain/accounting/census.ts';
import { type Commodity, commodityNames } from '../domain/accounting/commodities.ts';
import { useNames } from '../domain/accounting/uses.ts';
import { CensusBuilder, midnight, monthsFrom } from './census-builder.ts';

export const monthCount = 15;
export const months = monthsFrom(2024, monthCount);
export const size = 6;

/** To a thousandth, as meters and bills say it. */
const quantityOf = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((value) => value / 1000);
export const known = quantityOf(0, 1e6);
const amount = fc.oneof(fc.constant(Number.NaN), fc.constant(0), known);
export const byMonth = <T>(one: fc.Arbitrary<T>) =>
  fc.array(one, { minLength: monthCount, maxLength: monthCount });
const day = fc.integer({ min: -20, max: 470 }).map((days) => midnight('2024-01-01') + days * 86_400_000);
export const use = fc.constantFrom(...useNames);
const commodity = fc.constantFrom<Commodity>(
  'electricity',
  'natural_gas',
  'water',
  'heat',
  'solar',
  'raw_coal',
);
export const someone = fc.integer({ min: 0, max: size - 1 });

/** Everybody stands below somebody with a lower number, another one each month, or below nobody. */
const parents = fc.tuple(
  ...Array.from({ length: size }, (_, number) =>
    fc.oneof(
      byMonth(fc.integer({ min: -1, max: number - 1 })),
      fc.integer({ min: -1, max: number - 1 }).map((parent) => new Array<number>(monthCount).fill(parent)),
    ),
  ),
);
const people = fc.oneof(
  fc.constant(Number.NaN),
  quantityOf(1, 1000),
  byMonth(fc.oneof(fc.constant(Number.NaN), quantityOf(0, 1000))),
);
export const cities = fc.record({
  parents,
  people: fc.array(people, { minLength: 2 * size, maxLength: 2 * size }),
  registered: fc.array(byMonth(fc.constantFrom(0, 1)), { minLength: size, maxLength: size }),
  meters: fc.array(
    fc.record({
      institution: someone,
      commodity,
      use,
      to: use,
      share: fc.constantFrom(1, 1, 0.4, -1),
      days: fc.oneof(fc.constant(undefined), fc.tuple(day, day)),
      values: byMonth(amount),
    }),
    { maxLength: 14 },
  ),
  statements: fc.array(
    fc.record({
      basis: fc.constantFrom('billed', 'reported'),
      institution: someone,
      commodity: fc.constantFrom(...commodityNames),
      use,
      days: fc.tuple(day, day),
      quantity: quantityOf(-100, 1e6),
      amountCny: amount,
      account: fc.constantFrom('', 'a', 'b', 'c'),
    }),
    { maxLength: 14 },
  ),
});
export type City = typeof cities extends fc.Arbitrary<infer T> ? T : never;

function builderOf(city: City): CensusBuilder {
  const builder = new CensusBuilder(months);
  for (let number = 0; number < size; number++) {
    builder.institution({
      parent: city.parents[number] ?? -1,
      users: city.people[2 * number] ?? Number.NaN,
      areaM2: city.people[2 * number + 1] ?? Number.NaN,
      registered: city.registered[number] ?? 1,
    });
  }
  for (const { institution, commodity, use, to, share, days, values } of city.meters) {
    const stretch = { institution, use, share, ...(days === undefined ? {} : span(days)) };
    const moved = { ...stretch, use: to, share: -share };
    if (stretch.from !== undefined && stretch.from === stretch.to) continue;
    builder.meter(commodity, share < 0 ? [stretch, moved] : [stretch], values);
  }
  for (const account of ['a', 'b']) builder.account(account, account === 'a' ? 0 : 1, 'electricity');
  for (const { days, ...rest } of city.statements) {
    const { from, to } = span(days);
    if (from < to) builder.statement({ ...rest, from, to });
  }
  return builder;
}

function span([a, b]: readonly [number, number]) {
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

export function bookOf(city: City, change: (census: Census) => Census = (census) => census): Book {
  const builder = builderOf(city);
  return buildBook(change(builder.census()), builder.metered, months.to);
}

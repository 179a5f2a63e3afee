// Any small city for property tests of accounts: a tree that changes, people, meters that move energy, bills and reports.
import fc from 'fast-check';
import type { Book } from '../domain/accounting/book.ts';
import { buildBook } from '../domain/accounting/build-book.ts';
import type { Census } from '../domain/accounting/census.ts';
import { type Commodity, commodityNames } from '../domain/accounting/commodities.ts';
import { type Use, useNames } from '../domain/accounting/uses.ts';
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
  /** Founded, and ended, on any day; most are there all the time. */
  lives: fc.array(fc.option(fc.tuple(day, day), { freq: 2, nil: undefined }), {
    minLength: size,
    maxLength: size,
  }),
  registered: fc.array(byMonth(fc.constantFrom(0, 1)), { minLength: size, maxLength: size }),
  meters: fc.array(
    fc.record({
      institution: someone,
      commodity,
      use,
      to: use,
      share: fc.constantFrom(1, 1, 0.4),
      /** A sub-meter moves energy to the use `to`, a term is subtracted from a virtual point; of one of the meters before. */
      role: fc.constantFrom('meter', 'meter', 'sub-meter', 'term'),
      of: fc.nat(100),
      days: fc.oneof(fc.constant(undefined), fc.tuple(day, day)),
      values: byMonth(amount),
    }),
    { maxLength: 16 },
  ),
  statements: fc.array(
    fc.record({
      basis: fc.constantFrom('billed', 'reported'),
      institution: someone,
      commodity: fc.constantFrom(...commodityNames),
      use,
      days: fc.tuple(day, day),
      quantity: fc.oneof({ weight: 4, arbitrary: quantityOf(-100, 1e6) }, fc.constant(Number.NaN)),
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
      ...lifeOf(city.lives[number]),
    });
  }
  addMeters(builder, city);
  for (const account of ['a', 'b']) builder.account(account, account === 'a' ? 0 : 1, 'electricity');
  for (const { days, ...rest } of city.statements) {
    const { from, to } = span(days);
    if (from < to) builder.statement({ ...rest, from, to });
  }
  return builder;
}

/** A point that others are part of, or terms of a virtual one; and what it counts. */
interface Above {
  readonly counter: `agent/${string}`;
  readonly above: `agent/${string}`;
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly share: number;
}

function addMeters(builder: CensusBuilder, city: City): void {
  const isBase = ({ role }: City['meters'][number]) => role === 'meter';
  const bases = Math.max(1, city.meters.filter(isBase).length);
  // Of which of the meters something is subtracted: they are terms of a virtual point.
  const virtual = new Set(city.meters.filter(({ role }) => role === 'term').map(({ of }) => of % bases));
  const found: Above[] = [];
  const put = (meter: City['meters'][number], of?: Above) => {
    const { institution, commodity, use, share, days, values, to } = meter;
    const when: { from?: number; to?: number } = days === undefined ? {} : span(days);
    if (when.from !== undefined && when.from === when.to) return;
    const number = builder.length;
    const point = `agent/point-${number}` as const;
    if (of === undefined) {
      const counter = virtual.has(found.length) ? (`agent/virtual-${number}` as const) : point;
      const own = { institution, use, share };
      builder.meter(
        commodity,
        [counter === point ? { ...own, ...when } : { ...own, ...when, counter }],
        values,
      );
      found.push({ ...own, commodity, counter, above: counter });
      return;
    }
    const { counter, above } = of;
    const source = { institution: of.institution, use: of.use, share: -of.share, ...when, counter };
    if (meter.role === 'term') builder.meter(of.commodity, [source], values);
    else if (to !== of.use) {
      const target = { ...source, use: to, share: of.share };
      builder.meter(
        of.commodity,
        [
          { ...source, above },
          { ...target, above },
        ],
        values,
      );
      found.push({ ...of, use: to, above: point });
    }
  };
  for (const meter of city.meters) if (isBase(meter)) put(meter);
  const terms = found.slice();
  for (const meter of city.meters) {
    const of = meter.role === 'term' ? terms[meter.of % bases] : found[meter.of % Math.max(1, found.length)];
    if (!isBase(meter) && of !== undefined) put(meter, of);
  }
}

/** Within the months: an end that touches their last day is none. */
function lifeOf(days: readonly [number, number] | undefined) {
  if (days === undefined) return {};
  const [start = 0] = months.starts;
  const { from, to } = span(days);
  const life = { from: Math.max(from, start), to: Math.min(to, months.to) };
  const exists = Array.from(months.starts, (begin, month) =>
    Number(life.from < (months.starts[month + 1] ?? months.to) && life.to > begin && life.from < life.to),
  );
  return { exists, lives: life.from < life.to ? [life] : [] };
}

function span([a, b]: readonly [number, number]) {
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

export function bookOf(city: City, change: (census: Census) => Census = (census) => census): Book {
  const builder = builderOf(city);
  return buildBook(change(builder.census()), builder.metered, months.to);
}

/** The book of 2025 alone, from the same ledgers. */
export function lastYearOf(city: City): Book {
  const builder = builderOf(city);
  const census = builder.census();
  const from = months.starts[12] ?? months.to;
  const last = { starts: months.starts.slice(12), to: months.to };
  const isLast = (days: { readonly from: number; readonly to: number }) => days.to > from;
  return buildBook(
    {
      ...census,
      months: last,
      institutions: census.institutions.map((one) => ({
        ...one,
        parent: one.parent.slice(12),
        exists: one.exists.slice(12),
        lives: one.lives.filter(isLast).map((life) => ({ ...life, from: Math.max(life.from, from) })),
        users: one.users.slice(12),
        areaM2: one.areaM2.slice(12),
        registered: one.registered.slice(12),
      })),
      statements: census.statements.filter(isLast),
    },
    builder.metered.map((one) => ({
      value: one?.value.slice(12) ?? new Float64Array(3).fill(Number.NaN),
      measuredMs: one?.measuredMs.slice(12) ?? new Float64Array(3),
      estimatedMs: one?.estimatedMs.slice(12) ?? new Float64Array(3),
    })),
    months.to,
  );
}

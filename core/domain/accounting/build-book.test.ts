import { describe, expect, it } from 'vitest';
import { CensusBuilder, midnight, monthsFrom } from '../../testing/census-builder.ts';
import { dayMs } from '../time.ts';
import type { Basis } from './bases.ts';
import type { Book, BookLine } from './book.ts';
import { buildBook } from './build-book.ts';
import type { Commodity } from './commodities.ts';
import { cutMonths, type PartialMonth } from './metered-lines.ts';
import type { Use } from './uses.ts';

/** January to March 2025: 31, 28, 31 days. */
const months = monthsFrom(2025, 3);
const days = [31, 28, 31];

function bookOf(builder: CensusBuilder, asOf = months.to, partials: readonly PartialMonth[] = []): Book {
  return buildBook(builder.census(), builder.metered, asOf, partials);
}

function line(
  book: Book,
  use: Use = 'building',
  basis: Basis = 'metered',
  institution = 0,
  commodity: Commodity = 'electricity',
): BookLine | undefined {
  return book.lines.find(
    (one) =>
      one.institution === institution &&
      one.commodity === commodity &&
      one.use === use &&
      one.basis === basis,
  );
}

function quantities(...of: Parameters<typeof line>): number[] | undefined {
  const found = line(...of);
  return found && Array.from(found.quantity, (value) => Math.round(value * 1e6) / 1e6);
}

function inDays(column: Float64Array | undefined): number[] {
  return Array.from(column ?? [], (ms) => ms / dayMs);
}

/** A building of one institution with a bill over all of it and, as wanted, meters. */
function withSubMeter(main: readonly number[] | undefined, sub: readonly number[] | undefined) {
  const builder = new CensusBuilder(months);
  const institution = builder.institution();
  builder.meter('electricity', [{ institution }], main);
  builder.meter(
    'electricity',
    [
      { institution, share: -1 },
      { institution, share: 1, use: 'charging-staff' },
    ],
    sub,
  );
  return { builder, institution };
}

describe('metered lines of the book', () => {
  it('add the meters of an institution; an unknown month is missing, never 0', () => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution();
    builder.meter('electricity', [{ institution }], [100, Number.NaN, 300]);
    builder.meter('electricity', [{ institution }], [10, Number.NaN, Number.NaN]);
    builder.meter('electricity', [{ institution, use: 'canteen' }], undefined);
    const book = bookOf(builder);
    expect(quantities(book)).toEqual([110, Number.NaN, 300]);
    expect(inDays(line(book)?.expectedMs)).toEqual([62, 56, 62]);
    expect(inDays(line(book)?.measuredMs)).toEqual([62, 0, 31]);
    expect(quantities(book, 'canteen')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(inDays(line(book, 'canteen')?.expectedMs)).toEqual(days);
  });

  it('share a shared building', () => {
    const builder = new CensusBuilder(months);
    const [first, second] = [builder.institution(), builder.institution()];
    builder.meter(
      'electricity',
      [
        { institution: first, share: 0.25 },
        { institution: second, share: 0.75 },
      ],
      100,
    );
    const book = bookOf(builder);
    expect(quantities(book, 'building', 'metered', first)).toEqual([25, 25, 25]);
    expect(quantities(book, 'building', 'metered', second)).toEqual([75, 75, 75]);
  });

  it('cut a month where a building changes hands, by what the store knows of the parts', () => {
    const builder = new CensusBuilder(months);
    const [before, after] = [builder.institution(), builder.institution()];
    const change = midnight('2025-02-08');
    builder.meter(
      'electricity',
      [
        { institution: before, to: change },
        { institution: after, from: change },
      ],
      280,
    );
    const cuts = cutMonths(builder.census());
    expect(cuts.map(({ from, to }) => (to - from) / dayMs)).toEqual([7, 21]);
    const partials = cuts.map((cut, index) => ({
      ...cut,
      value: index === 0 ? 30 : 250,
      measuredMs: cut.to - cut.from,
      estimatedMs: 0,
    }));
    const known = bookOf(builder, months.to, partials);
    expect(quantities(known, 'building', 'metered', before)).toEqual([280, 30, Number.NaN]);
    expect(quantities(known, 'building', 'metered', after)).toEqual([Number.NaN, 250, 280]);

    const spread = bookOf(builder);
    expect(quantities(spread, 'building', 'metered', before)).toEqual([280, 70, Number.NaN]);
    expect(quantities(spread, 'building', 'metered', after)).toEqual([Number.NaN, 210, 280]);
    expect(inDays(line(spread, 'building', 'metered', after)?.estimatedMs)).toEqual([0, 21, 0]);
  });

  it('expect nothing after the time that the book is made for', () => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution();
    builder.meter('electricity', [{ institution }], [100, 50, Number.NaN]);
    const book = bookOf(builder, midnight('2025-02-11'));
    expect(inDays(line(book)?.expectedMs)).toEqual([31, 10, 0]);
    expect(inDays(line(book)?.measuredMs)).toEqual([31, 10, 0]);
  });
});

describe('what sub-meters move', () => {
  it('goes from use to use and is counted once', () => {
    const { builder } = withSubMeter([100, 100, 100], [30, 0, Number.NaN]);
    const book = bookOf(builder);
    expect(quantities(book)).toEqual([70, 100, 100]);
    expect(quantities(book, 'charging-staff')).toEqual([30, 0, Number.NaN]);
    expect(inDays(line(book, 'charging-staff')?.measuredMs)).toEqual([31, 28, 0]);
  });

  it('leaves a rest of 0, not less, where sub-meters show more than the meter above', () => {
    const { builder, institution } = withSubMeter([100, 100, 100], [150, 60, 60]);
    builder.meter(
      'electricity',
      [
        { institution, share: -1 },
        { institution, share: 1, use: 'data-centre' },
      ],
      [50, 60, 0],
    );
    const book = bookOf(builder);
    expect(quantities(book)).toEqual([0, 0, 40]);
    expect(quantities(book, 'charging-staff')).toEqual([75, 50, 60]);
    expect(quantities(book, 'data-centre')).toEqual([25, 50, 0]);
  });

  it('is all that is known while the meter above is silent', () => {
    const { builder } = withSubMeter([100, Number.NaN, 100], [30, 30, 30]);
    const book = bookOf(builder);
    expect(quantities(book)).toEqual([70, Number.NaN, 70]);
    expect(quantities(book, 'charging-staff')).toEqual([30, 30, 30]);
  });

  it('moves on the billed basis too, with its money, in the months in which a bill is there', () => {
    const { builder, institution } = withSubMeter(undefined, [40, 40, 40]);
    builder.account('account', institution, 'electricity');
    builder.statement({
      institution,
      commodity: 'electricity',
      account: 'account',
      from: midnight('2025-01-01'),
      to: midnight('2025-02-01'),
      quantity: 200,
      amountCny: 120,
    });
    const book = bookOf(builder);
    expect(quantities(book, 'building', 'billed')).toEqual([160, Number.NaN, Number.NaN]);
    expect(quantities(book, 'charging-staff', 'billed')).toEqual([40, Number.NaN, Number.NaN]);
    expect(line(book, 'building', 'billed')?.amountCny[0]).toBeCloseTo(96, 9);
    expect(line(book, 'charging-staff', 'billed')?.amountCny[0]).toBeCloseTo(24, 9);
    expect(inDays(line(book, 'charging-staff', 'billed')?.measuredMs)).toEqual([31, 0, 0]);
    expect(inDays(line(book, 'charging-staff', 'billed')?.expectedMs)).toEqual(days);
  });

  it.each([false, true])('goes on where moves are nested, in either order (%s)', (reversed) => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution();
    builder.meter('electricity', [{ institution }], 100);
    const moves: [Use, Use, number][] = [
      ['building', 'data-centre', 60],
      ['data-centre', 'charging-public', 20],
    ];
    for (const [from, to, value] of reversed ? moves.toReversed() : moves) {
      builder.meter(
        'electricity',
        [
          { institution, share: -1, use: from },
          { institution, use: to },
        ],
        value,
      );
    }
    builder.account('account', institution, 'electricity');
    builder.statement({
      institution,
      commodity: 'electricity',
      account: 'account',
      from: midnight('2025-01-01'),
      to: midnight('2025-04-01'),
      quantity: 900,
    });
    const book = bookOf(builder);
    expect(quantities(book)?.[0]).toBe(40);
    expect(quantities(book, 'data-centre')?.[0]).toBe(40);
    expect(quantities(book, 'charging-public')?.[0]).toBe(20);
    expect(quantities(book, 'building', 'billed')).toEqual([250, 220, 250]);
    expect(quantities(book, 'data-centre', 'billed')).toEqual([40, 40, 40]);
    expect(inDays(line(book, 'charging-public', 'billed')?.measuredMs)).toEqual(days);
  });
});

describe('bills and reports in the book', () => {
  it('are spread evenly over their days', () => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution();
    builder.account('account', institution, 'water');
    builder.statement({
      institution,
      commodity: 'water',
      account: 'account',
      from: midnight('2024-12-22'),
      to: midnight('2025-02-10'),
      quantity: 500,
      amountCny: 1000,
    });
    const book = bookOf(builder);
    expect(quantities(book, 'building', 'billed', 0, 'water')).toEqual([310, 90, Number.NaN]);
    const found = line(book, 'building', 'billed', 0, 'water');
    expect(Array.from(found?.amountCny ?? [])).toEqual([620, 180, Number.NaN]);
    expect(inDays(found?.expectedMs)).toEqual(days);
    expect(inDays(found?.measuredMs)).toEqual([31, 9, 0]);
  });

  it('cover days once however many bills they have: a credit note lowers the sum alone', () => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution();
    builder.account('account', institution, 'electricity');
    const january = { from: midnight('2025-01-01'), to: midnight('2025-02-01') };
    for (const quantity of [310, -31]) {
      builder.statement({
        institution,
        commodity: 'electricity',
        account: 'account',
        ...january,
        quantity,
      });
    }
    const book = bookOf(builder);
    expect(quantities(book, 'building', 'billed')?.[0]).toBe(279);
    expect(inDays(line(book, 'building', 'billed')?.measuredMs)).toEqual([31, 0, 0]);
  });

  it('that are reported once are expected from then on, while the institution exists', () => {
    const builder = new CensusBuilder(months);
    const institution = builder.institution({ exists: [1, 1, 0] });
    builder.statement({
      basis: 'reported',
      institution,
      commodity: 'diesel',
      use: 'vehicle',
      from: midnight('2025-01-01'),
      to: midnight('2025-02-01'),
      quantity: 62,
    });
    const found = line(bookOf(builder), 'vehicle', 'reported', 0, 'diesel');
    expect(inDays(found?.expectedMs)).toEqual([31, 28, 0]);
    expect(inDays(found?.measuredMs)).toEqual([31, 0, 0]);
  });

  it('count whole days where clocks change', () => {
    // Berlin, March and April 2025: the 30th of March has 23 hours.
    const starts = ['2025-03-01T00:00+01:00', '2025-04-01T00:00+02:00', '2025-05-01T00:00+02:00'];
    const [march = 0, april = 0, may = 0] = starts.map((text) => Date.parse(text));
    const builder = new CensusBuilder({ starts: Float64Array.of(march, april), to: may });
    const institution = builder.institution();
    builder.statement({ institution, commodity: 'electricity', from: march, to: may, quantity: 61 });
    expect(quantities(bookOf(builder, may), 'building', 'billed')).toEqual([31, 30]);
  });
});

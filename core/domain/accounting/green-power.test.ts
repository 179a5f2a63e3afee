import { describe, expect, it } from 'vitest';
import { CensusBuilder, monthsFrom, termsOf } from '../../testing/census-builder.ts';
import { buildBook } from './build-book.ts';
import { figure } from './figures.ts';
import type { Indicator } from './indicators.ts';
import { Totals } from './totals.ts';

const months = monthsFrom(2022, 12);
const year = { from: 0, to: 12 };
const grid = 0.5366;

/** Electricity and green power by month, billed; a sub-meter of public charging. */
function city(electricity: readonly number[], green: number, charging = 0) {
  const builder = new CensusBuilder(months);
  builder.institution({ users: 10 });
  const [first = 0] = months.starts;
  for (const [month, quantity] of electricity.entries()) {
    const [from = 0, to = months.to] = [months.starts[month], months.starts[month + 1]];
    builder.statement({ institution: 0, commodity: 'electricity', from, to, quantity });
  }
  builder.statement({
    institution: 0,
    commodity: 'green_power',
    from: first,
    to: months.to,
    quantity: green,
  });
  builder.meter('electricity', [{ institution: 0 }], 100);
  const pair = [
    { institution: 0, share: -1 },
    { institution: 0, share: 1, use: 'charging-public' },
  ] as const;
  builder.meter('electricity', pair, charging);
  return buildBook(builder.census(), builder.metered, months.to);
}

const ask = (book: ReturnType<typeof city>, indicator: Indicator, window = year, boundary = 'statutory') =>
  figure(new Totals(book, termsOf({ basis: 'billed', boundary })), indicator, 0, window).value ?? Number.NaN;

const even = new Array<number>(12).fill(100);
const winter = [300, 300, 100, 50, 50, 50, 50, 50, 50, 50, 50, 100];

describe('green power', () => {
  it('of a year is matched with the electricity of the year, whatever the months', () => {
    const book = city(winter, 600);
    expect(ask(book, 'carbon')).toBeCloseTo(600 * grid, 9);
    expect(ask(book, 'carbon', { from: 0, to: 1 })).toBeCloseTo(150 * grid, 9);
    expect(ask(city(winter, 1200), 'carbon')).toBeCloseTo(0, 9);
  });

  it('of a contract that begins within a year is matched with the electricity of all of that year', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ users: 10 });
    const october = months.starts[9] ?? 0;
    for (const [month, from] of months.starts.entries()) {
      const to = months.starts[month + 1] ?? months.to;
      builder.statement({ institution: 0, commodity: 'electricity', from, to, quantity: 1_000 });
      if (month >= 9)
        builder.statement({
          ...{ institution: 0, commodity: 'green_power', from, to, quantity: 900 },
          account: 'green',
        });
    }
    builder.account('green', 0, 'green_power', 'building', { from: october });
    const book = buildBook(builder.census(), builder.metered, months.to);
    expect(ask(book, 'carbon')).toBeCloseTo((12_000 - 2_700) * grid, 6);
    expect(ask(book, 'greenPower')).toBeCloseTo(2_700, 9);
  });

  it('takes away no more carbon than the electricity has, and stays what was bought', () => {
    const book = city(even, 2400);
    expect(ask(book, 'carbon')).toBeCloseTo(0, 9);
    expect(ask(book, 'greenPower')).toBeCloseTo(2400, 9);
  });

  it('goes with every use in proportion: what moved out of the boundary took its green part along', () => {
    const book = city(even, 1200, 25);
    expect(ask(book, 'electricity')).toBeCloseTo(900, 9);
    expect(ask(book, 'carbon')).toBeCloseTo(0, 9);
    const half = city(even, 600, 25);
    expect(ask(half, 'carbon')).toBeCloseTo(450 * grid, 9);
    expect(ask(half, 'carbon', year, 'everything')).toBeCloseTo(600 * grid, 9);
  });

  it('without known electricity takes nothing away', () => {
    const builder = new CensusBuilder(months);
    builder.institution({ users: 10 });
    const [from = 0] = months.starts;
    builder.statement({ institution: 0, commodity: 'green_power', from, to: months.to, quantity: 100 });
    const book = buildBook(builder.census(), [], months.to);
    expect(ask(book, 'carbon')).toBeNaN();
    expect(ask(book, 'carbonPerPerson')).toBeNaN();
  });
});

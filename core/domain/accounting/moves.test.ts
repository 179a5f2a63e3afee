import { expect, it } from 'vitest';
import { CensusBuilder, monthsFrom, termsOf } from '../../testing/census-builder.ts';
import { dayMs } from '../time.ts';
import { buildBook } from './build-book.ts';
import { figure } from './figures.ts';
import { Totals } from './totals.ts';

it('of a month that is billed in part, a sub-meter moves what it used in that part', () => {
  const months = monthsFrom(2022, 12);
  const builder = new CensusBuilder(months);
  builder.institution({ users: 10 });
  const january = months.starts[0] ?? 0;
  const begins = january + 20 * dayMs;
  builder.account('account', 0, 'electricity', 'building', { from: begins });
  for (const [month, start] of months.starts.entries()) {
    const from = Math.max(start, begins);
    const to = months.starts[month + 1] ?? months.to;
    const quantity = (100 * (to - from)) / dayMs;
    builder.statement({ institution: 0, commodity: 'electricity', from, to, quantity, account: 'account' });
  }
  // 31 kWh a month below the bill's meter: in January 11 of 31 days are billed.
  builder.meter('electricity', [{ institution: 0 }], 3_000);
  const pair = [
    { institution: 0, share: -1 },
    { institution: 0, share: 1, use: 'charging-public' },
  ] as const;
  builder.meter('electricity', pair, 31);
  const book = buildBook(builder.census(), builder.metered, months.to);
  const billed = (boundary: string, window: { from: number; to: number }) =>
    figure(new Totals(book, termsOf({ basis: 'billed', boundary })), 'electricity', 0, window).value;
  expect(billed('statutory', { from: 0, to: 1 })).toBeCloseTo(1_100 - 11, 9);
  expect(billed('statutory', { from: 1, to: 2 })).toBeCloseTo(2_800 - 31, 9);
  expect(billed('everything', { from: 0, to: 12 })).toBeCloseTo(34_500, 9);
});

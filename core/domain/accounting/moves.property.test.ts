// What sub-meters move, for any city of meters with sub-meters of sub-meters: nothing comes into being or is lost, and none pays
// for another.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byMonth, known, monthCount, months, use } from '../../testing/accounts-arbitrary.ts';
import { CensusBuilder } from '../../testing/census-builder.ts';
import type { Basis } from './bases.ts';
import type { BookLine } from './book.ts';
import { buildBook } from './build-book.ts';
import type { Use } from './uses.ts';

const reading = fc.oneof({ weight: 3, arbitrary: known }, fc.constant(Number.NaN), fc.constant(0));
const sub = fc.record({ below: fc.nat(20), use, values: byMonth(reading), ownBill: fc.boolean() });
const term = fc.option(byMonth(reading), { freq: 3, nil: undefined });
const house = fc.record({ values: byMonth(reading), subs: fc.array(sub, { maxLength: 6 }), term });
type House = typeof house extends fc.Arbitrary<infer T> ? T : never;
const bills = byMonth(
  fc.oneof({ weight: 3, arbitrary: known }, fc.constant(Number.NaN), fc.constant(undefined)),
);
const options = { numRuns: 300, seed: 4 };

/** A sub-meter as it hangs in the tree: only those with another use than what is above them move anything. */
interface Mover {
  readonly use: Use;
  readonly values: readonly number[];
  readonly below: Mover[];
}

/** One institution, all of its houses on one line; @returns the movers directly below each house's meter */
function build(builder: CensusBuilder, houses: readonly House[]): Mover[][] {
  return houses.map(({ values, subs, term }) => {
    const place = `agent/${term === undefined ? 'point' : 'virtual'}-${builder.length}` as const;
    const counter = term === undefined ? {} : { counter: place };
    builder.meter('electricity', [{ institution: 0, ...counter }], values);
    if (term !== undefined)
      builder.meter('electricity', [{ institution: 0, share: -1, counter: place }], term);
    const direct: Mover[] = [];
    const found = [{ point: place, use: 'building' as Use, below: direct }];
    for (const { below, use, values, ownBill } of subs) {
      const above = found[below % found.length];
      if (above === undefined || above.use === use) continue;
      const move = { institution: 0, counter: place, above: above.point, ownBill };
      const pair = [
        { ...move, use: above.use, share: -1 },
        { ...move, use, share: 1 },
      ];
      const mover: Mover = { use, values, below: [] };
      above.below.push(mover);
      found.push({
        point: `agent/point-${builder.length}` as `agent/point-${number}`,
        use,
        below: mover.below,
      });
      builder.meter('electricity', pair, values);
    }
    return direct;
  });
}

function linesOf(houses: readonly House[], account?: readonly (number | undefined)[]): readonly BookLine[] {
  const builder = new CensusBuilder(months);
  builder.institution();
  build(builder, houses);
  for (const [month, quantity] of (account ?? []).entries()) {
    const [from = 0, to = months.to] = [months.starts[month], months.starts[month + 1]];
    builder.account('a', 0, 'electricity', 'building', { from, to });
    const bill = { institution: 0, commodity: 'electricity', account: 'a', from, to } as const;
    if (quantity !== undefined) builder.statement({ ...bill, quantity, amountCny: 10 });
  }
  return buildBook(builder.census(), builder.metered, months.to).lines;
}

function sumOf(lines: readonly BookLine[], basis: Basis, column: 'quantity' | 'amountCny', month: number) {
  return lines
    .filter((line) => line.basis === basis)
    .reduce((sum, line) => sum + (line[column][month] || 0), 0);
}

/** What is known of a sub-meter: its own word, else that of those below it. */
function shownBy({ values, below }: Mover, month: number): number {
  const own = values[month] ?? Number.NaN;
  return Number.isNaN(own) ? below.reduce((sum, other) => sum + shownBy(other, month), 0) : own;
}

function expectClose(a: number, b: number): void {
  const most = 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  // Asked for each month of each line: an expectation costs more than what it looks at.
  if (!(Math.abs(a - b) <= most)) expect(Math.abs(a - b)).toBeLessThanOrEqual(most);
}

describe('for every tree of sub-meters', () => {
  it('the uses of an institution sum to what its meters show, or, while one is silent, to what those below it do', () => {
    const property = fc.property(fc.array(house, { maxLength: 4 }), (houses) => {
      const lines = linesOf(houses);
      const below = build(new CensusBuilder(months), houses);
      for (let month = 0; month < monthCount; month++) {
        let total = 0;
        for (const [place, { values, term }] of houses.entries()) {
          const shown = values[month] ?? Number.NaN;
          const less = term === undefined ? 0 : (term[month] ?? Number.NaN);
          const rest = Math.max(0, shown - less);
          const others = (below[place] ?? []).reduce((sum, mover) => sum + shownBy(mover, month), 0);
          total += Number.isNaN(rest) ? others : rest;
        }
        expectClose(sumOf(lines, 'metered', 'quantity', month), total);
        for (const { quantity } of lines) expect(quantity[month] ?? 0).not.toBeLessThan(0);
      }
    });
    fc.assert(property, options);
  });

  it('a meter with all below it adds the same, whatever stands beside it', () => {
    const property = fc.property(fc.array(house, { minLength: 2, maxLength: 4 }), (houses) => {
      const together = linesOf(houses);
      const alone = houses.map((one) => linesOf([one]));
      for (const { use, quantity, expectedMs, measuredMs } of together) {
        const parts = alone.flatMap((lines) => lines.filter((line) => line.use === use));
        for (let month = 0; month < monthCount; month++) {
          const sum = (column: 'quantity' | 'expectedMs' | 'measuredMs') =>
            parts.reduce((all, line) => all + (line[column][month] || 0), 0);
          expectClose(quantity[month] || 0, sum('quantity'));
          expectClose(expectedMs[month] ?? 0, sum('expectedMs'));
          expectClose(measuredMs[month] ?? 0, sum('measuredMs'));
        }
      }
    });
    fc.assert(property, options);
  });

  it('bills stay what they are in sum, quantity and money, and nothing is covered that no bill says', () => {
    const property = fc.property(fc.array(house, { maxLength: 3 }), bills, (houses, account) => {
      const lines = linesOf(houses, account);
      for (const [month, quantity] of account.entries()) {
        expectClose(sumOf(lines, 'billed', 'quantity', month), quantity || 0);
        expectClose(sumOf(lines, 'billed', 'amountCny', month), quantity === undefined ? 0 : 10);
        for (const line of lines.filter(({ basis }) => basis === 'billed')) {
          expect(line.quantity[month] ?? 0).not.toBeLessThan(0);
          if (Number.isNaN(quantity ?? Number.NaN)) expect(line.measuredMs[month]).toBe(0);
        }
      }
    });
    fc.assert(property, options);
  });

  it('what has a bill of its own is in no other: then nothing moves on the billed basis', () => {
    const property = fc.property(fc.array(house, { maxLength: 3 }), bills, (houses, account) => {
      const apart = houses.map((one) => ({
        ...one,
        subs: one.subs.map((each) => ({ ...each, ownBill: true })),
      }));
      const billed = linesOf(apart, account).filter(({ basis }) => basis === 'billed');
      for (const line of billed) expect(line.use).toBe('building');
      const metered = (some: readonly House[]) =>
        linesOf(some, account).filter(({ basis }) => basis === 'metered');
      expect(metered(apart)).toEqual(metered(houses));
    });
    fc.assert(property, { ...options, numRuns: 100 });
  });
});

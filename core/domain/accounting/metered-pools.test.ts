import { describe, expect, it } from 'vitest';
import { CensusBuilder, monthsFrom } from '../../testing/census-builder.ts';
import { dayMs } from '../time.ts';
import type { Basis } from './bases.ts';
import type { BookLine } from './book.ts';
import { buildBook } from './build-book.ts';
import type { Use } from './uses.ts';

const nan = Number.NaN;
/** January to March 2025: 31, 28, 31 days. */
const months = monthsFrom(2025, 3);
const elsewhere = 'agent/rest';

function start(): CensusBuilder {
  const builder = new CensusBuilder(months);
  builder.institution();
  return builder;
}

/** A sub-meter below the series `above`, an index. */
function move(
  builder: CensusBuilder,
  counter: number,
  above: number,
  uses: readonly [Use, Use],
  values: number | readonly number[],
): number {
  const of = { institution: 0, counter: `agent/point-${counter}`, above: `agent/point-${above}` } as const;
  const pair = [
    { ...of, use: uses[0], share: -1 },
    { ...of, use: uses[1], share: 1 },
  ];
  return builder.meter('electricity', pair, values);
}

function linesOf(builder: CensusBuilder): readonly BookLine[] {
  return buildBook(builder.census(), builder.metered, months.to).lines;
}

function quantities(builder: CensusBuilder, use: Use = 'building', basis: Basis = 'metered') {
  const found = linesOf(builder).find((line) => line.use === use && line.basis === basis);
  return found && [...found.quantity];
}

describe('virtual points beside meters on one line', () => {
  const tenantOf = (values: readonly number[]) => {
    const builder = start();
    builder.meter('electricity', [{ institution: 0 }], 500);
    builder.meter('electricity', [{ institution: 0, counter: elsewhere }], 100);
    builder.meter('electricity', [{ institution: 0, share: -1, counter: elsewhere }], values);
    return builder;
  };

  it('lose with an unknown term what they add themselves, with its covered time, and nothing beside it', () => {
    const builder = tenantOf([30, nan, 30]);
    expect(quantities(builder)).toEqual([570, 500, 570]);
    const [line] = linesOf(builder);
    const inDays = (column: Float64Array | undefined) => Array.from(column ?? [], (ms) => ms / dayMs);
    expect(inDays(line?.expectedMs)).toEqual([93, 84, 93]);
    expect(inDays(line?.measuredMs)).toEqual([93, 28, 93]);
  });

  it('lose with a term of which a few days of a month are known: they are not the month', () => {
    const builder = tenantOf([30, 1, 30]);
    // February's: one day of 28.
    const metered = builder.metered.map((column, index) => {
      if (column === undefined || index !== 2) return column;
      const measuredMs = Float64Array.from(column.measuredMs, (ms, month) => (month === 1 ? dayMs : ms));
      return { ...column, measuredMs };
    });
    const { lines } = buildBook(builder.census(), metered, months.to);
    expect([...(lines[0]?.quantity ?? [])]).toEqual([570, 500, 570]);
  });

  it('are never below zero: no meter beside them pays for what is subtracted', () => {
    expect(quantities(tenantOf([130, 100, 0]))).toEqual([500, 500, 600]);
  });

  it('are partial where a sum lacks a term, unknown where a difference lacks any', () => {
    const withTerms = (shares: readonly number[]) => {
      const builder = start();
      for (const share of shares) {
        const values = share === 1 ? [100, nan, 100] : 50;
        builder.meter('electricity', [{ institution: 0, share, counter: elsewhere }], values);
      }
      return quantities(builder);
    };
    expect(withTerms([1, 0.5])).toEqual([125, 25, 125]);
    expect(withTerms([1, 0.5, -0.5])).toEqual([100, nan, 100]);
  });
});

describe('a sub-meter', () => {
  it('takes from its own meter alone: not from one beside it, be its own silent or too small', () => {
    const builder = start();
    const own = builder.meter('electricity', [{ institution: 0 }], [nan, 10, 80]);
    builder.meter('electricity', [{ institution: 0 }], 100);
    move(builder, own, own, ['building', 'data-centre'], 50);
    expect(quantities(builder)).toEqual([100, 100, 130]);
    expect(quantities(builder, 'data-centre')).toEqual([50, 10, 50]);
  });

  it('gives to those below it alone, at most what it has', () => {
    const builder = start();
    const main = builder.meter('electricity', [{ institution: 0 }], 100);
    const first = move(builder, main, main, ['building', 'data-centre'], [20, 20, 0]);
    move(builder, main, main, ['building', 'data-centre'], 30);
    move(builder, main, first, ['data-centre', 'canteen'], [15, 25, 25]);
    expect(quantities(builder)).toEqual([50, 50, 70]);
    expect(quantities(builder, 'data-centre')).toEqual([35, 30, 30]);
    expect(quantities(builder, 'canteen')).toEqual([15, 20, 0]);
  });

  it('that is silent passes on what those below it show: it comes out of the meter above, and counts once', () => {
    const builder = start();
    const main = builder.meter('electricity', [{ institution: 0 }], [100, 100, nan]);
    const silent = move(builder, main, main, ['building', 'data-centre'], [60, nan, nan]);
    move(builder, main, silent, ['data-centre', 'canteen'], 20);
    expect(quantities(builder)).toEqual([40, 80, nan]);
    expect(quantities(builder, 'data-centre')).toEqual([40, nan, nan]);
    expect(quantities(builder, 'canteen')).toEqual([20, 20, 20]);
  });

  it('moves on the billed basis what it really moved, and nothing where it has a bill of its own', () => {
    const billed = (ownBill: boolean) => {
      const builder = start();
      const main = builder.meter('electricity', [{ institution: 0 }], 10);
      const of = {
        institution: 0,
        counter: `agent/point-${main}`,
        above: `agent/point-${main}`,
        ownBill,
      } as const;
      builder.meter(
        'electricity',
        [
          { ...of, share: -1 },
          { ...of, share: 1, use: 'charging-public' },
        ],
        30,
      );
      builder.account('a', 0, 'electricity');
      const [from = 0] = months.starts;
      builder.statement({
        institution: 0,
        commodity: 'electricity',
        account: 'a',
        from,
        to: months.to,
        quantity: 9000,
      });
      return [quantities(builder, 'building', 'billed'), quantities(builder, 'charging-public', 'billed')];
    };
    expect(billed(false)).toEqual([
      [3090, 2790, 3090],
      [10, 10, 10],
    ]);
    expect(billed(true)).toEqual([[3100, 2800, 3100], undefined]);
  });
});

// What is charged by quantity (电度电费): components of the price, by period.
import type { CostGap } from './cost-gaps.ts';
import { type DraftLine, type Piece, rowAt } from './cost-lines.ts';
import { fenOf } from './money.ts';
import { unsortedPlace } from './period-use.ts';
import { type Period, periodNames } from './periods.ts';
import { slotsOf } from './slots.ts';
import type { Tariff } from './tariff.ts';

type Season = NonNullable<Tariff['timeOfUse']>['seasons'][number];

interface Part {
  readonly period: Period;
  readonly quantity: number;
  readonly gaps: readonly CostGap[];
}

/** A line for each component and each period in which something was used, or may have been. */
export function componentLines(tariff: Tariff, piece: Piece): DraftLine[] {
  const monthNumber = Number(piece.month.slice(5));
  const season = tariff.timeOfUse?.seasons.find(({ months }) => months.includes(monthNumber));
  const parts = season === undefined ? [wholePart(piece)] : partsOf(season, piece);
  return tariff.components.flatMap((component) => {
    const { id, adjusted, monthly, prices } = component;
    const row = monthly ? prices.find(({ from }) => from === piece.month) : rowAt(prices, piece.month);
    return parts.map(({ period, quantity, gaps }): DraftLine => {
      const line = { component: id, period: season ? period : null, step: null, quantity, adjusted };
      const plain = priceOf(row?.price, period);
      if (plain === undefined) return { ...line, price: null, fen: null, gaps: [...gaps, 'no-price'] };
      const price = component.factored ? plain * (season?.factors[period] ?? 1) : plain;
      return { ...line, price, fen: fenOf(quantity * price), gaps };
    });
  });
}

function wholePart({ total, unknown }: Piece): Part {
  return { period: 'flat', quantity: total, gaps: unknown ? ['unknown-hours'] : [] };
}

/** Of the periods that the season has; one with nothing in it, where nothing was used at all. */
function partsOf(season: Season, { use }: Piece): Part[] {
  const always: CostGap[] = [];
  if ((use.unknownMs[unsortedPlace] ?? 0) > 0) always.push('unknown-hours');
  if ((use.quantity[unsortedPlace] ?? 0) !== 0) always.push('no-period');
  const parts = periodsIn(season).map((place): Part => {
    const unknown = (use.unknownMs[place] ?? 0) > 0 && !always.includes('unknown-hours');
    return {
      period: periodNames[place] ?? 'flat',
      quantity: use.quantity[place] ?? 0,
      gaps: unknown ? [...always, 'unknown-hours'] : always,
    };
  });
  const some = parts.filter(({ quantity, gaps }) => quantity !== 0 || gaps.length > 0);
  return some.length > 0 ? some : parts.slice(0, 1);
}

function periodsIn({ schedules }: Season): number[] {
  const places = new Set<number>();
  for (const { spans } of schedules) for (const place of slotsOf(spans).slots) places.add(place);
  return [...places].sort((a, b) => a - b);
}

function priceOf(
  price: number | Readonly<Partial<Record<Period, number>>> | undefined,
  period: Period,
): number | undefined {
  return typeof price === 'object' ? price[period] : price;
}

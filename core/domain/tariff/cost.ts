// What a supply account pays under a tariff, by month, component and period.
//
// Rounding: a line is one component in one month, and one period or step where it has such. Each line is rounded to 0.01
// CNY, half a fen away from zero; every sum is of rounded lines and therefore exact. Quantities and prices are not rounded.
// What is charged by the month (basic charge, fees) or season (area) falls on parts of it by days, so that the parts add up.
import type { Calendar } from '../time.ts';
import { areaLine, basicLine, fixedLines } from './charges.ts';
import type { CostGap } from './cost-gaps.ts';
import { type AccountMonth, type CostLine, type DraftLine, type Piece, pieceOf } from './cost-lines.ts';
import { componentLines } from './energy-charge.ts';
import { cnyOf, fenOf } from './money.ts';
import type { PeriodUse } from './period-use.ts';
import type { Period } from './periods.ts';
import { adjustmentBasisPoints, powerFactorHundredths } from './power-factor.ts';
import type { Tariff } from './tariff.ts';
import { TierCounter } from './tiers.ts';

export interface CostInput {
  /** Ascending, none overlaps another; `periodUse` and `wholeUse` make them. */
  readonly uses: readonly PeriodUse[];
  readonly calendar: Calendar;
  /** What else is known of the account in a local month (`YYYY-MM`). */
  readonly account: (month: string) => AccountMonth;
  /** Used from the beginning of the tiers' month or year to the first piece; not needed where that begins one. */
  readonly usedBefore?: number | undefined;
}

export interface Cost {
  /** `null` where a line is not known in full and `partial` was not asked for. */
  readonly totalCny: number | null;
  readonly lines: readonly CostLine[];
  /** Each reason once; empty: complete. */
  readonly gaps: readonly CostGap[];
}

/**
 * @param unknown `null`: a line that lacks something is `null`, and so is the total; `partial`: what is known of it, with
 * the reasons beside it
 */
export function costOf(tariff: Tariff, input: CostInput, unknown: 'null' | 'partial' = 'null'): Cost {
  const tiers = tariff.tiers && new TierCounter(tariff.tiers, input.usedBefore);
  const lines = input.uses.flatMap((use) => {
    const piece = pieceOf(use, input.calendar, input.account);
    const drafts = [
      ...componentLines(tariff, piece),
      ...(tiers?.linesOf(piece, unknown === 'partial') ?? []),
      ...basicLine(tariff, piece),
    ];
    const all = [
      ...drafts,
      ...powerFactorLine(tariff, piece, drafts),
      ...fixedLines(tariff, piece),
      ...areaLine(tariff, piece),
    ];
    return all.map((draft) => finish(draft, piece.month, unknown === 'partial'));
  });
  const gaps = [...new Set(lines.flatMap((line) => line.gaps))];
  const complete = gaps.length === 0 || unknown === 'partial';
  return { totalCny: complete ? sumOf(lines) : null, lines, gaps };
}

/** Sums of lines by what `key` says; `null` where a line of the sum is. */
export function costBy<K extends string>(
  lines: readonly CostLine[],
  key: (line: CostLine) => K | null,
): Map<K, number | null> {
  const groups = new Map<K, CostLine[]>();
  for (const line of lines) {
    const name = key(line);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(line);
    else groups.set(name, [line]);
  }
  return new Map(
    [...groups].map(([name, group]) => [
      name,
      group.some((line) => line.amountCny === null) ? null : sumOf(group),
    ]),
  );
}

export function costByComponent(lines: readonly CostLine[]): Map<string, number | null> {
  return costBy(lines, (line) => line.component);
}

/** Lines without a period (basic charge, adjustment, fees, tiers) are in none. */
export function costByPeriod(lines: readonly CostLine[]): Map<Period, number | null> {
  return costBy(lines, (line) => line.period);
}

function sumOf(lines: readonly CostLine[]): number {
  return cnyOf(lines.reduce((sum, { amountCny }) => sum + (amountCny === null ? 0 : fenOf(amountCny)), 0));
}

function finish({ fen, adjusted: _, ...line }: DraftLine, month: string, partial: boolean): CostLine {
  const known = fen !== null && (partial || line.gaps.length === 0);
  return { month, ...line, amountCny: known ? cnyOf(fen) : null };
}

/** The whole month's power factor, on the rounded lines that count for it; nothing where a line of them is not known in full. */
function powerFactorLine({ powerFactor }: Tariff, piece: Piece, drafts: readonly DraftLine[]): DraftLine[] {
  if (powerFactor === undefined) return [];
  const line = {
    component: 'power-factor',
    period: null,
    step: null,
    quantity: null,
    price: null,
    adjusted: false,
  };
  const base = drafts.filter((draft) => draft.adjusted);
  const gaps = new Set<CostGap>(base.flatMap((draft) => draft.gaps));
  const { reactiveKvarh: reactive, activeKwh } = piece.account;
  const active = activeKwh === undefined && !piece.unknown ? piece.total : activeKwh;
  if (piece.unknown || typeof active !== 'number') gaps.add('unknown-hours');
  if (reactive === undefined) gaps.add('no-reactive');
  if (reactive === undefined || typeof active !== 'number' || gaps.size > 0)
    return [{ ...line, fen: null, gaps: [...gaps] }];
  const hundredths = powerFactorHundredths(Math.max(0, active), Math.abs(reactive));
  const rate = hundredths === undefined ? 0 : adjustmentBasisPoints(powerFactor.standard, hundredths);
  const baseFen = base.reduce((sum, draft) => sum + (draft.fen ?? 0), 0);
  const quantity = hundredths === undefined ? null : hundredths / 100;
  return [{ ...line, quantity, price: rate / 10_000, fen: fenOf((baseFen * rate) / 1_000_000), gaps: [] }];
}

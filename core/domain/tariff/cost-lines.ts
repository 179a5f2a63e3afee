// A line of a cost, and the piece of a month that it is of.
import { type Calendar, dayMs } from '../time.ts';
import type { CostGap } from './cost-gaps.ts';
import type { PeriodUse } from './period-use.ts';
import type { Period } from './periods.ts';

/** What is known of an account in a month beside its consumption; whatever the tariff does not ask for may be left out. */
export interface AccountMonth {
  /** How the account pays the basic charge (基本电费计费方式); needed only where the tariff has both prices. */
  readonly basicBy?: 'capacity' | 'actual-demand' | 'contracted-demand' | undefined;
  readonly capacityKva?: number | undefined;
  /** Highest demand of the month (最大需量). */
  readonly maxDemandKw?: number | undefined;
  readonly contractedKw?: number | undefined;
  /** Of the whole month, also where the piece is a part of it. */
  readonly reactiveKvarh?: number | undefined;
  /** Used in the whole month; `null`: not known. Needed only where the piece is a part of it, else it is what the piece used. */
  readonly activeKwh?: number | null | undefined;
  /** Charged by the tariff's price by area. */
  readonly areaM2?: number | undefined;
  /** Of the tiers' month or year, in the commodity's unit. */
  readonly quota?: number | undefined;
}

export interface CostLine {
  /** `YYYY-MM` */
  readonly month: string;
  /** Id of a component or fee of the tariff, or `tiers`, `basic`, `power-factor`, `area`. */
  readonly component: string;
  readonly period: Period | null;
  /** Of the tiers, from 0. */
  readonly step: number | null;
  /** What the price is multiplied by (units, kVA, kW, m²); for `power-factor` the power factor. */
  readonly quantity: number | null;
  /** CNY a unit; for `power-factor` the share that is added. */
  readonly price: number | null;
  readonly amountCny: number | null;
  /** What is missing; the amount is then `null` or of what is known. */
  readonly gaps: readonly CostGap[];
}

/** A line before it is decided what happens to what is not known. */
export interface DraftLine extends Omit<CostLine, 'month' | 'amountCny'> {
  /** Of what is known; `null`: nothing is. */
  readonly fen: number | null;
  /** Part of what the power-factor adjustment is taken of. */
  readonly adjusted: boolean;
}

/** A month or a part of it. */
export interface Piece {
  readonly use: PeriodUse;
  readonly month: string;
  readonly account: AccountMonth;
  /** Used in all periods, as far as it is known. */
  readonly total: number;
  /** Whether some hours are unknown. */
  readonly unknown: boolean;
  /** Shares of the month's days before the piece and before its end. */
  readonly before: number;
  readonly until: number;
  /** Local dates of its edges, days since 1970. */
  readonly fromDay: number;
  readonly toDay: number;
}

/** @throws RangeError for a piece that does not lie in one month */
export function pieceOf(use: PeriodUse, calendar: Calendar, account: (month: string) => AccountMonth): Piece {
  const { from, to } = use;
  const start = calendar.floor(from, 'month');
  const end = calendar.next(from, 'month');
  if (to <= from || to > end)
    throw new RangeError(`${calendar.format(from)} to ${calendar.format(to)} is no part of one month`);
  const [fromDay, toDay, startDay, endDay] = [
    dayNumber(calendar, from),
    dayNumber(calendar, to),
    dayNumber(calendar, start),
    dayNumber(calendar, end),
  ];
  const month = calendar.format(from).slice(0, 7);
  const days = endDay - startDay;
  return {
    use,
    month,
    account: account(month),
    total: use.quantity.reduce((sum, value) => sum + value, 0),
    unknown: use.unknownMs.some((ms) => ms > 0),
    before: (fromDay - startDay) / days,
    until: (toDay - startDay) / days,
    fromDay,
    toDay,
  };
}

function dayNumber(calendar: Calendar, ts: number): number {
  return Math.round(Date.parse(`${calendar.format(ts).slice(0, 10)}T00:00:00Z`) / dayMs);
}

/** The row that holds in a month, of rows that ascend. */
export function rowAt<R extends { readonly from: string }>(rows: readonly R[], month: string): R | undefined {
  return rows.findLast((row) => row.from <= month);
}

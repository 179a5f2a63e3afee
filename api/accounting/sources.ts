// What stands behind the quantities of one institution: bills, reports and points, with what of each falls into a period.
import type { Basis } from '../../core/domain/accounting/bases.ts';
import type { Statement } from '../../core/domain/accounting/census.ts';
import type { Commodity } from '../../core/domain/accounting/commodities.ts';
import { daysBetween } from '../../core/domain/accounting/months.ts';
import type { Use } from '../../core/domain/accounting/uses.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { checkPeriod, type Period, windowOf, yearsOf } from './periods.ts';

export interface Source {
  readonly kind: 'bill' | 'report' | 'point';
  /** Of the bill or report; `agent/point` of a point. */
  readonly id: string;
  /** The supply account (户号) of a bill. */
  readonly account: string | null;
  readonly commodity: Commodity;
  readonly use: Use;
  /** Of the bill, the report, or the stretch in which the point counts; epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Of a shared building; below 0: what moves to another use, or is taken away. 1 for bills and reports. */
  readonly share: number;
  /** What falls into the period, before the share; months in which a point's stretch is cut count whole. */
  readonly quantity: number | null;
  readonly amountCny: number | null;
}

export interface SourcesQuestion {
  readonly institution: string;
  readonly period: Period;
  readonly basis: Basis;
  readonly commodity?: Commodity | undefined;
}

/** Of the institution itself, by commodity and time. @throws JieyueError like `Accounting.figures` */
export async function sourcesOf(
  accounting: Accounting,
  calendar: Calendar,
  { institution, period, basis, commodity }: SourcesQuestion,
): Promise<Freshness & { readonly sources: readonly Source[] }> {
  checkPeriod(period, calendar);
  const { census, metered, book, asOf, checkedAt } = await accounting.book(yearsOf(period, calendar));
  const place = placeOf(book, institution);
  const wanted = (name: Commodity) => commodity === undefined || commodity === name;
  const sources: Source[] = [];
  if (basis !== 'metered') {
    for (const statement of census.statements) {
      if (statement.basis !== basis || statement.institution !== place || !wanted(statement.commodity))
        continue;
      if (statement.from < period.to && statement.to > period.from) sources.push(sourceOf(statement, period));
    }
  } else {
    const window = windowOf(book.months, period);
    for (const [index, { point, commodity: measured, stretches }] of census.series.entries()) {
      if (!wanted(measured)) continue;
      for (const { institution: owner, use, share, from, to } of stretches) {
        if (owner !== place || from >= period.to || to <= period.from) continue;
        const quantity = sumOf(metered[index]?.value, book.months.starts, window, { from, to });
        const common = { kind: 'point', id: point, account: null, commodity: measured, use, share } as const;
        sources.push({ ...common, from, to, quantity, amountCny: null });
      }
    }
  }
  sources.sort((a, b) => (a.commodity < b.commodity ? -1 : a.commodity > b.commodity ? 1 : a.from - b.from));
  return { asOf, checkedAt, sources };
}

function sourceOf(statement: Statement, period: Period): Source {
  const { basis, id, account, commodity, use, from, to, quantity, amountCny } = statement;
  const inside = { from: Math.max(from, period.from), to: Math.min(to, period.to) };
  const part = daysBetween(inside.from, inside.to) / daysBetween(from, to);
  const partOf = (value: number) => (Number.isNaN(value) ? null : value * part);
  return {
    kind: basis === 'billed' ? 'bill' : 'report',
    id,
    account: account === '' ? null : account,
    commodity,
    use,
    from,
    to,
    share: 1,
    quantity: partOf(quantity),
    amountCny: partOf(amountCny),
  };
}

function sumOf(
  months: Float64Array | undefined,
  starts: Float64Array,
  window: { readonly from: number; readonly to: number },
  stretch: Period,
): number | null {
  let sum: number | null = null;
  for (let month = window.from; month < window.to; month++) {
    const value = months?.[month] ?? Number.NaN;
    const start = starts[month] ?? Infinity;
    const end = starts[month + 1] ?? Infinity;
    if (Number.isNaN(value) || start >= stretch.to || end <= stretch.from) continue;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

// What of a year is compared with the base year, of every institution: a table a month or a year, read by place.
import { type FigureTable, figureTable } from '../../core/domain/accounting/figures.ts';
import type { Indicator } from '../../core/domain/accounting/indicators.ts';
import { windowOfYear } from '../../core/domain/accounting/months.ts';
import type { Totals } from '../../core/domain/accounting/totals.ts';
import { type Compared, comparedMonths, comparedYears } from '../../core/domain/plan/compared.ts';
import type { PlanFigure } from '../../core/domain/plan/figure.ts';
import { type MonthFigure, type YearSpan, yearMonths, yearSpan } from './plan-months.ts';

export interface ComparedTable {
  /** By its number in the book. `wholeBase`: see `placeOfCompared`. */
  of(institution: number): { readonly compared: Compared; readonly wholeBase: boolean };
}

/** @param running the year is not over: only months are compared that are, and that are known in both years */
export function comparedTable(
  totals: Totals,
  indicator: Indicator,
  baseYear: number,
  year: number,
  running: boolean,
): ComparedTable {
  const { months } = totals.book;
  const whole = figureTable(totals, indicator, windowOfYear(months, baseYear));
  if (!running) {
    const now = figureTable(totals, indicator, windowOfYear(months, year));
    return {
      of: (one) => ({
        compared: comparedYears(planFigure(whole, one), planFigure(now, one)),
        wholeBase: true,
      }),
    };
  }
  const own = yearSpan(totals, year);
  // Later months of the base year are compared with none.
  const base = { ...yearSpan(totals, baseYear), over: own.over };
  const byMonth = new Map<number, FigureTable>();
  const tableOf = (month: number): FigureTable => {
    const known = byMonth.get(month) ?? figureTable(totals, indicator, { from: month, to: month + 1 });
    byMonth.set(month, known);
    return known;
  };
  const monthsOf = (one: number, span: YearSpan) =>
    yearMonths(totals, indicator, span, (month) => monthFigure(tableOf(month), one));
  return {
    of: (one) => ({
      compared: comparedMonths(monthsOf(one, own), monthsOf(one, base), own.over),
      wholeBase: !Number.isNaN(whole.value[one] ?? Number.NaN),
    }),
  };
}

function planFigure(table: FigureTable, one: number): PlanFigure {
  const { value, coverage, provisional } = monthFigure(table, one);
  return { value: Number.isNaN(value) ? null : value, coverage, provisional };
}

function monthFigure(table: FigureTable, one: number): MonthFigure & { readonly value: number } {
  return {
    value: table.value[one] ?? Number.NaN,
    numerator: table.numerator[one] ?? Number.NaN,
    denominator: table.denominator[one] ?? Number.NaN,
    coverage: (table.measured[one] ?? 0) + (table.estimated[one] ?? 0),
    provisional: table.provisional[one] === 1,
  };
}

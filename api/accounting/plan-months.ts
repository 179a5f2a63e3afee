// Years of a plan by month, and which of their months are over: what a year that runs is compared by.
import type { Months } from '../../core/domain/accounting/census.ts';
import { plainFigure } from '../../core/domain/accounting/figures.ts';
import { type Indicator, indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import { monthEnd, type Window, windowOfYear } from '../../core/domain/accounting/months.ts';
import { defaultThreshold } from '../../core/domain/accounting/terms.ts';
import type { Totals } from '../../core/domain/accounting/totals.ts';
import type { YearMonths } from '../../core/domain/plan/compared.ts';

/** Months of a year that ended at or before `asOf`: 0 … 12. */
export function monthsOver(months: Months, year: number, asOf: number): number {
  const { from, to } = windowOfYear(months, year);
  let over = 0;
  while (from + over < to && monthEnd(months, from + over) <= asOf) over++;
  return over;
}

/** The year, or what of it is over; of one that has just begun, the month that runs. */
export function yearSoFar(months: Months, year: number, asOf: number): Window {
  const { from } = windowOfYear(months, year);
  return { from, to: from + Math.max(1, monthsOver(months, year, asOf)) };
}

/** Adjoining months of a year as windows of the book. @param list 1 … 12, ascending */
export function windowsOf(months: Months, year: number, list: readonly number[]): readonly Window[] {
  const { from } = windowOfYear(months, year);
  const windows: { from: number; to: number }[] = [];
  for (const month of list) {
    const at = from + month - 1;
    const last = windows.at(-1);
    if (last?.to === at) last.to = at + 1;
    else windows.push({ from: at, to: at + 1 });
  }
  return windows;
}

/** Where a year lies in a book; worked out once for all institutions. */
export interface YearSpan {
  readonly year: number;
  /** Its January, as a month of the book. */
  readonly from: number;
  /** Months that are over. */
  readonly over: number;
}

export function yearSpan({ book: { months, asOf } }: Totals, year: number): YearSpan {
  return { year, from: windowOfYear(months, year).from, over: monthsOver(months, year, asOf) };
}

/** What one month says of one institution. */
export interface MonthFigure {
  /** `null` or NaN: none. */
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Measured and estimated together. */
  readonly coverage: number;
  readonly provisional: boolean;
}

/** One institution with all below it, month by month. */
export function monthsOf(totals: Totals, indicator: Indicator, top: number, year: number): YearMonths {
  return yearMonths(totals, indicator, year, (month) => {
    const { coverage, ...rest } = plainFigure(totals, indicator, top, { from: month, to: month + 1 });
    return { ...rest, coverage: coverage.measured + coverage.estimated };
  });
}

/** Months that are not over, have no value, or are covered too little to be compared, are not known. */
export function yearMonths(
  totals: Totals,
  indicator: Indicator,
  asked: number | YearSpan,
  read: (month: number) => MonthFigure,
): YearMonths {
  const { year, from, over } = typeof asked === 'number' ? yearSpan(totals, asked) : asked;
  const { terms, elapsedMs } = totals;
  const threshold = terms.threshold ?? defaultThreshold;
  const amount = new Float64Array(12).fill(Number.NaN);
  const per = new Float64Array(12).fill(Number.NaN);
  const weight = new Float64Array(12);
  const coverages = new Float64Array(12);
  const provisionals = new Uint8Array(12);
  for (let month = 0; month < over; month++) {
    const { value, numerator, denominator, coverage, provisional } = read(from + month);
    coverages[month] = coverage;
    if (value === null || Number.isNaN(value) || coverage < threshold - 1e-9) continue;
    amount[month] = numerator ?? Number.NaN;
    per[month] = denominator ?? Number.NaN;
    weight[month] = elapsedMs[from + month] ?? 0;
    provisionals[month] = Number(provisional);
  }
  const shape = { year, amount, coverage: coverages, provisional: provisionals };
  return indicatorEntry(indicator).per === undefined ? shape : { ...shape, per, weight };
}

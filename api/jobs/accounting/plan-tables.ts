// Plans in table form: figures of all institutions under one view (one tree, one plan, one region), window by window, each computed
// once; and of one institution what `planProgress` makes of them.
import { type FigureTable, figureTable } from '../../../core/domain/accounting/figures.ts';
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import { type Window, windowOfYear } from '../../../core/domain/accounting/months.ts';
import type { Totals } from '../../../core/domain/accounting/totals.ts';
import type { YearMonths } from '../../../core/domain/plan/compared.ts';
import type { PlanFigure } from '../../../core/domain/plan/figure.ts';
import { type YearSpan, yearMonths, yearSoFar, yearSpan } from '../../accounting/plan-months.ts';

export class PlanTables {
  readonly #totals: Totals;
  readonly #indicator: Indicator;
  readonly #tables = new Map<string, FigureTable>();
  readonly #spans = new Map<number, YearSpan>();

  constructor(totals: Totals, indicator: Indicator) {
    this.#totals = totals;
    this.#indicator = indicator;
  }

  /** Figures that are covered less say only what is certain all the same; left out: the usual one. */
  get threshold(): number | undefined {
    return this.#totals.terms.threshold;
  }

  /** Of the year; while it runs, of its months that are over. */
  year(one: number, year: number): PlanFigure {
    const { months, asOf } = this.#totals.book;
    const table = this.#of(yearSoFar(months, year, asOf));
    return { ...read(table, one), value: finite(table.value[one]) };
  }

  /** Of all months of the year, or of what there is of it. */
  wholeYear(one: number, year: number): PlanFigure {
    const table = this.#of(windowOfYear(this.#totals.book.months, year));
    return { ...read(table, one), value: finite(table.value[one]) };
  }

  months(one: number, year: number): YearMonths {
    const span = this.#spans.get(year) ?? yearSpan(this.#totals, year);
    this.#spans.set(year, span);
    return yearMonths(this.#totals, this.#indicator, span, (month) => {
      const table = this.#of({ from: month, to: month + 1 });
      return {
        ...read(table, one),
        value: finite(table.value[one]),
        numerator: table.numerator[one] ?? Number.NaN,
        denominator: table.denominator[one] ?? Number.NaN,
      };
    });
  }

  #of(window: Window): FigureTable {
    const key = `${window.from} ${window.to}`;
    const known = this.#tables.get(key) ?? figureTable(this.#totals, this.#indicator, window);
    this.#tables.set(key, known);
    return known;
  }
}

function read({ measured, estimated, provisional }: FigureTable, one: number) {
  return {
    coverage: (measured[one] ?? 0) + (estimated[one] ?? 0),
    provisional: provisional[one] === 1,
  };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

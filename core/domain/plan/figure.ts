// A figure as plans and quotas take it in: a plain number and what it rests on. Whoever makes figures from a book hands these over.

export interface PlanFigure {
  /** In the indicator's unit; `null`: not known, or withheld for its coverage. */
  readonly value: number | null;
  /** 0 … 1 */
  readonly coverage: number;
  /** Computed with a factor that is not yet published for its year. */
  readonly provisional: boolean;
}

/** Amounts of the twelve months of a year, January first. */
export interface MonthlyYear {
  readonly year: number;
  /** What stands above the line, by month; NaN: not known, or covered too little to be compared. Twelve places. */
  readonly amount: Float64Array;
  /** What stands below it (energy users, counted area), by month, NaN: not known; left out: the indicator is a total. */
  readonly per?: Float64Array;
  /** What a month's users or area weigh in a mean over months: its time. Left out: every month the same. */
  readonly weight?: Float64Array;
}

/** Coverage below which nothing is concluded from a figure, unless a caller says otherwise. */
export const defaultCoverageThreshold = 0.9;

export function isCovered({ coverage }: PlanFigure, threshold = defaultCoverageThreshold): boolean {
  // Shares are sums of many small parts: a coverage of exactly the threshold must not fail by its last digit.
  return coverage >= threshold - 1e-9;
}

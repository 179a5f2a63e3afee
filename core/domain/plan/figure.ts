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
}

/** Coverage below which nothing is concluded from a figure, unless a caller says otherwise. */
export const defaultCoverageThreshold = 0.9;

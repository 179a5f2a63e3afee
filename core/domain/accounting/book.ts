// The book (台账): what each institution used by month, commodity, use and basis, before anybody asks for a figure.
import type { Basis } from './bases.ts';
import type { CensusInstitution, Months } from './census.ts';
import type { Commodity } from './commodities.ts';
import type { Use } from './uses.ts';

/** Columns have a place a month. Of the institution itself, not of those below it. */
export interface BookLine {
  readonly institution: number;
  readonly commodity: Commodity;
  readonly use: Use;
  readonly basis: Basis;
  /** In the commodity's unit, as far as it is known; NaN where nothing is. */
  readonly quantity: Float64Array;
  /** CNY as far as bills say; NaN where none does. */
  readonly amountCny: Float64Array;
  /** Time that should be covered, summed over points, accounts or reports, ms; none: 0. */
  readonly expectedMs: Float64Array;
  /** Time of which the quantity is known: measured, billed or reported. */
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
  /** As `measuredMs`, of the amount; of metered lines it means nothing. */
  readonly amountMs: Float64Array;
}

export interface Book {
  readonly months: Months;
  /** The time that it was made for: nothing is expected after it. */
  readonly asOf: number;
  readonly institutions: readonly CensusInstitution[];
  /** By institution, commodity, use, basis; none twice. */
  readonly lines: readonly BookLine[];
}

/** Metered months of one series, as the store keeps them; places as `Census.series`. */
export interface MeteredMonths {
  /** Consumption by month; NaN: unknown. */
  readonly value: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
  /** Where its first month stands in the columns, which many series may share. Default 0. */
  readonly first?: number | undefined;
}

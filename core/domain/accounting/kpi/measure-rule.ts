// The shape of a measure: what a unit of a line of the book adds to it.
import type { Commodity } from '../commodities.ts';

/** What one unit of a commodity adds to a measure in a year. */
export interface Coefficient {
  /** NaN: the commodity belongs to the measure, but the set has no coefficient for it. */
  readonly value: number;
  /** Not the year's own factor. */
  readonly provisional?: boolean;
  /** The year that the factor was published for. */
  readonly factorYear?: number;
}

export interface MeasureRule {
  readonly column: 'quantity' | 'amountCny';
  /** `undefined`: the commodity is no part of the measure. */
  coefficient(commodity: Commodity, year: number): Coefficient | undefined;
  /**
   * Whether every institution has it. Then one without a line of it is not in the figure of the tree; of the others (gas,
   * heat, solar) an institution that has any line at all on the basis simply uses none.
   */
  readonly universal: boolean;
  /** What every institution uses: one of which only other lines are known is not in a figure per person or area. */
  readonly needs?: Commodity;
  /** Green power is no more than the electricity of each use: see `greenByUse`. */
  readonly greenByUse?: boolean;
}

// What figures are computed under: boundary, basis, and the sets of coefficients, each named with its version.
import type { Basis } from './bases.ts';
import type { Boundary, CarbonFactorSet, CoefficientSet, Plan } from './definitions.ts';

export interface Reference {
  readonly id: string;
  readonly version: number;
}

export interface Named<Value> extends Reference {
  readonly value: Value;
}

export interface Terms {
  readonly boundary: Named<Boundary>;
  readonly basis: Basis;
  readonly coefficients: Named<CoefficientSet>;
  readonly carbonFactors: Named<CarbonFactorSet>;
  /** Region of the grid's factor, of the plan. */
  readonly gridRegion: string;
  readonly factorPolicy: Plan['factorPolicy'];
  /** Figures per person or area are withheld under this coverage; left out: `defaultThreshold`. */
  readonly threshold?: number | undefined;
}

export const defaultThreshold = 0.9;

export function referenceOf({ id, version }: Reference): Reference {
  return { id, version };
}

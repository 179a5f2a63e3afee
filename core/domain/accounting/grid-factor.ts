// The grid's CO2 factor of a region and year under a plan's policy (fixed, or each year's own).
import type { CarbonFactorSet, Plan } from './definitions.ts';

export interface GridFactor {
  readonly kgCO2PerKWh: number;
  /** The year it was published for. */
  readonly year: number;
  /** Not the wanted year's own: the last before it; where there is none, the first after it. */
  readonly provisional: boolean;
}

/** @returns `undefined` where the set has no factor of the region at all. */
export function gridFactor(
  set: CarbonFactorSet,
  region: string,
  year: number,
  policy: Plan['factorPolicy'],
): GridFactor | undefined {
  const wanted = policy.kind === 'fixed' ? policy.fixedYear : year;
  const own = set.grid.filter((row) => row.region === region).toSorted((a, b) => a.year - b.year);
  const row = own.findLast((candidate) => candidate.year <= wanted) ?? own[0];
  return row && { kgCO2PerKWh: row.kgCO2PerKWh, year: row.year, provisional: row.year !== wanted };
}

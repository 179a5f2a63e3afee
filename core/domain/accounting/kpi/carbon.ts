// Carbon (碳排放量), kgCO2: electricity less green power (see green-power.ts) by the grid's factor, whatever else is energy by
// the set.
import { commodityEntry } from '../commodities.ts';
import { gridFactor } from '../grid-factor.ts';
import type { Terms } from '../terms.ts';
import type { Coefficient, MeasureRule } from './measure-rule.ts';

export function carbon({ carbonFactors, gridRegion, factorPolicy }: Terms): MeasureRule {
  const { perUnit } = carbonFactors.value;
  return {
    column: 'quantity',
    universal: true,
    needs: 'electricity',
    greenByUse: true,
    coefficient(commodity, year) {
      if (commodity === 'electricity') return grid(year, 1);
      if (commodity === 'green_power') return grid(year, -1);
      if (!commodityEntry(commodity).energy) return undefined;
      return { value: perUnit[commodity]?.kgCO2 ?? Number.NaN };
    },
  };

  function grid(year: number, sign: 1 | -1): Coefficient {
    const factor = gridFactor(carbonFactors.value, gridRegion, year, factorPolicy);
    if (factor === undefined) return { value: Number.NaN };
    const { kgCO2PerKWh, provisional, year: factorYear } = factor;
    return { value: sign * kgCO2PerKWh, provisional, factorYear };
  }
}

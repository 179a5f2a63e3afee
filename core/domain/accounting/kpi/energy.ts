// Comprehensive energy (综合能耗), kgce: Σ quantity × standard coal of the set; own solar as the boundary says.
import { commodityEntry } from '../commodities.ts';
import type { Terms } from '../terms.ts';
import type { MeasureRule } from './measure-rule.ts';

export function energy({ coefficients, boundary }: Terms): MeasureRule {
  const { kgcePerUnit } = coefficients.value;
  const solar = kgcePerUnit.solar?.value ?? kgcePerUnit.electricity?.value ?? Number.NaN;
  const ownSolar = boundary.value.ownSolar === 'counted';
  return {
    column: 'quantity',
    universal: true,
    needs: 'electricity',
    coefficient(commodity) {
      if (ownSolar && commodity === 'solar') return { value: solar };
      if (ownSolar && commodity === 'solar_export') return { value: -solar };
      if (!commodityEntry(commodity).energy) return undefined;
      return { value: kgcePerUnit[commodity]?.value ?? Number.NaN };
    },
  };
}

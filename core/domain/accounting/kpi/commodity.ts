// Measures of a single commodity in its own unit: electricity, water, gas, heat, solar generation, green power.
import type { Commodity } from '../commodities.ts';
import type { MeasureRule } from './measure-rule.ts';

/** @param universal see `MeasureRule` */
export function singleCommodity(wanted: Commodity, universal: boolean): MeasureRule {
  return {
    column: 'quantity',
    universal,
    coefficient: (commodity) => (commodity === wanted ? { value: 1 } : undefined),
  };
}

// Measure → its rule. Another measure: its file, a name in `measures`, a line here.
import type { Measure } from '../indicators.ts';
import type { Terms } from '../terms.ts';
import { carbon } from './carbon.ts';
import { singleCommodity } from './commodity.ts';
import { cost } from './cost.ts';
import { energy } from './energy.ts';
import type { MeasureRule } from './measure-rule.ts';

const rules: Readonly<Record<Measure, (terms: Terms) => MeasureRule>> = {
  energy,
  carbon,
  cost,
  water: () => singleCommodity('water', true),
  electricity: () => singleCommodity('electricity', true),
  natural_gas: () => singleCommodity('natural_gas', false),
  heat: () => singleCommodity('heat', false),
  solar: () => singleCommodity('solar', false),
  green_power: () => singleCommodity('green_power', false),
};

export function measureRule(measure: Measure, terms: Terms): MeasureRule {
  return rules[measure](terms);
}

// Cost (能源资源费用), CNY: what bills and reports say of money, of every commodity, water too.
import type { MeasureRule } from './measure-rule.ts';

export function cost(): MeasureRule {
  return { column: 'amountCny', universal: true, coefficient: () => ({ value: 1 }) };
}

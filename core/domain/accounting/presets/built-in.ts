// Every definition that comes with the program, for the registry to offer by kind and id.
import type { Boundary, CarbonFactorSet, CoefficientSet, Plan, QuotaSet, UserRule } from '../definitions.ts';
import { boundaryPresets } from './boundaries.ts';
import { carbonFactorPresets } from './carbon-factors.ts';
import { coefficientPresets } from './coefficients.ts';
import { planPresets } from './plans.ts';
import { quotaPresets } from './quotas.ts';
import { userRulePresets } from './user-rules.ts';

interface Values {
  readonly coefficients: CoefficientSet;
  readonly 'carbon-factors': CarbonFactorSet;
  readonly boundary: Boundary;
  readonly 'user-rule': UserRule;
  readonly plan: Plan;
  readonly quota: QuotaSet;
}

export type BuiltInDefinition = {
  readonly [K in keyof Values]: { readonly kind: K; readonly id: string; readonly value: Values[K] };
}[keyof Values];

export const builtInDefinitions: readonly BuiltInDefinition[] = [
  ...entries('coefficients', coefficientPresets),
  ...entries('carbon-factors', carbonFactorPresets),
  ...entries('boundary', boundaryPresets),
  ...entries('user-rule', userRulePresets),
  ...entries('plan', planPresets),
  ...entries('quota', quotaPresets),
];

function entries<K extends keyof Values>(kind: K, presets: Readonly<Record<string, Values[K]>>) {
  return Object.entries(presets).map(([id, value]) => ({ kind, id, value }));
}

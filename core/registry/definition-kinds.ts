// The kinds of definitions: their schemas, and which other definitions their values name.
import type { z } from 'zod';
import {
  boundarySchema,
  carbonFactorSetSchema,
  coefficientSetSchema,
  planSchema,
  quotaSetSchema,
  userRuleSchema,
} from '../domain/accounting/definitions.ts';
import type { Titled } from '../domain/message.ts';
import { tariffSchema } from '../domain/tariff/tariff.ts';
import type { DefinitionKind, DefinitionValues } from './ledgers.ts';

export interface DefinitionName {
  readonly kind: DefinitionKind;
  readonly id: string;
}

interface KindRules<K extends DefinitionKind> {
  readonly schema: z.ZodType<DefinitionValues[K]>;
  /** Definitions that must be there for this one. */
  readonly names?: (value: DefinitionValues[K]) => readonly DefinitionName[];
  /** What a new version may not change, since those who chose the definition rely on it; by name. */
  readonly fixed?: (value: DefinitionValues[K]) => { readonly what: Titled; readonly value: string };
}

export const definitionKinds: { readonly [K in DefinitionKind]: KindRules<K> } = {
  coefficients: { schema: coefficientSetSchema },
  'carbon-factors': { schema: carbonFactorSetSchema },
  boundary: { schema: boundarySchema },
  'user-rule': { schema: userRuleSchema },
  plan: {
    schema: planSchema,
    names: ({ boundary, coefficients, carbonFactors }) => [
      { kind: 'boundary', id: boundary },
      { kind: 'coefficients', id: coefficients },
      { kind: 'carbon-factors', id: carbonFactors },
    ],
  },
  quota: {
    schema: quotaSetSchema,
    names: ({ boundary, coefficients }) => [
      { kind: 'boundary', id: boundary },
      { kind: 'coefficients', id: coefficients },
    ],
  },
  tariff: {
    schema: tariffSchema,
    fixed: ({ commodity }) => ({ what: { zh: '品类', en: 'commodity' }, value: commodity }),
  },
};

export const definitionKindNames = Object.keys(definitionKinds) as DefinitionKind[];

// What can be said of a supply account (户号).
import { z } from 'zod';
import { commodityNames } from '../../domain/accounting/commodities.ts';
import { useNames } from '../../domain/accounting/uses.ts';
import { type Attributes, definitionId, label, reference } from './attribute.ts';

export const billings = ['quantity', 'area'] as const;
export type Billing = (typeof billings)[number];

export const accountAttributes = {
  /** As the supplier writes it; leading zeros count. */
  number: { schema: label, affectsCurve: false, zh: '户号', en: 'Account number' },
  name: { schema: label.nullable(), affectsCurve: false, zh: '户名', en: 'Name' },
  institution: {
    schema: reference,
    refersTo: 'institution',
    affectsCurve: false,
    zh: '所属单位',
    en: 'Institution that pays',
  },
  commodity: { schema: z.enum(commodityNames), affectsCurve: false, zh: '品类', en: 'Commodity' },
  use: { schema: z.enum(useNames).nullable(), affectsCurve: false, zh: '用途', en: 'Use' },
  supplier: { schema: label.nullable(), affectsCurve: false, zh: '供应单位', en: 'Supplier' },
  billing: {
    schema: z.enum(billings),
    affectsCurve: false,
    zh: '计费方式（按量或按面积）',
    en: 'Billed by quantity or by area',
  },
  tariff: {
    schema: definitionId,
    definition: 'tariff',
    affectsCurve: false,
    zh: '电价（费率）',
    en: 'Tariff',
  },
  open: { schema: z.boolean(), affectsCurve: false, zh: '在用', en: 'Open' },
} as const satisfies Attributes;

// What can be said of a supply account (户号).
import { z } from 'zod';
import { commodityNames } from '../../domain/accounting/commodities.ts';
import { useNames } from '../../domain/accounting/uses.ts';
import { type Attributes, definitionId, label, positive, reference } from './attribute.ts';

export const billings = ['quantity', 'area'] as const;
export type Billing = (typeof billings)[number];

/** What the basic charge (基本电费) goes by. */
export const basicCharges = ['capacity', 'actual-demand', 'contracted-demand'] as const;
export type BasicCharge = (typeof basicCharges)[number];

const ofMonth = z.number().nonnegative().max(1e12);

/** Those with `ofMonth`. */
export const monthlyAttributes = ['maximumDemandKw', 'reactiveKvarh'] as const;

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
  /** Shared (合署办公), it splits the account's bills by its shares; else it only says where the account is. */
  building: {
    schema: reference,
    refersTo: 'building',
    affectsCurve: false,
    zh: '所在建筑',
    en: 'Building',
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
  /** Of the transformers that the account is supplied by; what a tariff's basic charge asks for. */
  capacityKva: {
    schema: positive.nullable(),
    affectsCurve: false,
    zh: '受电变压器容量（kVA）',
    en: 'Capacity (kVA)',
  },
  /** By contract (合同最大需量). */
  demandKw: {
    schema: positive.nullable(),
    affectsCurve: false,
    zh: '合同最大需量（kW）',
    en: 'Contracted demand (kW)',
  },
  basicBy: {
    schema: z.enum(basicCharges).nullable(),
    affectsCurve: false,
    zh: '基本电费计费方式',
    en: 'Basic charge by',
  },
  /** Highest demand of a month (最大需量), as the supplier reads it: of the month in which it begins to hold alone. */
  maximumDemandKw: {
    schema: ofMonth.nullable(),
    affectsCurve: false,
    ofMonth: true,
    afterCut: () => null,
    zh: '当月最大需量（kW）',
    en: 'Maximum demand of the month (kW)',
  },
  /** Reactive energy of a month (无功电量), likewise. */
  reactiveKvarh: {
    schema: ofMonth.nullable(),
    affectsCurve: false,
    ofMonth: true,
    afterCut: () => null,
    zh: '当月无功电量（kvarh）',
    en: 'Reactive energy of the month (kvarh)',
  },
  /** What heat by area is charged for; not the counted area of the institution. */
  chargedM2: {
    schema: positive.nullable(),
    affectsCurve: false,
    zh: '计费面积（m²）',
    en: 'Charged area (m²)',
  },
  /** Of the tiers' month or year, in the commodity's unit (用水定额). */
  tierQuota: { schema: positive.nullable(), affectsCurve: false, zh: '用量定额', en: 'Quota of the tiers' },
} as const satisfies Attributes;

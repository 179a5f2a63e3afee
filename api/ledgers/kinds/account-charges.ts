// Columns of the ledger of accounts that a tariff may ask for beside the consumption: what the basic charge goes by, demand and
// reactive energy by the month, charged area, quota.
import { choice, numeric } from '../cells.ts';
import type { Columns } from '../column.ts';

const basicCharges = {
  capacity: { zh: '按容量', en: 'By capacity' },
  'actual-demand': { zh: '按实际需量', en: 'By actual demand' },
  'contracted-demand': { zh: '按合同需量', en: 'By contracted demand' },
} as const;

const aboveZero = numeric(0.001, 1e9);
const ofMonth = numeric(0, 1e12);

export const chargeColumns = {
  basicBy: {
    zh: '基本电费计费方式',
    en: 'Basic charge',
    clearable: true,
    read: choice(basicCharges),
    example: '',
    help: [
      '两部制电价：按容量、按实际需量或按合同需量',
      'two-part tariffs: by capacity, by actual or by contracted demand',
    ],
  },
  capacityKva: {
    zh: '受电变压器容量(kVA)',
    en: 'Capacity (kVA)',
    also: ['变压器容量', '受电容量'],
    clearable: true,
    read: aboveZero,
    example: '',
    help: ['基本电费按容量计收时用', 'what a basic charge by capacity is of'],
  },
  demandKw: {
    zh: '合同最大需量(kW)',
    en: 'Contracted demand (kW)',
    also: ['合同需量'],
    clearable: true,
    read: aboveZero,
    example: '',
    help: ['基本电费按合同需量计收时用', 'what a basic charge by contract is of'],
  },
  maximumDemandKw: {
    zh: '当月最大需量(kW)',
    en: 'Maximum demand of the month (kW)',
    also: ['最大需量', '实际最大需量'],
    clearable: true,
    read: ofMonth,
    example: '',
    help: [
      '电费单上的最大需量；只属于生效日期所在的月份，每月一行',
      'as on the bill; of the month of the date alone, a row a month',
    ],
  },
  reactiveKvarh: {
    zh: '当月无功电量(kvarh)',
    en: 'Reactive energy of the month (kvarh)',
    also: ['无功电量'],
    clearable: true,
    read: ofMonth,
    example: '',
    help: [
      '电费单上的无功电量，用于力调电费；只属于生效日期所在的月份，每月一行',
      'as on the bill, for the power-factor adjustment; of the month of the date alone, a row a month',
    ],
  },
  chargedM2: {
    zh: '计费面积(m²)',
    en: 'Charged area (m²)',
    also: ['供热面积'],
    clearable: true,
    read: aboveZero,
    example: '',
    help: ['按面积供热的计费面积', 'what heat by area is charged for'],
  },
  tierQuota: {
    zh: '用量定额',
    en: 'Quota of the tiers',
    also: ['用水定额'],
    clearable: true,
    read: aboveZero,
    example: '',
    help: [
      '超定额累进加价的定额，按阶梯周期',
      'what tiers in multiples of a quota are counted by, for their whole period',
    ],
  },
} as const satisfies Columns;

export const chargeNames = [
  'basicBy',
  'capacityKva',
  'demandKw',
  'maximumDemandKw',
  'reactiveKvarh',
  'chargedM2',
  'tierQuota',
] as const satisfies (keyof typeof chargeColumns)[];

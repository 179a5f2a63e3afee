// Why a cost, or a part of it, is not known.

export const costGaps = {
  'unknown-hours': { zh: '部分时段用量未知', en: 'consumption of some hours is not known' },
  'no-period': {
    zh: '部分用量无法归入分时时段（缺少小时数据或该年节假日安排）',
    en: 'of some consumption the period is not known: there are no hours, or no public holidays of that year',
  },
  'no-price': { zh: '缺少该月价格', en: 'the tariff has no price for the month' },
  'no-basic-choice': {
    zh: '未选择基本电费计费方式',
    en: 'it is not said whether the basic charge goes by capacity or by demand',
  },
  'no-capacity': { zh: '缺少受电变压器容量', en: 'the capacity in kVA is not known' },
  'no-demand': { zh: '缺少当月最大需量', en: 'the maximum demand of the month in kW is not recorded' },
  'no-contract': { zh: '缺少合同最大需量', en: 'the contracted demand in kW is not known' },
  'no-reactive': { zh: '缺少当月无功电量', en: 'the reactive energy of the month is not recorded' },
  'no-tier-start': {
    zh: '阶梯周期内此前用量未知',
    en: 'what was used before in the period of the tiers is not known',
  },
  'no-quota': { zh: '缺少用量定额', en: 'the quota that tiers are counted in is not known' },
  'no-area': { zh: '缺少计费面积', en: 'the area that is charged is not known' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type CostGap = keyof typeof costGaps;

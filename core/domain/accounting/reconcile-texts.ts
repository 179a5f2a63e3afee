// What reconciling bills with meters can find, and the way out of it.

export const reconcileFindings = {
  differs: {
    zh: '票据与计量不一致',
    en: 'bill and meter differ',
    wayOut: {
      zh: '核对票据起止日、倍率、换表记录，以及该户号下的计量点是否齐全',
      en: "check the bill's days, the multiplier, replaced meters, and whether all points of the account are registered",
    },
  },
  missing: {
    zh: '缺少票据',
    en: 'bill missing',
    wayOut: {
      zh: '补录该时段票据；已销户的请登记销户日期',
      en: 'enter the bill of these days; if the account was closed, say since when',
    },
  },
  overlap: {
    zh: '票据时段重叠',
    en: 'bills overlap',
    wayOut: {
      zh: '删除重复票据，或将更正票据标记为补充票据',
      en: 'withdraw the one that is there twice, or mark a correction as a supplement',
    },
  },
  'odd-length': {
    zh: '票据周期异常',
    en: 'bill of an unusual length',
    wayOut: {
      zh: '核对起止日是否录错，或是否为合并票据',
      en: 'check its first and last day, or whether it stands for several',
    },
  },
  'outside-open': {
    zh: '未开户期间有票据',
    en: 'bill of days in which the account is not open',
    wayOut: { zh: '更正户号的启用或销户日期', en: 'correct since when the account is open, or until when' },
  },
  coverage: {
    zh: '计量数据不足，无法核对',
    en: 'too little is metered to compare',
    wayOut: { zh: '恢复离线计量点或补录读数', en: 'bring silent points back, or enter their readings' },
  },
  'no-meter': {
    zh: '户号未关联计量点',
    en: 'no point belongs to the account',
    wayOut: { zh: '在计量点上登记所属户号', en: 'name the account at the points that it bills' },
  },
} as const satisfies Record<string, { zh: string; en: string; wayOut: { zh: string; en: string } }>;

export type ReconcileFindingKind = keyof typeof reconcileFindings;

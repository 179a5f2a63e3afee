// What the data quality of a month can find (数据质量), and the way out of it.

export const qualityFindings = {
  silent: {
    zh: '计量点离线',
    en: 'silent meter',
    wayOut: { zh: '检查表计、通信线路与采集网关', en: 'check the meter, its line and its agent' },
  },
  stuck: {
    zh: '示数不变',
    en: 'register stands still',
    wayOut: {
      zh: '现场核对示数；确已停用的请登记停用日期',
      en: 'read the meter on site; if it is out of use, say since when',
    },
  },
  negative: {
    zh: '出现负值或示数倒退',
    en: 'negative values, or a register that fell',
    wayOut: { zh: '检查接线方向；换表、清零请登记', en: 'check its wiring; enter replacements and resets' },
  },
  'above-rating': {
    zh: '超过额定上限',
    en: 'above its rating',
    wayOut: {
      zh: '核对倍率与额定值；确属真实的请人工确认',
      en: 'check multiplier and rating; accept the readings if they are right',
    },
  },
  'calibration-overdue': {
    zh: '检定已到期',
    en: 'calibration is overdue',
    wayOut: {
      zh: '联系检定；检定后登记新的到期日',
      en: 'have the meter calibrated, and enter the date on which it is due again',
    },
  },
  'children-exceed': {
    zh: '分表之和大于总表',
    en: 'sub-meters show more than the meter above',
    wayOut: {
      zh: '核对倍率、上下级关系及漏登的总表',
      en: 'check multipliers, which meter hangs on which, and whether another feed is not registered',
    },
  },
  'residual-jump': {
    zh: '总分表差额突变',
    en: 'what no sub-meter counts has changed suddenly',
    wayOut: {
      zh: '查找新增未计量回路、换表或接线变更',
      en: 'look for a new circuit without a meter, a replaced meter, a changed connection',
    },
  },
  'low-coverage': {
    zh: '数据完整率不足',
    en: 'too little is covered',
    wayOut: { zh: '补录读数或票据', en: 'enter readings or bills' },
  },
  'no-users': {
    zh: '缺少用能人数',
    en: 'the number of energy users is missing',
    wayOut: { zh: '登记该月用能人数', en: 'enter the energy users of the month' },
  },
  'no-area': {
    zh: '缺少计入面积',
    en: 'the counted area is missing',
    wayOut: { zh: '登记建筑面积', en: 'enter the floor area' },
  },
  'bill-missing': {
    zh: '缺少票据',
    en: 'bill missing',
    wayOut: { zh: '补录该时段票据', en: 'enter the bill of these days' },
  },
} as const satisfies Record<string, { zh: string; en: string; wayOut: { zh: string; en: string } }>;

export type QualityFindingKind = keyof typeof qualityFindings;

/** Parts of the score; weights add up to 1. */
export const qualityParts = {
  coverage: { weight: 0.4, zh: '数据完整率', en: 'coverage' },
  measured: { weight: 0.1, zh: '实测比例', en: 'measured, not estimated' },
  meters: { weight: 0.2, zh: '表计正常率', en: 'meters without a fault' },
  balance: { weight: 0.1, zh: '总分表平衡', en: 'balance of meters' },
  bills: { weight: 0.1, zh: '票据齐全率', en: 'bills there' },
  denominators: { weight: 0.1, zh: '人数与面积', en: 'users and area' },
} as const satisfies Record<string, { weight: number; zh: string; en: string }>;

export type QualityPart = keyof typeof qualityParts;

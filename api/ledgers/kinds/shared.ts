// Columns that several ledgers have.
import { adminLevels, heatings, sectors } from '../../../core/domain/accounting/classes.ts';
import { commodities } from '../../../core/domain/accounting/commodities.ts';
import { uses } from '../../../core/domain/accounting/uses.ts';
import type { Calendar } from '../../../core/domain/time.ts';
import { choice, date, numeric, text } from '../cells.ts';
import { CellFault, type Column, type Days } from '../column.ts';

const path = [
  '名称路径（云江市/市教育局/第一中学）、统一社会信用代码或编号',
  'path of names (city/bureau/school), credit code or id',
] as const;

export const idColumn = {
  zh: '编号',
  en: 'Id',
  read: text(129),
  example: '',
  help: [
    '系统编号；只用于指明已有的，新建时留空',
    'id in the system, to say which one is meant; empty for a new one',
  ],
} as const satisfies Column<string>;

export const validFrom = {
  zh: '生效日期',
  en: 'Valid from',
  also: ['起始日期', '日期', 'from'],
  required: true,
  read: date,
  example: '2025-01-01',
  help: [
    '从这一天起有效，直到下一条；只写年或月即其第一天',
    'holds from this day until the next entry; a year or month is its first day',
  ],
} as const satisfies Column<Days>;

export const institution = {
  zh: '单位',
  en: 'Institution',
  also: ['单位名称', '所属单位', '机构', '机构名称'],
  required: true,
  read: text(1_000),
  example: '云江市/市教育局/第一中学',
  help: path,
} as const satisfies Column<string>;

export const commodity = {
  zh: '品类',
  en: 'Commodity',
  also: ['能源品类', '能源资源品类'],
  read: choice(commodities, {
    电: 'electricity',
    天然气: 'natural_gas',
    燃气: 'natural_gas',
    热: 'heat',
    自来水: 'water',
    冷: 'cooling',
    煤: 'raw_coal',
  }),
  example: '电力',
  help: [
    `之一：${Object.values(commodities)
      .map(({ zh }) => zh)
      .join('、')}`,
    `one of ${Object.keys(commodities).join(', ')}`,
  ],
} as const satisfies Column;

export const use = {
  zh: '用途',
  en: 'Use',
  read: choice(uses),
  example: '建筑用能',
  help: [
    `之一：${Object.values(uses)
      .map(({ zh }) => zh)
      .join('、')}；不填为建筑用能`,
    `one of ${Object.keys(uses).join(', ')}; empty: building`,
  ],
} as const satisfies Column;

export const from = {
  zh: '起始日期',
  en: 'From',
  also: ['起', '开始日期', '账期', '月份', '计费月份', 'Month'],
  required: true,
  read: date,
  example: '2025-01-01',
  help: [
    '第一天；也可只写月（2025-01）或年，此时截止日期可不填',
    'first day; or a month (2025-01) or a year, and then the last day may be left out',
  ],
} as const satisfies Column<Days>;

export const last = {
  zh: '截止日期',
  en: 'Last day',
  also: ['止', '结束日期', '截止日期（含）'],
  read: date,
  example: '2025-01-31',
  help: ['最后一天，含当天', 'last day, included'],
} as const satisfies Column<Days>;

export const quantity = {
  zh: '数量',
  en: 'Quantity',
  also: ['用量', '消费量', '用电量', '用水量', '用气量', '用热量'],
  read: numeric(-1e12, 1e12),
  example: 12_480,
  help: [`单位按品类：${unitsText()}`, `in the commodity's unit: ${unitsText()}`],
} as const satisfies Column<number>;

export const amountCny = {
  zh: '金额',
  en: 'Amount',
  also: ['费用', '金额（元）', '电费', '水费'],
  read: numeric(-1e12, 1e12),
  example: 9_235.2,
  help: ['元，含税', 'CNY, VAT inside'],
} as const satisfies Column<number>;

export const adminLevelChoice = choice(adminLevels, {
  市级: 'city',
  县级: 'district',
  区级: 'district',
  乡镇级: 'township',
  单位: 'unit',
});
export const sectorChoice = choice(sectors, {
  机关: 'government',
  教育类: 'education',
  卫生类: 'health',
  医疗: 'health',
});
export const heatingChoice = choice(heatings, { 集中采暖: 'central', 分散采暖: 'own', 无: 'none' });

/** [from, to) of a first and a last day; without a last one, the month or year that the first names. */
export function periodOf(first: Days, end: Days | undefined): { from: number; to: number } | CellFault {
  if (end === undefined && first.bucket === 'day') return new CellFault('required');
  const to = (end ?? first).to;
  return to <= first.from ? new CellFault('ends-before') : { from: first.from, to };
}

export const area = numeric(0, 1e9);
export const heads = numeric(0, 1e8);

function unitsText(): string {
  return Object.entries(commodities)
    .map(([name, { unit }]) => `${name} ${unit}`)
    .join(', ');
}

/** Local midnight of 1 January. */
export function firstOfYear(calendar: Calendar, year: number): number {
  return calendar.floor(calendar.parse(`${year}-01-02`) ?? 0, 'year');
}

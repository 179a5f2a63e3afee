// The ledger of institutions: the tree, and what statistics and quotas sort them by.
import { creditCode, definitionId, flag, text } from '../cells.ts';
import type { Columns } from '../column.ts';
import { CellFault } from '../column.ts';
import { ledger } from '../ledger.ts';
import { adminLevelChoice, heatingChoice, idColumn, institution, sectorChoice, validFrom } from './shared.ts';

const columns = {
  id: idColumn,
  name: {
    zh: '名称',
    en: 'Name',
    also: ['单位名称', '机构名称', '单位'],
    read: text(),
    example: '第一中学',
    help: [
      '新建时必填；按上级单位和名称、或按信用代码识别',
      'needed for a new one; with the parent, or the credit code, it says which institution is meant',
    ],
  },
  parent: {
    ...institution,
    zh: '上级单位',
    en: 'Parent',
    also: ['主管部门', '上级'],
    required: false,
    clearable: true,
    example: '云江市/市教育局',
  },
  creditCode: {
    zh: '统一社会信用代码',
    en: 'Credit code',
    also: ['信用代码', '社会信用代码'],
    clearable: true,
    read: creditCode,
    example: '123300004700000005',
    help: ['18 位，校验位须正确', '18 characters, the last one checks the others'],
  },
  sector: {
    zh: '机构类别',
    en: 'Sector',
    also: ['系统', '类别'],
    read: sectorChoice,
    example: '教育',
    help: ['国家机关、教育、卫生、文化、其他', 'government, education, health, culture, other'],
  },
  kind: {
    zh: '单位类型',
    en: 'Kind',
    also: ['类型'],
    clearable: true,
    read: text(),
    example: '中小学',
    help: ['定额标准中的类型', 'the kind that quotas name'],
  },
  adminLevel: {
    zh: '层级',
    en: 'Level',
    also: ['行政层级'],
    clearable: true,
    read: adminLevelChoice,
    example: '基层单位',
    help: ['省级、市级、县（区）级、乡镇（街道）级、基层单位', 'province, city, district, township, unit'],
  },
  registered: {
    zh: '纳入统计名录',
    en: 'Registered',
    also: ['名录库'],
    read: flag,
    example: '是',
    help: ['是或否；逐年变化见“统计名录”', 'yes or no; for years see the ledger "Register"'],
  },
  climateZone: {
    zh: '气候区',
    en: 'Climate zone',
    clearable: true,
    read: text(),
    example: '夏热冬冷',
    help: ['定额标准中的气候区', 'as quotas name it'],
  },
  heating: {
    zh: '采暖方式',
    en: 'Heating',
    clearable: true,
    read: heatingChoice,
    example: '不采暖',
    help: ['集中供暖、自采暖、不采暖', 'central, own, none'],
  },
  gridRegion: {
    zh: '电网区域',
    en: 'Grid region',
    clearable: true,
    read: text(),
    example: '浙江',
    help: ['碳排放因子表中的区域', 'a region of the carbon factors'],
  },
  plan: {
    zh: '规划',
    en: 'Plan',
    clearable: true,
    read: definitionId,
    example: '',
    help: ['规划定义的标识；下级沿用', 'id of a plan; those below take it too'],
  },
  quota: {
    zh: '能耗定额',
    en: 'Quota',
    clearable: true,
    read: definitionId,
    example: '',
    help: ['定额定义的标识', 'id of a set of quotas'],
  },
  userRule: {
    zh: '折算规则',
    en: 'User rule',
    also: ['用能人数折算规则'],
    clearable: true,
    read: definitionId,
    example: '',
    help: ['用能人数折算规则的标识', 'id of the counting rule of energy users'],
  },
  mergedInto: {
    ...institution,
    zh: '并入单位',
    en: 'Merged into',
    also: ['合并到'],
    required: false,
    clearable: true,
    example: '',
  },
  validFrom,
} as const satisfies Columns;

const plain = [
  'name',
  'creditCode',
  'sector',
  'kind',
  'adminLevel',
  'registered',
  'climateZone',
  'heating',
  'gridRegion',
] as const;
const definitions = { plan: 'plan', quota: 'quota', userRule: 'user-rule' } as const;

export const institutions = ledger({
  zh: '单位',
  en: 'Institutions',
  about: ['公共机构及其上下级关系', 'institutions and their tree'],
  columns,
  names: {
    kind: 'institution',
    identity: (row) => ({
      id: row.id,
      code: row.creditCode ?? undefined,
      name: row.name,
      above: row.parent,
      apart: row.creditCode ?? undefined,
    }),
  },
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const from = row.validFrom.from;
    if (isNew && row.name === undefined) return entry.fault('name', new CellFault('required-for-new'));
    for (const attribute of plain) {
      const value = row[attribute];
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
    for (const [attribute, kind] of Object.entries(definitions)) {
      const column = attribute as keyof typeof definitions;
      const value = row[column];
      if (value === undefined || (value !== null && !entry.defined(kind, column, value))) continue;
      entry.fact(column, { entity, attribute, from, value });
    }
    const parent = row.parent ?? (isNew ? null : row.parent);
    for (const [attribute, said] of [
      ['parent', parent],
      ['mergedInto', row.mergedInto],
    ] as const) {
      if (said === undefined) continue;
      const value = said === null ? null : entry.refer('institution', attribute, said);
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
  },
});

// The ledger of supply accounts (户号).
import { choice, definitionId, flag, text } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { chargeColumns, chargeNames } from './account-charges.ts';
import { commodity, idColumn, institution, use, validFrom } from './shared.ts';

const billings = {
  quantity: { zh: '按量', en: 'By quantity' },
  area: { zh: '按面积', en: 'By area' },
} as const;

const columns = {
  id: idColumn,
  number: {
    zh: '户号',
    en: 'Account number',
    also: ['用户编号', '客户编号', 'Number'],
    read: text(),
    example: '3300123456',
    help: [
      '供应单位的户号，文本格式；与供应单位、品类一起识别',
      'as the supplier writes it, as text; with supplier and commodity it says which is meant',
    ],
  },
  name: {
    zh: '户名',
    en: 'Name',
    clearable: true,
    read: text(),
    example: '第一中学',
    help: ['票据上的户名', 'as on the bill'],
  },
  institution: {
    ...institution,
    required: false,
    clearable: true,
    zh: '所属单位',
    also: ['单位', '单位名称'],
  },
  building: {
    zh: '所在建筑',
    en: 'Building',
    also: ['建筑', '建筑名称'],
    clearable: true,
    read: text(1_000),
    example: '',
    help: [
      '合署办公的建筑：票据按其共用分摊拆分；单位路径/建筑名称，或编号',
      'a shared one splits the bills by its shares; path of the institution and name of the building, or its id',
    ],
  },
  commodity,
  use: { ...use, clearable: true },
  supplier: {
    zh: '供应单位',
    en: 'Supplier',
    also: ['供电单位', '供水单位'],
    clearable: true,
    read: text(),
    example: '云江供电公司',
    help: ['同一户号在不同供应单位时必填', 'needed where two suppliers use the same number'],
  },
  billing: {
    zh: '计费方式',
    en: 'Billing',
    read: choice(billings),
    example: '按量',
    help: ['按量或按面积；不填为按量', 'by quantity or by area; empty: quantity'],
  },
  tariff: {
    zh: '电价',
    en: 'Tariff',
    also: ['费率', '价目'],
    clearable: true,
    read: definitionId,
    example: '',
    help: ['电价定义的标识', 'id of a tariff'],
  },
  ...chargeColumns,
  open: {
    zh: '在用',
    en: 'Open',
    also: ['状态'],
    read: flag,
    example: '是',
    help: ['在用的户号每期都应有票据；不填为是', 'an open account expects bills; empty: yes'],
  },
  validFrom,
} as const satisfies Columns;

const plain = ['number', 'name', 'commodity', 'use', 'supplier', 'billing', 'open', ...chargeNames] as const;
const defaults: Readonly<Record<string, unknown>> = { billing: 'quantity', open: true };

export const accounts = ledger({
  zh: '户号',
  en: 'Accounts',
  about: ['供应户号（电、水、气、热）', 'supply accounts: electricity, water, gas, heat'],
  columns,
  names: {
    kind: 'account',
    identity: (row) => ({ id: row.id, name: row.number, above: row.supplier, apart: row.commodity }),
  },
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const from = row.validFrom.from;
    if (isNew) {
      for (const column of ['number', 'commodity'] as const) {
        if (row[column] === undefined) return entry.fault(column, new CellFault('required-for-new'));
      }
    }
    for (const attribute of plain) {
      const value =
        row[attribute] ?? (isNew && row[attribute] === undefined ? defaults[attribute] : row[attribute]);
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
    if (row.tariff !== undefined && (row.tariff === null || entry.defined('tariff', 'tariff', row.tariff))) {
      entry.fact('tariff', { entity, attribute: 'tariff', from, value: row.tariff });
    }
    for (const attribute of ['institution', 'building'] as const) {
      const named = row[attribute];
      if (named === undefined) continue;
      const value = named === null ? null : entry.refer(attribute, attribute, named);
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
  },
});

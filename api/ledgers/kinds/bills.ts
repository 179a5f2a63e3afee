// The ledger of bills (票据).
import { flag, text } from '../cells.ts';
import { CellFault, type Columns, titlesOf } from '../column.ts';
import { ledger } from '../ledger.ts';
import { amountCny, from, last, periodOf, quantity } from './shared.ts';

const columns = {
  account: {
    zh: '户号',
    en: 'Account',
    also: ['用户编号', '客户编号', 'Account number'],
    required: true,
    read: text(400),
    example: '3300123456',
    help: ['户号，或 供应单位/户号，或编号', 'number of the account, supplier/number, or id'],
  },
  document: {
    zh: '票据号',
    en: 'Document',
    also: ['发票号', '发票号码', '单据号', '票据编号'],
    required: true,
    read: text(),
    example: 'D202501-001',
    help: [
      '同一户号的同一票据号再次导入即替换',
      'the same document of the same account again replaces the one before',
    ],
  },
  from,
  last,
  quantity,
  amountCny,
  supplement: {
    zh: '补充票据',
    en: 'Supplement',
    also: ['补充', '冲红', '更正'],
    read: flag,
    example: '否',
    help: [
      '与另一张票据时段重叠的更正、冲红或第二部分',
      'a correction, credit note or second part for days that another bill has',
    ],
  },
} as const satisfies Columns;

export const bills = ledger({
  zh: '票据',
  en: 'Bills',
  about: ['户号的票据：时段、数量、金额', 'bills of supply accounts: days, quantity, amount'],
  columns,
  plan(row, entry) {
    const account = entry.refer('account', 'account', row.account);
    const period = periodOf(row.from, row.last);
    if (period instanceof CellFault) return entry.fault('last', period);
    if (row.quantity === undefined && row.amountCny === undefined) {
      const names = titlesOf(columns.quantity, columns.amountCny);
      return entry.fault('quantity', new CellFault('one-of', { columns: names }));
    }
    if (account === undefined) return;
    entry.bill({
      account,
      document: row.document,
      ...period,
      quantity: row.quantity ?? null,
      amountCny: row.amountCny ?? null,
      supplement: row.supplement ?? false,
    });
  },
});

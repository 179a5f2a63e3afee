// The ledger of reported quantities (上报), and of manual entries.
import { numeric } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { amountCny, commodity, from, institution, last, periodOf, quantity, use } from './shared.ts';

const columns = {
  institution,
  commodity: { ...commodity, required: true },
  use,
  from,
  last,
  quantity: { ...quantity, required: true, read: numeric(0, 1e12) },
  amountCny,
} as const satisfies Columns;

export const reports = ledger({
  zh: '上报数据',
  en: 'Reports',
  about: [
    '单位上报或手工录入的消费量',
    'quantities that institutions reported, or that were entered by hand',
  ],
  columns,
  plan(row, entry) {
    const institution = entry.refer('institution', 'institution', row.institution);
    const period = periodOf(row.from, row.last);
    if (period instanceof CellFault) return entry.fault('last', period);
    if (institution === undefined) return;
    entry.report({
      institution,
      commodity: row.commodity,
      use: row.use ?? 'building',
      ...period,
      quantity: row.quantity,
      amountCny: row.amountCny ?? null,
    });
  },
});

// The ledger of a tariff's monthly purchase prices (代理购电价): a version of the tariff with a row for each month.
import { type Period, periodNames, periods } from '../../../core/domain/tariff/periods.ts';
import { definitionId, monthText, numeric, text } from '../cells.ts';
import { CellFault, type Column, type Columns, titlesOf } from '../column.ts';
import { ledger } from '../ledger.ts';

const cny = numeric(-1e3, 1e6);

function ofPeriod(name: Period) {
  const { zh, en } = periods[name];
  return {
    zh: `${zh}时段价格`,
    en: `Price, ${en}`,
    also: [`${zh}段`, `${zh}电价`],
    read: cny,
    example: '',
    help: ['分时公布时填写，元/千瓦时', 'where it is published by period, CNY a kWh'],
  } as const satisfies Column<number>;
}

const columns = {
  tariff: {
    zh: '电价',
    en: 'Tariff',
    also: ['费率', '电价标识'],
    required: true,
    read: definitionId,
    example: 'my-tariff',
    help: ['电价定义的标识', 'id of the tariff'],
  },
  component: {
    zh: '分量',
    en: 'Component',
    also: ['价格分量'],
    read: text(40),
    example: '',
    help: ['不填为唯一的按月分量', 'empty: the only one that is priced by the month'],
  },
  month: {
    zh: '月份',
    en: 'Month',
    required: true,
    read: monthText,
    example: '2025-01',
    help: ['价格所属月份', 'the month of the price'],
  },
  price: {
    zh: '价格',
    en: 'Price',
    also: ['代理购电价', '平均上网电价'],
    read: cny,
    example: 0.4631,
    help: ['元/千瓦时；或按时段填写', 'CNY a kWh; or by period'],
  },
  sharp: ofPeriod('sharp'),
  peak: ofPeriod('peak'),
  flat: ofPeriod('flat'),
  valley: ofPeriod('valley'),
  'deep-valley': ofPeriod('deep-valley'),
} as const satisfies Columns;

export const purchasePrices = ledger({
  zh: '代理购电价',
  en: 'Purchase prices',
  about: ['电价中逐月公布的代理购电价', 'prices of a tariff that are published by the month'],
  columns,
  plan(row, entry) {
    const said = periodNames.filter((name) => row[name] !== undefined);
    if ((row.price === undefined) === (said.length === 0)) {
      const names = { columns: titlesOf(columns.price, columns.peak) };
      return entry.fault('price', new CellFault(said.length === 0 ? 'one-of' : 'not-both', names));
    }
    if (!entry.defined('tariff', 'tariff', row.tariff)) return;
    const price = row.price ?? Object.fromEntries(said.map((name) => [name, row[name] ?? 0]));
    entry.price({ tariff: row.tariff, component: row.component, month: row.month, price });
  },
});

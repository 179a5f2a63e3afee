// The ledger of dispatch orders (派车单).
import { flag, text } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { institution } from './shared.ts';
import { beginning, ending, record, timeHelp, vehicle } from './vehicle-columns.ts';

const placeHelp = ['地名', 'name of a place'] as const;

const columns = {
  number: {
    zh: '派车单号',
    en: 'Order number',
    also: ['单号', '编号', '派车单编号'],
    required: true,
    read: text(100),
    example: 'P-2025-0031',
    help: [
      '同一单位的同一单号再次导入即替换',
      'the same number of the same institution again replaces the one before',
    ],
  },
  institution: { ...institution, also: ['派车单位', ...institution.also] },
  vehicle,
  driver: {
    zh: '驾驶人',
    en: 'Driver',
    also: ['司机', '驾驶员'],
    required: true,
    read: text(100),
    example: '李师傅',
    help: ['姓名', 'name'],
  },
  purpose: {
    zh: '事由',
    en: 'Purpose',
    also: ['用车事由', '任务'],
    required: true,
    read: text(500),
    example: '下乡调研',
    help: ['用车事由', 'what the car is for'],
  },
  from: {
    zh: '开始时间',
    en: 'From',
    also: ['出车时间', '起始时间', '用车时间'],
    required: true,
    read: beginning,
    example: '2025-01-06 08:30',
    help: timeHelp,
  },
  to: {
    zh: '结束时间',
    en: 'To',
    also: ['收车时间', '返回时间'],
    required: true,
    read: ending,
    example: '2025-01-06 17:30',
    help: ['当地时间；只写日期即当日结束', 'local time; a date alone is its end'],
  },
  origin: { zh: '出发地', en: 'Origin', also: ['起点'], read: text(200), example: '市政府', help: placeHelp },
  destination: {
    zh: '目的地',
    en: 'Destination',
    also: ['终点', '到达地'],
    read: text(200),
    example: '瑞安市',
    help: placeHelp,
  },
  via: {
    zh: '途经',
    en: 'Via',
    also: ['途经地', '途径'],
    read: text(2_000),
    example: '',
    help: ['多个以分号隔开', 'several between semicolons'],
  },
  long: {
    zh: '长途',
    en: 'Long',
    also: ['是否长途'],
    read: flag,
    example: '否',
    help: ['是或否', 'yes or no'],
  },
} as const satisfies Columns;

export const dispatchOrders = ledger({
  zh: '派车单',
  en: 'Dispatch orders',
  about: [
    '派车单：车辆、驾驶人、事由、起止时间和地点',
    'dispatch orders: car, driver, purpose, times and places',
  ],
  columns,
  plan(row, entry) {
    const institution = entry.refer('institution', 'institution', row.institution);
    const vehicle = entry.refer('vehicle', 'vehicle', row.vehicle);
    if (row.to <= row.from) return entry.fault('to', new CellFault('ends-before'));
    if (institution === undefined || vehicle === undefined) return;
    const { number, driver, purpose, from, to } = row;
    record(entry, 'order', {
      number,
      institution,
      vehicle,
      driver,
      purpose,
      from,
      to,
      origin: row.origin === undefined ? null : { name: row.origin },
      destination: row.destination === undefined ? null : { name: row.destination },
      via: (row.via ?? '')
        .split(/[;；、\n]/)
        .flatMap((name) => (name.trim() === '' ? [] : [{ name: name.trim() }])),
      long: row.long ?? false,
    });
  },
});

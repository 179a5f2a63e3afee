// The ledger of cars that are sealed for a holiday (封存).
import { flag, text } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { beginning, ending, record, timeHelp, vehicle } from './vehicle-columns.ts';

const columns = {
  holiday: {
    zh: '节假日',
    en: 'Holiday',
    also: ['假期'],
    required: true,
    read: text(100),
    example: '国庆节',
    help: ['名称', 'name'],
  },
  vehicle,
  from: {
    zh: '封存开始',
    en: 'From',
    also: ['开始时间', '封存时间'],
    required: true,
    read: beginning,
    example: '2025-10-01',
    help: timeHelp,
  },
  to: {
    zh: '封存结束',
    en: 'To',
    also: ['结束时间', '解封时间'],
    required: true,
    read: ending,
    example: '2025-10-08',
    help: ['当地时间；只写日期即当日结束', 'local time; a date alone is its end'],
  },
  place: {
    zh: '封存地点',
    en: 'Place',
    also: ['停放地点', '地点'],
    required: true,
    read: text(200),
    example: '机关大院地下车库',
    help: ['停放地点', 'where it stands'],
  },
  keyKeeper: {
    zh: '钥匙保管人',
    en: 'Key keeper',
    also: ['保管人'],
    required: true,
    read: text(100),
    example: '王主任',
    help: ['姓名', 'name'],
  },
  dutyExempt: {
    zh: '值班备勤',
    en: 'On duty',
    also: ['值班车', '备勤'],
    read: flag,
    example: '否',
    help: ['是：不封存，须说明', 'yes: it is not sealed; say why'],
  },
  reason: {
    zh: '说明',
    en: 'Why',
    also: ['事由'],
    read: text(500),
    example: '',
    help: ['值班备勤的说明', 'why it is on duty'],
  },
} as const satisfies Columns;

export const seals = ledger({
  zh: '节假日封存',
  en: 'Seals',
  about: ['节假日封存车辆清单', 'cars that are sealed for a holiday'],
  columns,
  plan(row, entry) {
    const vehicle = entry.refer('vehicle', 'vehicle', row.vehicle);
    if (row.to <= row.from) return entry.fault('to', new CellFault('ends-before'));
    if (row.dutyExempt === true && row.reason === undefined)
      return entry.fault('reason', new CellFault('required'));
    if (vehicle === undefined) return;
    const { holiday, from, to, place, keyKeeper } = row;
    const note = row.reason ?? '';
    record(entry, 'seal', {
      holiday,
      vehicle,
      from,
      to,
      place,
      keyKeeper,
      dutyExempt: row.dutyExempt ?? false,
      note,
    });
  },
});

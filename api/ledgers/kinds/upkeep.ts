// The ledger of upkeep of vehicles: repair, insurance, inspection, tolls.
import { upkeepKindTexts } from '../../../core/domain/fleet/accounts/texts.ts';
import { choice, date, flag, text } from '../cells.ts';
import type { Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import {
  beginning,
  cny,
  dateText,
  documentColumn,
  odometer,
  record,
  timeHelp,
  titled,
  vehicle,
} from './vehicle-columns.ts';

const kinds = titled(upkeepKindTexts);

const columns = {
  vehicle,
  kind: {
    zh: '类别',
    en: 'Kind',
    also: ['费用类别', '项目'],
    required: true,
    read: choice(kinds, { 年审: 'inspection', 过路费: 'parking-toll', 停车费: 'parking-toll' }),
    example: '维修',
    help: [
      Object.values(kinds)
        .map(({ zh }) => zh)
        .join('、'),
      `one of ${Object.keys(kinds).join(', ')}`,
    ],
  },
  at: {
    zh: '日期',
    en: 'Date',
    also: ['时间', '发生日期'],
    required: true,
    read: beginning,
    example: '2025-01-06',
    help: timeHelp,
  },
  amountCny: cny,
  workshop: {
    zh: '维修单位',
    en: 'Workshop',
    also: ['承修单位', '承保单位', '单位名称'],
    read: text(200),
    example: '云江汽修厂',
    help: ['名称', 'name'],
  },
  designated: {
    zh: '定点',
    en: 'Designated',
    also: ['是否定点', '定点维修'],
    read: flag,
    example: '是',
    help: ['是否定点维修单位；不填为未知', 'at a designated workshop; empty: not told'],
  },
  dueOn: {
    zh: '有效期至',
    en: 'Due on',
    also: ['到期日', '到期日期'],
    read: date,
    example: '2026-01-05',
    help: ['保险、年检有效的最后一天', 'the last day on which insurance or inspection holds'],
  },
  odometerKm: odometer,
  document: documentColumn,
} as const satisfies Columns;

export const upkeep = ledger({
  zh: '车辆维保费用',
  en: 'Upkeep',
  about: ['维修、保养、保险、年检、停车过路等费用', 'repair, maintenance, insurance, inspection, tolls'],
  columns,
  plan(row, entry) {
    const vehicle = entry.refer('vehicle', 'vehicle', row.vehicle);
    if (vehicle === undefined) return;
    const { kind, at, amountCny } = row;
    record(entry, 'upkeep', {
      kind,
      vehicle,
      at,
      amountCny,
      workshop: row.workshop ?? null,
      designated: row.designated ?? null,
      dueOn: row.dueOn === undefined ? null : dateText(row.dueOn, entry),
      odometerKm: row.odometerKm ?? null,
      document: row.document ?? '',
    });
  },
});

// The ledger of fuel and charging cards (加油卡、充电卡).
import { cardKindTexts } from '../../../core/domain/fleet/accounts/texts.ts';
import { choice, flag, numeric, text } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { cardTime, cny, documentColumn, odometer, record, titled, vehicle } from './vehicle-columns.ts';

const kinds = titled(cardKindTexts);

const columns = {
  card: {
    zh: '卡号',
    en: 'Card',
    also: ['油卡号', '加油卡号', '充电卡号'],
    required: true,
    read: text(64),
    example: '1000113300012345678',
    help: ['请设为文本格式', 'format the cell as text'],
  },
  vehicle,
  kind: {
    zh: '类别',
    en: 'Kind',
    also: ['类型'],
    required: true,
    read: choice(kinds),
    example: '加油',
    help: ['加油或充电', 'fuel or charging'],
  },
  ts: {
    zh: '时间',
    en: 'Time',
    also: ['交易时间', '加油时间', '充电时间'],
    required: true,
    read: cardTime,
    example: '2025-01-06 09:12',
    help: [
      '当地时间；只写日期（或 00:00）即按当日记，不核对刷卡时车辆在何处，经纬度不保留',
      'local time; of a day alone (or 00:00) only the day is known: it is kept at noon, without coordinates, and nothing is said of where the car was',
    ],
  },
  quantity: {
    zh: '数量（升、千瓦时）',
    en: 'Quantity (L, kWh)',
    also: ['数量', '加油量', '充电量', '升数'],
    required: true,
    read: numeric(0.001, 10_000),
    example: 42.5,
    help: ['升；充电为千瓦时', 'litres; kWh of charging'],
  },
  amountCny: { ...cny, also: ['金额', '交易金额'] },
  fullTank: {
    zh: '加满',
    en: 'Full',
    also: ['是否加满', '充满'],
    read: flag,
    example: '是',
    help: ['加满（充满）才能算百公里油耗（电耗）', 'consumption is from full to full'],
  },
  station: {
    zh: '站点',
    en: 'Station',
    also: ['加油站', '充电站', '网点'],
    read: text(200),
    example: '中石化城东站',
    help: ['名称', 'name'],
  },
  lat: { zh: '纬度', en: 'Latitude', read: numeric(-90, 90), example: '', help: ['WGS-84', 'WGS-84'] },
  lon: { zh: '经度', en: 'Longitude', read: numeric(-180, 180), example: '', help: ['WGS-84', 'WGS-84'] },
  odometerKm: odometer,
  onSite: {
    zh: '自有充电桩',
    en: 'Own pile',
    also: ['本单位充电桩'],
    read: flag,
    example: '否',
    help: ['是：电量已在建筑电费内，不再计入', "yes: it is in the building's bill, and not counted again"],
  },
  document: documentColumn,
} as const satisfies Columns;

export const cardEntries = ledger({
  zh: '加油充电记录',
  en: 'Card entries',
  about: ['加油卡、充电卡的交易记录', 'entries of fuel and charging cards'],
  columns,
  plan(row, entry) {
    const vehicle = entry.refer('vehicle', 'vehicle', row.vehicle);
    if ((row.lat === undefined) !== (row.lon === undefined)) {
      const column = row.lat === undefined ? 'lat' : 'lon';
      return entry.fault(column, new CellFault('required'));
    }
    if (vehicle === undefined) return;
    const { card, kind, quantity, amountCny } = row;
    const { ts, toTheDay } = row.ts;
    record(entry, 'card', {
      card,
      vehicle,
      kind,
      ts,
      quantity,
      amountCny,
      fullTank: row.fullTank ?? null,
      station: row.station ?? null,
      lat: toTheDay ? null : (row.lat ?? null),
      lon: toTheDay ? null : (row.lon ?? null),
      odometerKm: row.odometerKm ?? null,
      onSite: row.onSite ?? false,
      document: row.document ?? '',
    });
  },
});

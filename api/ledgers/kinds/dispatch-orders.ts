// The ledger of dispatch orders (派车单).
import { type Datum, toWgs84 } from '../../../core/domain/fleet/datum.ts';
import { choice, flag, numeric, text } from '../cells.ts';
import { CellFault, type Columns, type Read } from '../column.ts';
import { ledger } from '../ledger.ts';
import { institution } from './shared.ts';
import { beginning, ending, record, timeHelp, vehicle } from './vehicle-columns.ts';

const placeHelp = ['地名', 'name of a place'] as const;
const latitude = { read: numeric(-90, 90), example: '' } as const;
const longitude = { read: numeric(-180, 180), example: '' } as const;
const maps = {
  wgs84: { zh: 'WGS-84', en: 'WGS-84' },
  gcj02: { zh: 'GCJ-02', en: 'GCJ-02' },
  bd09: { zh: 'BD-09', en: 'BD-09' },
} as const satisfies Readonly<Record<Datum, unknown>>;

interface Place {
  readonly name: string;
  readonly lat?: number;
  readonly lon?: number;
}

const coordinates = /^(.+?)\s*[@＠]\s*([^,，]+)[,，]\s*([^,，]+)$/;

/** Places between semicolons or 、, each a name or `name@latitude,longitude`. */
const places: Read<readonly Place[]> = (cell, days) => {
  const said = text(2_000)(cell, days);
  if (said instanceof CellFault) return said;
  const found: Place[] = [];
  for (const each of said.split(/[;；、\n]/).map((part) => part.trim())) {
    if (each === '') continue;
    const [, name, north = '', east = ''] = coordinates.exec(each) ?? [];
    if (name === undefined) {
      found.push({ name: each });
      continue;
    }
    const lat = latitude.read(north, days);
    const lon = longitude.read(east, days);
    if (lat instanceof CellFault) return lat;
    if (lon instanceof CellFault) return lon;
    found.push({ name, lat, lon });
  }
  return found;
};

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
  originLat: {
    zh: '出发地纬度',
    en: 'Origin latitude',
    also: ['起点纬度'],
    ...latitude,
    help: ['与经度一起填写', 'with the longitude'],
  },
  originLon: {
    zh: '出发地经度',
    en: 'Origin longitude',
    also: ['起点经度'],
    ...longitude,
    help: ['与纬度一起填写', 'with the latitude'],
  },
  destination: {
    zh: '目的地',
    en: 'Destination',
    also: ['终点', '到达地'],
    read: text(200),
    example: '瑞安市',
    help: placeHelp,
  },
  destinationLat: {
    zh: '目的地纬度',
    en: 'Destination latitude',
    also: ['终点纬度', '到达地纬度'],
    ...latitude,
    help: [
      '与经度一起填写；没有坐标的派车单不核对路线',
      "with the longitude; an order without is not held against the car's way",
    ],
  },
  destinationLon: {
    zh: '目的地经度',
    en: 'Destination longitude',
    also: ['终点经度', '到达地经度'],
    ...longitude,
    help: ['与纬度一起填写', 'with the latitude'],
  },
  via: {
    zh: '途经',
    en: 'Via',
    also: ['途经地', '途径'],
    read: places,
    example: '',
    help: [
      '多个以分号隔开；坐标写作 地名@纬度,经度',
      'several between semicolons; with coordinates as name@latitude,longitude',
    ],
  },
  datum: {
    zh: '坐标系',
    en: 'Datum',
    also: ['坐标系统'],
    read: choice(maps, { WGS84: 'wgs84', 高德: 'gcj02', 腾讯: 'gcj02', 百度: 'bd09' }),
    example: '',
    help: [
      'WGS-84（不填即此）、GCJ-02（高德、腾讯）、BD-09（百度）',
      'of the coordinates: WGS-84 (left out), GCJ-02 (AMap, Tencent) or BD-09 (Baidu)',
    ],
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

const ends = [
  ['origin', 'originLat', 'originLon'],
  ['destination', 'destinationLat', 'destinationLon'],
] as const;

export const dispatchOrders = ledger({
  zh: '派车单',
  en: 'Dispatch orders',
  about: [
    '派车单：车辆、驾驶人、事由、起止时间和地点',
    'dispatch orders: car, driver, purpose, times and places',
  ],
  columns,
  partial: (row) => {
    const { origin, originLat, destination, destinationLat, via = [] } = row;
    const unplaced =
      (origin !== undefined && originLat === undefined) || via.some(({ lat }) => lat === undefined);
    return destination === undefined || destinationLat === undefined || unplaced;
  },
  plan(row, entry) {
    const institution = entry.refer('institution', 'institution', row.institution);
    const vehicle = entry.refer('vehicle', 'vehicle', row.vehicle);
    const { datum = 'wgs84' } = row;
    for (const [name, lat, lon] of ends) {
      const [north, east] = [row[lat], row[lon]];
      if ((north === undefined) !== (east === undefined))
        return entry.fault(north === undefined ? lat : lon, new CellFault('required'));
      if (north !== undefined && row[name] === undefined) return entry.fault(name, new CellFault('required'));
    }
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
      origin: placeOf(row.origin, row.originLat, row.originLon, datum),
      destination: placeOf(row.destination, row.destinationLat, row.destinationLon, datum),
      via: (row.via ?? []).flatMap(({ name, lat, lon }) => placeOf(name, lat, lon, datum) ?? []),
      long: row.long ?? false,
    });
  },
});

/** Kept in WGS-84; `null` without a name. */
function placeOf(
  name: string | undefined,
  lat: number | undefined,
  lon: number | undefined,
  datum: Datum,
): Place | null {
  if (name === undefined) return null;
  return lat === undefined || lon === undefined ? { name } : { name, ...toWgs84(datum, lat, lon) };
}

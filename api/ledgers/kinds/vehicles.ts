// The ledger of official vehicles.
import {
  disposalTitles,
  powertrains,
  vehicleCategories,
  vehicleClasses,
} from '../../../core/domain/fleet/vehicles.ts';
import { vehicleAttributes } from '../../../core/registry/attributes/vehicle.ts';
import { choice, date, flag, numeric, text } from '../cells.ts';
import { CellFault, type Columns, type Days, type Read } from '../column.ts';
import { ledger } from '../ledger.ts';
import { idColumn, institution, validFrom } from './shared.ts';
import { dateText, plateOrId, plateText, titled } from './vehicle-columns.ts';

const terminal: Read<string> = (cell) => {
  const parsed = vehicleAttributes.terminal.schema.safeParse(String(cell).trim());
  return parsed.success && parsed.data !== null ? parsed.data : new CellFault('not-a-terminal');
};

const oneOf = (table: Readonly<Record<string, { zh: string; en: string }>>) =>
  [
    Object.values(table)
      .map(({ zh }) => zh)
      .join('、'),
    `one of ${Object.keys(table).join(', ')}`,
  ] as const;
const categories = titled(vehicleCategories);
const classes = titled(vehicleClasses);
const ways = titled(disposalTitles);
const drives = titled(powertrains);
const newOne = '新建时必填；';

const columns = {
  id: idColumn,
  plate: {
    zh: '车牌号',
    en: 'Plate',
    also: ['车牌', '号牌号码'],
    required: true,
    read: plateText,
    example: '浙C12345',
    help: ['换牌时以编号指明车辆', 'where a car gets another plate, say by id which one it is'],
  },
  name: {
    zh: '名称',
    en: 'Name',
    also: ['品牌型号', '车辆名称'],
    clearable: true,
    read: text(),
    example: '',
    help: ['如品牌型号', 'such as make and model'],
  },
  institution: {
    ...institution,
    required: false,
    zh: '使用单位',
    also: ['单位', '单位名称', '所属单位'],
    help: [`${newOne}${institution.help[0]}`, `needed for a new one; ${institution.help[1]}`],
  },
  terminal: {
    zh: '车载终端',
    en: 'Terminal',
    also: ['终端', '终端号'],
    clearable: true,
    read: terminal,
    example: 'cars/13800000001',
    help: [
      '采集网关/终端号；终端移到别的车时先清空',
      'agent/terminal; clear it before it goes to another car',
    ],
  },
  category: {
    zh: '编制类别',
    en: 'Category',
    also: ['类别', '车辆用途'],
    read: choice(categories, {
      机要通信: 'confidential-communication',
      应急保障: 'emergency',
      执法执勤: 'law-enforcement',
      特种专业技术: 'special',
    }),
    example: '应急保障用车',
    help: [`${newOne}${oneOf(categories)[0]}`, `needed for a new one; ${oneOf(categories)[1]}`],
  },
  vehicleClass: {
    zh: '车型',
    en: 'Class',
    also: ['车辆类型'],
    read: choice(classes),
    example: '轿车',
    help: oneOf(classes),
  },
  powertrain: {
    zh: '动力类型',
    en: 'Powertrain',
    also: ['燃料类型', '燃料种类'],
    read: choice(drives, { 插电混动: 'plug-in-hybrid', 混合动力: 'hybrid', 电动: 'battery-electric' }),
    example: '汽油',
    help: [`${newOne}${oneOf(drives)[0]}`, `needed for a new one; ${oneOf(drives)[1]}`],
  },
  tankL: {
    zh: '油箱容积（L）',
    en: 'Tank (L)',
    also: ['油箱容积', '油箱'],
    clearable: true,
    read: numeric(0.1, 1_000),
    example: 60,
    help: ['升', 'litres'],
  },
  batteryKwh: {
    zh: '电池容量（kWh）',
    en: 'Battery (kWh)',
    also: ['电池容量'],
    clearable: true,
    read: numeric(0.1, 2_000),
    example: '',
    help: ['千瓦时', 'kWh'],
  },
  limitKmh: {
    zh: '限速（km/h）',
    en: 'Speed limit (km/h)',
    also: ['限速'],
    clearable: true,
    read: numeric(5, 200),
    example: '',
    help: ['本车限速；不填为全局设置', 'its own; empty: that of the configuration'],
  },
  purchasedOn: {
    zh: '购置日期',
    en: 'Purchased on',
    also: ['购车日期', '登记日期'],
    clearable: true,
    read: date,
    example: '2019-05-20',
    help: ['日期', 'a date'],
  },
  priceCny: {
    zh: '购置价格（元）',
    en: 'Price (CNY)',
    also: ['购置价格', '原值'],
    clearable: true,
    read: numeric(0.01, 1e9),
    example: 178_000,
    help: ['元', 'CNY'],
  },
  replaces: {
    zh: '更新替换',
    en: 'Replaces',
    also: ['替换车辆', '被更新车辆'],
    clearable: true,
    read: plateOrId,
    example: '',
    help: ['被替换车辆的车牌号或编号', 'plate or id of the car it was bought in place of'],
  },
  leased: {
    zh: '租赁',
    en: 'Leased',
    also: ['是否租赁'],
    read: flag,
    example: '否',
    help: ['是或否', 'yes or no'],
  },
  disposedOn: {
    zh: '处置日期',
    en: 'Disposed of on',
    also: ['报废日期'],
    clearable: true,
    read: date,
    example: '',
    help: ['处置后的第一天', 'the first day without it'],
  },
  disposal: {
    zh: '处置方式',
    en: 'Disposal',
    clearable: true,
    read: choice(ways),
    example: '',
    help: oneOf(ways),
  },
  publicationExempt: {
    zh: '不予公示',
    en: 'Not published',
    read: flag,
    example: '否',
    help: ['是：公示表不列', 'yes: left out of the publication'],
  },
  validFrom,
} as const satisfies Columns;

/** Columns whose value is said as it is read. */
const plain = [
  'plate',
  'name',
  'terminal',
  'category',
  'vehicleClass',
  'powertrain',
  'tankL',
  'batteryKwh',
  'limitKmh',
  'priceCny',
  'leased',
  'disposal',
  'publicationExempt',
] as const;
const dates = ['purchasedOn', 'disposedOn'] as const;
const needed = ['institution', 'category', 'powertrain'] as const;

export const vehicles = ledger({
  zh: '公务用车',
  en: 'Vehicles',
  about: [
    '公务用车及其使用单位、编制、动力、终端',
    'official vehicles, whose they are, category, drive and terminal',
  ],
  columns,
  names: {
    kind: 'vehicle',
    identity: (row) => ({ id: row.id, name: row.plate, above: undefined }),
  },
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const { from } = row.validFrom;
    if (isNew) {
      const missing = needed.filter((name) => row[name] === undefined);
      for (const name of missing) entry.fault(name, new CellFault('required-for-new'));
      if (missing.length > 0) return;
    }
    const say = (attribute: keyof typeof columns, value: unknown) =>
      entry.fact(attribute, { entity, attribute, from, value });
    for (const name of plain) if (row[name] !== undefined) say(name, row[name]);
    for (const name of dates) {
      const said: Days | null | undefined = row[name];
      if (said !== undefined) say(name, said === null ? null : dateText(said, entry));
    }
    if (row.institution !== undefined) {
      const value = entry.refer('institution', 'institution', row.institution);
      if (value !== undefined) say('institution', value);
    }
    if (row.replaces !== undefined) {
      const value = row.replaces === null ? null : entry.refer('vehicle', 'replaces', row.replaces);
      if (value !== undefined) say('replaces', value);
    }
  },
});

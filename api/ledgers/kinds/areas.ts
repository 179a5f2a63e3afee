// The ledger of floor areas, of institutions or of buildings.
import { choice, text } from '../cells.ts';
import { CellFault, type Columns, titlesOf } from '../column.ts';
import { ledger } from '../ledger.ts';
import { area, institution, validFrom } from './shared.ts';

const deducted = (zh: string, en: string, also: readonly string[], help: readonly [string, string]) =>
  ({ zh, en, also, read: area, example: 0, help }) as const;
const energy = {
  metered: { zh: '分表计量', en: 'Metered' },
  'by-area': { zh: '按面积', en: 'By area' },
} as const;

const columns = {
  institution: { ...institution, required: false, help: ['与“建筑”二选一', 'this or the building'] },
  building: {
    zh: '建筑',
    en: 'Building',
    also: ['建筑名称', '楼宇'],
    read: text(1_000),
    example: '',
    help: ['单位路径/建筑名称，或编号', 'path of the institution and name of the building, or its id'],
  },
  validFrom,
  builtM2: {
    zh: '建筑面积',
    en: 'Built area',
    also: ['建筑面积（m2）', '建筑面积（平方米）'],
    required: true,
    read: area,
    example: 18_600,
    help: ['平方米', 'm²'],
  },
  letM2: deducted('出租面积', 'Let area', ['出租'], ['平方米，扣减', 'm², deducted']),
  lentM2: deducted('出借面积', 'Lent area', ['出借'], ['平方米，扣减', 'm², deducted']),
  closedM2: deducted('封存面积', 'Closed area', ['封存', '闲置面积'], ['平方米，扣减', 'm², deducted']),
  unpaidM2: deducted(
    '不承担费用面积',
    'Unpaid area',
    ['不承担能源费用面积'],
    ['平方米，扣减', 'm², deducted'],
  ),
  energy: {
    zh: '扣减用能',
    en: 'Deducted energy',
    also: ['扣减用能方式'],
    read: choice(energy),
    example: '按面积',
    help: [
      '扣减面积的用能：分表计量或按面积',
      'how the energy of deducted area is known: metered or by-area',
    ],
  },
} as const satisfies Columns;

const deductions = ['letM2', 'lentM2', 'closedM2', 'unpaidM2'] as const;

export const areas = ledger({
  zh: '建筑面积',
  en: 'Areas',
  about: ['单位或建筑的建筑面积与扣减面积', 'floor areas of institutions or buildings, and what is deducted'],
  columns,
  plan(row, entry) {
    const { institution, building, builtM2 } = row;
    const both = { columns: titlesOf(columns.institution, columns.building) };
    if (institution !== undefined && building !== undefined)
      return entry.fault('building', new CellFault('not-both', both));
    const entity =
      institution !== undefined
        ? entry.refer('institution', 'institution', institution)
        : building !== undefined
          ? entry.refer('building', 'building', building)
          : entry.fault('institution', new CellFault('one-of', both));
    const sum = deductions.reduce((total, name) => total + (row[name] ?? 0), 0);
    if (sum > builtM2 * (1 + 1e-9)) {
      return entry.fault('builtM2', new CellFault('deducted-exceeds', { deducted: sum, built: builtM2 }));
    }
    if (entity === undefined) return;
    const value = {
      builtM2,
      ...Object.fromEntries(deductions.map((name) => [name, row[name] ?? 0])),
      energy: row.energy ?? 'by-area',
    };
    entry.fact('builtM2', { entity, attribute: 'floorArea', from: row.validFrom.from, value });
  },
});

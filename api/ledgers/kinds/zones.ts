// The ledger of zones (分区): parts of buildings.
import { text } from '../cells.ts';
import { CellFault, type Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { idColumn, validFrom } from './shared.ts';

const columns = {
  id: idColumn,
  name: {
    zh: '名称',
    en: 'Name',
    also: ['分区名称', '分区'],
    read: text(),
    example: '三层东区',
    help: ['新建时必填', 'needed for a new one'],
  },
  building: {
    zh: '所在建筑',
    en: 'Building',
    also: ['建筑', '建筑名称'],
    clearable: true,
    read: text(1_000),
    example: '云江市/市教育局/第一中学/教学楼',
    help: ['单位路径/建筑名称，或编号', 'path of the institution and name of the building, or its id'],
  },
  validFrom,
} as const satisfies Columns;

export const zones = ledger({
  zh: '分区',
  en: 'Zones',
  about: ['建筑内的分区', 'parts of buildings'],
  columns,
  names: {
    kind: 'zone',
    identity: (row) => ({ id: row.id, name: row.name, above: row.building }),
  },
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const from = row.validFrom.from;
    if (isNew && row.name === undefined) return entry.fault('name', new CellFault('required-for-new'));
    if (row.name !== undefined) entry.fact('name', { entity, attribute: 'name', from, value: row.name });
    if (row.building === undefined && !isNew) return;
    const value = row.building == null ? null : entry.refer('building', 'building', row.building);
    if (value !== undefined) entry.fact('building', { entity, attribute: 'building', from, value });
  },
});

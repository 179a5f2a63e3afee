// The ledger of buildings, shared ones with their shares.
import { partOf, text } from '../cells.ts';
import { CellFault, type Columns, type Read } from '../column.ts';
import { ledger } from '../ledger.ts';
import { idColumn, institution, validFrom } from './shared.ts';

interface Share {
  readonly institution: string;
  readonly share: number;
}

/** "institution 60 %; institution 40 %" */
const shares: Read<readonly Share[]> = (cell) => {
  const found: Share[] = [];
  for (const part of String(cell).split(/[;；\n]/)) {
    if (part.trim() === '') continue;
    const said = /^(.+?)[\s:：]+([\d.]+\s*[%％]?)$/.exec(part.trim());
    const share = said ? partOf(said[2] ?? '') : Number.NaN;
    if (!said?.[1] || !(share > 0 && share <= 1)) return new CellFault('not-shares');
    found.push({ institution: said[1].trim(), share });
  }
  const sum = found.reduce((total, { share }) => total + share, 0);
  return found.length === 0 || sum > 1 + 1e-9 ? new CellFault('not-shares') : found;
};

const columns = {
  id: idColumn,
  name: {
    zh: '名称',
    en: 'Name',
    also: ['建筑名称', '建筑', '楼宇名称'],
    read: text(),
    example: '教学楼',
    help: [
      '新建时必填；与所属单位一起识别',
      'needed for a new one; with its institution it says which is meant',
    ],
  },
  institution: {
    ...institution,
    required: false,
    clearable: true,
    zh: '所属单位',
    also: ['单位', '单位名称', '管理单位'],
  },
  shares: {
    zh: '共用分摊',
    en: 'Shares',
    also: ['分摊'],
    clearable: true,
    read: shares,
    example: '',
    help: ['合署办公：单位 60%；单位 40%', 'shared offices: institution 60%; institution 40%'],
  },
  validFrom,
} as const satisfies Columns;

export const buildings = ledger({
  zh: '建筑',
  en: 'Buildings',
  about: ['建筑及其所属单位、共用分摊', 'buildings, whose they are, and how they are shared'],
  columns,
  names: {
    kind: 'building',
    identity: (row) => ({ id: row.id, name: row.name, above: row.institution }),
  },
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const from = row.validFrom.from;
    if (isNew && row.name === undefined) return entry.fault('name', new CellFault('required-for-new'));
    if (row.name !== undefined) entry.fact('name', { entity, attribute: 'name', from, value: row.name });
    if (row.institution !== undefined || isNew) {
      const value =
        row.institution == null ? null : entry.refer('institution', 'institution', row.institution);
      if (value !== undefined) entry.fact('institution', { entity, attribute: 'institution', from, value });
    }
    if (row.shares === undefined) return;
    const value = row.shares?.map(({ institution, share }) => ({
      institution: entry.refer('institution', 'shares', institution),
      share,
    }));
    if (value?.some(({ institution }) => institution === undefined)) return;
    entry.fact('shares', { entity, attribute: 'shares', from, value: value ?? null });
  },
});

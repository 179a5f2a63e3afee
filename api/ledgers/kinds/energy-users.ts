// The ledger of energy users (用能人数) by component.
import { userComponents } from '../../../core/domain/accounting/definitions.ts';
import { CellFault, type Columns, titlesOf } from '../column.ts';
import { ledger } from '../ledger.ts';
import { heads, institution, validFrom } from './shared.ts';

const component = (zh: string, en: string, also: readonly string[], example: number | '') =>
  ({ zh, en, also, read: heads, example, help: ['人数；不填为 0', 'heads; empty: 0'] }) as const;

const columns = {
  institution,
  validFrom,
  staff: component('编制人数', 'Staff', ['在编人数', '在职人数'], 120),
  nonEstablishment: component('编外人数', 'Non-establishment', ['编外', '编外人员'], 18),
  students: component('学生人数', 'Students', ['学生'], 1_650),
  patients: component('患者人数', 'Patients', ['日均就诊人数', '床位折算人数'], ''),
  visitors: component('来访人数', 'Visitors', ['日均来访人数'], ''),
} as const satisfies Columns;

export const energyUsers = ledger({
  zh: '用能人数',
  en: 'Energy users',
  about: ['各单位用能人数，按构成', 'energy users of institutions, by component'],
  columns,
  plan(row, entry) {
    const entity = entry.refer('institution', 'institution', row.institution);
    const said = userComponents.filter((name) => row[name] !== undefined);
    if (said.length === 0) {
      const names = titlesOf(...userComponents.map((name) => columns[name]));
      return entry.fault(null, new CellFault('one-of', { columns: names }));
    }
    if (entity === undefined) return;
    const value = Object.fromEntries(userComponents.map((name) => [name, row[name] ?? 0]));
    entry.fact('staff', { entity, attribute: 'energyUsers', from: row.validFrom.from, value });
  },
});

// The audit log as a table for people: names and plates in the place of ids.
import type { Language } from '../../core/domain/texts.ts';
import type { AuditAction } from '../../core/registry/audit-contracts.ts';
import type { TableNames } from '../fleet/table-names.ts';
import type { Column } from '../http/csv.ts';

/** A look, as far as the reader may see it. */
export interface AuditRow {
  readonly seq: number;
  readonly at: string;
  readonly principal: string;
  readonly name: string;
  readonly action: AuditAction;
  readonly vehicles: readonly string[];
  readonly institutions: readonly string[];
  readonly others: number;
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
  readonly hash: string;
}

const actionTexts: Readonly<Record<AuditAction, Record<Language, string>>> = {
  track: { 'zh-CN': '查看轨迹', en: 'Track' },
  live: { 'zh-CN': '查看实时位置', en: 'Live position' },
  stream: { 'zh-CN': '持续查看实时位置', en: 'Stream of live positions' },
  trips: { 'zh-CN': '查看行程与停车', en: 'Trips and stops' },
  findings: { 'zh-CN': '查看异常位置', en: 'Places of findings' },
  export: { 'zh-CN': '导出表格', en: 'Table' },
};

/** A cell of a spreadsheet holds 32 767 characters. */
const longestCell = 32_000;

function listed(names: readonly string[]): string {
  let text = '';
  for (const [at, name] of names.entries()) {
    if (text.length + name.length > longestCell) return `${text}, … +${names.length - at}`;
    text += at === 0 ? name : `, ${name}`;
  }
  return text;
}

export function columnsOf({ plate, institution }: TableNames): readonly Column<AuditRow>[] {
  const heading = (zh: string, en: string) => ({ 'zh-CN': zh, en });
  return [
    { heading: heading('序号', 'No.'), cell: ({ seq }) => seq },
    { heading: heading('查看时间', 'Looked at'), cell: ({ at }) => at },
    { heading: heading('查看人', 'Who'), cell: ({ name }) => name },
    { heading: heading('查看人编号', 'Id of who'), cell: ({ principal }) => principal },
    { heading: heading('方式', 'How'), cell: ({ action }, spoken) => actionTexts[action][spoken] },
    { heading: heading('用途', 'Stated purpose'), cell: ({ purpose }) => purpose },
    { heading: heading('车辆数', 'Cars'), cell: ({ vehicles }) => vehicles.length },
    {
      heading: heading('车牌号', 'Plates'),
      cell: ({ vehicles }) => listed(vehicles.map((id) => plate(id) ?? id)),
    },
    { heading: heading('无权查看的车辆数', 'Cars of others'), cell: ({ others }) => others },
    {
      heading: heading('所属单位', 'Institutions'),
      cell: ({ institutions }) => listed(institutions.map((id) => institution(id) ?? id)),
    },
    { heading: heading('位置起', 'Positions from'), cell: ({ from }) => from },
    { heading: heading('位置止', 'Positions to'), cell: ({ to }) => to },
    { heading: heading('校验值', 'Hash'), cell: ({ hash }) => hash },
  ];
}

// What an import of ledgers says to people, zh-CN and en. `{name}` is filled in. Codes of faults are the keys.
import type { MessageValues } from '../../core/domain/message.ts';
import { wordsOf } from '../../core/domain/message.ts';
import type { Language } from '../../core/domain/texts.ts';

export const faultTexts = {
  'not-a-number': ['不是数字', 'is not a number; write it like 1234.5 or 1,234.5'],
  'out-of-range': ['超出范围（{min} 至 {max}）', 'is not in the range {min} to {max}'],
  'not-a-change': [
    '不是变化率；请写 -6% 或 -0.06',
    'is not a change; write -6% or -0.06 for six per cent less',
  ],
  'not-a-date': [
    '不是日期；请写 2025-01-01、2025/1/1 或 2025年1月1日',
    'is not a date; write it like 2025-01-01 or 2025/1/1',
  ],
  'not-a-time': ['不是时间；请写 2025-01-01 08:30', 'is not a time; write it like 2025-01-01 08:30'],
  'not-a-plate': ['不是车牌号，如 浙C12345 或 浙CD12345', 'is no plate such as 浙C12345 or 浙CD12345'],
  'not-a-terminal': ['不是车载终端；请写“采集网关/终端”', 'is no terminal; write agent/terminal'],
  'not-a-year': ['不是年份（2000 至 2100）', 'is not a year from 2000 to 2100'],
  'not-a-month': ['不是月份；请写 2025-01', 'is not a month; write it like 2025-01'],
  'not-a-flag': ['请填“是”或“否”', 'is neither yes nor no'],
  'not-a-choice': ['不在可选值之内：{known}', 'is none of: {known}'],
  'not-a-duration': [
    '不是时长；请写 15分钟、1小时 或 1d',
    'is not a length of time; write it like 15m, 1h or 1d',
  ],
  'too-long': ['超过 {most} 个字符', 'has more than {most} characters'],
  'digits-lost': [
    '长数字已被 Excel 当作数值，位数丢失（只保留 15 位）；请把单元格设为文本格式后重新填写',
    'was taken for a number by Excel, which keeps 15 digits only, or fewer in CSV; format the cell as text and type it again',
  ],
  'control-characters': ['含有不可见的控制字符', 'contains control characters'],
  'credit-code-length': [
    '统一社会信用代码应为 18 位，现为 {length} 位',
    'a credit code has 18 characters, this has {length}',
  ],
  'credit-code-form': [
    '统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位为数字',
    'a credit code has digits and capitals without I, O, S, V, Z, and digits in places 3 to 8',
  ],
  'credit-code-check': [
    '统一社会信用代码校验位应为 {expected}，请核对是否有误',
    'the last character should be {expected}: one of them was mistyped',
  ],
  'not-a-point': [
    '不是计量点；请写“采集网关/计量点”，各 1 至 64 个字符（A-Z a-z 0-9 . _ -）',
    'is not a point; write agent/point, each 1 to 64 characters of A-Z a-z 0-9 . _ -',
  ],
  'not-a-definition': ['应为 1 至 64 个字符的 a-z 0-9 -', 'an id is 1 to 64 characters of a-z 0-9 -'],
  'not-shares': [
    '应写成“单位 60%；单位 40%”，各份额之和不超过 100%',
    'write it like "institution 60%; institution 40%", no more than 100 % in all',
  ],
  'not-a-formula': [
    '不是公式；请写“网关/点 + 0.5*网关/点 - 网关/点”，运算符两侧留空格',
    'is no formula; write it like agent/a + 0.5*agent/b - agent/c, with spaces around + and -',
  ],
  required: ['必填', 'must be given'],
  'required-for-new': ['新建时必填', 'must be given for one that is new'],
  'not-clearable': ['不能清空', 'cannot be cleared'],
  'one-of': ['请填写其中之一：{columns}', 'give one of: {columns}'],
  'not-both': ['只能填写其中之一：{columns}', 'give only one of: {columns}'],
  'ends-before': ['止日早于起日', 'ends before it begins'],
  'deducted-exceeds': [
    '扣减面积合计 {deducted} 大于建筑面积 {built}',
    'deducts {deducted} m², more than the {built} m² that are built',
  ],
  'unknown-institution': ['没有这个单位', 'there is no such institution'],
  'unknown-building': ['没有这栋建筑', 'there is no such building'],
  'unknown-zone': ['没有这个分区', 'there is no such zone'],
  'unknown-account': ['没有这个户号', 'there is no such account'],
  'unknown-vehicle': ['没有这辆车', 'there is no such vehicle'],
  'unknown-point': ['没有这个计量点', 'there is no such point'],
  'unknown-definition': ['没有这个定义；现有：{known}', 'there is no such definition; there are {known}'],
  'unknown-component': [
    '该电价没有这个分量；现有：{known}',
    'the tariff has no such component; there are {known}',
  ],
  ambiguous: [
    '有 {count} 个匹配：{candidates}；请写完整路径、代码或编号',
    'may be any of {count}: {candidates}; write the whole path, the credit code or the id',
  ],
  'bad-row-referred': ['所引用的行有错误', 'refers to a row that has faults'],
  'id-without-entity': [
    '没有这个编号；新建时请留空',
    'there is nothing with this id; leave it empty for one that is new',
  ],
  contradicts: ['与第 {rows} 行矛盾', 'contradicts row {rows}'],
  overlaps: ['与第 {rows} 行的时段重叠', 'overlaps the days of row {rows}'],
  'cell-error': ['单元格公式出错', 'is the fault of a formula'],
  'cells-beyond': [
    '单元格多于表头（千位分隔符或未加引号的分隔符？）',
    'has more cells than the heading (a thousands separator, or a separator within an unquoted cell?)',
  ],
  'not-permitted': [
    '所涉单位、建筑、计量点、户号、车辆或定义不存在，或当时不在授权范围内',
    'concerns an institution, building, point, account, vehicle or definition that is not there, or that the grants of the key do not cover at that time',
  ],
  registry: ['登记库拒绝：{message}', 'the registry refused it: {message}'],
  'missing-columns': ['缺少列：{columns}', 'lacks the columns {columns}'],
  'column-twice': ['列重复：{columns}', 'has a column more than once: {columns}'],
  'no-heading': ['没有找到表头', 'has no row of headings'],
  'unknown-ledger': [
    '无法判断是哪种台账；请用台账名称命名工作表，或指定种类：{known}',
    'is of no ledger that is known; name the sheet after one, or say which: {known}',
  ],
  'too-many-rounds': [
    '错误太多，未能逐行查清，未导入任何内容；请先修正已列出的错误',
    'has too many faults to sort out row by row: nothing was imported; mend those that are listed first',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type FaultKey = keyof typeof faultTexts;
export type FaultValues = MessageValues;

export const commandTexts = {
  'ledger.reading': ['读取', 'Reading'],
  'ledger.planning': ['核对', 'Checking'],
  'ledger.applying': ['登记', 'Recording'],
  'ledger.applied': ['已导入（{seconds} 秒）', 'Imported ({seconds} s)'],
  'ledger.rehearsed': [
    '试运行：未写入任何内容（{seconds} 秒）',
    'Dry run: nothing was written ({seconds} s)',
  ],
  'ledger.refused': [
    '有错误，未导入任何内容。改正后重试，或用 --good-rows 只导入无误的行。',
    'There are faults: nothing was imported. Mend them, or import the good rows only with --good-rows.',
  ],
  'ledger.rows': [
    '{ledger}：{rows} 行，新增 {created}，变更 {changed}，不变 {unchanged}，错误 {faulty}',
    '{ledger}: {rows} rows, {created} new, {changed} changed, {unchanged} as they were, {faulty} with faults',
  ],
  'ledger.unplaced': [
    '  其中 {count} 张派车单没有目的地，或有地点只有地名、没有坐标：不核对（或只部分核对）行车路线',
    '  {count} of these orders have no destination, or a place without coordinates: the way of the car is not held against them, or in part only',
  ],
  'ledger.unknown-column': [
    '{file}“{sheet}”：未识别的列“{column}”，已忽略',
    '{file} "{sheet}": column "{column}" is unknown and was ignored',
  ],
  'ledger.skipped-sheet': [
    '{file}“{sheet}”：不是台账，已跳过',
    '{file} "{sheet}": is no ledger and was skipped',
  ],
  'ledger.faults': ['{count} 处错误：', '{count} faults:'],
  'ledger.more': ['  …另有 {count} 处', '  … and {count} more'],
  'ledger.file': ['文件', 'file'],
  'ledger.sheet': ['工作表', 'sheet'],
  'ledger.row': ['行', 'row'],
  'ledger.column': ['列', 'column'],
  'ledger.value': ['值', 'value'],
  'ledger.reason': ['原因', 'reason'],
  'ledger.template': ['模板已写入 {file}', 'Template written to {file}'],
  'ledger.note': ['备注', 'Note'],
  'ledger.example': ['示例（导入时忽略）', 'Example (ignored when imported)'],
  'ledger.help': ['填写说明', 'Help'],
  'ledger.help-ledger': ['台账', 'Ledger'],
  'ledger.help-required': ['必填', 'Required'],
  'ledger.help-example': ['示例', 'Example'],
  'ledger.help-text': ['说明', 'What to write'],
  'ledger.yes': ['是', 'yes'],
  'ledger.help-intro': [
    '列的顺序不限，表头用中文或英文均可，未识别的列会列出并忽略。空单元格表示不填（保持原值）；“-”表示清空。单位、建筑、分区可写名称路径（云江市/市教育局/第一中学）、统一社会信用代码或编号；同一文件内新建的也可引用。以“示例”开头的备注行会被忽略。',
    'Columns may stand in any order, under Chinese or English headings; unknown ones are named and ignored. An empty cell says nothing (what is known stays); "-" clears. Institutions, buildings and zones are named by a path of names (city/bureau/school), by credit code or by id; new ones of the same file may be named too. Rows whose note begins with "Example" are ignored.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type LedgerTextKey = keyof typeof commandTexts;

export function faultText(language: Language, key: FaultKey, values: FaultValues): string {
  return wordsOf({ key, texts: faultTexts[key], values }, language);
}

export function ledgerText(language: Language, key: LedgerTextKey, values: FaultValues = {}): string {
  return wordsOf({ key, texts: commandTexts[key], values }, language);
}

// What is said of a file that cannot be read as a whole, zh-CN and en.
import { speaker } from '../../domain/message.ts';

export const sayOfFiles = speaker({
  'file.empty': ['{file} 是空文件', '{file} is empty'],
  'file.unreadable': ['{file} 读不出：{why}', '{file} cannot be read: {why}'],
  'file.old-workbook': [
    '{file} 是旧版工作簿（.xls）或有密码保护；请另存为不带密码的 .xlsx',
    '{file} is an old workbook (.xls), or protected by a password; save it as .xlsx without one',
  ],
  'file.no-table': [
    '{file} 既不是工作簿（.xlsx）也不是文本（CSV）',
    '{file} is neither a workbook (.xlsx) nor a text (CSV)',
  ],
  'file.encoding': [
    '{file} 既不是 UTF-8 也不是 GB18030；请另存为 CSV UTF-8 或 .xlsx',
    '{file} is neither UTF-8 nor GB18030; save it as CSV UTF-8 or as .xlsx',
  ],
  'file.csv': [
    '{file} 不能作为 CSV 读取：第 {line} 行（{code}）；多为引号不成对，请用 Excel 或 WPS 另存为 CSV UTF-8',
    '{file} cannot be read as CSV: {why}',
  ],
  'file.no-workbook': [
    '{file} 是压缩包，但不是工作簿（.xlsx）',
    '{file} is a zip archive, but no workbook (.xlsx)',
  ],
  'file.utf-16-part': [
    '{file} 的部件 {part} 为 UTF-16；请用 Excel 或 WPS 重新保存',
    '{file} writes its part {part} in UTF-16; save it again with Excel or WPS',
  ],
  'file.no-directory': [
    '{file} 不完整或已损坏：没有部件目录',
    '{file} is cut off or damaged: it has no directory of its parts',
  ],
  'file.many-parts': [
    '{file} 有 {count} 个部件；请另存为普通工作簿',
    '{file} has {count} parts; save it again as a plain workbook',
  ],
  'file.cut-directory': [
    '{file} 已损坏：部件目录中断',
    '{file} is damaged: the directory of its parts breaks off',
  ],
  'file.password': [
    '{file} 有密码保护；请去掉密码再保存',
    '{file} is protected by a password; save it without one',
  ],
  'file.misplaced-part': [
    '{file} 已损坏：部件 {part} 不在应在的位置',
    '{file} is damaged: its part {part} is not where it should be',
  ],
  'file.cut-part': ['{file} 在部件 {part} 处中断', '{file} is cut off within its part {part}'],
  'file.packed-part': [
    '{file} 的部件 {part} 压缩方式未知（{method}）',
    '{file} packs its part {part} in a way that is not known ({method})',
  ],
  'file.damaged-part': [
    '{file} 已损坏：部件 {part} 无法解压',
    '{file} is damaged: its part {part} cannot be unpacked',
  ],
  'file.body': [
    '请求正文为空；请把文件本身作为正文发送',
    'the body is empty; send the file itself as the body',
  ],
  'file.limit-of-one': ['{file}{what}；请分成几个文件', '{file} has {what}; split it into several files'],
  'file.limit': ['{file}{what}；请分几次导入', '{file} has {what}; split it into several imports'],
});

/** Of a file that is too large: what it has too much of. */
export const sayOfLimits = speaker({
  'limit.megabytes': ['超过 {most} MB', 'more than {most} MB'],
  'limit.size': ['为 {size} MB', '{size} MB'],
  'limit.unpacked': ['解压后超过 {most} MB', 'more than {most} MB unpacked'],
  'limit.rows': ['超过 {most} 行', 'more than {most} rows'],
  'limit.cells': ['超过 {most} 个单元格', 'more than {most} cells'],
  'limit.sheets': ['超过 {most} 个工作表', 'more than {most} sheets'],
  'limit.text': ['文字太多', 'too much text'],
  'limit.row': ['有一行或一段文字超过 {most} 字节', 'a row or text of more than {most} bytes'],
  'limit.record': [
    '有一行超过 {most} 个字符（引号未闭合？）',
    'a row of more than {most} characters (a quote that is not closed?)',
  ],
  'limit.part': ['的部件 {part} 超过 {most} 字节', 'a part {part} of more than {most} bytes'],
  'limit.unpacked-part': [
    '的部件 {part} 解压后超过 {most} 字节',
    'a part {part} of more than {most} bytes unpacked',
  ],
  'limit.inputs': ['超过 {most} 条事实和票据', 'more than {most} facts and bills'],
});

/** All files of one import together. */
export const wholeImport = { zh: '本次导入', en: 'the import' } as const;

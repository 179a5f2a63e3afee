// The ledger of key energy users (重点用能单位): the designated list by year, and the grade of the assessment.
import { flag, text, yearNumber } from '../cells.ts';
import type { Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { firstOfYear, institution } from './shared.ts';

const columns = {
  institution,
  year: {
    zh: '年份',
    en: 'Year',
    also: ['年度', '考核年度'],
    required: true,
    read: yearNumber,
    example: 2025,
    help: ['只对这一年有效', 'holds for this year alone'],
  },
  listed: {
    zh: '列入名单',
    en: 'Listed',
    also: ['是否列入', '重点用能单位'],
    read: flag,
    example: '是',
    help: ['不填为是', 'empty: yes'],
  },
  grade: {
    zh: '考核等级',
    en: 'Grade',
    also: ['等级', '考核结果'],
    read: text(60),
    example: '完成',
    help: ['年度考核等级', 'of the yearly assessment'],
  },
  document: {
    zh: '文号',
    en: 'Document',
    read: text(),
    example: '',
    help: ['公布名单的文件', 'that published the list'],
  },
} as const satisfies Columns;

export const keyUsers = ledger({
  zh: '重点用能单位',
  en: 'Key users',
  about: ['逐年重点用能单位名单与考核等级', 'key energy users by year, and their grade'],
  columns,
  plan(row, entry) {
    const entity = entry.refer('institution', 'institution', row.institution);
    if (entity === undefined) return;
    const { grade, document } = row;
    const value = {
      listed: row.listed ?? true,
      ...(grade === undefined ? {} : { grade }),
      ...(document === undefined ? {} : { document }),
    };
    const from = firstOfYear(entry.calendar, row.year);
    const to = firstOfYear(entry.calendar, row.year + 1);
    entry.fact('listed', { entity, attribute: 'keyUser', from, to, value });
  },
});

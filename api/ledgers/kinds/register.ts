// The ledger of the statistics register (公共机构名录库): who is in it, by year.
import { flag, yearNumber } from '../cells.ts';
import type { Columns } from '../column.ts';
import { ledger } from '../ledger.ts';
import { firstOfYear, institution } from './shared.ts';

const columns = {
  institution,
  year: {
    zh: '年份',
    en: 'Year',
    also: ['年度'],
    required: true,
    read: yearNumber,
    example: 2025,
    help: ['从该年 1 月 1 日起，直到另有登记', 'from 1 January of this year until another entry'],
  },
  registered: {
    zh: '纳入统计名录',
    en: 'Registered',
    also: ['纳入', '名录库'],
    required: true,
    read: flag,
    example: '是',
    help: ['是或否', 'yes or no'],
  },
} as const satisfies Columns;

export const register = ledger({
  zh: '统计名录',
  en: 'Register',
  about: ['逐年纳入统计名录库的单位', 'institutions in the statistics register, by year'],
  columns,
  plan(row, entry) {
    const entity = entry.refer('institution', 'institution', row.institution);
    if (entity === undefined) return;
    const from = firstOfYear(entry.calendar, row.year);
    entry.fact('registered', { entity, attribute: 'registered', from, value: row.registered });
  },
});

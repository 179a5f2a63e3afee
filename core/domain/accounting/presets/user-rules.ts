// Counting rules of energy users (用能人数) that come with the program.
import type { UserRule } from '../definitions.ts';

export const userRulePresets: Readonly<Record<string, UserRule>> = {
  /** Every head of every component is one user. */
  'all-heads': {
    name: { 'zh-CN': '全部人数', en: 'All heads' },
    weights: { staff: 1, nonEstablishment: 1, students: 1, patients: 1, visitors: 1 },
    source: "the form's explanation of students, patients and visitors was not seen; each counts as entered",
  },
  /** Those who stay: visitors do not count. */
  occupants: {
    name: { 'zh-CN': '常驻人员（不含来访）', en: 'Occupants (without visitors)' },
    weights: { staff: 1, nonEstablishment: 1, students: 1, patients: 1, visitors: 0 },
    source: 'everyone actually working, learning or lying in the place',
  },
  /** Those who work there, non-establishment staff included (用能人数 of an office). */
  workers: {
    name: { 'zh-CN': '办公人员（含编外）', en: 'Those who work there' },
    weights: { staff: 1, nonEstablishment: 1, students: 0, patients: 0, visitors: 0 },
    source: 'everyone actually working in the office area, non-establishment staff included',
  },
};

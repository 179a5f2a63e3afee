// The grade of a key energy user's yearly assessment (节能目标责任考核), from its score.

/** From the best to the worst; `from`: the least score. Names and steps are data: an issuing document may bring others. */
export interface GradeScale {
  readonly grades: readonly {
    readonly grade: string;
    readonly from: number;
    readonly zh: string;
    readonly en: string;
  }[];
  readonly source: string;
  readonly confidence: 'high' | 'medium' | 'low';
}

export const usualGrades: GradeScale = {
  grades: [
    { grade: 'exceeded', from: 95, zh: '超额完成', en: 'exceeded' },
    { grade: 'met', from: 80, zh: '完成', en: 'met' },
    { grade: 'nearly-met', from: 60, zh: '基本完成', en: 'nearly met' },
    { grade: 'missed', from: 0, zh: '未完成', en: 'missed' },
  ],
  source:
    'usual four grades of energy-saving assessments, recalled; replace by those of the document in force',
  confidence: 'low',
};

/** @returns `null` without a score, or under the lowest step */
export function gradeOfScore(score: number | null, scale: GradeScale = usualGrades): string | null {
  if (score === null || !Number.isFinite(score)) return null;
  const steps = scale.grades.toSorted((a, b) => b.from - a.from);
  return steps.find(({ from }) => score >= from)?.grade ?? null;
}

/** A grade as people read it; one that the scale does not know is shown as it was entered. */
export function gradeText(grade: string, language: 'zh-CN' | 'en', scale: GradeScale = usualGrades): string {
  const known = scale.grades.find((entry) => entry.grade === grade);
  if (known === undefined) return grade;
  return language === 'en' ? known.en : known.zh;
}

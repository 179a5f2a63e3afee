// Key energy users (重点用能单位): the designated list of a year, candidates by thresholds, and the grade of the assessment.

/** What a document said of an institution, from a day on; `[from, to)`, epoch ms. */
export interface Designation {
  readonly institution: string;
  readonly from: number;
  readonly to: number;
  readonly listed: boolean;
  readonly grade?: string | undefined;
  readonly document?: string | undefined;
}

export interface KeyUser {
  readonly institution: string;
  readonly grade: string;
  readonly document: string;
}

/**
 * The list of a year `[from, to)`: the last designation that holds in it decides. Ascending by id.
 */
export function keyUsersOf(
  designations: readonly Designation[],
  from: number,
  to: number,
): readonly KeyUser[] {
  const latest = new Map<string, Designation>();
  for (const designation of designations) {
    if (designation.from >= to || designation.to <= from) continue;
    const before = latest.get(designation.institution);
    if (before === undefined || designation.from > before.from)
      latest.set(designation.institution, designation);
  }
  return [...latest.values()]
    .filter(({ listed }) => listed)
    .map(({ institution, grade = '', document = '' }) => ({ institution, grade, document }))
    .toSorted((a, b) => (a.institution < b.institution ? -1 : 1));
}

export const candidateMeasures = {
  energyTce: { unit: 'tce', zh: '年综合能耗', en: 'Energy of the year' },
  electricityKwh: { unit: 'kWh', zh: '年用电量', en: 'Electricity of the year' },
  areaM2: { unit: 'm2', zh: '建筑面积', en: 'Floor area' },
} as const satisfies Record<string, { unit: string; zh: string; en: string }>;
export type CandidateMeasure = keyof typeof candidateMeasures;
const measureNames = Object.keys(candidateMeasures) as CandidateMeasure[];

/** Any one reached makes a candidate; at the threshold counts as reached (及以上). */
export type Thresholds = Readonly<Partial<Record<CandidateMeasure, number>>>;

export interface CandidateFigures extends Readonly<Record<CandidateMeasure, number | null>> {
  readonly institution: string;
}

export const candidateStates = {
  candidate: { zh: '建议列入', en: 'suggested for the list' },
  listed: { zh: '已列入', en: 'listed' },
  'listed-below': { zh: '已列入，低于列入标准', en: 'listed, under every threshold' },
  'not-known': { zh: '数据不足，无法判断', en: 'too little is known' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type CandidateState = keyof typeof candidateStates;

export interface Candidate {
  readonly institution: string;
  readonly state: CandidateState;
  readonly reached: readonly {
    readonly measure: CandidateMeasure;
    readonly value: number;
    readonly threshold: number;
  }[];
  /** Measures that a threshold asks about and nobody knows. */
  readonly unknown: readonly CandidateMeasure[];
}

/**
 * Everybody who is on the list, reaches a threshold, or might. Who is surely under all of them and not listed is left out.
 * The most energy first, then by id.
 */
export function suggestKeyUsers(
  figures: readonly CandidateFigures[],
  thresholds: Thresholds,
  listed: ReadonlySet<string>,
): readonly Candidate[] {
  const ordered = figures.toSorted(
    (a, b) => (b.energyTce ?? -1) - (a.energyTce ?? -1) || (a.institution < b.institution ? -1 : 1),
  );
  return ordered.flatMap((own) => {
    const asked = measureNames.filter((measure) => thresholds[measure] !== undefined);
    const unknown = asked.filter((measure) => own[measure] === null);
    const reached = asked.flatMap((measure) => {
      const value = own[measure];
      const threshold = thresholds[measure];
      return value !== null && threshold !== undefined && value >= threshold
        ? [{ measure, value, threshold }]
        : [];
    });
    const state = candidateState(
      listed.has(own.institution),
      reached.length > 0,
      unknown.length > 0,
      asked.length > 0,
    );
    return state === undefined ? [] : [{ institution: own.institution, state, reached, unknown }];
  });
}

function candidateState(
  isListed: boolean,
  reaches: boolean,
  might: boolean,
  anyAsked: boolean,
): CandidateState | undefined {
  if (isListed) return reaches || might || !anyAsked ? 'listed' : 'listed-below';
  if (reaches) return 'candidate';
  return might ? 'not-known' : undefined;
}

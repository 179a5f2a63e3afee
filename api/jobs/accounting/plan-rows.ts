// One institution's rows of one indicator of its plan: where it stands, and its years beside the straight line.
import type { Plan } from '../../../core/domain/accounting/definitions.ts';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import { type LineState, lineValue, placeOnLine, wantedDirection } from '../../../core/domain/plan/line.ts';
import { projectYear } from '../../../core/domain/plan/project.ts';
import { yearToDate } from '../../../core/domain/plan/ytd.ts';
import type { RankedIndicator } from '../../accounting/plan-ranking.ts';
import { knownNumber, orZero } from './known.ts';
import type { PlanTables } from './plan-tables.ts';
import type { ShownWords } from './shown-words.ts';

export interface PlanRowsInput {
  readonly institution: string;
  /** Its number in the book of the tables. */
  readonly place: number;
  readonly planId: string;
  readonly plan: Plan;
  readonly year: number;
  readonly running: boolean;
  /** Months of the year that are over. */
  readonly through: number;
  readonly ranked: RankedIndicator;
  /** How many of its siblings have a rank, with itself. */
  readonly rankedSiblings: number;
  /** Its part of the gap of the institution above; `null`: not known, or nobody is above. */
  readonly contribution: number | null;
  readonly tables: PlanTables;
  /** Of the plan, not of the accounts: a beginning of a local year. */
  readonly startOf: (year: number) => number;
  readonly words: ShownWords;
}

const codes: Readonly<Record<LineState, number | null>> = {
  'on-line': 2,
  behind: 1,
  'far-behind': 0,
  'not-known': null,
};

export function* planRows(input: PlanRowsInput): Generator<BoardRow> {
  const { institution, planId, plan, year, ranked, startOf, words } = input;
  const { indicator, change, place } = ranked;
  const { baseYear, endYear } = plan;
  const target = { baseYear, endYear, change };
  const base = input.tables.wholeYear(input.place, baseYear);
  const yearLine = base.value === null ? null : lineValue(target, base.value, year);
  const outlook = outlookOf(input, target, base);
  const { value: shown, value_known: known } = knownNumber(
    'value',
    input.tables.year(input.place, year).value,
  );
  const { line, line_known } = knownNumber('line', place.line);
  const { gap, gap_known } = knownNumber('gap', place.gap);
  const { state_code, state_code_known } = knownNumber('state_code', codes[place.state]);
  yield {
    measurement: 'plan',
    tags: { institution, indicator },
    ts: startOf(year),
    fields: {
      plan: planId,
      target_change: change,
      ...knownNumber('base', base.value),
      value: shown,
      known,
      line,
      line_known,
      gap,
      change: orZero(place.change),
      gap_known,
      ...knownNumber('off_line', gap_known === 1 && line > 0 ? gap / line : null),
      ...knownNumber('progress', place.progress),
      state: place.state,
      state_code,
      state_known: state_code_known,
      reason: place.reason ?? '',
      provisional: place.provisional ? 1 : 0,
      ...knownNumber('rank', ranked.rank),
      ranked: input.rankedSiblings,
      ...outlook,
      ...knownNumber('year_line', yearLine),
      ...knownNumber('contribution', input.contribution),
      period: String(year),
      ...words,
    },
  };
  yield* yearRows(input, outlook.projected_known === 1 ? outlook.projected : null);
}

type Target = Parameters<typeof lineValue>[0];

/** The year so far against others, and its end. */
function outlookOf(
  { tables, place, year, running, through, ranked }: PlanRowsInput,
  target: Target,
  base: ReturnType<PlanTables['wholeYear']>,
) {
  const own = tables.months(place, year);
  const past = Array.from({ length: year - target.baseYear }, (_, index) =>
    tables.months(place, target.baseYear + index),
  );
  const { lastYear, baseYear } = yearToDate(own, through, { lastYear: past.at(-1), baseYear: past[0] });
  // Of a year that is over nothing is left to project.
  const projection = running ? projectYear(own, past) : undefined;
  const value = projection?.value ?? null;
  const low = knownNumber('interval', projection?.interval?.low);
  const options = { wanted: wantedDirection(ranked.indicator), coverageThreshold: tables.threshold };
  const state =
    value === null
      ? 'not-known'
      : placeOnLine(target, base, { value, coverage: 1, provisional: false }, year, options).state;
  return {
    so_far_last: orZero(lastYear?.value),
    last_year: orZero(lastYear?.valueThen),
    ...knownNumber('change_last', lastYear?.change),
    so_far_base: orZero(baseYear?.value),
    base_year: orZero(baseYear?.valueThen),
    ...knownNumber('change_base', baseYear?.change),
    ...knownNumber('projected', value),
    projected_low: low.interval,
    projected_high: orZero(projection?.interval?.high),
    interval_known: low.interval_known,
    ...knownNumber('projected_code', codes[state]),
  };
}

/** From the base year to the end year; the year that runs as projected, not as its first months. */
function* yearRows(
  { institution, plan, year, running, ranked, tables, place, startOf }: PlanRowsInput,
  projected: number | null,
): Generator<BoardRow> {
  const { indicator, change } = ranked;
  const { baseYear, endYear } = plan;
  const base = tables.wholeYear(place, baseYear);
  for (let each = baseYear; each <= Math.max(endYear, year); each++) {
    const over = each < year || (each === year && !running);
    const figure = over ? tables.wholeYear(place, each) : undefined;
    const { value, value_known: known } = knownNumber('value', figure?.value);
    const line = base.value === null ? null : lineValue({ baseYear, endYear, change }, base.value, each);
    yield {
      measurement: 'plan_years',
      tags: { institution, indicator, seen: String(year) },
      ts: startOf(each),
      fields: {
        value,
        known,
        ...knownNumber('line', line),
        ...knownNumber('projected', each === year ? projected : null),
        provisional: figure?.provisional === true ? 1 : 0,
        period: String(each),
      },
    };
  }
}

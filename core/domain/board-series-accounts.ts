// Series of energy accounting that boards read: figures, plans, quotas, data quality. Each row is of one institution (with all
// below it, but for data quality, which is of its own), at the beginning of its month or year, which `period` names.
//
// A number that may be unknown has a field `…_known`: 1 where it is known, else 0, and then the number means nothing.
import type { Basis } from './accounting/bases.ts';
import { type Indicator, planIndicators } from './accounting/indicators.ts';
import type { BoardMeasurement } from './board-measurement.ts';

/** Of the institution of the row. `shown` is its name, told apart from others of the same name: a heading in a matrix. */
const words = { name: 'text', shown: 'text', parent: 'text', path: 'text' } as const;

/** By month, by the twelve months that end with it (`twelve`), and by year (of the year that runs: its months that are over). */
export const indicatorBuckets = ['month', 'twelve', 'year'] as const;
export type IndicatorBucket = (typeof indicatorBuckets)[number];

/** Figures that boards show by month. */
export const boardIndicators = [
  ...planIndicators,
  'energy',
  'carbon',
] as const satisfies readonly Indicator[];
/** Plans go by bills, engineers by meters. */
export const boardBases = ['billed', 'metered'] as const satisfies readonly Basis[];

/**
 * Figures as `/api/v1/figures` answers them, under the institution's own plan, on each basis that boards offer. The many rows carry no
 * words: boards show those of one institution. What nothing was ever known of has no rows.
 */
export const indicatorSeries = {
  name: 'indicators',
  tags: ['institution', 'indicator', 'basis', 'bucket'],
  fields: {
    value: 'number',
    known: 'number',
    /** The same months a year before. */
    last_year: 'number',
    last_year_known: 'number',
    /** (value - last_year) / last_year. */
    change: 'number',
    change_known: 'number',
    /** 0 to 1. */
    coverage: 'number',
    /** 1: carbon, some of it by a factor that is not the year's own. */
    provisional: 'number',
    period: 'text',
  },
} as const satisfies BoardMeasurement;

/**
 * Where an institution stands in its plan (序时进度) in a year, by the months that are over and known in this and the base year.
 * All on one tree (同口径).
 */
export const planSeries = {
  name: 'plan',
  tags: ['institution', 'indicator'],
  fields: {
    /** Id of the plan in force at the year's end. */
    plan: 'text',
    /** Relative change from the base year to the end year; -0.06: 6 % less. */
    target_change: 'number',
    /** Of the whole base year. */
    base: 'number',
    base_known: 'number',
    /** Of the year; while it runs, of its months that are over. */
    value: 'number',
    known: 'number',
    /** The line's value, of the months compared. */
    line: 'number',
    line_known: 'number',
    /** What of the year is compared with `line`, less it; and that ÷ the base less 1. */
    gap: 'number',
    change: 'number',
    gap_known: 'number',
    /** (value - line) / line. */
    off_line: 'number',
    off_line_known: 'number',
    /** Reduction achieved ÷ reduction due. */
    progress: 'number',
    progress_known: 'number',
    /** A name of `lineStates`, and its place: 2 on the line, 1 behind, 0 far behind; `state_known` 0: not known. */
    state: 'text',
    state_code: 'number',
    state_known: 'number',
    /** A name of `lineReasons`, where the state is not known; else empty. */
    reason: 'text',
    provisional: 'number',
    /** Among its siblings, 1 the best; and how many have a rank. */
    rank: 'number',
    rank_known: 'number',
    ranked: 'number',
    /** January to the last month that is over: months known in both years alone. */
    so_far_last: 'number',
    last_year: 'number',
    change_last: 'number',
    change_last_known: 'number',
    so_far_base: 'number',
    base_year: 'number',
    change_base: 'number',
    change_base_known: 'number',
    /** The whole year as projected, with the interval that holds it in four years of five. */
    projected: 'number',
    projected_known: 'number',
    projected_low: 'number',
    projected_high: 'number',
    interval_known: 'number',
    /** The line of the whole year, where the base is known. */
    year_line: 'number',
    year_line_known: 'number',
    /** State of the projection on it; as `state_code`. */
    projected_code: 'number',
    projected_code_known: 'number',
    /** Its part of the gap of the institution above, in the indicator's unit; above 0: it pulls that over its line. */
    contribution: 'number',
    contribution_known: 'number',
    period: 'text',
    ...words,
  },
} as const satisfies BoardMeasurement;

/** An indicator year by year beside the straight line, as seen from the year of the tag `seen` (its plan, its tree). */
export const planYearSeries = {
  name: 'plan_years',
  tags: ['institution', 'indicator', 'seen'],
  fields: {
    value: 'number',
    known: 'number',
    line: 'number',
    line_known: 'number',
    /** Of the year `seen`, while it runs. */
    projected: 'number',
    projected_known: 'number',
    provisional: 'number',
    period: 'text',
  },
} as const satisfies BoardMeasurement;

/**
 * What stands below an institution, with itself, by sector (government, education, health, …), beside territory: of the year, while it
 * runs of its months that are over, and of the same months a year before. Of the plan's tree; institutions that nobody stands below have none.
 */
export const sectorSeries = {
  name: 'sectors',
  tags: ['institution', 'indicator', 'sector'],
  fields: {
    value: 'number',
    known: 'number',
    last_year: 'number',
    last_year_known: 'number',
    /** (value - last_year) / last_year. */
    change: 'number',
    change_known: 'number',
    /** 0 to 1. */
    coverage: 'number',
    /** Institutions that were in it in some month of the year. */
    institutions: 'number',
    period: 'text',
  },
} as const satisfies BoardMeasurement;
/** The sector of those of whom none is recorded: a tag is never empty. */
export const noSector = 'none';

/** Where an institution stands in its quota (定额) of a year, on the metered basis. */
export const quotaSeries = {
  name: 'quotas',
  tags: ['institution', 'indicator'],
  fields: {
    set_zh: 'text',
    set_en: 'text',
    /** Of the year; while it runs, of its months that are over. */
    value: 'number',
    value_known: 'number',
    last_year: 'number',
    last_year_known: 'number',
    change: 'number',
    change_known: 'number',
    /** 1 where the level is known: the year is over, its figure known, and one row of the set applies. */
    known: 'number',
    /** A name of `placeStates`; and its place: 2 within the strictest, 1 between, 0 over the mildest. */
    state: 'text',
    state_code: 'number',
    reached_zh: 'text',
    reached_en: 'text',
    next_zh: 'text',
    next_en: 'text',
    /** Limits that apply: the mildest and the strictest. */
    limit_mildest: 'number',
    limit_strictest: 'number',
    limits_known: 'number',
    /** Of the next level: its limit, value ÷ limit - 1, what must go in the year in the unit above the line. */
    next_limit: 'number',
    distance: 'number',
    to_go: 'number',
    next_known: 'number',
    /** A name of `quotaFits`. */
    fit: 'text',
    period: 'text',
    ...words,
  },
} as const satisfies BoardMeasurement;

const ofQuality = {
  /** 0 to 100. */
  score: 'number',
  score_known: 'number',
  /** Parts of the score, 0 to 1. */
  part_coverage: 'number',
  part_coverage_known: 'number',
  part_measured: 'number',
  part_measured_known: 'number',
  part_meters: 'number',
  part_meters_known: 'number',
  part_balance: 'number',
  part_balance_known: 'number',
  part_bills: 'number',
  part_bills_known: 'number',
  part_denominators: 'number',
  part_denominators_known: 'number',
  estimated_share: 'number',
  estimated_share_known: 'number',
} as const;

const ofTree = {
  tree_score: 'number',
  tree_score_known: 'number',
  tree_coverage: 'number',
  tree_coverage_known: 'number',
  tree_measured: 'number',
  tree_measured_known: 'number',
  tree_meters: 'number',
  tree_meters_known: 'number',
  tree_balance: 'number',
  tree_balance_known: 'number',
  tree_bills: 'number',
  tree_bills_known: 'number',
  tree_denominators: 'number',
  tree_denominators_known: 'number',
} as const;

/** Data quality (数据质量) of what an institution has of its own, in one month. */
export const qualitySeries = {
  name: 'quality',
  tags: ['institution'],
  fields: {
    ...ofQuality,
    findings: 'number',
    /** Of it and all below it: means of what is known, of how many the score is, and the sum of findings. */
    ...ofTree,
    tree_scored: 'number',
    tree_findings: 'number',
    /** The month; and its year. */
    period: 'text',
    year: 'text',
    ...words,
  },
} as const satisfies BoardMeasurement;

/** What data quality has found in a month; `open` 0: it turned out not to be so. */
export const findingSeries = {
  name: 'findings',
  /** `finding`: a name of `qualityFindings`; `subject`: id of the point, account or institution. */
  tags: ['institution', 'finding', 'subject'],
  fields: {
    open: 'number',
    /** `point`, `account` or `institution`. */
    subject_kind: 'text',
    subject_name: 'text',
    /** Epoch ms; 0: always. */
    since: 'number',
    /** The finding once more: what is to be done about it. */
    way_out: 'text',
    /** How often, or what share; empty where it says nothing more. */
    told: 'text',
    period: 'text',
    ...words,
  },
} as const satisfies BoardMeasurement;

/** A meter against the sub-meters below it, by month. */
export const balanceSeries = {
  name: 'balances',
  tags: ['institution', 'point'],
  fields: {
    point_name: 'text',
    above: 'number',
    above_known: 'number',
    below: 'number',
    below_known: 'number',
    residual: 'number',
    residual_known: 'number',
    residual_share: 'number',
    residual_share_known: 'number',
    verdict: 'text',
    open: 'number',
    period: 'text',
    ...words,
  },
} as const satisfies BoardMeasurement;

export const accountingSeries = {
  indicators: indicatorSeries,
  plan: planSeries,
  plan_years: planYearSeries,
  sectors: sectorSeries,
  quotas: quotaSeries,
  quality: qualitySeries,
  findings: findingSeries,
  balances: balanceSeries,
} as const satisfies Record<string, BoardMeasurement>;

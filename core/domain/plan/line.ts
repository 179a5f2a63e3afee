// The target line of a plan and where a year's figure stands on it: progress (序时进度), state, and what is still to be done.
import { type Indicator, indicatorEntry } from '../accounting/indicators.ts';
import { isCovered, type PlanFigure } from './figure.ts';

export interface Target {
  readonly baseYear: number;
  readonly endYear: number;
  /** Relative change from the base year to the end year; -0.06: 6 % less. */
  readonly change: number;
}

export const lineStates = {
  'on-line': { zh: '达到序时进度', en: 'on the line' },
  behind: { zh: '滞后序时进度', en: 'behind the line' },
  'far-behind': { zh: '严重滞后序时进度', en: 'far behind the line' },
  'not-known': { zh: '无法判断', en: 'not known' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type LineState = keyof typeof lineStates;

export const lineReasons = {
  'no-base': { zh: '基期数据缺失或为零', en: 'the base year is not known or zero' },
  'base-coverage': { zh: '基期数据完整率不足', en: 'the base year is covered too little' },
  'no-value': { zh: '本年数据缺失或完整率不足', en: 'the year is not known, or covered too little' },
  coverage: {
    zh: '数据完整率不足，已知部分尚不能定论',
    en: 'it is covered too little, and what is known does not decide it',
  },
  'no-months': {
    zh: '本年尚无已结束且两年均已知的月份',
    en: 'no month of the year is over and known in both years',
  },
  'nothing-due': { zh: '基期年或更早，尚无应降任务', en: 'nothing is due in the base year or before it' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type LineReason = keyof typeof lineReasons;

/** Of a total that is covered too little, and behind all the same: what is known of it, so the best it can be. */
export interface LinePlace {
  readonly year: number;
  readonly state: LineState;
  /** Why the state is not known; `null` where it is. */
  readonly reason: LineReason | null;
  /** The line's value of the year; `null` without a base. */
  readonly line: number | null;
  /** The line's value of the end year. */
  readonly target: number | null;
  /** value − line, in the indicator's unit. */
  readonly gap: number | null;
  /** value ÷ base − 1. */
  readonly change: number | null;
  /** Reduction achieved ÷ reduction due; `null` where none is due: in the base year, or where the target allows a rise. */
  readonly progress: number | null;
  readonly remaining: Remaining | null;
  readonly provisional: boolean;
}

/** What every year left must bring so that the end year is on its target; 0 where it is there already. */
export interface Remaining {
  readonly years: number;
  /** In the indicator's unit, the same every year. */
  readonly perYear: number;
  /** As a share of the year before, the same every year (年均下降率); `null` where no share leads there. */
  readonly ratePerYear: number | null;
}

export interface LineOptions {
  /** Progress below this is far behind. */
  readonly farBehindProgress?: number;
  /** Where no progress can be told (the target is no change, or a rise is allowed): so far off the line, as a share of it. */
  readonly farBehindGap?: number;
  /** Which way is better; see `wantedDirection`. */
  readonly wanted?: 'less' | 'more';
  /** Figures that are covered less say only what is certain all the same. */
  readonly coverageThreshold?: number | undefined;
}

/** Solar and green power should rise, everything else should fall. */
export function wantedDirection(indicator: Indicator): 'less' | 'more' {
  const { of } = indicatorEntry(indicator);
  return of === 'solar' || of === 'green_power' ? 'more' : 'less';
}

/** Part of the plan's time that has passed at the end of `year`, 0 … 1. */
export function partDue({ baseYear, endYear }: Target, year: number): number {
  return Math.min(1, Math.max(0, (year - baseYear) / (endYear - baseYear)));
}

/** The line's value of `year` for a base; level before the base year and after the end year. */
export function lineValue(target: Target, base: number, year: number): number {
  return base * (1 + target.change * partDue(target, year));
}

/** The line from base year to end year, for drawing. */
export function lineTable(
  target: Target,
  base: number,
): readonly { readonly year: number; readonly value: number }[] {
  const years = Array.from(
    { length: target.endYear - target.baseYear + 1 },
    (_, index) => target.baseYear + index,
  );
  return years.map((year) => ({ year, value: lineValue(target, base, year) }));
}

/**
 * Where the figure of `year` stands. Works as well on the sums of some months of a year against the same months of the base year.
 * A part of a total is the least that it can be: where that is too much already it is behind (or, of solar, on the line) for certain.
 */
export function placeOnLine(
  target: Target,
  base: PlanFigure,
  figure: PlanFigure,
  year: number,
  options: LineOptions = {},
): LinePlace {
  const provisional = base.provisional || figure.provisional;
  const unknown = { state: 'not-known', gap: null, change: null, progress: null, remaining: null } as const;
  if (base.value === null || !(base.value > 0)) {
    return { ...unknown, year, reason: 'no-base', line: null, target: null, provisional };
  }
  if (!isCovered(base, options.coverageThreshold)) {
    return { ...unknown, year, reason: 'base-coverage', line: null, target: null, provisional };
  }
  const line = lineValue(target, base.value, year);
  const end = lineValue(target, base.value, target.endYear);
  if (figure.value === null || !Number.isFinite(figure.value)) {
    return { ...unknown, year, reason: 'no-value', line, target: end, provisional };
  }
  const wanted = options.wanted ?? 'less';
  const known = {
    year,
    line,
    target: end,
    gap: figure.value - line,
    change: figure.value / base.value - 1,
    remaining: remainingTo(end, figure.value, target.endYear - Math.max(year, target.baseYear), wanted),
    provisional,
  };
  if (year <= target.baseYear) return { ...known, state: 'not-known', reason: 'nothing-due', progress: null };
  const progress = progressOf(target, base.value, figure.value, year, wanted);
  const state = stateOf(progress, line, figure.value, wanted, options);
  const isCertain =
    isCovered(figure, options.coverageThreshold) || (state === 'on-line') === (wanted === 'more');
  if (!isCertain) return { ...unknown, year, reason: 'coverage', line, target: end, provisional };
  return { ...known, state, reason: null, progress };
}

/** Room for rounding in floating point: nobody is behind by a billionth. */
const tolerance = 1e-9;

function progressOf(
  target: Target,
  base: number,
  value: number,
  year: number,
  wanted: 'less' | 'more',
): number | null {
  const asksForIt = wanted === 'less' ? target.change < 0 : target.change > 0;
  if (!asksForIt) return null;
  return (base - value) / (base * -target.change * partDue(target, year));
}

function stateOf(
  progress: number | null,
  line: number,
  value: number,
  wanted: 'less' | 'more',
  { farBehindProgress = 0.5, farBehindGap = 0.05 }: LineOptions,
): LineState {
  const worse = wanted === 'less' ? value - line : line - value;
  if (worse <= tolerance * Math.abs(line)) return 'on-line';
  const far = progress === null ? worse > farBehindGap * Math.abs(line) : progress < farBehindProgress;
  return far ? 'far-behind' : 'behind';
}

function remainingTo(end: number, value: number, years: number, wanted: 'less' | 'more'): Remaining | null {
  if (years <= 0) return null;
  const missing = wanted === 'less' ? value - end : end - value;
  if (missing <= tolerance * Math.abs(end)) return { years, perYear: 0, ratePerYear: 0 };
  const rate = value > 0 ? Math.abs((end / value) ** (1 / years) - 1) : null;
  return { years, perYear: missing / years, ratePerYear: rate };
}

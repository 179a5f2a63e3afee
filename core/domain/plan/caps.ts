// Caps on totals (总量控制): how much of the end year's cap a year uses, and the way from the base year to it.
import { isCovered, type PlanFigure } from './figure.ts';

export const capStates = {
  within: { zh: '未超总量控制目标', en: 'within the cap' },
  over: { zh: '超出总量控制目标', en: 'over the cap' },
  'not-known': { zh: '无法判断', en: 'not known' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type CapState = keyof typeof capStates;

export const capReasons = {
  'no-value': { zh: '数据缺失', en: 'nothing is known of the total' },
  running: { zh: '本年度尚未结束', en: 'the year still runs' },
  coverage: { zh: '数据完整率不足', en: 'the total is covered too little' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type CapReason = keyof typeof capReasons;

export interface CapUse {
  readonly state: CapState;
  /** Why the state is not known; `null` where it is. */
  readonly reason: CapReason | null;
  /** value ÷ cap; under low coverage, or while the year runs, the least it can be. `null` without a value. */
  readonly share: number | null;
  /** cap − value, in the indicator's unit; below 0: what is too much. */
  readonly room: number | null;
  /** The cap holds in the end year; before it, being over is a warning. */
  readonly due: boolean;
  readonly provisional: boolean;
}

export interface CapOptions {
  readonly coverageThreshold?: number | undefined;
  /** The figure is of the year so far. */
  readonly running?: boolean | undefined;
}

/**
 * Totals are never withheld, so a figure of low coverage, or of a year that runs, may be a part of the truth only: over is certain
 * then, within is not.
 * @param cap above 0, of `endYear`
 */
export function capUse(
  cap: number,
  endYear: number,
  figure: PlanFigure,
  year: number,
  { coverageThreshold, running = false }: CapOptions = {},
): CapUse {
  const due = year >= endYear;
  const { value, provisional } = figure;
  if (value === null || !Number.isFinite(value)) {
    return { state: 'not-known', reason: 'no-value', share: null, room: null, due, provisional };
  }
  const of = { share: value / cap, room: cap - value, due, provisional };
  if (of.share > 1) return { ...of, state: 'over', reason: null };
  if (running) return { ...of, state: 'not-known', reason: 'running' };
  return isCovered(figure, coverageThreshold)
    ? { ...of, state: 'within', reason: null }
    : { ...of, state: 'not-known', reason: 'coverage' };
}

// Caps on totals (总量控制): how much of the end year's cap a year uses, and the way from the base year to it.
import { defaultCoverageThreshold, type PlanFigure } from './figure.ts';

export const capStates = {
  within: { zh: '未超总量控制目标', en: 'within the cap' },
  over: { zh: '超出总量控制目标', en: 'over the cap' },
  'not-known': { zh: '无法判断', en: 'not known' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type CapState = keyof typeof capStates;

export interface CapUse {
  readonly state: CapState;
  /** value ÷ cap; under low coverage the least it can be. `null` without a value. */
  readonly share: number | null;
  /** cap − value, in the indicator's unit; below 0: what is too much. */
  readonly room: number | null;
  /** The cap holds in the end year; before it, being over is a warning. */
  readonly due: boolean;
  readonly provisional: boolean;
}

/**
 * Totals are never withheld, so a figure of low coverage may be a part of the truth only: over is certain then, within is not.
 * @param cap above 0, of `endYear`
 */
export function capUse(
  cap: number,
  endYear: number,
  figure: PlanFigure,
  year: number,
  coverageThreshold = defaultCoverageThreshold,
): CapUse {
  const due = year >= endYear;
  const { value, provisional } = figure;
  if (value === null || !Number.isFinite(value)) {
    return { state: 'not-known', share: null, room: null, due, provisional };
  }
  const share = value / cap;
  const certain = figure.coverage >= coverageThreshold;
  const state = share > 1 ? 'over' : certain ? 'within' : 'not-known';
  return { state, share, room: cap - value, due, provisional };
}

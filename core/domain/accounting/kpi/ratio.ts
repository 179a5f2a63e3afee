// A figure's value: what stands above the line over what stands below it, unless too little is known of it.

/** Why a figure has no value. */
export const figureReasonWords = {
  'no-data': { zh: '没有数据', en: 'nothing is known' },
  'no-denominator': { zh: '用能人数或计入面积未知', en: 'users or area are not known' },
  coefficient: { zh: '缺少系数或因子', en: 'a coefficient or factor is missing' },
  coverage: { zh: '数据完整率低于阈值', en: 'coverage is below the threshold' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type FigureReason = keyof typeof figureReasonWords;

export interface RatioInput {
  /** NaN: nothing is known. */
  readonly numerator: number;
  /** Mean users or area; `undefined`: a total, which is never withheld for coverage. */
  readonly denominator: number | undefined;
  /** 0 to 1. */
  readonly coverage: number;
  readonly threshold: number;
  /** A commodity that is used has no coefficient. */
  readonly lacksCoefficient: boolean;
}

export interface Ratio {
  readonly value: number | null;
  /** The value that it would have had. */
  readonly withheld?: number;
  readonly reason?: FigureReason;
}

export function ratio(input: RatioInput): Ratio {
  const { numerator, denominator, coverage, threshold, lacksCoefficient } = input;
  if (denominator !== undefined && !(denominator > 0)) return { value: null, reason: 'no-denominator' };
  if (Number.isNaN(numerator)) return { value: null, reason: lacksCoefficient ? 'coefficient' : 'no-data' };
  const value = denominator === undefined ? numerator : numerator / denominator;
  if (lacksCoefficient) return { value: null, withheld: value, reason: 'coefficient' };
  // Shares are sums of many small parts: a coverage of exactly the threshold must not fail by its last digit.
  const covered = coverage >= threshold - 1e-9;
  return denominator === undefined || covered
    ? { value }
    : { value: null, withheld: value, reason: 'coverage' };
}

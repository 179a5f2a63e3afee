// What is kept of a series by hour, day and month, and what was left out of it and why.

/** One bucket of one series. A bucket without a row is unknown, never zero. */
export interface RollupRow {
  /** Start of the bucket, epoch ms. */
  readonly ts: number;
  /** Consumption in the carrier's unit after the multiplier, or the mean of a gauge; `null` when nothing is known. */
  readonly value: number | null;
  /** Lowest and highest value of a gauge; `null` for consumption. */
  readonly min: number | null;
  readonly max: number | null;
  /** Time of the bucket that measured readings cover, ms. */
  readonly measuredMs: number;
  /** Time of the bucket whose consumption was spread over a gap, ms. */
  readonly estimatedMs: number;
}

export const exclusionCodes = {
  dip: { zh: '示数瞬时下跌', en: 'transient dip or zero' },
  spike: { zh: '示数瞬时跳高', en: 'transient spike' },
  'reset-suspected': { zh: '疑似清零', en: 'suspected reset of the register' },
  'reset-confirmed': { zh: '确认清零', en: 'confirmed reset of the register' },
  'above-rating': { zh: '超过额定上限', en: 'rise faster than the rating' },
  'out-of-range': { zh: '超出表计位数', en: 'reading beyond the width of the register' },
  negative: { zh: '负值', en: 'negative interval' },
  overlap: { zh: '时段重叠', en: 'interval overlaps the one before' },
  correction: { zh: '人工剔除', en: 'left out by an authored correction' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type ExclusionCode = keyof typeof exclusionCodes;

/**
 * A reading (or the step that ends at it) that does not count, with its reason. Where many are left out without a good
 * one between them (a register dead at zero), those after the sixteenth are one exclusion, from the first to `until`.
 */
export interface Exclusion {
  readonly ts: number;
  /** The reading whose arrival settled this; equal to `ts` where the reading itself did. */
  readonly until: number;
  readonly code: ExclusionCode;
  /** The value as read. */
  readonly value: number;
  /** Consumption withheld by this exclusion, after the multiplier; 0 where there is none. */
  readonly withheld: number;
}

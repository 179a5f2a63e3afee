// What the curve must know of a point beside its readings: the dated facts that hang on it.

/**
 * One device at a point, from `from` until the next installation. Values are as read (before the multiplier).
 * A replaced device is a new installation of the same point. One with the serial number of the one before, and
 * neither a first nor a final value, is the same device with other parameters: its register goes on.
 */
export interface Installation {
  /** Epoch ms: the moment the device was put in. */
  readonly from: number;
  readonly serial?: string | undefined;
  /** CT × PT (倍率): consumption = rise of the register × multiplier. */
  readonly multiplier: number;
  /** The register rolls over at this reading, e.g. 1_000_000 for six digits before the point. */
  readonly wrapsAt?: number | undefined;
  /** Highest plausible consumption per hour, in the quantity's unit, after the multiplier. A faster rise is suspect. */
  readonly ratingPerHour?: number | undefined;
  /** Reading of this device when it was put in. */
  readonly firstValue?: number | undefined;
  /** Reading of the device before it when that was taken out. */
  readonly previousFinalValue?: number | undefined;
}

/** A value that holds from a date until the next one. */
export interface Dated<T> {
  readonly from: number;
  readonly value: T;
}

/** An authored correction of one reading; kept in the registry, never among the readings. */
export interface Correction {
  readonly ts: number;
  /** `exclude`: leave it out; `replace`: use `value`; `accept`: it is right although the rules would doubt it. */
  readonly action: 'exclude' | 'replace' | 'accept';
  readonly value?: number | undefined;
}

/** All of it, for one series (point and quantity). Lists ascend by time. */
export interface SeriesFacts {
  readonly installations: readonly Installation[];
  /** How often readings are expected, ms. */
  readonly expectedIntervalMs: readonly Dated<number>[];
  /** Length of an interval reading, ms; meaningful for interval quantities. */
  readonly intervalLengthMs: readonly Dated<number>[];
  readonly corrections: readonly Correction[];
}

export const noFacts: SeriesFacts = {
  installations: [],
  expectedIntervalMs: [],
  intervalLengthMs: [],
  corrections: [],
};

/** The value that holds at `ts`, or `undefined` before the first. */
export function valueAt<T>(entries: readonly Dated<T>[], ts: number): T | undefined {
  let found: T | undefined;
  for (const entry of entries) {
    if (entry.from > ts) break;
    found = entry.value;
  }
  return found;
}

// A point's life cut into segments: one device each, with what it showed when it was put in and taken out.
import { hourMs } from '../time.ts';
import { type Correction, type Dated, type Installation, type SeriesFacts, valueAt } from './facts.ts';

export interface Segment {
  /** Readings from here on belong to this device; `-Infinity` for the first. */
  readonly from: number;
  /** The device of the segment before goes on, with other parameters. */
  readonly continues: boolean;
  readonly multiplier: number;
  readonly wrapsAt: number | undefined;
  readonly ratingPerHour: number | undefined;
  /** Reading when it was put in. */
  readonly opening: number | undefined;
  /** Reading when it was taken out, which happened where the next segment starts. */
  readonly closing: number | undefined;
}

/**
 * Readings older than the first installation are taken to be of that same device, unless it states a first value
 * or a final value of one before it.
 */
export function segmentsOf(installations: readonly Installation[]): Segment[] {
  const [first] = installations;
  if (first === undefined) return [segment(-Infinity, undefined, undefined)];
  const startsHere = first.firstValue !== undefined || first.previousFinalValue !== undefined;
  const segments = installations.map((installation, index) =>
    segment(
      index === 0 && !startsHere ? -Infinity : installation.from,
      installation,
      installations[index + 1]?.previousFinalValue,
      isSameDevice(installations[index - 1], installation),
    ),
  );
  if (!startsHere) return segments;
  const before = segment(-Infinity, { ...first, firstValue: undefined }, first.previousFinalValue);
  return [before, ...segments];
}

/** The same serial number, and nothing stated of taking out or putting in: only parameters changed. */
function isSameDevice(before: Installation | undefined, installation: Installation): boolean {
  if (installation.serial === undefined || before?.serial !== installation.serial) return false;
  return installation.firstValue === undefined && installation.previousFinalValue === undefined;
}

function segment(
  from: number,
  installation: Installation | undefined,
  closing: number | undefined,
  continues = false,
): Segment {
  return {
    from,
    continues,
    multiplier: installation?.multiplier ?? 1,
    wrapsAt: installation?.wrapsAt,
    ratingPerHour: installation?.ratingPerHour,
    opening: installation?.firstValue,
    closing,
  };
}

/** Index of the segment that `ts` belongs to. */
export function segmentIndexAt(segments: readonly Segment[], ts: number): number {
  let index = segments.length - 1;
  while (index > 0 && (segments[index]?.from ?? 0) > ts) index--;
  return index;
}

/** The share of a stretch that lies in one segment. */
export interface StretchPart {
  readonly from: number;
  readonly to: number;
  /** Of the stretch's length; 1 for one without length. */
  readonly share: number;
  readonly multiplier: number;
  readonly ratingPerHour: number | undefined;
}

/** Cuts a stretch of one device where its parameters change; the register is taken to rise evenly on it. */
export function partsOf(segments: readonly Segment[], from: number, to: number): StretchPart[] {
  const parts: StretchPart[] = [];
  let index = segmentIndexAt(segments, from);
  for (let start = from; ; index++) {
    const { multiplier, ratingPerHour } = segments[index] ?? { multiplier: 1, ratingPerHour: undefined };
    const next = segments[index + 1];
    const end = next?.continues === true && next.from < to ? next.from : to;
    const share = start === from && end === to ? 1 : (end - start) / (to - from);
    parts.push({ from: start, to: end, share, multiplier, ratingPerHour });
    if (end === to) return parts;
    start = end;
  }
}

/** A stretch longer than this is a gap: an hour, or three expected intervals where they are longer. */
export function gapThresholdMs(expected: readonly Dated<number>[], ts: number): number {
  return Math.max(hourMs, 3 * (valueAt(expected, ts) ?? 0));
}

/** Looks a reading's correction up; lists of corrections are short or empty. */
export class Corrections {
  readonly #byTs: ReadonlyMap<number, Correction> | undefined;

  constructor(facts: SeriesFacts) {
    this.#byTs =
      facts.corrections.length === 0
        ? undefined
        : new Map(facts.corrections.map((entry) => [entry.ts, entry]));
  }

  at(ts: number): Correction | undefined {
    return this.#byTs?.get(ts);
  }
}

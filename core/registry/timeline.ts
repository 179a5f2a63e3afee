// The pattern of all facts, as a pure function: a new entry is painted over a timeline of entries that never overlap.

/** A current entry; `validTo: null` is open. `value` is canonical JSON. */
export interface TimelineEntry {
  readonly id: string;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly value: string;
}

export interface Stroke {
  readonly validFrom: number;
  /** Left out: until the next entry begins. `null`: for good. */
  readonly validTo?: number | null | undefined;
  readonly value: string;
}

export interface Piece {
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly value: string;
  /** The superseded entry of which this is left over; `null` for the stroke itself. */
  readonly remainsOf: string | null;
}

export interface Painted {
  readonly superseded: readonly string[];
  readonly added: readonly Piece[];
}

/**
 * @param current entries of one (entity, attribute), ascending, not overlapping.
 * @param afterCut what is left of a value whose entry lost its beginning.
 * @returns `undefined` when the timeline already says so.
 */
export function paint(
  current: readonly TimelineEntry[],
  stroke: Stroke,
  afterCut: (value: string) => string = (value) => value,
): Painted | undefined {
  const from = stroke.validFrom;
  const to = stroke.validTo === undefined ? nextBeginning(current, from) : stroke.validTo;
  const covered = current.filter((entry) => before(entry.validFrom, to) && before(from, entry.validTo));
  if (says(covered, from, to, stroke.value)) return undefined;

  const added: Piece[] = [];
  for (const entry of covered) {
    if (entry.validFrom < from) {
      added.push({ validFrom: entry.validFrom, validTo: from, value: entry.value, remainsOf: entry.id });
    }
  }
  added.push({ validFrom: from, validTo: to, value: stroke.value, remainsOf: null });
  for (const entry of covered) {
    if (to !== null && before(to, entry.validTo)) {
      added.push({
        validFrom: to,
        validTo: entry.validTo,
        value: afterCut(entry.value),
        remainsOf: entry.id,
      });
    }
  }
  return { superseded: covered.map((entry) => entry.id), added };
}

/** Whether `at` lies before an end, where `null` is never reached. */
function before(at: number, end: number | null): boolean {
  return end === null || at < end;
}

function nextBeginning(current: readonly TimelineEntry[], from: number): number | null {
  return current.find((entry) => entry.validFrom > from)?.validFrom ?? null;
}

/** Whether `covered` (ascending) holds `value` all over [from, to). */
function says(covered: readonly TimelineEntry[], from: number, to: number | null, value: string): boolean {
  let reached: number | null = from;
  for (const entry of covered) {
    if (reached === null || entry.value !== value || entry.validFrom > reached) return false;
    reached = entry.validTo;
  }
  return reached === null || (to !== null && reached >= to);
}

// Who contributes most to the gap of a tree: the gap between its figure and its line, split exactly over its parts.
//
// An intensity v = Σ p·e (p: share of the users or area, e: own intensity) stands against its line l = Σ q·r (q: shares of the base
// year, r: own base intensity moved along the tree's line). Part by part p·e − q·r = (p+q)/2·(e−r) + (p−q)·(e+r)/2: the first is
// what the part itself does, the second comes from its share (结构效应). Shares sum to 1, so the mean of v and l may be taken out of
// the second: a part adds to the gap by growing only where it is above the whole. No remainder.

export interface TreePart {
  readonly institution: string;
  /** Of the year: what stands above the line, NaN: not known. */
  readonly amount: number;
  /** Of the year: users or area; left out in all parts: the figure is a total. */
  readonly per?: number;
  /** The same of the base year (restated). A part that was not there yet has 0. */
  readonly baseAmount: number;
  readonly basePer?: number;
}

export interface Contribution {
  readonly institution: string;
  /** Part of the gap, in the indicator's unit: own + structure. Above 0: it pulls the tree over its line. */
  readonly contribution: number;
  /** By its own intensity (or, of a total, its own amount). */
  readonly own: number;
  /** By having more or less weight in the tree than in the base year; 0 in a total. */
  readonly structure: number;
  /** contribution ÷ gap; `null` where the gap is 0. */
  readonly share: number | null;
}

export interface GapSplit {
  readonly value: number;
  readonly line: number;
  /** value − line, of the parts that are in it. */
  readonly gap: number;
  readonly structure: number;
  /** The largest first, then by id. */
  readonly parts: readonly Contribution[];
  /** Institutions that something is not known of: in neither side. */
  readonly leftOut: readonly string[];
}

/**
 * @param parts the children of the tree and, as a part of its own, what belongs to its top itself; each institution once
 * @param factor 1 + change × part of the plan's time passed: what the line is of the base
 * @returns `null` where nothing is left to divide by
 */
export function splitGap(parts: readonly TreePart[], factor: number): GapSplit | null {
  const intensity = parts.some(({ per, basePer }) => per !== undefined || basePer !== undefined);
  const known = parts.filter((part) => isComplete(part, intensity));
  const leftOut = parts.filter((part) => !isComplete(part, intensity)).map(({ institution }) => institution);
  const per = intensity ? sum(known.map((part) => part.per ?? 0)) : 1;
  const basePer = intensity ? sum(known.map((part) => part.basePer ?? 0)) : 1;
  if (known.length === 0 || !(per > 0) || !(basePer > 0)) return null;
  const value = sum(known.map(({ amount }) => amount)) / per;
  const line = (sum(known.map(({ baseAmount }) => baseAmount)) * factor) / basePer;
  const gap = value - line;
  const middle = (value + line) / 2;
  const rows = known.map((part) => {
    const now = part.amount / per;
    const then = (part.baseAmount * factor) / basePer;
    const structure = intensity
      ? structureOf(now, then, (part.per ?? 0) / per, (part.basePer ?? 0) / basePer, middle)
      : { own: now - then, structure: 0 };
    const contribution = structure.own + structure.structure;
    return {
      institution: part.institution,
      contribution,
      ...structure,
      share: gap === 0 ? null : contribution / gap,
    };
  });
  return {
    value,
    line,
    gap,
    structure: sum(rows.map(({ structure }) => structure)),
    parts: rows.toSorted(
      (a, b) => b.contribution - a.contribution || (a.institution < b.institution ? -1 : 1),
    ),
    leftOut: leftOut.toSorted(),
  };
}

/** `now` and `then` are p·e and q·r. */
function structureOf(
  now: number,
  then: number,
  p: number,
  q: number,
  middle: number,
): { own: number; structure: number } {
  // Amounts that nobody stands under have no intensity: they are its own doing altogether.
  if (p === 0 && q === 0) return { own: now - then, structure: 0 };
  if (p === 0) return { own: now, structure: -then + q * middle };
  if (q === 0) return { own: 0 - then, structure: now - p * middle };
  const [e, r] = [now / p, then / q];
  return { own: ((p + q) / 2) * (e - r), structure: (p - q) * ((e + r) / 2 - middle) };
}

function isComplete(part: TreePart, intensity: boolean): boolean {
  const amounts = Number.isFinite(part.amount) && Number.isFinite(part.baseAmount);
  return amounts && (!intensity || ((part.per ?? Number.NaN) >= 0 && (part.basePer ?? Number.NaN) >= 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

// Consumption of virtual points: formulas over other points, expanded to the points that are measured, and their rollups put
// together bucket by bucket. A sum with an unknown child is partial; a difference with one is unknown.
import type { RollupRow } from './rollup.ts';

export interface FormulaTerm {
  readonly point: string;
  readonly factor: number;
}

/** A formula that holds in [from, to), epoch ms. */
export interface DatedFormula {
  readonly from: number;
  readonly to: number;
  readonly terms: readonly FormulaTerm[];
}

/** A stretch in which a virtual point is made of the same leaves; each leaf once, its factors along all ways multiplied and added. */
export interface FormulaPeriod {
  readonly from: number;
  readonly to: number;
  readonly leaves: readonly FormulaTerm[];
}

/**
 * Ascending; stretches in which the point has no formula are left out. A term that has no formula at the time is a leaf.
 * @param formulas by virtual point, not overlapping; no point may be made of itself (the registry sees to it)
 */
export function formulaPeriods(
  point: string,
  formulas: ReadonlyMap<string, readonly DatedFormula[]>,
  range: { readonly from: number; readonly to: number },
): FormulaPeriod[] {
  const cuts = new Set([range.from, range.to]);
  for (const dated of reachable(point, formulas)) {
    for (const at of [dated.from, dated.to]) if (at > range.from && at < range.to) cuts.add(at);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const periods: FormulaPeriod[] = [];
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1];
    if (to === undefined || formulaAt(point, formulas, from) === undefined) continue;
    const leaves = leavesAt(point, formulas, from);
    const before = periods.at(-1);
    if (before?.to === from && same(before.leaves, leaves)) periods[periods.length - 1] = { ...before, to };
    else periods.push({ from, to, leaves });
  }
  return periods;
}

/** Stored rows of a leaf, ascending, all of the same bucket as those of the others. */
export interface LeafRows {
  readonly factor: number;
  readonly rows: readonly RollupRow[];
}

/**
 * One row for each bucket of which some leaf has a row; ascending. Its covered time is that of the leaf that knows least, so
 * that a partial sum shows as such.
 */
export function combineLeaves(leaves: readonly LeafRows[]): RollupRow[] {
  const isDifference = leaves.some(({ factor }) => factor < 0);
  const sums = new Map<number, Sum>();
  for (const { factor, rows } of leaves) {
    for (const row of rows) {
      let sum = sums.get(row.ts);
      if (sum === undefined) {
        sum = { value: 0, known: 0, seen: 0, measuredMs: Infinity, coveredMs: Infinity };
        sums.set(row.ts, sum);
      }
      sum.seen++;
      sum.measuredMs = Math.min(sum.measuredMs, row.measuredMs);
      sum.coveredMs = Math.min(sum.coveredMs, row.measuredMs + row.estimatedMs);
      if (row.value === null) continue;
      sum.known++;
      sum.value += factor * row.value;
    }
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([ts, sum]) => {
      const isKnown = isDifference ? sum.known === leaves.length : sum.known > 0;
      const all = sum.seen === leaves.length;
      const measuredMs = all ? sum.measuredMs : 0;
      const coveredMs = all ? sum.coveredMs : 0;
      return {
        ts,
        value: isKnown ? sum.value : null,
        min: null,
        max: null,
        measuredMs,
        estimatedMs: coveredMs - measuredMs,
      };
    });
}

interface Sum {
  value: number;
  known: number;
  seen: number;
  measuredMs: number;
  coveredMs: number;
}

/** The formulas of the point and of all that it is ever made of. */
function reachable(point: string, formulas: ReadonlyMap<string, readonly DatedFormula[]>): DatedFormula[] {
  const found: DatedFormula[] = [];
  const seen = new Set([point]);
  for (const at of seen) {
    for (const dated of formulas.get(at) ?? []) {
      found.push(dated);
      for (const term of dated.terms) seen.add(term.point);
    }
  }
  return found;
}

function formulaAt(point: string, formulas: ReadonlyMap<string, readonly DatedFormula[]>, at: number) {
  return formulas.get(point)?.find(({ from, to }) => from <= at && at < to);
}

function leavesAt(
  point: string,
  formulas: ReadonlyMap<string, readonly DatedFormula[]>,
  at: number,
): FormulaTerm[] {
  const factors = new Map<string, number>();
  const walk = (from: string, factor: number): void => {
    const formula = formulaAt(from, formulas, at);
    if (formula === undefined) factors.set(from, (factors.get(from) ?? 0) + factor);
    else for (const term of formula.terms) walk(term.point, factor * term.factor);
  };
  walk(point, 1);
  return [...factors]
    .filter(([, factor]) => factor !== 0)
    .map(([leaf, factor]) => ({ point: leaf, factor }))
    .sort((a, b) => (a.point < b.point ? -1 : 1));
}

function same(some: readonly FormulaTerm[], others: readonly FormulaTerm[]): boolean {
  return (
    some.length === others.length &&
    some.every(
      ({ point, factor }, index) => others[index]?.point === point && others[index]?.factor === factor,
    )
  );
}

// How much a month resembles the one before it once level and season are out, and what that does to the error of a projection.

/** Where too little past is there to see any: a mild one, a little too wide for none and too narrow for a strong one. */
const assumed = 0.2;
/** Drifting for a whole year is a change of level, not resemblance. */
const most = 0.7;
const pairsNeeded = 24;

/**
 * @param rows leftovers of years by month, NaN: none
 * @param weights of the months in the error: below 0 for those known, above for those to come
 * @returns `variance` of the weighted error for leftovers of variance 1; `widening`: by how much leftovers inside a year, whose
 * mean is taken out, understate the variance
 */
export function resemblance(
  rows: readonly Float64Array[],
  weights: readonly number[],
): { readonly variance: number; readonly widening: number } {
  const rho = firstOrder(rows);
  let variance = 0;
  for (const [left, a] of weights.entries()) {
    for (const [right, b] of weights.entries()) variance += a * b * rho ** Math.abs(left - right);
  }
  return { variance, widening: 1 / understatement(rho) };
}

/** First-order autocorrelation, corrected for the mean of twelve months having been taken out. */
function firstOrder(rows: readonly Float64Array[]): number {
  let products = 0;
  let squares = 0;
  let pairs = 0;
  for (const row of rows) {
    for (let month = 0; month + 1 < row.length; month += 1) {
      const here = row[month] ?? Number.NaN;
      const next = row[month + 1] ?? Number.NaN;
      if (Number.isNaN(here) || Number.isNaN(next)) continue;
      products += here * next;
      squares += (here * here + next * next) / 2;
      pairs += 1;
    }
  }
  if (pairs < pairsNeeded || squares === 0) return assumed;
  const seen = products / squares;
  return Math.min(most, Math.max(0, (seen + 1 / 12) / (1 - 4 / 12)));
}

/** Expected squares about the mean of twelve months that follow each other with `rho`, ÷ those of independent ones. */
function understatement(rho: number): number {
  let ofMean = 0;
  for (let left = 0; left < 12; left += 1) {
    for (let right = 0; right < 12; right += 1) ofMean += rho ** Math.abs(left - right);
  }
  return (1 - ofMean / 144) / (1 - 1 / 12);
}

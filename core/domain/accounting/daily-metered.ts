// What the points of a supply account used, day by day, and sums of it for bills of any length.

/** Consumption of all points of an account together, by local day; columns have a place a day. */
export interface DailyMetered {
  /** Ascending local midnights, adjoining. */
  readonly starts: Float64Array;
  /** End of the last day. */
  readonly to: number;
  /** Of what is known, in the unit of the bills; NaN: nothing is. */
  readonly values: Float64Array;
  /** Time that readings should cover and do (measured or estimated), summed over points, ms. */
  readonly expectedMs: Float64Array;
  readonly coveredMs: Float64Array;
}

/** Sums over stretches of days. */
export class DaySums {
  readonly #metered: DailyMetered;

  constructor(metered: DailyMetered) {
    this.#metered = metered;
  }

  /** Of [from, to), local midnights. Days beyond the columns are expected and not covered. */
  over(from: number, to: number): { readonly value: number | null; readonly coverage: number } {
    const { starts, values, expectedMs, coveredMs } = this.#metered;
    let [value, known, expected, covered, inside] = [0, false, 0, 0, 0];
    for (let day = lowerBound(starts, from); day < starts.length; day++) {
      const start = starts[day] ?? 0;
      if (start >= to) break;
      const amount = values[day] ?? Number.NaN;
      if (!Number.isNaN(amount)) {
        value += amount;
        known = true;
      }
      expected += expectedMs[day] ?? 0;
      covered += coveredMs[day] ?? 0;
      inside += Math.min(starts[day + 1] ?? this.#metered.to, to) - start;
    }
    const within = inside / (to - from);
    return {
      value: known ? value : null,
      coverage: expected > 0 ? Math.min(1, covered / expected) * within : 0,
    };
  }
}

function lowerBound(starts: Float64Array, ts: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) < ts) low = middle + 1;
    else high = middle;
  }
  return low;
}

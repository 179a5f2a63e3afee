// Percentiles of many latencies in little memory: buckets that grow by a sixteenth.

const perDoubling = 16;
const buckets = 40 * perDoubling;
const smallestMs = 0.001;

export class Latencies {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #max = 0;

  record(ms: number): void {
    const bucket = Math.floor(Math.log2(Math.max(ms, smallestMs) / smallestMs) * perDoubling);
    this.#counts[Math.min(buckets - 1, bucket)] = (this.#counts[Math.min(buckets - 1, bucket)] ?? 0) + 1;
    this.#count++;
    if (ms > this.#max) this.#max = ms;
  }

  get count(): number {
    return this.#count;
  }

  /** Upper edge of the bucket, 4 % too high at most; `null` while nothing is recorded. */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= share * this.#count)
        return Math.min(this.#max, smallestMs * 2 ** ((bucket + 1) / perDoubling));
    }
    return this.#max;
  }

  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }
}

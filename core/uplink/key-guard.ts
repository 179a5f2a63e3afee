// Which earlier batch may hold the key of a row: exact for the newest keys by fingerprint, by range of time for all older ones.
//
// A row that changes an earlier key must follow it. The guard is asked when a batch is frozen and may answer "perhaps" too often
// (the batch then waits without need), never too seldom.

/** Batches up to `seq` whose keys are not known one by one; their rows lie within [minTs, maxTs]. */
export interface Horizon {
  readonly seq: number;
  readonly minTs: number;
  readonly maxTs: number;
}

export interface Overlap {
  /** Batches that held an equal key when they were recorded; they may be gone by now. */
  readonly seqs: ReadonlySet<number>;
  /** Rows within [from, to] may repeat a key of a batch up to `seq` of the horizon. */
  readonly unknown: { readonly seq: number; readonly from: number; readonly to: number } | undefined;
}

const smallest = 1_024;

export class KeyGuard {
  readonly #maxKeys: number;
  /** Open addressing; 0 is an empty slot; never more than half full. */
  #prints = new Float64Array(2 * smallest);
  #seqs = new Float64Array(2 * smallest);
  #keys = 0;
  #lastSeq = 0;
  #minTs = Number.POSITIVE_INFINITY;
  #maxTs = Number.NEGATIVE_INFINITY;
  #horizon: Horizon | undefined;

  /** Keeps at most `maxKeys` keys (32 bytes each); when full, all it knows becomes the horizon and it starts anew. */
  constructor(maxKeys = 131_072) {
    this.#maxKeys = maxKeys;
  }

  /** Forgets everything: no earlier batch is left. */
  clear(): void {
    this.#horizon = undefined;
    this.#forgetKeys();
  }

  /** Forgets the keys one by one; of all earlier batches only `horizon` is known. */
  startFrom(horizon: Horizon): void {
    this.#horizon = horizon;
    this.#forgetKeys();
  }

  /** Records the rows of batch `seq` (higher than any before) and tells which earlier batches may hold one of their keys. */
  record(seq: number, prints: readonly number[], ts: readonly number[]): Overlap {
    if (this.#keys + prints.length > this.#maxKeys) this.#overflow();
    const seqs = new Set<number>();
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    const horizon = this.#horizon;
    for (let i = 0; i < prints.length; i++) {
      const print = prints[i] ?? 0;
      const at = ts[i] ?? 0;
      const before = this.#put(print, seq);
      if (before !== 0 && before !== seq) seqs.add(before);
      if (horizon && at >= horizon.minTs && at <= horizon.maxTs) {
        if (at < from) from = at;
        if (at > to) to = at;
      }
      if (at < this.#minTs) this.#minTs = at;
      if (at > this.#maxTs) this.#maxTs = at;
    }
    this.#lastSeq = seq;
    return { seqs, unknown: horizon && from <= to ? { seq: horizon.seq, from, to } : undefined };
  }

  /** Sets the batch of a key; returns the batch it had, 0 for none. */
  #put(print: number, seq: number): number {
    if (2 * (this.#keys + 1) > this.#prints.length) this.#grow();
    const slot = find(this.#prints, print);
    const before = this.#prints[slot] === print ? (this.#seqs[slot] ?? 0) : 0;
    if (before === 0) this.#keys += 1;
    this.#prints[slot] = print;
    this.#seqs[slot] = seq;
    return before;
  }

  #grow(): void {
    const prints = new Float64Array(2 * this.#prints.length);
    const seqs = new Float64Array(2 * this.#prints.length);
    for (let i = 0; i < this.#prints.length; i++) {
      const print = this.#prints[i] ?? 0;
      if (print === 0) continue;
      const slot = find(prints, print);
      prints[slot] = print;
      seqs[slot] = this.#seqs[i] ?? 0;
    }
    this.#prints = prints;
    this.#seqs = seqs;
  }

  #overflow(): void {
    if (this.#keys === 0) return;
    this.startFrom({
      seq: this.#lastSeq,
      minTs: Math.min(this.#minTs, this.#horizon?.minTs ?? Number.POSITIVE_INFINITY),
      maxTs: Math.max(this.#maxTs, this.#horizon?.maxTs ?? Number.NEGATIVE_INFINITY),
    });
  }

  #forgetKeys(): void {
    if (this.#keys > 0) {
      this.#prints = new Float64Array(2 * smallest);
      this.#seqs = new Float64Array(2 * smallest);
    }
    this.#keys = 0;
    this.#minTs = Number.POSITIVE_INFINITY;
    this.#maxTs = Number.NEGATIVE_INFINITY;
  }
}

/** The slot that holds `print`, or the empty one where it belongs. */
function find(prints: Float64Array, print: number): number {
  const mask = prints.length - 1;
  // The low 32 bits of a print are well mixed; `>>> 0` takes exactly those.
  let slot = (print >>> 0) & mask;
  while (prints[slot] !== 0 && prints[slot] !== print) slot = (slot + 1) & mask;
  return slot;
}

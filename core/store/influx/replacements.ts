// What stands in one series of rows without deletion, and what replaces it, window by window.

interface Held<Row> {
  readonly ts: number;
  /** `undefined`: it is to be overwritten as missing. */
  readonly row: Row | undefined;
  readonly touched: boolean;
}

/** Keys are unique in the series; a key stands at one time. */
export class Replacements<Key, Row> {
  readonly #held = new Map<Key, Held<Row>>();

  /** @param standing keys that stand in the store, with their times */
  constructor(standing: Iterable<readonly [Key, number]>) {
    for (const [key, ts] of standing) this.#held.set(key, { ts, row: undefined, touched: false });
  }

  /** Takes away what stands in [from, to), from the store or an earlier window, and puts `rows`. */
  replace(from: number, to: number, rows: Iterable<readonly [Key, number, Row]>): void {
    if (from < to) {
      for (const [key, { ts }] of this.#held) {
        if (ts >= from && ts < to) this.#held.set(key, { ts, row: undefined, touched: true });
      }
    }
    for (const [key, ts, row] of rows) this.#held.set(key, { ts, row, touched: true });
  }

  /** Rows to write, and keys to overwrite as missing. */
  *results(): Generator<{ readonly key: Key; readonly ts: number; readonly row: Row | undefined }> {
    for (const [key, { ts, row, touched }] of this.#held) if (touched) yield { key, ts, row };
  }
}

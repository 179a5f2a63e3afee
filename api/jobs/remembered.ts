// What was written last, as digests: what has not changed since is not written again. Only this run's and the last run's are
// kept: about 50 bytes each, 200 000 at most; beyond, nothing more is remembered, and written again the next time.
import { createHash } from 'node:crypto';

const most = 200_000;

export class Remembered {
  #before = new Map<string, Map<number, number>>();
  #now = new Map<string, Map<number, number>>();
  #size = 0;

  /** A run begins. @param undisturbed nobody else has written since, and what was written is still there */
  begin(undisturbed: boolean): void {
    this.#before = undisturbed ? this.#now : new Map();
    this.#now = new Map();
    this.#size = 0;
  }

  /**
   * Whether this differs from what the last run had under the same key, or there was none.
   * @param key the series; `place` the part of it
   */
  changed(key: string, place: number, numbers: Float64Array, text: string): boolean {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const digest = createHash('sha1').update(text).update(bytes).digest().readUIntBE(0, 6);
    if (this.#size < most) {
      const parts = this.#now.get(key) ?? new Map<number, number>();
      this.#now.set(key, parts.set(place, digest));
      this.#size++;
    }
    return this.#before.get(key)?.get(place) !== digest;
  }
}

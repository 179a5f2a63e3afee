// What was written last, as digests: what has not changed since is not written again. 8 bytes for each part of each account:
// 1 600 institutions with 9 651 accounts have 200 parts each in two years, 16 MB. At most 64 MiB; parts beyond that are not
// remembered, counted, and written again each time.
import { createHash } from 'node:crypto';

const usualMost = 64 * 1024 * 1024;

export class Remembered {
  readonly #most: number;
  /** Series → its place in the lists. */
  #numbers = new Map<string, number>();
  /** Part → digests by series; NaN: none. */
  #digests = new Map<number, Float64Array>();
  #used = new Set<number>();
  #bytes = 0;
  #series = 0;
  #beyond = 0;

  /** @param most bytes of digests */
  constructor(most = usualMost) {
    this.#most = most;
  }

  /** Parts of this run that found no room. */
  get beyond(): number {
    return this.#beyond;
  }

  /**
   * A run begins.
   * @param undisturbed nobody else has written since the last one, which came to its end, and what it wrote is still there
   * @param series how many there are about
   */
  begin(undisturbed: boolean, series: number): void {
    // Series that are no more leave their places behind.
    if (!undisturbed || this.#numbers.size > 2 * series + 1_000) this.#forget();
    this.#series = Math.max(series, this.#numbers.size);
    this.#used = new Set();
    this.#beyond = 0;
  }

  /**
   * Whether this differs from what was written last under the same key, or nothing was.
   * @param part where in the series; the same parts are to be asked about each time
   */
  changed(series: string, part: number, numbers: Float64Array, text: string): boolean {
    this.#used.add(part);
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const digest = createHash('sha1').update(text).update(bytes).digest().readUIntBE(0, 6);
    const number = this.#numberOf(series);
    const digests = this.#listOf(part, number);
    if (digests === undefined) {
      this.#beyond++;
      return true;
    }
    if (digests[number] === digest) return false;
    digests[number] = digest;
    return true;
  }

  /** The run came to its end: parts that it did not ask about are forgotten. */
  end(): void {
    for (const [part, { byteLength }] of this.#digests) {
      if (this.#used.has(part)) continue;
      this.#digests.delete(part);
      this.#bytes -= byteLength;
    }
  }

  #numberOf(series: string): number {
    const known = this.#numbers.get(series);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(series, number);
    return number;
  }

  #listOf(part: number, number: number): Float64Array | undefined {
    const known = this.#digests.get(part);
    if (known !== undefined && number < known.length) return known;
    const list = new Float64Array(Math.max(this.#series, number + 1)).fill(Number.NaN);
    const more = list.byteLength - (known?.byteLength ?? 0);
    if (this.#bytes + more > this.#most) return undefined;
    if (known !== undefined) list.set(known);
    this.#digests.set(part, list);
    this.#bytes += more;
    return list;
  }

  #forget(): void {
    this.#numbers = new Map();
    this.#digests = new Map();
    this.#bytes = 0;
  }
}

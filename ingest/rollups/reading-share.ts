// How many estimated readings to ask for at once. Estimates rest on expected intervals, which may be absent or wrong by
// a factor of a thousand: the first read is small, and each one says how far the next may go.
import type { RollupLimits } from './limits.ts';

/** Readings found per estimated one, as assumed before the first read: a meter every ten seconds without facts. */
const assumedDensity = 100;
/** What was dense once is believed to be less so only step by step. */
const relief = 4;

/** Lives as long as the worker: what it has learned holds from pass to pass. */
export class ReadingShare {
  readonly #limits: Pick<RollupLimits, 'readingsPerRead' | 'windowsPerRead'>;
  #density = assumedDensity;

  constructor(limits: Pick<RollupLimits, 'readingsPerRead' | 'windowsPerRead'>) {
    this.#limits = limits;
  }

  /** Works from `at` on that may be read together: one at least. */
  take<T>(works: readonly T[], at: number, sizeOf: (work: T) => { readings: number; windows: number }): T[] {
    const { readingsPerRead, windowsPerRead } = this.#limits;
    const taken: T[] = [];
    let readings = 0;
    let windows = 0;
    for (let index = at; index < works.length; index++) {
      const work = works[index] as T;
      const size = sizeOf(work);
      readings += size.readings * this.#density;
      windows += size.windows;
      if (taken.length > 0 && (readings > readingsPerRead || windows > windowsPerRead)) break;
      taken.push(work);
    }
    return taken;
  }

  /** What a read of `estimated` readings brought. */
  learn(estimated: number, found: number): void {
    this.#density = Math.max(1, found / Math.max(1, estimated), this.#density / relief);
  }
}

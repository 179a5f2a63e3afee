// When following many series together fails: finds those that fail alone, follows the others, and tells a few bad
// series from an outage, in which every series would fail and none is to blame.
import { JieyueError } from '../../core/domain/errors.ts';

/** Whoever took the lease over has the word: nothing is tried again. */
export class LeaseLost extends JieyueError {
  constructor() {
    super('store.unavailable', 'another process took the rollup lease over; this one follows no more');
  }
}

export interface Narrowed<W, R> {
  readonly results: readonly R[];
  /** Works that failed alone while others did not. */
  readonly failed: readonly { readonly work: W; readonly error: unknown }[];
  /** What made the first attempt fail, where none of the works is to blame for it. */
  readonly outage: { readonly error: unknown } | undefined;
}

/** Works that are tried alone after the first failure: if each of them fails, nobody is to blame. */
const probes = 8;
/** Attempts that may fail in one search; what is not found is left for the next pass. */
const mostFailures = 64;
/** Works in a row that fail alone with "unavailable" and nothing succeeding since: an outage began. */
const mostUnavailable = 4;

/**
 * @param attempt follows the works it is given, all or as many as fit, and says which; throws if that fails
 * @param stopping asked between attempts; ends the search
 * @throws LeaseLost
 */
export async function narrow<W, R>(
  works: readonly W[],
  attempt: (works: readonly W[]) => Promise<readonly R[]>,
  stopping: () => boolean,
): Promise<Narrowed<W, R>> {
  const search = new Search(attempt);
  if (await search.try(works)) return search.outcome();
  const stride = Math.ceil(works.length / probes);
  const probed = works.length === 1 ? [] : works.filter((_, index) => index % stride === 0);
  for (const work of probed) {
    if (stopping()) return search.outcome();
    await search.try([work]);
  }
  // Neighbours often fail for the same reason: halves are every second one, so that good ones stand among the bad.
  const parts = search.succeeded ? [works.filter((_, index) => index % stride !== 0)] : [];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (stopping() || search.exhausted) break;
    if (part.length === 0 || (await search.try(part)) || part.length === 1) continue;
    parts.push(
      part.filter((_, index) => index % 2 === 1),
      part.filter((_, index) => index % 2 === 0),
    );
  }
  return search.outcome();
}

class Search<W, R> {
  readonly #attempt: (works: readonly W[]) => Promise<readonly R[]>;
  readonly #results: R[] = [];
  readonly #failed: { work: W; error: unknown }[] = [];
  /** Failed alone, and nothing succeeded since. */
  #unconfirmed: { work: W; error: unknown }[] = [];
  #failures = 0;
  #first: { error: unknown } | undefined;

  constructor(attempt: (works: readonly W[]) => Promise<readonly R[]>) {
    this.#attempt = attempt;
  }

  get succeeded(): boolean {
    return this.#results.length > 0;
  }

  get exhausted(): boolean {
    return (
      this.#failures >= mostFailures ||
      this.#unconfirmed.filter(({ error }) => isUnavailable(error)).length >= mostUnavailable
    );
  }

  async try(works: readonly W[]): Promise<boolean> {
    try {
      const results = await this.#attempt(works);
      this.#results.push(...results);
      if (results.length > 0) this.#confirm();
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.#first ??= { error };
      this.#failures++;
      const [work] = works;
      if (work !== undefined && works.length === 1) this.#unconfirmed.push({ work, error });
      return false;
    }
  }

  outcome(): Narrowed<W, R> {
    // An error that is not "unavailable" speaks of the series, wherever others got through.
    const speaks = ({ error }: { error: unknown }) => this.succeeded && !isUnavailable(error);
    const failed = [...this.#failed, ...this.#unconfirmed.filter(speaks)];
    return {
      results: this.#results,
      failed,
      outage: failed.length === 0 ? this.#first : undefined,
    };
  }

  /** The store works: who failed alone before did so by itself. */
  #confirm(): void {
    this.#failed.push(...this.#unconfirmed);
    this.#unconfirmed = [];
  }
}

function isUnavailable(error: unknown): boolean {
  return (
    error instanceof JieyueError &&
    (error.code === 'store.unavailable' || error.code === 'registry.unavailable')
  );
}

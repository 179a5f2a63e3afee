// Imports one after the other: each may hold a file of 50 MB and hundreds of thousands of cells in memory.
import { JieyueError } from '../../core/domain/errors.ts';
import { sayOfRequests } from './said.ts';

/** Imports that are under way, the one that works and those that wait or send their file; beyond, one is refused (`api.busy`). */
export const mostImports = 2;

/** Who sends slower than this, or would not be done by `mostSeconds`, makes way for others; the first seconds are free. */
export const slowest = { bytesPerSecond: 8 * 1024, mostSeconds: 110, freeSeconds: 5 } as const;

export class ImportGate {
  readonly #inside = new Map<symbol, string>();
  #last: Promise<unknown> = Promise.resolve();
  readonly #onRefused: () => void;

  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
  }

  /**
   * Before a body is read. @param who one import at a time for each
   * @returns what must be called once, when all is over. @throws JieyueError `api.busy`
   */
  enter(who: string): () => void {
    const own = [...this.#inside.values()].includes(who);
    if (own || this.#inside.size >= mostImports) {
      this.#onRefused();
      const said = own
        ? sayOfRequests('import.own', { who })
        : sayOfRequests('import.others', { count: mostImports });
      throw new JieyueError('api.busy', said);
    }
    const place = Symbol(who);
    this.#inside.set(place, who);
    return () => {
      this.#inside.delete(place);
    };
  }

  /** Runs when all before it are done, whatever became of them. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/**
 * Watches a body that is being sent; one that is too slow is cut off, since others wait for its place.
 * @param sent bytes of it so far; `undefined`: all of it is here
 * @returns what ends the watch
 */
export function watchPace(
  wholeBytes: number,
  sent: () => number | undefined,
  cutOff: () => void,
  limits: { readonly [K in keyof typeof slowest]: number } = slowest,
): () => void {
  const { bytesPerSecond, mostSeconds, freeSeconds } = limits;
  const wanted = Math.max(bytesPerSecond, wholeBytes / mostSeconds);
  let seconds = 0;
  const timer = setInterval(() => {
    const bytes = sent();
    if (bytes === undefined) clearInterval(timer);
    else if (++seconds > freeSeconds && bytes < (seconds - freeSeconds) * wanted) {
      clearInterval(timer);
      cutOff();
    }
  }, 1_000);
  return () => clearInterval(timer);
}

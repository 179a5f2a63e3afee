// Imports one after the other: each may hold a file of 50 MB and hundreds of thousands of cells in memory.
import { JieyueError } from '../../core/domain/errors.ts';

/** Imports that are under way, the one that works and those that wait or send their file; beyond, one is refused (`api.busy`). */
export const mostImports = 2;

export class ImportGate {
  #inside = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #onRefused: () => void;

  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
  }

  /** Before a body is read. @returns what must be called once, when all is over. @throws JieyueError `api.busy` */
  enter(): () => void {
    if (this.#inside >= mostImports) {
      this.#onRefused();
      throw new JieyueError('api.busy', `${mostImports} imports are under way; try again in a few seconds`);
    }
    this.#inside++;
    let left = false;
    return () => {
      if (!left) this.#inside--;
      left = true;
    };
  }

  /** Runs when all before it are done, whatever became of them. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

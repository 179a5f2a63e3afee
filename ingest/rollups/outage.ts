// Passes that fail as a whole: one line when it begins, one more whenever the failures have doubled, one when it is over.
import type { Logger } from '../../core/runtime/logger.ts';

export class Outage {
  readonly #log: Logger;
  #failures = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  failed(error: unknown): void {
    const failures = ++this.#failures;
    const isPowerOfTwo = (failures & (failures - 1)) === 0;
    if (!isPowerOfTwo) return;
    this.#log.error(
      { err: error, failures },
      'rollups: a pass failed; its marks stay and are tried again until it succeeds',
    );
  }

  /** A pass went well. */
  over(): void {
    if (this.#failures > 0) this.#log.info({ failures: this.#failures }, 'rollups: passes succeed again');
    this.#failures = 0;
  }
}

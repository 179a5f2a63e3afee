// Keeps one fault from flooding the log: the first time it is written, then at most once per interval, with a count.

export class LogGate {
  readonly #everyMs: number;
  readonly #now: () => number;
  #lastAt = Number.NEGATIVE_INFINITY;
  #suppressed = 0;

  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** Calls `write` with the number of calls that were left out since the last one, or leaves this one out too. */
  pass(write: (suppressed: number) => void): void {
    const now = this.#now();
    // A clock that was set back must not silence the log.
    if (now - this.#lastAt < this.#everyMs && now >= this.#lastAt) {
      this.#suppressed += 1;
      return;
    }
    const suppressed = this.#suppressed;
    this.#lastAt = now;
    this.#suppressed = 0;
    write(suppressed);
  }

  /** The fault is over: the next one is written at once. */
  reset(): void {
    this.#lastAt = Number.NEGATIVE_INFINITY;
    this.#suppressed = 0;
  }
}

// How many batches may be in flight: the configured window while all goes well, less when answers fail to come.
//
// A long outage ends for all agents at once; an ingest that is flooded then discards what it cannot queue. So the window opens
// with the answers (doubling, then step by step) and closes to one when nothing is answered at all.

export class AdaptiveWindow {
  readonly #limit: number;
  #allowed: number;
  #threshold: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#threshold = limit;
    this.#allowed = Math.min(2, limit);
  }

  get size(): number {
    return Math.floor(this.#allowed);
  }

  /** A new connection: whether ingest is there is not known. */
  restart(): void {
    this.#threshold = this.#limit;
    this.#allowed = Math.min(2, this.#limit);
  }

  answered(): void {
    const step = this.#allowed < this.#threshold ? 1 : 1 / this.#allowed;
    this.#allowed = Math.min(this.#limit, this.#allowed + step);
  }

  /** Some batches found no answer, others did: less at a time. */
  congested(): void {
    this.#threshold = Math.max(2, this.#allowed / 2);
    this.#allowed = Math.max(1, this.#allowed / 2);
  }

  /** Nothing is answered: one at a time, to find out when that changes. */
  silent(): void {
    this.#threshold = Math.max(2, this.#limit / 2);
    this.#allowed = 1;
  }
}

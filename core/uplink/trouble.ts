// What the sender remembers of batches that found no answer: how often, and until when each must rest.

export interface Trouble {
  /** Tries without an answer. */
  attempts: number;
  /** Those of them during which others found theirs. */
  strikes: number;
  /** Batches answered in all when this one last failed. */
  answeredAt: number | undefined;
  /** It may have broken a connection: it rests so long after each new one, that others are served first. */
  pauseAtConnect: number;
  /** Its quarantine was full: said once. */
  reported: boolean;
}

interface Entry extends Trouble {
  timer: NodeJS.Timeout | undefined;
}

/** At most `limit` batches; beyond, the first ones are forgotten and start with a clean slate. */
export class TroubleBook {
  readonly #limit: number;
  readonly #wake: () => void;
  readonly #entries = new Map<number, Entry>();
  #resting = 0;

  /** `wake` is called when a batch has rested. */
  constructor(wake: () => void, limit = 1_024) {
    this.#wake = wake;
    this.#limit = limit;
  }

  /** How many batches must not be sent now. */
  get resting(): number {
    return this.#resting;
  }

  attempts(seq: number): number {
    return this.#entries.get(seq)?.attempts ?? 0;
  }

  rests(seq: number): boolean {
    return this.#entries.get(seq)?.timer !== undefined;
  }

  /** The entry of a batch, made when there is none. */
  of(seq: number): Trouble {
    const known = this.#entries.get(seq);
    if (known) return known;
    const first = this.#entries.size >= this.#limit ? this.#entries.keys().next().value : undefined;
    if (first !== undefined) this.forget(first);
    const entry = {
      attempts: 0,
      strikes: 0,
      answeredAt: undefined,
      pauseAtConnect: 0,
      reported: false,
      timer: undefined,
    };
    this.#entries.set(seq, entry);
    return entry;
  }

  /** The batch must not be sent for `ms` from now. */
  rest(seq: number, ms: number): void {
    this.of(seq);
    const entry = this.#entries.get(seq);
    if (!entry) return;
    this.#wakeUp(entry);
    this.#resting += 1;
    entry.timer = setTimeout(() => {
      this.#wakeUp(entry);
      this.#wake();
    }, ms);
  }

  /** A new connection: what may have broken an earlier one lets the others go first. */
  connected(): void {
    for (const [seq, { pauseAtConnect }] of this.#entries)
      if (pauseAtConnect > 0) this.rest(seq, pauseAtConnect);
  }

  forget(seq: number): void {
    const entry = this.#entries.get(seq);
    if (!entry) return;
    this.#wakeUp(entry);
    this.#entries.delete(seq);
  }

  clear(): void {
    for (const seq of [...this.#entries.keys()]) this.forget(seq);
  }

  #wakeUp(entry: Entry): void {
    if (!entry.timer) return;
    clearTimeout(entry.timer);
    entry.timer = undefined;
    this.#resting -= 1;
  }
}

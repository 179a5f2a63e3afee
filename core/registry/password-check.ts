// Checks passwords without burning the machine: a small cache of what was right, and few derivations at a time.
import { createHmac } from 'node:crypto';
import { matches } from './passwords.ts';

/** Digests of (user, password, stored hash) that were right; the one unused longest gives way. */
const cacheLimit = 10_000;
/** Derivations at a time: they share Node's thread pool with the stores. */
const parallelLimit = 2;
/** Checks that wait for their turn; one beyond is refused, and the client will come again. */
const waitingLimit = 10_000;

export class PasswordCheck {
  /** Of this process alone: a digest says nothing elsewhere. */
  readonly #pepper: Buffer;
  readonly #right = new Map<string, true>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Checks refused because too many waited. */
  refused = 0;

  constructor(pepper: Buffer) {
    this.#pepper = pepper;
  }

  /** A changed password has another stored hash, so that no old digest answers for it. */
  async check(user: string, password: string, stored: string): Promise<boolean> {
    const digest = createHmac('sha256', this.#pepper)
      .update(JSON.stringify([user, password, stored]))
      .digest('base64');
    if (this.#right.delete(digest)) {
      this.#right.set(digest, true);
      return true;
    }
    const same = this.#underWay.get(digest);
    if (same) return same;
    if (this.#waiting.length >= waitingLimit) {
      this.refused += 1;
      return false;
    }
    const answer = this.#inTurn(() => matches(password, stored)).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, answer);
    const right = await answer;
    if (right) this.#remember(digest);
    return right;
  }

  #remember(digest: string): void {
    this.#right.set(digest, true);
    if (this.#right.size <= cacheLimit) return;
    const oldest = this.#right.keys().next();
    if (!oldest.done) this.#right.delete(oldest.value);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= parallelLimit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

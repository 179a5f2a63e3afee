// Counts a source's faults by kind: health shows the newest one while it is fresh, and the log does not fill up.
import type { Logger } from '../../core/runtime/logger.ts';

/** For so long a source that had a fault is called degraded. */
const freshMs = 10 * 60_000;

export class FaultTally<Kind extends string> {
  readonly #log: Logger;
  readonly #source: string;
  readonly #counts = new Map<Kind, number>();
  #newest: { readonly message: string; readonly at: number } | undefined;

  constructor(source: string, log: Logger) {
    this.#source = source;
    this.#log = log;
  }

  /** Of each kind the 1st, 2nd, 4th, 8th … is logged. */
  add(kind: Kind, message: string, at: number): void {
    const count = this.count(kind) + 1;
    this.#counts.set(kind, count);
    this.#newest = { message, at };
    if (Number.isInteger(Math.log2(count))) {
      this.#log.warn({ source: this.#source, fault: kind, count }, message);
    }
  }

  /** Since the start. */
  count(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** All of them, as `fault-` and the kind. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].map(([kind, count]) => [`fault-${kind}`, count]));
  }

  /** The newest fault with the counts of all, `null` when there was none for ten minutes. */
  text(now: number): string | null {
    if (!this.#newest || now - this.#newest.at > freshMs) return null;
    const counts = [...this.#counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
    return `${this.#newest.message} (since the start: ${counts})`;
  }
}

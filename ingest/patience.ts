// Repeats what must succeed before anything may be acknowledged, with growing pauses, until it does or ingest stops.
import { isJieyueError } from '../core/domain/errors.ts';
import { type Clock, sleep } from '../core/runtime/clock.ts';
import type { Logger } from '../core/runtime/logger.ts';

/** Thrown out of a wait that `stop()` ended; what was under way is dropped unacknowledged. */
export class Stopped extends Error {
  constructor() {
    super('ingest is stopping');
    this.name = 'Stopped';
  }
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
const reminderMs = 30_000;

export class Patience {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stopped: AbortSignal;
  readonly #waits = new Set<{ readonly what: string }>();

  constructor(options: { clock: Clock; log: Logger; stopped: AbortSignal }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#stopped = options.stopped;
  }

  /** What has failed and is tried again, for people. */
  get waits(): readonly string[] {
    return [...new Set([...this.#waits].map(({ what }) => what))];
  }

  /**
   * The first result of `attempt`. `row.refused-by-store` is final and thrown on; any other failure is repeated: a fault
   * that nobody foresaw must cost time, not data. `onChange` hears false at the first failure and true at recovery.
   * @throws Stopped
   */
  async until<T>(
    what: string,
    attempt: () => Promise<T>,
    onChange: (up: boolean) => void = () => {},
  ): Promise<T> {
    const wait = { what };
    try {
      return await this.#repeat(wait, attempt, onChange);
    } finally {
      this.#waits.delete(wait);
    }
  }

  async #repeat<T>(
    wait: { readonly what: string },
    attempt: () => Promise<T>,
    onChange: (up: boolean) => void,
  ): Promise<T> {
    const { what } = wait;
    let pause = firstPauseMs;
    let downSince: number | undefined;
    let remindedAt = 0;
    for (;;) {
      try {
        const result = await attempt();
        if (downSince !== undefined) {
          this.#log.info({ waitedMs: this.#clock.now() - downSince }, `${what} answers again`);
        }
        onChange(true);
        return result;
      } catch (error) {
        if (isJieyueError(error, 'row.refused-by-store')) throw error;
        this.#waits.add(wait);
        const now = this.#clock.now();
        if (downSince === undefined || now - remindedAt >= reminderMs) {
          downSince ??= now;
          remindedAt = now;
          this.#log.error(
            { err: error, waitedMs: now - downSince },
            `waiting for ${what}; nothing is acknowledged until it answers`,
          );
        }
        onChange(false);
      }
      await sleep(pause, this.#stopped);
      // What was begun before the stop gets its first attempt, so that a finished write is marked and acknowledged.
      if (this.#stopped.aborted) throw new Stopped();
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }
}

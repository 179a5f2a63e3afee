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

interface Wait {
  readonly what: string;
  /** Something else is waited for first. */
  isBehind: boolean;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
const reminderMs = 30_000;

export class Patience {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #stopped: AbortSignal;
  readonly #waits = new Set<Wait>();

  constructor(options: { clock: Clock; log: Logger; stopped: AbortSignal }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#stopped = options.stopped;
  }

  /** What has failed and is tried again, for people. */
  get waits(): readonly string[] {
    const all = [...this.#waits];
    const first = all.filter(({ isBehind }) => !isBehind);
    return [...new Set((first.length > 0 ? first : all).map(({ what }) => what))];
  }

  /**
   * The first result of `attempt`. `row.refused-by-store` is final and thrown on; any other failure is repeated: a fault
   * that nobody foresaw must cost time, not data. `onChange` hears false at a failure and true at recovery. `before` each
   * further attempt something else may have to be waited for: meanwhile it is not this that is.
   * @throws Stopped
   */
  async until<T>(
    what: string,
    attempt: () => Promise<T>,
    {
      onChange = () => {},
      before = async () => {},
    }: { readonly onChange?: (up: boolean) => void; readonly before?: () => Promise<void> } = {},
  ): Promise<T> {
    const wait: Wait = { what, isBehind: false };
    try {
      return await this.#repeat(wait, attempt, onChange, before);
    } finally {
      this.#waits.delete(wait);
    }
  }

  async #repeat<T>(
    wait: Wait,
    attempt: () => Promise<T>,
    onChange: (up: boolean) => void,
    before: () => Promise<void>,
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
      await this.#insteadOf(wait, before);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }

  /** While `before` waits for something, that is what is named. */
  async #insteadOf(wait: Wait, before: () => Promise<void>): Promise<void> {
    wait.isBehind = true;
    await before();
    wait.isBehind = false;
  }
}

// Writes one after the other. Limit: `limit` jobs wait; one more is refused with `store.unavailable` and counted, since
// whoever sends keeps its rows and comes again.
import { JieyueError } from '../../domain/errors.ts';

export class WriteQueue {
  readonly #limit: number;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #refused = 0;
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Jobs that wait or run. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Jobs refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws JieyueError `store.unavailable` when the queue is full or closed, and what `job` throws. */
  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#closed) {
      return Promise.reject(new JieyueError('store.unavailable', 'the store is not open'));
    }
    if (this.#waiting > this.#limit) {
      this.#refused++;
      return Promise.reject(
        new JieyueError(
          'store.unavailable',
          `${this.#limit} writes wait for the store already; try again when some are done`,
        ),
      );
    }
    this.#waiting++;
    const result = this.#tail.then(job).finally(() => {
      this.#waiting--;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  open(): void {
    this.#closed = false;
  }

  /** Takes no more jobs and resolves when those that wait are done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tail;
  }
}

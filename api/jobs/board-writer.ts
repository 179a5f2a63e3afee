// Rows on their way to the boards' database: in chunks, each only while the job may go on. At most one chunk waits here; where that
// is asked for, one is on its way while the next is made.
import type { BoardRow } from '../../core/domain/board-series.ts';
import { isJieyueError } from '../../core/domain/errors.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import type { BoardStore } from '../../core/store/port.ts';

/** Fewer than the store takes best: each is built and encoded in one piece, and others wait meanwhile. */
const rowsPerWrite = 2_500;

export class BoardWriter {
  readonly #boards: BoardStore;
  readonly #run: Pick<JobRun, 'mayGoOn'>;
  readonly #log: Logger;
  readonly #ahead: boolean;
  #waiting: BoardRow[] = [];
  /** Never rejects: what became of it is asked before the next, and at the end. */
  #onItsWay: Promise<{ readonly failed: unknown } | undefined> = Promise.resolve(undefined);
  #written = 0;
  #refused = 0;

  /** @param ahead rows are made while those before are on their way: whoever asks for it calls `rest` however it ends */
  constructor(boards: BoardStore, run: Pick<JobRun, 'mayGoOn'>, log: Logger, ahead = false) {
    this.#boards = boards;
    this.#run = run;
    this.#log = log;
    this.#ahead = ahead;
  }

  /** Rows written so far. */
  get written(): number {
    return this.#written;
  }

  /** @throws JobEnded, JieyueError `store.unavailable` */
  async add(rows: Iterable<BoardRow>): Promise<void> {
    for (const row of rows) {
      this.#waiting.push(row);
      if (this.#waiting.length >= rowsPerWrite) await this.#flush();
    }
  }

  /** Resolves when nothing is on its way any more, however it ended: of a job that fails nothing comes after its end. */
  async rest(): Promise<void> {
    await this.#onItsWay;
  }

  /** Writes what waits. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#landed();
    if (this.#refused > 0)
      this.#log.warn({ chunks: this.#refused }, 'the store refused rows of boards; the others are written');
  }

  async #flush(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    await this.#landed();
    await this.#run.mayGoOn();
    this.#onItsWay = this.#send(rows).then(
      () => undefined,
      (failed: unknown) => ({ failed }),
    );
    if (!this.#ahead) await this.#landed();
  }

  async #landed(): Promise<void> {
    const outcome = await this.#onItsWay;
    if (outcome !== undefined) throw outcome.failed;
  }

  async #send(rows: readonly BoardRow[]): Promise<void> {
    try {
      await this.#boards.write(rows);
    } catch (error) {
      // One row that the server will never take (older than its retention) must not keep the others from their place.
      if (!isJieyueError(error, 'row.refused-by-store')) throw error;
      if (this.#refused++ === 0) this.#log.warn({ err: error }, 'the store refuses a row of boards');
    }
    this.#written += rows.length;
  }
}

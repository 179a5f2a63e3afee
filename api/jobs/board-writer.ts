// Rows on their way to the boards' database: in chunks, each only while the job may go on. At most one chunk waits here.
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
  #waiting: BoardRow[] = [];
  #written = 0;
  #refused = 0;

  constructor(boards: BoardStore, run: Pick<JobRun, 'mayGoOn'>, log: Logger) {
    this.#boards = boards;
    this.#run = run;
    this.#log = log;
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

  /** Writes what waits. */
  async end(): Promise<void> {
    await this.#flush();
    if (this.#refused > 0)
      this.#log.warn({ chunks: this.#refused }, 'the store refused rows of boards; the others are written');
  }

  async #flush(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    await this.#run.mayGoOn();
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

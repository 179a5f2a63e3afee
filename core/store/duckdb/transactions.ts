// All that changes the file goes through here, one transaction after the other: queue, commit or roll back, the number
// of the last arrival, and opening the file anew after a fatal error.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Logger } from '../../runtime/logger.ts';
import type { Database } from './database.ts';
import { asStoreError } from './faults.ts';
import { firstNumber } from './rows.ts';
import { WriteQueue } from './write-queue.ts';

/** Numbers that only rise: of rows as they arrive, and of marks. Never given twice, not even after a failure. */
export interface Arrivals {
  /** @returns the first of `count` new numbers. */
  take(count: number): number;
}

/** Changes rows on `connection`; what it returns is called after the commit. */
export type Change = (connection: DuckDBConnection, arrivals: Arrivals) => Promise<() => void>;

export interface TransactionOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Reads into memory what is kept there; after `open` and after every reopening. */
  readonly load: (connection: DuckDBConnection) => Promise<void>;
  /** For tests of failure: called before each commit; what it throws makes the write fail. */
  readonly beforeCommit?: (() => void | Promise<void>) | undefined;
}

/** Writes that wait at most; see write-queue.ts for what happens to one more. */
const waitingWrites = 64;

export class Transactions {
  readonly #options: TransactionOptions;
  readonly #queue = new WriteQueue(waitingWrites);
  #last = 0;
  #committed = 0;
  /** Memory may not be what the file holds. */
  #stale = true;
  #committing: Promise<void> = Promise.resolve();

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  get refused(): number {
    return this.#queue.refused;
  }

  /** The last arrival that was committed; a read that starts now sees everything up to it. */
  get committed(): number {
    return this.#committed;
  }

  /** Resolves when a commit that is under way, if any, has reached memory too. */
  get committing(): Promise<void> {
    return this.#committing;
  }

  async open(): Promise<void> {
    await this.#options.database.open();
    await this.#load();
    this.#queue.open();
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#queue.close();
    await this.#options.database.close();
  }

  /**
   * Runs a change in a transaction: all of it or nothing.
   * @throws JieyueError `store.unavailable`, or the coded error that `change` throws.
   */
  run(action: string, change: Change): Promise<void> {
    return this.exclusively(action, () => this.inTurn(change));
  }

  /** The same for a caller that holds the turn already (see `exclusively`); throws what `change` or DuckDB throws. */
  async inTurn(change: Change): Promise<void> {
    const connection = this.#options.database.writer;
    await connection.run('BEGIN');
    try {
      const done = await change(connection, { take: (count) => this.#take(count) });
      await this.#options.beforeCommit?.();
      const commit = connection.run('COMMIT').then(() => {
        this.#committed = this.#last;
        done();
      });
      this.#committing = commit.catch(() => undefined);
      await commit;
    } catch (error) {
      // A failed COMMIT has rolled back already, and a fatal error leaves nothing to roll back.
      await connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Runs `work` while no write is under way, after opening the file anew or freeing memory where a failure made that necessary. */
  exclusively<T>(action: string, work: () => Promise<T>): Promise<T> {
    const { database, log } = this.#options;
    return this.#queue.run(async () => {
      try {
        await this.#recover();
        await database.relieve();
        return await work();
      } catch (error) {
        database.noteFailure('write', error);
        const failure = asStoreError(action, error);
        if (failure.code === 'store.unavailable') log.warn({ err: failure }, `store: could not ${action}`);
        throw failure;
      }
    });
  }

  /** For reads that find the file broken. */
  recover(): Promise<void> {
    return this.exclusively('open again', () => Promise.resolve());
  }

  async #recover(): Promise<void> {
    const { database } = this.#options;
    if (database.broken) {
      this.#stale = true;
      await database.reopen();
    }
    if (this.#stale) await this.#load();
  }

  async #load(): Promise<void> {
    const { database, load } = this.#options;
    const connection = database.writer;
    await load(connection);
    const last = await firstNumber(
      connection,
      `SELECT greatest(
        (SELECT coalesce(max(arrival), 0) FROM readings), (SELECT coalesce(max(arrival), 0) FROM positions),
        (SELECT coalesce(max(arrival), 0) FROM figures), (SELECT coalesce(max(version), 0) FROM marks),
        (SELECT coalesce(max(version), 0) FROM marks_cleared))::DOUBLE`,
    );
    this.#last = Math.max(this.#last, last);
    this.#committed = this.#last;
    this.#stale = false;
  }

  #take(count: number): number {
    const first = this.#last + 1;
    this.#last += count;
    return first;
  }
}

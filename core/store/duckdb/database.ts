// The file: opened with our settings, one connection that writes and some that read; a log (WAL) that does not replay is
// put aside; after a fatal error the file is opened anew.
import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { DuckDBConnection, DuckDBInstance as Instance } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { DeletionBudget } from './deletions.ts';
import { DuckDBInstance } from './driver.ts';
import { asStoreError, isFatal, isOutOfMemory, isWalFault, messageOf } from './faults.ts';
import { claim, lockedError, release, removeOwner, writeOwner } from './lock.ts';
import { ReadPool } from './read-pool.ts';
import { migrate } from './schema.ts';
import { keepToTimeZone } from './time-zone.ts';

export interface DatabaseOptions {
  readonly path: string;
  /** Of the days and months that the file holds. */
  readonly timeZone: string;
  /** Of DuckDB's buffers; the process takes some 100 MB beside. */
  readonly memoryLimitMb: number;
  readonly threads: number;
  /** Size at which the log is folded into the file, as DuckDB reads it; 32 MB by default. */
  readonly walLimit?: string | undefined;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Reads at the same time; with the writer they leave one of libuv's four threads to others. */
const readConnections = 2;
const waitingReads = 256;
/**
 * The log is folded into the file at this size. Measured at 2 M rows/s: 16 MB costs a pause of 125 ms now and then,
 * 64 MB 240 ms and 50 MB more memory.
 */
const defaultWalLimit = '32MB';
const logFiles = ['.wal', '.wal.checkpoint', '.wal.recovery'];

export class Database {
  /** What deletions may still hold in memory. */
  readonly deletions: DeletionBudget;
  readonly #options: DatabaseOptions;
  readonly #pool = new ReadPool(waitingReads);
  #claimed = false;
  #instance: Instance | undefined;
  #writer: DuckDBConnection | undefined;
  #compactor: DuckDBConnection | undefined;
  #broken = false;
  #tight = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.deletions = new DeletionBudget(options.memoryLimitMb);
  }

  /** Set by a fatal error: nothing works until `reopen`. */
  get broken(): boolean {
    return this.#broken;
  }

  get refusedReads(): number {
    return this.#pool.refused;
  }

  /** The connection that writes; whoever uses it holds the turn in the write queue. */
  get writer(): DuckDBConnection {
    return opened(this.#writer);
  }

  /** The connection on which compaction looks for superseded rows beside the writes. */
  get compactor(): DuckDBConnection {
    return opened(this.#compactor);
  }

  /** Bytes of the file and its log. */
  get bytes(): number {
    return [this.#options.path, ...logFiles.map((suffix) => this.#options.path + suffix)].reduce(
      (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** @throws JieyueError `store.locked` naming the holder; `config.invalid` for another time zone; `store.unavailable`. */
  async open(): Promise<void> {
    const { path, clock } = this.#options;
    claim(path);
    this.#claimed = true;
    try {
      forItsUserAlone(path);
      mkdirSync(dirname(resolve(path)), { recursive: true });
      await this.#connect();
      writeOwner(path, clock.now());
    } catch (error) {
      await this.close();
      throw asStoreError(`open ${path}`, error);
    }
  }

  /** Waits for running reads; safe twice and after a half-finished `open`. */
  async close(): Promise<void> {
    this.#pool.fail(new JieyueError('store.unavailable', 'the store is not open'));
    const wasOpen = this.#instance !== undefined;
    if (!this.#broken)
      await this.#writer?.run('CHECKPOINT').catch((error: unknown) => this.#logFailure(error));
    await this.#disconnect();
    if (wasOpen) removeOwner(this.#options.path);
    if (this.#claimed) release(this.#options.path);
    this.#claimed = false;
  }

  /** After a fatal error: closes and opens the file. Waiting reads go on when it is open. */
  async reopen(): Promise<void> {
    const { log, path } = this.#options;
    log.warn({ path }, 'store: opening the file again after a fatal error');
    try {
      await this.#disconnect();
      await this.#connect();
    } catch (error) {
      const failure = asStoreError(`open ${path} again`, error);
      this.#pool.fail(failure);
      throw failure;
    }
    log.info({ path }, 'store: open again');
  }

  /** Runs a read in a transaction of its own that is never committed: one snapshot, and temporary rows vanish. */
  async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#pool.use(async (connection) => {
      try {
        await connection.run('BEGIN');
        return await work(connection);
      } catch (error) {
        this.noteFailure('read', error);
        throw asStoreError('read', error);
      } finally {
        await connection.run('ROLLBACK').catch((error: unknown) => this.noteFailure('read', error));
      }
    });
  }

  /** Runs `work` while no read runs; others wait. Space of deleted rows is given back only then. */
  withoutReads<T>(work: () => Promise<T>): Promise<T> {
    return this.#pool.exclusively(work);
  }

  /** After a failure of a read or a write: what must be done before anything else works. */
  noteFailure(during: 'read' | 'write', error: unknown): void {
    if (isFatal(error) || (during === 'write' && isOutOfMemory(error))) this.#broken = true;
    else if (isOutOfMemory(error)) this.#tight = true;
  }

  /** Where a read has run out of memory: folds the log. The caller holds the turn in the write queue. */
  async relieve(): Promise<void> {
    if (!this.#tight) return;
    this.#tight = false;
    await this.withoutReads(() => this.foldLog());
  }

  /**
   * Folds the log into the file, which frees what deletions and fresh rows hold in memory. The caller holds the turn in
   * the write queue; while reads run, less is freed.
   */
  async foldLog(): Promise<void> {
    await this.writer.run('CHECKPOINT');
    this.deletions.renew();
  }

  async #connect(): Promise<void> {
    const { path, timeZone } = this.#options;
    this.#instance = await this.#openInstance();
    this.#writer = await this.#instance.connect();
    this.#compactor = await this.#instance.connect();
    await migrate(this.#writer);
    await keepToTimeZone(this.#writer, path, timeZone);
    await this.foldLog();
    await this.#writer.run(`CREATE TEMP TABLE wanted${wantedColumns}`);
    const readers: DuckDBConnection[] = [];
    for (let index = 0; index < readConnections; index++) {
      const connection = await this.#instance.connect();
      await connection.run(`CREATE TEMP TABLE wanted${wantedColumns}`);
      readers.push(connection);
    }
    this.#broken = false;
    this.#pool.open(readers);
    this.#options.log.debug({ path }, 'store: open');
  }

  async #disconnect(): Promise<void> {
    for (const connection of await this.#pool.empty()) connection.closeSync();
    this.#compactor?.closeSync();
    this.#writer?.closeSync();
    this.#instance?.closeSync();
    this.#compactor = undefined;
    this.#writer = undefined;
    this.#instance = undefined;
  }

  async #openInstance(): Promise<Instance> {
    const { path, memoryLimitMb, threads, walLimit = defaultWalLimit } = this.#options;
    const create = () =>
      DuckDBInstance.create(path, {
        memory_limit: `${memoryLimitMb}MB`,
        threads: String(threads),
        checkpoint_threshold: walLimit,
        // Extensions are downloads, and other files are none of the store's business.
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        enable_external_access: 'false',
        lock_configuration: 'true',
      });
    try {
      return await create();
    } catch (error) {
      const locked = lockedError(path, error);
      if (locked !== undefined) throw locked;
      if (!isWalFault(error)) throw error;
      this.#putLogAside(error);
      return await create();
    }
  }

  /** Not the end of the world: the log replays at the next start. */
  #logFailure(error: unknown): void {
    this.#options.log.warn({ err: error }, 'store: the log could not be folded into the file');
  }

  /** Renames the log that did not replay; it is never deleted, so that its rows can still be looked for. */
  #putLogAside(cause: unknown): void {
    const { path, clock, log } = this.#options;
    const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
    for (const suffix of logFiles) {
      const file = path + suffix;
      if (!existsSync(file)) continue;
      const aside = `${file}.corrupt-${stamp}`;
      renameSync(file, aside);
      log.error(
        { code: 'store.corrupt-wal', file: aside, reason: messageOf(cause) },
        `the store's log did not replay and was put aside as ${aside}; rows written since the last checkpoint are in it`,
      );
    }
  }
}

/** The windows a statement is about, numbered by `slot`; emptied or rolled back after each use. */
const wantedColumns =
  '(slot INTEGER NOT NULL, series INTEGER NOT NULL, from_ts BIGINT NOT NULL, to_ts BIGINT NOT NULL)';

function opened(connection: DuckDBConnection | undefined): DuckDBConnection {
  if (connection === undefined) throw new JieyueError('store.unavailable', 'the store is not open');
  return connection;
}

/**
 * The file, its log and what DuckDB puts beside it hold where cars were. DuckDB makes them anew again and again, by the mask of the
 * process: from here on all that this process makes is for its user.
 */
function forItsUserAlone(path: string): void {
  if (isMainThread) process.umask(process.umask() | 0o077);
  for (const file of [path, ...logFiles.map((suffix) => path + suffix)])
    if (existsSync(file)) chmodSync(file, 0o600);
}

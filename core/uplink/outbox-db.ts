// The outbox file: SQLite through libsql, one process at a time, every commit on the disk before it returns.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { JieyueError } from '../domain/errors.ts';

/** State of a frozen batch: it waits for its acknowledgement, or it is set aside. */
export const waiting = 0;
export const quarantined = 1;

export interface BatchRow {
  readonly seq: number;
  readonly rows: number;
  /** Of the payload. */
  readonly bytes: number;
  readonly minTs: number;
  readonly maxTs: number;
  /** Sent only when no waiting batch up to this seq is left; 0 when it depends on none. */
  readonly after: number;
  readonly state: typeof waiting | typeof quarantined;
}

export interface Totals {
  readonly batches: number;
  readonly rows: number;
  readonly bytes: number;
}

export function plus(total: Totals, { rows, bytes }: BatchRow): Totals {
  return { batches: total.batches + 1, rows: total.rows + rows, bytes: total.bytes + bytes };
}

export function minus(total: Totals, { rows, bytes }: BatchRow): Totals {
  return { batches: total.batches - 1, rows: total.rows - rows, bytes: total.bytes - bytes };
}

const schemaVersion = 1;
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE open (n INTEGER PRIMARY KEY, readings TEXT NOT NULL, positions TEXT NOT NULL);
CREATE TABLE batch (seq INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
  minTs INTEGER NOT NULL, maxTs INTEGER NOT NULL, after INTEGER NOT NULL, state INTEGER NOT NULL);
CREATE INDEX batch_oldest ON batch (state, minTs);
CREATE TABLE payload (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
PRAGMA user_version = ${schemaVersion};`;

/** SQL statements of the outbox; what decides stands in outbox.ts. Errors are those of the driver, see `diskError`. */
export class OutboxDb {
  readonly #db: Database.Database;
  readonly #lock: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /**
   * Opens or creates the file (mode 600); a second one beside it (`…-lock`) keeps other processes out.
   * @throws JieyueError `outbox.disk` when it cannot be opened, is no outbox or is held by another process.
   */
  constructor(path: string, newPrefix: () => string) {
    this.#lock = lockFile(`${path}-lock`, path);
    let db: Database.Database | undefined;
    try {
      db = openPrivate(path);
      db.exec('PRAGMA auto_vacuum = INCREMENTAL');
      db.exec('PRAGMA journal_mode = WAL');
      db.exec('PRAGMA synchronous = FULL');
      this.#db = db;
      this.#migrate(path, newPrefix);
    } catch (error) {
      db?.close();
      this.#lock.close();
      throw diskError(path, error);
    }
  }

  close(): void {
    this.#statements.clear();
    if (!this.#db.open) return;
    this.#db.close();
    this.#lock.close();
  }

  /** Runs `work` in a transaction; whatever it throws, nothing of it stays. */
  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some faults, such as a full disk.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  get prefix(): string {
    return this.#one<{ value: string }>("SELECT value FROM meta WHERE name = 'prefix'")?.value ?? '';
  }

  /** The highest seq that was ever given. */
  get lastSeq(): number {
    return this.#one<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'batch'")?.seq ?? 0;
  }

  totals(state: BatchRow['state']): Totals {
    return (
      this.#one<Totals>(
        'SELECT count(*) batches, ifnull(sum(rows), 0) rows, ifnull(sum(bytes), 0) bytes FROM batch WHERE state = ?',
        state,
      ) ?? { batches: 0, rows: 0, bytes: 0 }
    );
  }

  insertBatch(batch: BatchRow, body: Buffer): void {
    this.#run(
      'INSERT INTO batch (seq, rows, bytes, minTs, maxTs, after, state) VALUES (?, ?, ?, ?, ?, ?, ?)',
      batch.seq,
      batch.rows,
      batch.bytes,
      batch.minTs,
      batch.maxTs,
      batch.after,
      batch.state,
    );
    this.#run('INSERT INTO payload (seq, body) VALUES (?, ?)', batch.seq, body);
  }

  deleteBatch(seq: number): void {
    this.#run('DELETE FROM batch WHERE seq = ?', seq);
    this.#run('DELETE FROM payload WHERE seq = ?', seq);
  }

  /** In a transaction of its own. */
  setState(seqs: readonly number[], state: BatchRow['state']): void {
    this.transaction(() => {
      for (const seq of seqs) this.#run('UPDATE batch SET state = ? WHERE seq = ?', state, seq);
    });
  }

  batch(seq: number): BatchRow | undefined {
    return this.#one<BatchRow>('SELECT * FROM batch WHERE seq = ?', seq);
  }

  payload(seq: number): Buffer | undefined {
    return this.#one<{ body: Buffer }>('SELECT body FROM payload WHERE seq = ?', seq)?.body;
  }

  /** At most `limit` waiting batches, the oldest or the newest first. */
  waiting(order: 'oldest' | 'newest', limit: number): BatchRow[] {
    // `+state` keeps SQLite from sorting a whole backlog by way of the index on state.
    return this.#all<BatchRow>(
      `SELECT * FROM batch WHERE +state = ${waiting} ORDER BY seq ${order === 'oldest' ? 'ASC' : 'DESC'} LIMIT ?`,
      limit,
    );
  }

  quarantined(): BatchRow[] {
    return this.#all<BatchRow>(`SELECT * FROM batch WHERE state = ${quarantined} ORDER BY seq`);
  }

  /** Time of the earliest row that waits in a frozen batch other than these, `null` for none. */
  oldestTs(except: Iterable<number>): number | null {
    return (
      this.#one<{ ts: number | null }>(
        `SELECT min(minTs) ts FROM batch WHERE state = ${waiting} AND seq NOT IN (SELECT value FROM json_each(?))`,
        JSON.stringify([...except]),
      )?.ts ?? null
    );
  }

  /** The highest seq and the range of time of all batches. */
  extent(): { seq: number; minTs: number; maxTs: number } | undefined {
    const row = this.#one<{ seq: number | null; minTs: number; maxTs: number }>(
      'SELECT max(seq) seq, min(minTs) minTs, max(maxTs) maxTs FROM batch',
    );
    return row && row.seq !== null ? { seq: row.seq, minTs: row.minTs, maxTs: row.maxTs } : undefined;
  }

  /** The newest batch up to `seq` that has rows within [from, to], 0 for none. */
  newestWithin(seq: number, from: number, to: number): number {
    return (
      this.#one<{ seq: number | null }>(
        'SELECT max(seq) seq FROM batch WHERE seq <= ? AND maxTs >= ? AND minTs <= ?',
        seq,
        from,
        to,
      )?.seq ?? 0
    );
  }

  insertOpen(readings: string, positions: string): void {
    this.#run('INSERT INTO open (readings, positions) VALUES (?, ?)', readings, positions);
  }

  clearOpen(): void {
    this.#run('DELETE FROM open');
  }

  /** The rows that are not frozen yet, in the order of their arrival, each the inside of two JSON arrays. */
  open(): { readings: string; positions: string }[] {
    return this.#all('SELECT readings, positions FROM open ORDER BY n');
  }

  /** Copies the log into the file and starts the log over, so that its space on the disk is used again. */
  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(RESTART)');
  }

  /** Gives free pages back to the disk, at most `pages` of 4 KiB at a time. */
  shrink(pages: number): void {
    const free = this.#one<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
    if (free > pages / 2) this.#db.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  /** The file may not grow beyond `pages` of 4 KiB (SQLITE_FULL): a full disk, for tests. */
  limitPages(pages: number): void {
    this.#db.pragma(`max_page_count = ${pages}`);
  }

  #migrate(path: string, newPrefix: () => string): void {
    const version = this.#one<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    if (version > schemaVersion) {
      throw new JieyueError(
        'outbox.disk',
        `outbox ${path} was written by a newer version (schema ${version}, this one knows ${schemaVersion}): upgrade`,
      );
    }
    if (version === schemaVersion) return;
    this.transaction(() => {
      this.#db.exec(schema);
      this.#run("INSERT INTO meta (name, value) VALUES ('prefix', ?)", newPrefix());
    });
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#statement(sql).run(...values);
  }

  #one<T>(sql: string, ...values: unknown[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  #all<T>(sql: string, ...values: unknown[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * Holds `path` until it is closed or the process ends, however it ends. A file of its own, because the driver keeps a lock of the
 * outbox itself until its statements are collected, long after it was closed.
 */
function lockFile(path: string, outbox: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = openPrivate(path);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw diskError(outbox, error);
  }
}

/** Opens or creates a file that only this user may read. */
function openPrivate(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
  return new Database(path);
}

/** A fault of the driver in our words: the file, what happened, the way out. */
export function diskError(path: string, error: unknown): JieyueError {
  if (error instanceof JieyueError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return new JieyueError(
    'outbox.disk',
    `outbox ${path}: ${message}${code && ` (${code})`}: ${wayOut(code)}`,
    {
      cause: error,
    },
  );
}

function wayOut(code: string): string {
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return 'another process holds it; stop that one or give this agent a file of its own';
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return 'the file is damaged or no outbox; move it aside and keep it, a new one is made at the next start';
  }
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR') || code === 'ENOSPC') {
    return 'free space on its disk; sending goes on';
  }
  return 'make the folder and the file writable for this user';
}

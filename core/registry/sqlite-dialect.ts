// SQLite under Kysely, by libsql: PostgreSQL will be a second file like this one. Only it and sqlite-copy.ts know SQLite.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import {
  type CompiledQuery,
  type CreateTableBuilder,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type Database from 'libsql';
import { JieyueError } from '../domain/errors.ts';
import { sleep } from '../runtime/clock.ts';
import { sayOfRegistry } from './words/permits.ts';

/** As CommonJS, which it is: an `import` would first search it for names to export. */
const Libsql = createRequire(import.meta.url)('libsql') as typeof Database;

export interface SqliteOptions {
  readonly path: string;
  /** How long a statement waits for another process that writes, ms. */
  readonly busyTimeoutMs: number;
}

/** SQLite does transactional DDL, so all pending migrations run in one transaction that other processes wait for. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** A file is opened at the first query, not before. */
export function sqliteDialect(options: SqliteOptions): Dialect {
  return {
    createDriver: () => new LibsqlDriver(options),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Adds a primary key that numbers rows in the order of their commits and never uses a number again. */
export function withSequence<T extends string>(table: CreateTableBuilder<T>, column: string) {
  return table.addColumn(column, 'integer', (definition) => definition.primaryKey().autoIncrement());
}

/** Rows of the table may be added, and neither changed nor removed: not by this program, nor by a slip in a shell. */
export async function makeAppendOnly(db: Kysely<unknown>, table: string): Promise<void> {
  for (const event of ['update', 'delete']) {
    await sql`create trigger ${sql.ref(`${table}_no_${event}`)} before ${sql.raw(event)} on ${sql.table(table)}
      begin select raise(abort, ${sql.lit(`rows of ${table} are never changed or removed`)}); end`.execute(
      db,
    );
  }
}

/** A number as text that reads back as the very same number; no number reads as NaN. */
export function exactText(column: string) {
  return sql<string>`quote(${sql.ref(column)})`;
}

/** A column by which no index is looked up: where most rows are wanted, others order them better. */
export function unindexed(column: string) {
  return sql`+${sql.ref(column)}`;
}

/** Values as the rows of a table with the column `value`, for `in`: one parameter, however many they are. */
export function listed<T extends string | number>(values: readonly T[]) {
  return sql<T>`(select value from json_each(${JSON.stringify(values)}))`;
}

/** One connection; whoever comes second waits. Transactions that write take the write lock at their start. */
class LibsqlDriver implements Driver {
  readonly #options: SqliteOptions;
  #connection: LibsqlConnection | undefined;
  #busy: Promise<void> | undefined;
  #free: (() => void) | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {
    const connection = new LibsqlConnection(open(this.#options.path), this.#options);
    try {
      // FULL: a commit is on disk when it returns. Marks, refusals and facts must survive a power cut, and it is cheap.
      for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) {
        await connection.control(`pragma ${setting}`);
      }
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#connection = connection;
  }

  async acquireConnection(): Promise<LibsqlConnection> {
    while (this.#busy) await this.#busy;
    if (!this.#connection) throw new JieyueError('registry.unavailable', sayOfRegistry('registry.stopped'));
    this.#busy = new Promise((resolve) => {
      this.#free = resolve;
    });
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const free = this.#free;
    this.#busy = undefined;
    this.#free = undefined;
    free?.();
  }

  beginTransaction(connection: LibsqlConnection, settings: { accessMode?: string }): Promise<void> {
    return connection.control(settings.accessMode === 'read only' ? 'begin deferred' : 'begin immediate');
  }

  commitTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.control('commit');
  }

  rollbackTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.rollback();
  }

  async destroy(): Promise<void> {
    while (this.#busy) await this.#busy;
    this.#connection?.close();
    this.#connection = undefined;
  }
}

/** Statements that stay prepared; the one unused longest gives way. */
const preparedLimit = 200;
/** Waiting inside SQLite blocks the process, so it is short; the rest of the wait is asynchronous. */
const nativeWaitMs = 5;
const pauseMs = 20;

class LibsqlConnection implements DatabaseConnection {
  readonly #database: Database.Database;
  readonly #options: SqliteOptions;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(database: Database.Database, options: SqliteOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** A statement that writes gets a transaction of its own where there is none, so that only `begin` ever waits. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(checked);
    const alone = query.query.kind !== 'SelectQueryNode' && query.query.kind !== 'RawNode';
    if (!alone || this.#database.inTransaction) {
      return this.#patiently(() => this.#execute<R>(query.sql, parameters));
    }
    await this.control('begin immediate');
    try {
      const result = this.#execute<R>(query.sql, parameters);
      await this.control('commit');
      return result;
    } catch (error) {
      await this.rollback();
      throw translated(error, this.#options.path);
    }
  }

  /**
   * Runs a statement without parameters or rows. It is not kept prepared: libsql leaves a prepared statement that met a
   * lock half-way open, and then nothing can be committed.
   */
  control(sql: string): Promise<void> {
    return this.#patiently(() => {
      this.#database.exec(sql);
    });
  }

  /** After some faults (disk full) SQLite has rolled back by itself. */
  async rollback(): Promise<void> {
    if (this.#database.inTransaction) await this.control('rollback');
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the registry does not stream');
  }

  /** Leaves everything in the one file, so that a copy of it is a backup; others that have it open may keep the log busy. */
  close(): void {
    this.#prepared.clear();
    try {
      this.#database.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // The log stays beside the file and is read at the next start.
    }
    this.#database.close();
  }

  async #patiently<T>(work: () => T): Promise<T> {
    const { path, busyTimeoutMs } = this.#options;
    for (let waited = 0; ; waited += nativeWaitMs + pauseMs) {
      try {
        return work();
      } catch (error) {
        if (!codeOf(error).startsWith('SQLITE_BUSY')) throw translated(error, path);
        if (waited >= busyTimeoutMs) {
          throw new JieyueError(
            'registry.unavailable',
            sayOfRegistry('registry.locked', { path, ms: busyTimeoutMs }),
            { cause: error },
          );
        }
      }
      await sleep(pauseMs);
    }
  }

  #execute<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#prepared.get(sql);
    const statement = known ?? this.#database.prepare(sql);
    this.#prepared.delete(sql);
    this.#prepared.set(sql, statement);
    if (this.#prepared.size > preparedLimit) {
      for (const oldest of this.#prepared.keys()) {
        this.#prepared.delete(oldest);
        break;
      }
    }
    return statement;
  }
}

/** Password hashes live in this file: its owner alone may read it (SQLite gives -wal and -shm the same mode). */
function open(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Never one that exists: closing any descriptor of a file ends all locks that this process has on it (POSIX), and another
    // process would take away the log of a connection that is still open here.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    return new Libsql(path, { timeout: nativeWaitMs });
  } catch (error) {
    throw translated(error, path);
  }
}

/** libsql ends the process on a boolean or `undefined` and cuts a text at NUL; neither may get that far. */
function checked(parameter: unknown): unknown {
  if (parameter === null || typeof parameter === 'bigint') return parameter;
  if (typeof parameter === 'number' && !Number.isNaN(parameter)) return parameter;
  if (typeof parameter === 'string') {
    if (!parameter.includes('\0')) return parameter;
    throw new JieyueError(
      'registry.invalid',
      sayOfRegistry('registry.nul', { text: JSON.stringify(parameter.slice(0, 64)) }),
    );
  }
  if (parameter instanceof Uint8Array) return parameter;
  throw new TypeError(`the registry cannot store ${typeof parameter} ${String(parameter).slice(0, 64)}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Faults of the file become coded errors; faults of a statement (constraints, syntax) stay as they are. */
function translated(error: unknown, path: string): unknown {
  if (error instanceof JieyueError) return error;
  const code = codeOf(error);
  if (/^SQLITE_(?!ERROR|CONSTRAINT|MISUSE|RANGE|MISMATCH)/.test(code) || !code.startsWith('SQLITE')) {
    const why = error instanceof Error ? error.message : String(error);
    return new JieyueError('registry.unavailable', sayOfRegistry('registry.unusable', { path, why }), {
      cause: error,
    });
  }
  return error;
}

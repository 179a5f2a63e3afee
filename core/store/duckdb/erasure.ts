// Makes sure that deleted positions are not in the file any more. DuckDB keeps deleted rows beside those of their row group that stay,
// and blocks that it frees as they were until they are used again. So rows that stay beside deleted ones are moved, and free blocks are
// written full of noise, a piece at a time between the writes of others.
import type { Database } from './database.ts';
import { eachRow, firstNumber, sqlInteger } from './rows.ts';
import type { Transactions } from './transactions.ts';

/** Rows that DuckDB keeps together. */
const rowGroup = 122_880;
/** More rows than this are not moved at once; those beside the edge are far fewer, unless old positions came in of late. */
const mostMoved = 500_000;
/** Noise that is written between two writes of others. */
const pieceBytes = 64 * 1_024 * 1_024;
const bytesPerRow = 32;
const spareBlocks = 8;

export interface Erased {
  /** Rows that were moved; `null`: too many stand beside deleted ones, which stay in the file beside them. */
  readonly moved: number | null;
}

export class Erasure {
  readonly #database: Database;
  readonly #transactions: Transactions;

  constructor(database: Database, transactions: Transactions) {
    this.#database = database;
    this.#transactions = transactions;
  }

  /** After rows are deleted. @param lastArrival of those */
  async run(lastArrival: number, stopping: () => boolean): Promise<Erased> {
    const moved = await this.#move(lastArrival);
    await this.#overwrite(stopping);
    return { moved };
  }

  /** Rows beside deleted ones go to the end of the table, as they are. */
  #move(lastArrival: number): Promise<number | null> {
    const beside = `arrival <= ${sqlInteger(lastArrival + rowGroup)}`;
    return this.#inTurn(async () => {
      const { writer } = this.#database;
      const count = await firstNumber(writer, `SELECT count(*) FROM positions WHERE ${beside}`);
      if (count > mostMoved) return null;
      if (count > 0) {
        await writer.run('BEGIN');
        try {
          await writer.run(`CREATE TEMP TABLE moved AS SELECT * FROM positions WHERE ${beside}`);
          await writer.run(`DELETE FROM positions WHERE ${beside}`);
          await writer.run('INSERT INTO positions SELECT * FROM moved ORDER BY arrival');
          await writer.run('DROP TABLE moved');
          await writer.run('COMMIT');
        } catch (error) {
          await writer.run('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }
      await this.#fold();
      return count;
    });
  }

  async #overwrite(stopping: () => boolean): Promise<void> {
    // Of a run that was cut short.
    const names: string[] = [];
    await eachRow(
      this.#database.compactor,
      `SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'noise_')`,
      (row) => names.push(row.text(0)),
    );
    try {
      for (let piece = 0; !stopping(); piece++) {
        const free = await this.#freeBytes();
        const bytes = Math.min(pieceBytes, free + spareBlocks * (await this.#blockBytes()));
        const name = `noise_${names.length}_${piece}`;
        await this.#inTurn(async () => {
          await this.#database.writer.run(
            `CREATE TABLE ${name} AS SELECT random() a, random() b, random() c, random() d FROM range(${Math.ceil(bytes / bytesPerRow)})`,
          );
          names.push(name);
          await this.#fold();
        });
        if (free <= pieceBytes / 2) break;
      }
    } finally {
      await this.#inTurn(async () => {
        for (const name of names) await this.#database.writer.run(`DROP TABLE IF EXISTS ${name}`);
        await this.#fold();
      });
    }
  }

  async #freeBytes(): Promise<number> {
    const free = 'SELECT free_blocks::DOUBLE * block_size::DOUBLE FROM pragma_database_size()';
    return firstNumber(this.#database.compactor, `${free} LIMIT 1`);
  }

  #blockBytes(): Promise<number> {
    return firstNumber(
      this.#database.compactor,
      'SELECT block_size::DOUBLE FROM pragma_database_size() LIMIT 1',
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#transactions.exclusively('erase', work);
  }

  #fold(): Promise<void> {
    return this.#database.withoutReads(() => this.#database.foldLog());
  }
}

// Drops superseded rows, a stretch of time after the other. Looking for them runs beside writes; only the deletion takes
// a turn in the queue. A row is deleted only where a newer arrival of its key stands in the file, so a row that is
// written meanwhile cannot be lost.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { LateFacts, LateStretches, Stretch } from './late-stretches.ts';
import { firstNumber, sqlInteger } from './rows.ts';
import type { Transactions } from './transactions.ts';

/** Rows that are grouped at once: bounds memory to some 100 MB. */
const rowsAtOnce = 2_000_000;

/** Key and, by a number, the part of a table that a row belongs to. */
const facts = {
  readings: { key: ['series', 'ts'], part: (row: string) => `${row}.series` },
  positions: { key: ['vehicle', 'ts'], part: (row: string) => `hash(${row}.vehicle)` },
} as const satisfies Record<LateFacts, { key: readonly string[]; part: Condition }>;

/** SQL about the row of a table with this alias. */
type Condition = (row: string) => string;

const figureKey = ['institution', 'figure', 'bucket', 'ts'];

export class Compaction {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #late: LateStretches;
  /** Figures are written again and again, and are few: they are looked through as a whole. */
  #figuresWritten = true;
  #stopping = false;

  constructor(database: Database, transactions: Transactions, late: LateStretches) {
    this.#database = database;
    this.#transactions = transactions;
    this.#late = late;
  }

  figuresWritten(): void {
    this.#figuresWritten = true;
  }

  /** Ends a running compaction at the next stretch; what is left is found again. */
  stop(): void {
    this.#stopping = true;
  }

  /** @returns how many rows were dropped. */
  async run(): Promise<number> {
    let dropped = 0;
    this.#stopping = false;
    for (const stretch of this.#late.list()) {
      if (!this.#stopping) dropped += await this.#compactStretch(stretch);
    }
    if (this.#stopping) return dropped;
    dropped += await this.#compactFigures();
    await this.#transactions.exclusively('fold the log into the file', () =>
      this.#database.withoutReads(async () => {
        await this.#database.writer.run('CHECKPOINT');
      }),
    );
    return dropped;
  }

  async #compactStretch(stretch: Stretch): Promise<number> {
    // From here on late rows make the stretch suspect again; what was committed before is seen by the search below.
    const seen = await this.#transactions.exclusively('compact', () => {
      this.#late.forget(stretch);
      return Promise.resolve(this.#transactions.committed);
    });
    const { key, part } = facts[stretch.facts];
    const inStretch: Condition = (row) =>
      `${row}.ts >= ${sqlInteger(stretch.from)} AND ${row}.ts < ${sqlInteger(stretch.to)}`;
    const count = `SELECT count(*) FROM ${stretch.facts} AS r WHERE ${inStretch('r')}`;
    const parts = Math.max(1, Math.ceil((await firstNumber(this.#connection, count)) / rowsAtOnce));
    let dropped = 0;
    for (let index = 0; index < parts; index++) {
      if (this.#stopping) return dropped; // the stretch stays suspect
      dropped += await this.#drop(stretch.facts, key, (row) =>
        parts === 1 ? inStretch(row) : `${inStretch(row)} AND ${part(row)} % ${parts} = ${index}`,
      );
    }
    await this.#transactions.run('compact', async (connection) => {
      await this.#late.remove(connection, stretch, seen);
      return () => undefined;
    });
    return dropped;
  }

  async #compactFigures(): Promise<number> {
    if (!this.#figuresWritten) return 0;
    this.#figuresWritten = false;
    return await this.#drop('figures', figureKey, () => 'true');
  }

  async #drop(table: string, key: readonly string[], condition: Condition): Promise<number> {
    const columns = key.join(', ');
    await this.#connection.run(
      `CREATE OR REPLACE TEMP TABLE superseded AS SELECT ${columns}, max(arrival) AS newest
        FROM ${table} AS r WHERE ${condition('r')} GROUP BY ${columns} HAVING count(*) > 1`,
    );
    if ((await firstNumber(this.#connection, 'SELECT count(*) FROM superseded')) === 0) return 0;
    const sameKey = key.map((column) => `r.${column} = s.${column}`).join(' AND ');
    const result = await this.#transactions.exclusively('compact', () =>
      this.#connection.run(
        `DELETE FROM ${table} AS r USING superseded AS s
          WHERE ${sameKey} AND r.arrival < s.newest AND ${condition('r')}`,
      ),
    );
    await this.#connection.run('DROP TABLE superseded');
    return result.rowsChanged;
  }

  get #connection(): DuckDBConnection {
    return this.#database.compactor;
  }
}

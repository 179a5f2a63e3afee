// Drops superseded rows, a stretch of time after the other. Looking for them runs beside writes; only the deletion takes
// turns in the queue. A row is deleted, by its arrival, only where a newer arrival of its key stands in the file, so a
// row that is written meanwhile cannot be lost.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import { vectorRows } from './deletions.ts';
import { Erasure } from './erasure.ts';
import type { LateFacts, LateStretches, Stretch } from './late-stretches.ts';
import { eachRow, firstNumber, sqlInteger } from './rows.ts';
import type { Transactions } from './transactions.ts';

/** Rows whose keys are grouped at once. */
const rowsAtOnce = 1_000_000;

/** SQL about the row of a table with this alias. */
type Condition = (row: string) => string;

/** Key and, by a number, the part of a table that a row belongs to. */
const facts = {
  readings: { key: ['series', 'ts'], part: (row: string) => `${row}.series` },
  positions: { key: ['vehicle', 'ts'], part: (row: string) => `hash(${row}.vehicle)` },
} as const satisfies Record<LateFacts, { key: readonly string[]; part: Condition }>;

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

  /** Ends a running compaction soon; what is left is found again. */
  stop(): void {
    this.#stopping = true;
  }

  /** @returns how many rows were dropped. */
  async run(): Promise<number> {
    this.#stopping = false;
    let dropped = 0;
    for (const stretch of this.#late.list()) {
      if (!this.#stopping) dropped += await this.#compactStretch(stretch);
    }
    if (this.#stopping) return dropped;
    dropped += await this.#compactFigures();
    await this.#inTurn(() => this.#foldLog());
    return dropped;
  }

  /** Deletes positions before a time, part by part. @returns how many rows of the file; superseded ones count too */
  async dropPositions(before: number): Promise<number> {
    this.#stopping = false;
    let dropped = 0;
    const last = await firstNumber(
      this.#connection,
      `SELECT coalesce(max(arrival), -1)::DOUBLE FROM positions WHERE ts < ${sqlInteger(before)}`,
    );
    if (last < 0) return 0;
    while (!this.#stopping) {
      await this.#beginSearch();
      await this.#connection.run(
        `INSERT INTO superseded SELECT arrival FROM positions WHERE ts < ${sqlInteger(before)} LIMIT ${rowsAtOnce}`,
      );
      const part = await this.#deleteFound('positions');
      dropped += part;
      if (part === 0) break;
    }
    await new Erasure(this.#database, this.#transactions).run(last, () => this.#stopping);
    return dropped;
  }

  async #compactStretch(stretch: Stretch): Promise<number> {
    // From here on late rows make the stretch suspect again; what was committed before is seen by the search below.
    const seen = await this.#inTurn(() => {
      this.#late.forget(stretch);
      return Promise.resolve(this.#transactions.committed);
    });
    let done = false;
    try {
      await this.#searchStretch(stretch);
      const dropped = await this.#deleteFound(stretch.facts);
      if (this.#stopping) return dropped;
      await this.#transactions.run('compact', async (connection) => {
        await this.#late.remove(connection, stretch, seen);
        return () => undefined;
      });
      done = true;
      return dropped;
    } finally {
      if (!done) this.#late.note(stretch.facts, stretch.from); // the next compaction looks again
    }
  }

  async #searchStretch({ facts: table, from, to }: Stretch): Promise<void> {
    const { key, part } = facts[table];
    const inStretch: Condition = (row) =>
      `${row}.ts >= ${sqlInteger(from)} AND ${row}.ts < ${sqlInteger(to)}`;
    const count = `SELECT count(*) FROM ${table} AS r WHERE ${inStretch('r')}`;
    const parts = Math.max(1, Math.ceil((await firstNumber(this.#connection, count)) / rowsAtOnce));
    await this.#beginSearch();
    for (let index = 0; index < parts && !this.#stopping; index++) {
      await this.#search(table, key, (row) =>
        parts === 1 ? inStretch(row) : `${inStretch(row)} AND ${part(row)} % ${parts} = ${index}`,
      );
    }
  }

  async #compactFigures(): Promise<number> {
    if (!this.#figuresWritten) return 0;
    this.#figuresWritten = false;
    let done = false;
    try {
      await this.#beginSearch();
      await this.#search('figures', figureKey, () => 'true');
      const dropped = await this.#deleteFound('figures');
      done = !this.#stopping;
      return dropped;
    } finally {
      if (!done) this.#figuresWritten = true;
    }
  }

  async #beginSearch(): Promise<void> {
    await this.#connection.run('CREATE OR REPLACE TEMP TABLE superseded(arrival BIGINT NOT NULL)');
  }

  /** Adds the arrivals of superseded rows to `superseded`. */
  async #search(table: string, key: readonly string[], condition: Condition): Promise<void> {
    const columns = key.join(', ');
    await this.#connection.run(
      `INSERT INTO superseded
        SELECT r.arrival FROM ${table} AS r
          JOIN (SELECT ${columns}, max(arrival) AS newest FROM ${table} AS k WHERE ${condition('k')}
            GROUP BY ${columns} HAVING count(*) > 1) AS n
          ON ${key.map((column) => `r.${column} = n.${column}`).join(' AND ')}
        WHERE r.arrival < n.newest AND ${condition('r')}`,
    );
  }

  /** Deletes the rows of `superseded`, in ranges of arrival, which is the order in the file; see deletions.ts. */
  async #deleteFound(table: string): Promise<number> {
    const ranges: { from: number; to: number }[] = [];
    const most = this.#database.deletions.vectors;
    let vectors = most;
    await eachRow(
      this.#connection,
      `SELECT DISTINCT (arrival // ${vectorRows})::DOUBLE AS vector FROM superseded ORDER BY vector`,
      (row) => {
        const from = row.number(0) * vectorRows;
        const last = ranges.at(-1);
        if (last === undefined || vectors === most) {
          ranges.push({ from, to: from + vectorRows });
          vectors = 1;
        } else {
          last.to = from + vectorRows;
          vectors++;
        }
      },
    );
    let dropped = 0;
    for (const { from, to } of ranges) {
      if (this.#stopping) return dropped;
      dropped += await this.#inTurn(async () => {
        const { rowsChanged } = await this.#connection.run(
          `DELETE FROM ${table} AS r USING superseded AS s
            WHERE r.arrival = s.arrival AND r.arrival >= ${from} AND r.arrival < ${to}`,
        );
        await this.#foldLog();
        return rowsChanged;
      });
    }
    await this.#connection.run('DROP TABLE superseded');
    return dropped;
  }

  /** Takes a turn in the queue of writes. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#transactions.exclusively('compact', work);
  }

  /** Gives back memory and space of deleted rows; both only while nobody reads. */
  #foldLog(): Promise<void> {
    return this.#database.withoutReads(() => this.#database.foldLog());
  }

  get #connection(): DuckDBConnection {
    return this.#database.compactor;
  }
}

// Rows in and out of DuckDB: columns into appender chunks, result chunks into a row cursor. No BigInt on the way:
// times are appended as DOUBLE (DuckDB casts to BIGINT) and selected as `ts::DOUBLE`; both are exact below 2^53.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import {
  DuckDBDataChunk,
  DOUBLE as doubleType,
  INTEGER as integerType,
  VARCHAR as varcharType,
} from './driver.ts';

export interface Column {
  readonly type: DuckDBType;
  readonly values: ArrayLike<number | string>;
}

export const integers = (values: ArrayLike<number>): Column => ({ type: integerType, values });
/** DOUBLE columns, and BIGINT columns of whole numbers below 2^53. NaN is written as NULL. */
export const numbers = (values: ArrayLike<number>): Column => ({ type: doubleType, values });
export const texts = (values: ArrayLike<string>): Column => ({ type: varcharType, values });

/** What a DuckDB vector holds at most. */
const chunkRows = 2_048;
/** Appending is synchronous: after so many chunks other work gets a turn. */
const chunksPerTurn = 32;

/** Appends `length` rows to a table (in the temporary catalog for `temp.` tables) within the running transaction. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  length: number,
): Promise<void> {
  if (length === 0) return;
  const appender = table.startsWith('temp.')
    ? await connection.createAppender(table.slice('temp.'.length), null, 'temp')
    : await connection.createAppender(table);
  const types = columns.map((column) => column.type);
  try {
    for (let start = 0, chunks = 1; start < length; start += chunkRows, chunks++) {
      const rows = Math.min(chunkRows, length - start);
      const chunk = DuckDBDataChunk.create(types, rows);
      columns.forEach((column, index) => {
        fill(chunk.getColumnVector(index), column.values, start, rows);
      });
      appender.appendDataChunk(chunk);
      if (chunks % chunksPerTurn === 0) await nextTurn();
    }
    appender.flushSync();
  } finally {
    // An appender that is left open would be flushed by the garbage collector, into whatever transaction runs then.
    appender.clear();
    appender.closeSync();
  }
}

function fill(vector: DuckDBVector, values: ArrayLike<number | string>, start: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const value = values[start + row];
    vector.setItem(row, value === undefined || Number.isNaN(value) ? null : value);
  }
  vector.flush();
}

/** The row that is being visited; cells by index of the column. */
export interface Row {
  /** NaN for NULL. */
  number(column: number): number;
  /** '' for NULL. */
  text(column: number): string;
}

/**
 * Runs a query and visits its rows as they stream in, so that a long answer never stands in memory as a whole.
 * The visitor must not throw: a result that is not read to its end keeps the file open.
 */
export async function eachRow(
  connection: DuckDBConnection,
  sql: string,
  visit: (row: Row) => void,
  values?: DuckDBValue[],
): Promise<void> {
  let vectors: readonly DuckDBVector[] = [];
  let index = 0;
  const row: Row = {
    number: (column) => {
      const cell = vectors[column]?.getItem(index);
      return typeof cell === 'number' ? cell : Number.NaN;
    },
    text: (column) => {
      const cell = vectors[column]?.getItem(index);
      return typeof cell === 'string' ? cell : '';
    },
  };
  await eachChunk(
    connection,
    sql,
    (columns, rows) => {
      vectors = columns;
      for (index = 0; index < rows; index++) visit(row);
    },
    values,
  );
}

/** The same by chunks: the vectors of the columns, and how many rows they have. */
export async function eachChunk(
  connection: DuckDBConnection,
  sql: string,
  visit: (columns: readonly DuckDBVector[], rows: number) => void,
  values?: DuckDBValue[],
): Promise<void> {
  const result = await connection.stream(sql, values);
  const width = result.columnCount;
  let next = result.fetchChunk();
  for (;;) {
    const chunk = await next;
    if (chunk === null || chunk.rowCount === 0) return;
    next = result.fetchChunk(); // while this one is visited
    const columns: DuckDBVector[] = [];
    for (let column = 0; column < width; column++) columns.push(chunk.getColumnVector(column));
    visit(columns, chunk.rowCount);
  }
}

/** The first cell of the first row as a number, 0 where there is none. Cast BIGINT to DOUBLE in the query. */
export async function firstNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  const [row] = await (await connection.run(sql)).getRows();
  const cell = row?.[0];
  return typeof cell === 'number' ? cell : Number(cell ?? 0);
}

/** A whole number as SQL text, kept within BIGINT for infinite and huge ones; NaN becomes 0. */
export function sqlInteger(value: number): string {
  const limit = Number.MAX_SAFE_INTEGER;
  return String(Math.max(-limit, Math.min(limit, Math.ceil(value))) || 0);
}

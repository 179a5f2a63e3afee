// Figures of institutions (KPI, plan line): appended like facts, the newest wins; an unknown one is written as missing.
import type { DuckDBConnection } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';
import type { FigureRow } from '../port.ts';
import type { Database } from './database.ts';
import { appendColumns, eachRow, numbers, sqlInteger, texts } from './rows.ts';
import type { Arrivals } from './transactions.ts';

/** @throws JieyueError `row.refused-by-store` for a time or value that is no finite number. */
export function checkFigures(rows: readonly FigureRow[]): void {
  for (const { institution, figure, ts, value } of rows) {
    if (Number.isSafeInteger(ts) && (value === null || Number.isFinite(value))) continue;
    throw new JieyueError(
      'row.refused-by-store',
      `figure ${figure} of ${institution} at ${ts} has the value ${value}: write null where nothing is known`,
    );
  }
}

/** Appends figures within the running transaction. */
export async function appendFigures(
  connection: DuckDBConnection,
  arrivals: Arrivals,
  rows: readonly FigureRow[],
): Promise<void> {
  const first = arrivals.take(rows.length);
  await appendColumns(
    connection,
    'figures',
    [
      texts(rows.map((row) => row.institution)),
      texts(rows.map((row) => row.figure)),
      texts(rows.map((row) => row.bucket)),
      numbers(rows.map((row) => row.ts)),
      numbers(rows.map((row) => row.value ?? Number.NaN)),
      texts(rows.map((row) => (row.value === null ? 'missing' : 'known'))),
      numbers(rows.map((_, index) => first + index)),
    ],
    rows.length,
  );
}

/** Figures of one kind in [from, to), ascending. */
export async function readFigures(
  database: Database,
  institution: string,
  figure: string,
  bucket: FigureRow['bucket'],
  from: number,
  to: number,
): Promise<readonly FigureRow[]> {
  const rows: FigureRow[] = [];
  await database.read((connection) =>
    eachRow(
      connection,
      `SELECT ts::DOUBLE, arg_max_null(value, arrival), arg_max(state, arrival) FROM figures
        WHERE institution = $1 AND figure = $2 AND bucket = $3
          AND ts >= ${sqlInteger(from)} AND ts < ${sqlInteger(to)}
        GROUP BY ts ORDER BY ts`,
      (row) => {
        const value = row.text(2) === 'missing' ? null : row.number(1);
        rows.push({ institution, figure, bucket, ts: row.number(0), value });
      },
      [institution, figure, bucket],
    ),
  );
  return rows;
}

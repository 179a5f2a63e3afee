// Hour, day and month rollups and exclusions: replaced window by window, read in windows, summed over series.
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type Exclusion,
  type ExclusionCode,
  exclusionCodes,
  type RollupRow,
} from '../../domain/energy/rollup.ts';
import { JieyueError } from '../../domain/errors.ts';
import type { RollupBucket, RollupChange, RollupSum, SeriesHandle, Window } from '../port.ts';
import type { Database } from './database.ts';
import { appendColumns, eachRow, integers, numbers, sqlInteger, texts } from './rows.ts';
import { rollupTables } from './schema.ts';
import { appendWanted, lowerBound, mergeWindows, timeCondition } from './windows.ts';

const buckets = Object.keys(rollupTables) as RollupBucket[];

/** @throws JieyueError `row.refused-by-store` for a row outside the window it replaces: it would stand twice later. */
export function checkChanges(changes: readonly RollupChange[]): void {
  for (const { series, windows, exclusionWindow } of changes) {
    for (const bucket of buckets) checkWindow(series, bucket, windows[bucket]);
    checkWindow(series, 'exclusion', exclusionWindow);
  }
}

function checkWindow(
  series: SeriesHandle,
  what: string,
  window: { readonly from: number; readonly to: number; readonly rows: readonly { readonly ts: number }[] },
): void {
  const { from, to, rows } = window;
  const outside = rows.find(({ ts }) => !(ts >= from && ts < to && Number.isSafeInteger(ts)));
  if (outside === undefined) return;
  throw new JieyueError(
    'row.refused-by-store',
    `a row of the ${what} rollup of series ${series} at ${outside.ts} is outside its window [${from}, ${to})`,
  );
}

/** Replaces what stands in the changes' windows, within the running transaction. */
export async function replaceRollups(
  connection: DuckDBConnection,
  changes: readonly RollupChange[],
): Promise<void> {
  for (const round of roundsOf(changes)) {
    for (const bucket of buckets) {
      const table = rollupTables[bucket];
      await deleteWindows(
        connection,
        table,
        round.map(({ series, windows }) => ({ series, ...windows[bucket] })),
      );
      await appendRollups(connection, table, round, bucket);
    }
    await deleteWindows(
      connection,
      'exclusions',
      round.map(({ series, exclusionWindow }) => ({ series, ...exclusionWindow })),
    );
    await appendExclusions(connection, round);
  }
}

/** A series that changes twice in one call: the later change comes after the earlier, in a round of its own. */
function roundsOf(changes: readonly RollupChange[]): RollupChange[][] {
  const rounds: RollupChange[][] = [];
  const seen = new Map<SeriesHandle, number>();
  for (const change of changes) {
    const round = seen.get(change.series) ?? 0;
    seen.set(change.series, round + 1);
    const list = rounds[round];
    if (list === undefined) rounds[round] = [change];
    else list.push(change);
  }
  return rounds;
}

async function deleteWindows(
  connection: DuckDBConnection,
  table: string,
  windows: readonly Window[],
): Promise<void> {
  const merged = mergeWindows(windows);
  if (merged.length === 0) return;
  await appendWanted(connection, merged);
  await connection.run(
    `DELETE FROM ${table} AS r USING wanted AS w
      WHERE r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts AND (${timeCondition('r.ts', merged)})`,
  );
  await connection.run('TRUNCATE wanted');
}

async function appendRollups(
  connection: DuckDBConnection,
  table: string,
  changes: readonly RollupChange[],
  bucket: RollupBucket,
): Promise<void> {
  const length = changes.reduce((sum, { windows }) => sum + windows[bucket].rows.length, 0);
  const series = new Int32Array(length);
  const [ts, value, min, max, measuredMs, estimatedMs] = columnsOf(length);
  let index = 0;
  for (const change of changes) {
    for (const row of change.windows[bucket].rows) {
      series[index] = change.series;
      ts[index] = row.ts;
      value[index] = row.value ?? Number.NaN;
      min[index] = row.min ?? Number.NaN;
      max[index] = row.max ?? Number.NaN;
      measuredMs[index] = row.measuredMs;
      estimatedMs[index] = row.estimatedMs;
      index++;
    }
  }
  const columns = [ts, value, min, max, measuredMs, estimatedMs].map(numbers);
  await appendColumns(connection, table, [integers(series), ...columns], length);
}

type Six<T> = [T, T, T, T, T, T];

function columnsOf(length: number): Six<Float64Array> {
  const column = () => new Float64Array(length);
  return [column(), column(), column(), column(), column(), column()];
}

async function appendExclusions(
  connection: DuckDBConnection,
  changes: readonly RollupChange[],
): Promise<void> {
  const rows = changes.flatMap(({ exclusionWindow }) => exclusionWindow.rows);
  const series = changes.flatMap((change) => change.exclusionWindow.rows.map(() => change.series));
  await appendColumns(
    connection,
    'exclusions',
    [
      integers(series),
      numbers(rows.map((row) => row.ts)),
      numbers(rows.map((row) => row.until)),
      texts(rows.map((row) => row.code)),
      numbers(rows.map((row) => row.value)),
      numbers(rows.map((row) => row.withheld)),
    ],
    rows.length,
  );
}

/** Rollups of many windows by one query, in the order of the windows; ascending by ts. */
export function readRollups(
  database: Database,
  bucket: RollupBucket,
  windows: readonly Window[],
): Promise<readonly (readonly RollupRow[])[]> {
  // NULL as NaN already here: the driver takes long to tell NULL cells apart.
  const sql = (condition: string) => `SELECT r.series, r.ts::DOUBLE AS ts, coalesce(r.value, 'nan'::DOUBLE),
      coalesce(r.min, 'nan'::DOUBLE), coalesce(r.max, 'nan'::DOUBLE), r.measured_ms, r.estimated_ms
    FROM ${rollupTables[bucket]} r JOIN wanted w ON r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
    WHERE ${condition} ORDER BY r.series, r.ts`;
  return readRows(database, windows, sql, (row) => ({
    ts: row.number(1),
    value: nullable(row.number(2)),
    min: nullable(row.number(3)),
    max: nullable(row.number(4)),
    measuredMs: row.number(5),
    estimatedMs: row.number(6),
  }));
}

/** Exclusions of many windows by one query, in the order of the windows; ascending by ts. */
export function readExclusions(
  database: Database,
  windows: readonly Window[],
): Promise<readonly (readonly Exclusion[])[]> {
  const sql = (
    condition: string,
  ) => `SELECT r.series, r.ts::DOUBLE, r.until_ts::DOUBLE, r.code, r.value, r.withheld
    FROM exclusions r JOIN wanted w ON r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
    WHERE ${condition} ORDER BY r.series, r.ts, r.until_ts, r.code`;
  return readRows(database, windows, sql, (row) => {
    const code = row.text(3);
    return {
      ts: row.number(1),
      until: row.number(2),
      // Only codes of the list are ever written.
      code: Object.hasOwn(exclusionCodes, code) ? (code as ExclusionCode) : 'correction',
      value: row.number(4),
      withheld: row.number(5),
    };
  });
}

async function readRows<T extends { readonly ts: number }>(
  database: Database,
  windows: readonly Window[],
  sql: (condition: string) => string,
  rowOf: (row: { number(column: number): number; text(column: number): string }) => T,
): Promise<readonly (readonly T[])[]> {
  const merged = mergeWindows(windows);
  if (merged.length === 0) return windows.map(() => []);
  const bySeries = new Map<SeriesHandle, { rows: T[]; ts: number[] }>();
  await database.read(async (connection) => {
    await appendWanted(connection, merged);
    await eachRow(connection, sql(timeCondition('r.ts', merged)), (row) => {
      const series = row.number(0);
      let section = bySeries.get(series);
      if (section === undefined) {
        section = { rows: [], ts: [] };
        bySeries.set(series, section);
      }
      const entry = rowOf(row);
      section.rows.push(entry);
      section.ts.push(entry.ts);
    });
  });
  return windows.map(({ series, from, to }) => {
    const { rows, ts } = bySeries.get(series) ?? { rows: [], ts: [] };
    return rows.slice(lowerBound(ts, 0, ts.length, from), lowerBound(ts, 0, ts.length, to));
  });
}

/**
 * Sums over `series` (each counts once) by bucket in [from, to), ascending. Buckets of which nothing at all is known are
 * left out. Summed with compensation (`fsum`), so that the order in which threads add does not show.
 */
export async function sumRollups(
  database: Database,
  bucket: RollupBucket,
  series: readonly SeriesHandle[],
  from: number,
  to: number,
): Promise<readonly RollupSum[]> {
  const handles = [...new Set(series)];
  if (handles.length === 0 || !(from < to)) return [];
  const sums: RollupSum[] = [];
  await database.read(async (connection) => {
    await appendWanted(
      connection,
      handles.map((handle) => ({ series: handle, from, to })),
    );
    await eachRow(
      connection,
      `SELECT r.ts::DOUBLE, fsum(r.value), count(r.value)::DOUBLE, fsum(r.measured_ms), fsum(r.estimated_ms)
        FROM ${rollupTables[bucket]} r JOIN wanted w ON r.series = w.series
        WHERE r.ts >= ${sqlInteger(from)} AND r.ts < ${sqlInteger(to)}
        GROUP BY r.ts
        HAVING count(r.value) > 0 OR fsum(r.measured_ms) > 0 OR fsum(r.estimated_ms) > 0
        ORDER BY r.ts`,
      (row) => {
        const known = row.number(2);
        sums.push({
          ts: row.number(0),
          value: known === 0 ? null : row.number(1),
          known,
          measuredMs: row.number(3),
          estimatedMs: row.number(4),
        });
      },
    );
  });
  return sums;
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

// Reads hour, day and month rollups and exclusions in windows, and sums rollups over series.
import {
  type Exclusion,
  type ExclusionCode,
  exclusionCodes,
  type RollupRow,
} from '../../domain/energy/rollup.ts';
import { lowerBound, mergeWindows } from '../merge-windows.ts';
import type { RollupBucket, RollupSum, SeriesHandle, Window } from '../port.ts';
import type { Database } from './database.ts';
import { eachRow, sqlInteger } from './rows.ts';
import { rollupTables } from './schema.ts';
import { appendWanted, timeCondition } from './windows.ts';

/** Rollups of many windows by one query, in the order of the windows; ascending by ts. */
export async function readRollups(
  database: Database,
  bucket: RollupBucket,
  windows: readonly Window[],
): Promise<readonly (readonly RollupRow[])[]> {
  // NULL as NaN already here: the driver takes long to tell NULL cells apart.
  const sql = (condition: string) => `SELECT r.series, r.ts::DOUBLE AS ts, coalesce(r.value, 'nan'::DOUBLE),
      coalesce(r.min, 'nan'::DOUBLE), coalesce(r.max, 'nan'::DOUBLE), r.measured_ms, r.estimated_ms
    FROM ${rollupTables[bucket]} r JOIN wanted w ON r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
    WHERE ${condition} ORDER BY r.series, r.ts`;
  const condition = (merged: readonly Window[]) => timeCondition('r.ts', merged);
  const bySeries = await readBySeries(database, windows, sql, condition, (row) => ({
    ts: row.number(1),
    value: nullable(row.number(2)),
    min: nullable(row.number(3)),
    max: nullable(row.number(4)),
    measuredMs: row.number(5),
    estimatedMs: row.number(6),
  }));
  return windows.map(({ series, from, to }) => {
    const { rows, ts } = bySeries.get(series) ?? none;
    return rows.slice(lowerBound(ts, 0, ts.length, from), lowerBound(ts, 0, ts.length, to));
  });
}

/** Exclusions that touch each window, by one query, in the order of the windows; ascending by ts. */
export async function readExclusions(
  database: Database,
  windows: readonly Window[],
): Promise<readonly (readonly Exclusion[])[]> {
  const sql = (
    condition: string,
  ) => `SELECT r.series, r.ts::DOUBLE, r.until_ts::DOUBLE, r.code, r.value, r.withheld
    FROM exclusions r SEMI JOIN wanted w ON r.series = w.series AND r.until_ts >= w.from_ts AND r.ts < w.to_ts
    WHERE ${condition} ORDER BY r.series, r.ts, r.until_ts, r.code`;
  const bySeries = await readBySeries(database, windows, sql, touchCondition, (row) => {
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
  const furthest = new Map([...bySeries].map(([series, { rows }]) => [series, furthestEnds(rows)]));
  return windows.map(({ series, from, to }) => {
    if (!(from < to)) return [];
    const { rows, ts } = bySeries.get(series) ?? none;
    const reached = furthest.get(series) ?? [];
    const first = lowerBound(reached, 0, reached.length, from);
    return rows.slice(first, lowerBound(ts, 0, ts.length, to)).filter((entry) => entry.until >= from);
  });
}

/** The furthest end among each and those before it: ascending, so that nothing before a window need be looked through. */
function furthestEnds(stretches: readonly { readonly until: number }[]): number[] {
  let furthest = Number.NEGATIVE_INFINITY;
  return stretches.map(({ until }) => {
    furthest = Math.max(furthest, until);
    return furthest;
  });
}

interface Section<T> {
  readonly rows: T[];
  readonly ts: number[];
}
const none = { rows: [], ts: [] };

interface Cells {
  number(column: number): number;
  text(column: number): string;
}

/** Rows of the windows' union, ascending, by series; `condition` lets the engine skip what no window touches. */
async function readBySeries<T extends { readonly ts: number }>(
  database: Database,
  windows: readonly Window[],
  sql: (condition: string) => string,
  conditionOf: (windows: readonly Window[]) => string,
  rowOf: (row: Cells) => T,
): Promise<ReadonlyMap<SeriesHandle, Section<T>>> {
  const merged = mergeWindows(windows);
  const bySeries = new Map<SeriesHandle, Section<T>>();
  if (merged.length === 0) return bySeries;
  await database.read(async (connection) => {
    await appendWanted(connection, merged);
    await eachRow(connection, sql(conditionOf(merged)), (row) => {
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
  return bySeries;
}

/** Stretches that touch a window may begin anywhere before it: only the ends of all windows together cut. */
function touchCondition(windows: readonly Window[]): string {
  const from = windows.reduce((least, window) => Math.min(least, window.from), Infinity);
  const to = windows.reduce((most, window) => Math.max(most, window.to), -Infinity);
  return `r.until_ts >= ${sqlInteger(from)} AND r.ts < ${sqlInteger(to)}`;
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

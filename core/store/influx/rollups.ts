// Reads rollups and exclusions in windows, and sums rollups over series.
import {
  type Exclusion,
  type ExclusionCode,
  exclusionCodes,
  type RollupRow,
} from '../../domain/energy/rollup.ts';
import { identifier, moment, select, within } from '../../domain/influxql.ts';
import { exclusions, rollups, rowStates, tags } from '../../domain/series.ts';
import { lowerBound } from '../merge-windows.ts';
import type { RollupBucket, RollupSum, SeriesHandle, Window } from '../port.ts';
import type { Row } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import { areSeries, clusterWindows, groupSeries } from './plan.ts';
import { ascending, byHandle, eachAnswer } from './readings.ts';
import type { SeriesBook } from './series-book.ts';

const fields = rollups.fields;
const columns = [
  fields.value,
  fields.state,
  fields.range,
  fields.min,
  fields.max,
  fields.measuredMs,
  fields.estimatedMs,
].map(identifier);
const isThere = (state: string) => `${identifier(state)} > ${rowStates.missing}`;

/** Rollups of many windows, in the order of the windows; ascending by ts. */
export async function readRollups(
  connection: InfluxConnection,
  bucket: RollupBucket,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<readonly (readonly RollupRow[])[]> {
  const found = await rowsOfWindows(connection, rollups[bucket], columns, windows, book);
  return windows.map(({ series, from, to }) => {
    const { rows, ts } = found.get(series) ?? none;
    if (!(from < to)) return [];
    const start = lowerBound(ts, 0, ts.length, from);
    return rows.slice(start, Math.max(start, lowerBound(ts, 0, ts.length, to))).map(rollupOf);
  });
}

/** Times of rows that stand in these windows, by series. */
export async function readRollupTimes(
  connection: InfluxConnection,
  bucket: RollupBucket,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<ReadonlyMap<SeriesHandle, readonly number[]>> {
  const found = await rowsOfWindows(connection, rollups[bucket], [identifier(fields.state)], windows, book);
  return new Map([...found].map(([handle, { ts }]) => [handle, ts]));
}

interface Found {
  readonly rows: readonly Row[];
  readonly ts: readonly number[];
}
const none: Found = { rows: [], ts: [] };

async function rowsOfWindows(
  connection: InfluxConnection,
  measurement: string,
  wanted: readonly string[],
  windows: readonly Window[],
  book: SeriesBook,
): Promise<ReadonlyMap<SeriesHandle, Found>> {
  const clusters = clusterWindows(windows, (handle) => book.of(handle));
  const statements = clusters.map((cluster) =>
    select({
      fields: wanted,
      from: measurement,
      where: [...areSeries(cluster), isThere(fields.state), within(cluster.from, cluster.to)],
      groupBy: [identifier(tags.point)],
    }),
  );
  const parts = new Map<SeriesHandle, Row[][]>();
  await eachAnswer(connection, statements, (answer, index) => {
    const cluster = clusters[index];
    if (cluster === undefined) return;
    for (const [handle, rows] of byHandle(answer, cluster, book)) {
      const list = parts.get(handle);
      if (list === undefined) parts.set(handle, [rows]);
      else list.push(rows);
    }
  });
  return new Map(
    [...parts].map(([handle, list]) => {
      const rows = ascending(list);
      return [handle, { rows, ts: rows.map((row) => Number(row[0])) }];
    }),
  );
}

/** Exclusions that touch each window, in the order of the windows; ascending by ts. */
export async function readExclusions(
  connection: InfluxConnection,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<readonly (readonly Exclusion[])[]> {
  const found = await exclusionsOf(connection, windows, book, (from, to) => [
    `time < ${moment(to)}`,
    `${identifier(exclusions.fields.until)} >= ${Math.max(from, -Number.MAX_SAFE_INTEGER)}`,
  ]);
  return windows.map(({ series, from, to }) =>
    from < to ? (found.get(series) ?? []).filter((entry) => entry.ts < to && entry.until >= from) : [],
  );
}

/** Exclusions that stand in these windows by `ts`, by series. */
export function readExclusionsAt(
  connection: InfluxConnection,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<ReadonlyMap<SeriesHandle, readonly Exclusion[]>> {
  return exclusionsOf(connection, windows, book, (from, to) => [within(from, to)]);
}

async function exclusionsOf(
  connection: InfluxConnection,
  windows: readonly Window[],
  book: SeriesBook,
  conditions: (from: number, to: number) => readonly string[],
): Promise<ReadonlyMap<SeriesHandle, readonly Exclusion[]>> {
  const clusters = clusterWindows(windows, (handle) => book.of(handle));
  const { until, value, withheld, state } = exclusions.fields;
  const code = identifier(tags.code);
  const statements = clusters.map((cluster) =>
    select({
      fields: [until, value, withheld].map(identifier).concat(code),
      from: exclusions.name,
      where: [...areSeries(cluster), isThere(state), ...conditions(cluster.from, cluster.to)],
      groupBy: [identifier(tags.point)],
    }),
  );
  const found = new Map<SeriesHandle, Map<string, Exclusion>>();
  await eachAnswer(connection, statements, (answer, index) => {
    const cluster = clusters[index];
    if (cluster === undefined) return;
    for (const [handle, rows] of byHandle(answer, cluster, book)) {
      const entries = found.get(handle) ?? new Map<string, Exclusion>();
      found.set(handle, entries);
      for (const row of rows) entries.set(`${row[0]} ${row[4]}`, exclusionOf(row));
    }
  });
  const order = (a: Exclusion, b: Exclusion) =>
    a.ts - b.ts || a.until - b.until || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  return new Map([...found].map(([handle, entries]) => [handle, [...entries.values()].sort(order)]));
}

/**
 * Sums over `series` (each counts once) by bucket in [from, to), ascending. The server sums; a bucket's rows have one
 * time, so that grouping by it needs no calendar.
 */
export async function sumRollups(
  connection: InfluxConnection,
  bucket: RollupBucket,
  series: readonly SeriesHandle[],
  from: number,
  to: number,
  book: SeriesBook,
): Promise<readonly RollupSum[]> {
  if (!(from < to)) return [];
  const groups = groupSeries(series, (handle) => book.of(handle));
  const summed = [fields.value, fields.known, fields.measuredMs, fields.estimatedMs];
  const statements = groups.map((group) =>
    select({
      fields: summed.map((field) => `sum(${identifier(field)})`),
      from: rollups[bucket],
      where: [...areSeries(group), within(from, to)],
      groupBy: ['time(1ms)'],
      fill: 'none',
    }),
  );
  const sums = new Map<number, { value: number; known: number; measuredMs: number; estimatedMs: number }>();
  await eachAnswer(connection, statements, (answer) => {
    for (const row of answer.flatMap(({ rows }) => rows)) {
      const ts = Number(row[0]);
      const sum = sums.get(ts) ?? { value: 0, known: 0, measuredMs: 0, estimatedMs: 0 };
      sum.value += Number(row[1]);
      sum.known += Number(row[2]);
      sum.measuredMs += Number(row[3]);
      sum.estimatedMs += Number(row[4]);
      sums.set(ts, sum);
    }
  });
  return [...sums]
    .sort(([a], [b]) => a - b)
    .filter(([, sum]) => sum.known + sum.measuredMs + sum.estimatedMs > 0)
    .map(([ts, sum]) => ({ ts, ...sum, value: sum.known === 0 ? null : sum.value }));
}

function rollupOf(row: Row): RollupRow {
  const range = Number(row[3]);
  return {
    ts: Number(row[0]),
    value: row[2] === rowStates.known ? Number(row[1]) : null,
    min: range % 2 === 1 ? Number(row[4]) : null,
    max: range >= 2 ? Number(row[5]) : null,
    measuredMs: Number(row[6]),
    estimatedMs: Number(row[7]),
  };
}

function exclusionOf(row: Row): Exclusion {
  const code = String(row[4]);
  return {
    ts: Number(row[0]),
    until: Number(row[1]),
    // Only codes of the list are ever written.
    code: Object.hasOwn(exclusionCodes, code) ? (code as ExclusionCode) : 'correction',
    value: Number(row[2]),
    withheld: Number(row[3]),
  };
}

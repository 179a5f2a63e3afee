// Reads rollups and exclusions in windows, and sums rollups over series.
import {
  type Exclusion,
  type ExclusionCode,
  exclusionCodes,
  type RollupRow,
} from '../../domain/energy/rollup.ts';
import { identifier, moment, select, within } from '../../domain/influxql.ts';
import { exclusions, rollups, rowStates, tags } from '../../domain/series.ts';
import type { RollupBucket, RollupSum, SeriesHandle, Window } from '../port.ts';
import type { Row, TakeSeries } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import { areSeries, clusterWindows, groupSeries } from './plan.ts';
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
  const found = await rowsOfWindows(
    connection,
    { measurement: rollups[bucket], wanted: columns, take: rollupOf },
    windows,
    book,
  );
  return windows.map(({ series, from, to }) => {
    const rows = found.get(series) ?? [];
    if (!(from < to)) return [];
    const start = firstFrom(rows, from);
    return rows.slice(start, Math.max(start, firstFrom(rows, to)));
  });
}

/** Times of rows that stand in these windows, by series. */
export async function readRollupTimes(
  connection: InfluxConnection,
  bucket: RollupBucket,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<ReadonlyMap<SeriesHandle, readonly number[]>> {
  const found = await rowsOfWindows(
    connection,
    {
      measurement: rollups[bucket],
      wanted: [identifier(fields.state)],
      take: ([ts]) => ({ ts: Number(ts) }),
    },
    windows,
    book,
  );
  return new Map([...found].map(([handle, rows]) => [handle, rows.map(({ ts }) => ts)]));
}

interface Reading<T> {
  readonly measurement: string;
  readonly wanted: readonly string[];
  readonly take: (row: Row) => T;
}

/** Rows by series, ascending: of a window asked for, or near one. */
async function rowsOfWindows<T extends { readonly ts: number }>(
  connection: InfluxConnection,
  { measurement, wanted, take }: Reading<T>,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<ReadonlyMap<SeriesHandle, readonly T[]>> {
  const clusters = clusterWindows(windows, (handle) => book.of(handle));
  const statements = clusters.map((cluster) =>
    select({
      fields: wanted,
      from: measurement,
      where: [...areSeries(cluster), isThere(fields.state), within(cluster.from, cluster.to)],
      groupBy: [identifier(tags.point)],
    }),
  );
  const found = new Map<SeriesHandle, T[]>();
  await connection.each(statements, (series, index) => {
    const cluster = clusters[index];
    const handle = cluster === undefined ? undefined : book.findByTags(series.tags, cluster.quantity);
    if (handle === undefined) return;
    const rows = found.get(handle) ?? [];
    found.set(handle, rows);
    // Clusters stand by time: what one has of a series follows, or is there already where windows were widened.
    for (const row of series.rows) {
      const last = rows.at(-1)?.ts ?? Number.NEGATIVE_INFINITY;
      if (Number(row[0]) > last) rows.push(take(row));
    }
  });
  return found;
}

function firstFrom(rows: readonly { readonly ts: number }[], wanted: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.ts ?? wanted) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
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
  await connection.each(statements, (series, index) => {
    const cluster = clusters[index];
    const handle = cluster === undefined ? undefined : book.findByTags(series.tags, cluster.quantity);
    if (handle === undefined) return;
    const entries = found.get(handle) ?? new Map<string, Exclusion>();
    found.set(handle, entries);
    for (const row of series.rows) entries.set(`${row[0]} ${row[4]}`, exclusionOf(row));
  });
  const order = (a: Exclusion, b: Exclusion) =>
    a.ts - b.ts || a.until - b.until || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  return new Map([...found].map(([handle, entries]) => [handle, [...entries.values()].sort(order)]));
}

/** Requests that bring the rows of one sum: the server reads two statements while we add. */
const sumsAtOnce = 2;

/**
 * Sums over `series` (each counts once) by bucket in [from, to), ascending. Added here, as the rows come:
 * four sums by hour in one statement take 1.6 five times as long, and more buckets than `max-select-buckets` may allow.
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
      fields: summed.map(identifier),
      from: rollups[bucket],
      where: [...areSeries(group), within(from, to)],
      groupBy: [identifier(tags.point)],
    }),
  );
  const sums = new Map<number, { value: number; known: number; measuredMs: number; estimatedMs: number }>();
  const take: TakeSeries = ({ rows }) => {
    for (const row of rows) {
      const ts = Number(row[0]);
      let sum = sums.get(ts);
      if (sum === undefined) {
        sum = { value: 0, known: 0, measuredMs: 0, estimatedMs: 0 };
        sums.set(ts, sum);
      }
      sum.value += Number(row[1]);
      sum.known += Number(row[2]);
      sum.measuredMs += Number(row[3]);
      sum.estimatedMs += Number(row[4]);
    }
  };
  await connection.each(statements, take, { atOnce: sumsAtOnce });
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

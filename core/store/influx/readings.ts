// Reads readings: windows, the newest before a moment, the first and the last of many series.
import { identifier, moment, select, within } from '../../domain/influxql.ts';
import { readings, tags } from '../../domain/series.ts';
import { lowerBound } from '../merge-windows.ts';
import type { Reading, ReadingSlice, Series, SeriesHandle, Window } from '../port.ts';
import type { Answer, Row } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import {
  areSeries,
  clusterWindows,
  groupLoosely,
  groupSeries,
  mayBeSeries,
  type SeriesGroup,
} from './plan.ts';
import type { SeriesBook } from './series-book.ts';
import { idOfTag } from './tag-text.ts';

const value = identifier(readings.fields.value);
const byPoint = [identifier(tags.point)];
/** Rows of one answer at most: about 2 MB. */
const rowsPerAnswer = 50_000;
/** Statements of one request at most. */
const statementsPerRequest = 100;
const nothing: ReadingSlice = { ts: new Float64Array(0), value: new Float64Array(0) };

/** Tags of all series with readings. */
export async function readSeries(
  connection: InfluxConnection,
): Promise<readonly Readonly<Record<string, string>>[]> {
  if (connection.version === 3) {
    // 3 knows no SHOW SERIES.
    const [answer] = await connection.query([
      select({
        fields: [`last(${value})`],
        from: readings.name,
        where: [],
        groupBy: [identifier(tags.point), identifier(tags.quantity)],
      }),
    ]);
    return answer?.map((series) => series.tags) ?? [];
  }
  const rows = await connection.rows(`SHOW SERIES FROM ${identifier(readings.name)}`);
  return rows.map(([key]) => tagsOfKey(String(key)));
}

/** `readings,point=a/m,quantity=power`; our tags have no character that is escaped there. */
function tagsOfKey(key: string): Record<string, string> {
  return Object.fromEntries(
    key
      .split(',')
      .slice(1)
      .map((pair) => pair.split('=', 2) as [string, string]),
  );
}

export async function readReadings(
  connection: InfluxConnection,
  series: Series,
  from: number,
  to: number,
  limit: number,
): Promise<ReadingSlice> {
  const pages: Row[][] = [];
  let left = Math.floor(limit);
  let start = from;
  while (left >= 1 && start < to) {
    const size = Math.min(left, rowsPerAnswer);
    const rows = await connection.rows(
      select({
        fields: [value],
        from: readings.name,
        where: [...areSeries({ quantity: series.quantity, series: [series] }), within(start, to)],
        limit: size,
      }),
    );
    pages.push([...rows]);
    left -= rows.length;
    if (rows.length < size) break;
    start = Number(rows.at(-1)?.[0]) + 1;
  }
  return sliceOf(pages.flat());
}

export async function readReadingWindows(
  connection: InfluxConnection,
  windows: readonly Window[],
  book: SeriesBook,
): Promise<readonly ReadingSlice[]> {
  const clusters = clusterWindows(windows, (handle) => book.of(handle));
  const statements = clusters.map((cluster) =>
    select({
      fields: [value],
      from: readings.name,
      where: [...areSeries(cluster), within(cluster.from, cluster.to)],
      groupBy: byPoint,
    }),
  );
  const rows = new Map<SeriesHandle, Row[][]>();
  const take = (answer: Answer, index: number) => {
    const cluster = clusters[index];
    if (cluster === undefined) return;
    for (const [handle, found] of byHandle(answer, cluster, book)) {
      const list = rows.get(handle);
      if (list === undefined) rows.set(handle, [found]);
      else list.push(found);
    }
  };
  await eachAnswer(connection, statements, take);
  const slices = new Map([...rows].map(([handle, parts]) => [handle, sliceOf(ascending(parts))]));
  return windows.map(({ series, from, to }) => {
    const slice = slices.get(series);
    if (slice === undefined || !(from < to)) return nothing;
    const start = lowerBound(slice.ts, 0, slice.ts.length, from);
    const end = Math.max(start, lowerBound(slice.ts, 0, slice.ts.length, to));
    return { ts: slice.ts.subarray(start, end), value: slice.value.subarray(start, end) };
  });
}

export async function readReadingsBefore(
  connection: InfluxConnection,
  requests: readonly { series: SeriesHandle; before: number }[],
  count: number,
  book: SeriesBook,
): Promise<readonly ReadingSlice[]> {
  if (!(count >= 1)) return requests.map(() => nothing);
  const byMoment = new Map<number, SeriesHandle[]>();
  for (const { series, before } of requests) {
    const list = byMoment.get(before);
    if (list === undefined) byMoment.set(before, [series]);
    else list.push(series);
  }
  const asked = [...byMoment].flatMap(([before, handles]) =>
    groupSeries(handles, (handle) => book.of(handle)).map((group) => ({ before, group })),
  );
  const statements = asked.map(({ before, group }) =>
    select({
      fields: [value],
      from: readings.name,
      where: [...areSeries(group), `time < ${moment(before)}`],
      groupBy: byPoint,
      newestFirst: true,
      limit: count,
    }),
  );
  const slices = new Map<string, ReadingSlice>();
  await eachAnswer(connection, statements, (answer, index) => {
    const entry = asked[index];
    if (entry === undefined) return;
    for (const [handle, rows] of byHandle(answer, entry.group, book))
      slices.set(`${entry.before} ${handle}`, sliceOf(rows.toReversed()));
  });
  return requests.map(({ series, before }) => slices.get(`${before} ${series}`) ?? nothing);
}

/** Mostly a series is alive: its newest reading is in the last shards, and all are searched only for the others. */
const alive = 'time >= now() - 28d';

export async function readLatest(
  connection: InfluxConnection,
  handles: readonly SeriesHandle[],
  book: SeriesBook,
): Promise<readonly (Reading | undefined)[]> {
  const recent = await selected(connection, 'last', handles, book, [alive]);
  const others = handles.filter((handle) => !recent.has(handle));
  const older = await selected(connection, 'last', others, book);
  return handles.map((handle) => recent.get(handle) ?? older.get(handle));
}

export async function readOldest(
  connection: InfluxConnection,
  handles: readonly SeriesHandle[],
  book: SeriesBook,
): Promise<readonly (number | undefined)[]> {
  const found = await selected(connection, 'first', handles, book);
  return handles.map((handle) => found.get(handle)?.ts);
}

async function selected(
  connection: InfluxConnection,
  selector: 'first' | 'last',
  handles: readonly SeriesHandle[],
  book: SeriesBook,
  more: readonly string[] = [],
): Promise<ReadonlyMap<SeriesHandle, Reading>> {
  const groups = groupLoosely(
    handles,
    (handle) => book.of(handle),
    (quantity) => book.countOf(quantity),
  );
  const statements = groups.map((group) =>
    select({
      fields: [`${selector}(${value})`],
      from: readings.name,
      where: [...mayBeSeries(group), ...more],
      groupBy: byPoint,
    }),
  );
  const found = new Map<SeriesHandle, Reading>();
  await eachAnswer(connection, statements, (answer, index) => {
    const group = groups[index];
    if (group === undefined) return;
    for (const [handle, [row]] of byHandle(answer, group, book))
      if (row !== undefined) found.set(handle, { ts: Number(row[0]), value: Number(row[1]) });
  });
  return found;
}

/**
 * Asks statements, many at a time; `take` gets each answer with the statement's place. Chunked, since an answer in one
 * piece marks a series of more than 10 000 rows as cut off, whether it is or not (1.6, services/httpd/handler.go).
 */
export async function eachAnswer(
  connection: InfluxConnection,
  statements: readonly string[],
  take: (answer: Answer, index: number) => void,
): Promise<void> {
  for (let at = 0; at < statements.length; at += statementsPerRequest) {
    const answers = await connection.query(statements.slice(at, at + statementsPerRequest), {
      chunked: true,
    });
    for (const [index, answer] of answers.entries()) take(answer, at + index);
  }
}

/** The rows of an answer that is grouped by point, by the handles of the group that was asked for. */
export function byHandle(
  answer: Answer,
  { quantity }: SeriesGroup,
  book: SeriesBook,
): ReadonlyMap<SeriesHandle, Row[]> {
  const rows = new Map<SeriesHandle, Row[]>();
  for (const series of answer) {
    const point = idOfTag(series.tags[tags.point] ?? '');
    const handle = book.find(point as `${string}/${string}`, quantity);
    if (handle === undefined) continue;
    const list = rows.get(handle);
    if (list === undefined) rows.set(handle, [...series.rows]);
    else list.push(...series.rows);
  }
  return rows;
}

/** Parts of one series as one list: disjoint clusters may come in any order, and overlap where windows were widened. */
export function ascending(parts: readonly Row[][]): Row[] {
  if (parts.length === 1) return parts[0] ?? [];
  const byTime = new Map(parts.flat().map((row) => [Number(row[0]), row]));
  return [...byTime].sort(([a], [b]) => a - b).map(([, row]) => row);
}

function sliceOf(rows: readonly Row[]): ReadingSlice {
  const slice = { ts: new Float64Array(rows.length), value: new Float64Array(rows.length) };
  for (const [index, row] of rows.entries()) {
    slice.ts[index] = Number(row[0]);
    slice.value[index] = Number(row[1]);
  }
  return slice;
}

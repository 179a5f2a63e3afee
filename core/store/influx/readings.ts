// Reads readings: windows, the newest before a moment, the first and the last of many series.
import { identifier, moment, select, within } from '../../domain/influxql.ts';
import { readings, tags } from '../../domain/series.ts';
import { lowerBound } from '../merge-windows.ts';
import type { Reading, ReadingSlice, Series, SeriesHandle, Window } from '../port.ts';
import type { Row } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import { areSeries, clusterWindows, groupLoosely, groupSeries, mayBeSeries } from './plan.ts';
import { ReadingBlocks } from './reading-blocks.ts';
import type { SeriesBook } from './series-book.ts';

const value = identifier(readings.fields.value);
const byPoint = [identifier(tags.point)];
const nothing: ReadingSlice = { ts: new Float64Array(0), value: new Float64Array(0) };

/** Tags of all series with readings. */
export async function readSeries(
  connection: InfluxConnection,
): Promise<readonly Readonly<Record<string, string>>[]> {
  if (connection.version === 3) {
    // 3 knows no SHOW SERIES.
    const found: Readonly<Record<string, string>>[] = [];
    const statement = select({
      fields: [`last(${value})`],
      from: readings.name,
      where: [],
      groupBy: [identifier(tags.point), identifier(tags.quantity)],
    });
    await connection.each([statement], (series) => found.push(series.tags));
    return found;
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
  if (!(from < to) || !(limit >= 1)) return nothing;
  const statement = select({
    fields: [value],
    from: readings.name,
    where: [...areSeries({ quantity: series.quantity, series: [series] }), within(from, to)],
    limit,
  });
  const blocks = new ReadingBlocks();
  await connection.each([statement], ({ rows }) => blocks.add(rows));
  return blocks.join();
}

/** However long the windows are, no more is held than the rows asked for, 16 bytes each, twice for a moment. */
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
  const spans = spansOf(windows);
  // Clusters stand by time: what a later one has of a series follows, or overlaps where windows were widened.
  const found = new Map<SeriesHandle, { readonly index: number; readonly blocks: ReadingBlocks }[]>();
  await connection.each(statements, (series, index) => {
    const cluster = clusters[index];
    const handle = cluster === undefined ? undefined : book.findByTags(series.tags, cluster.quantity);
    const span = handle === undefined ? undefined : spans.get(handle);
    if (handle === undefined || span === undefined) return;
    const parts = found.get(handle) ?? [];
    found.set(handle, parts);
    let last = parts.at(-1);
    if (last?.index !== index) {
      last = { index, blocks: new ReadingBlocks() };
      parts.push(last);
    }
    last.blocks.add(series.rows, span.from, span.to);
  });
  const slices = new Map<SeriesHandle, ReadingSlice>();
  for (const [handle, [first, ...others]] of found) {
    if (first === undefined) continue;
    for (const { blocks } of others) first.blocks.append(blocks);
    slices.set(handle, first.blocks.join());
  }
  return windows.map(({ series, from, to }) => {
    const slice = slices.get(series);
    if (slice === undefined || !(from < to)) return nothing;
    const start = lowerBound(slice.ts, 0, slice.ts.length, from);
    const end = Math.max(start, lowerBound(slice.ts, 0, slice.ts.length, to));
    return { ts: slice.ts.subarray(start, end), value: slice.value.subarray(start, end) };
  });
}

/** From the first to the last moment that is asked for of each series. */
function spansOf(windows: readonly Window[]): ReadonlyMap<SeriesHandle, { from: number; to: number }> {
  const spans = new Map<SeriesHandle, { from: number; to: number }>();
  for (const { series, from, to } of windows) {
    if (!(from < to)) continue;
    const span = spans.get(series);
    if (span === undefined) spans.set(series, { from, to });
    else {
      span.from = Math.min(span.from, from);
      span.to = Math.max(span.to, to);
    }
  }
  return spans;
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
  const found = new Map<string, Row[]>();
  await connection.each(statements, (series, index) => {
    const entry = asked[index];
    const handle = entry === undefined ? undefined : book.findByTags(series.tags, entry.group.quantity);
    if (entry === undefined || handle === undefined) return;
    const key = `${entry.before} ${handle}`;
    const rows = found.get(key) ?? [];
    found.set(key, rows);
    for (const row of series.rows) rows.push(row);
  });
  const slices = new Map<string, ReadingSlice>();
  for (const [key, rows] of found) {
    const blocks = new ReadingBlocks();
    blocks.add(rows.reverse());
    slices.set(key, blocks.join());
  }
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
  await connection.each(statements, (series, index) => {
    const group = groups[index];
    const handle = group === undefined ? undefined : book.findByTags(series.tags, group.quantity);
    const [row] = series.rows;
    if (handle !== undefined && row !== undefined)
      found.set(handle, { ts: Number(row[0]), value: Number(row[1]) });
  });
  return found;
}

// Reads readings: of one series, of many windows, the newest before a time. Superseded rows are dropped on the way.
import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMs } from '../../domain/time.ts';
import { mergeWindows } from '../merge-windows.ts';
import type { ReadingSlice, SeriesHandle, Window } from '../port.ts';
import type { Database } from './database.ts';
import type { Newest } from './newest.ts';
import { eachRow, sqlInteger } from './rows.ts';
import { appendWanted, ReadingCollector, timeCondition } from './windows.ts';

const none: ReadingSlice = { ts: new Float64Array(0), value: new Float64Array(0) };

/** Readings of one series in [from, to), ascending, at most `limit`. */
export async function readSeries(
  database: Database,
  series: SeriesHandle,
  from: number,
  to: number,
  limit: number,
): Promise<ReadingSlice> {
  if (!(from < to) || !(limit >= 1)) return none;
  const collector = new ReadingCollector();
  await database.read((connection) =>
    eachRow(
      connection,
      `SELECT ts::DOUBLE, arg_max(value, arrival) FROM readings
        WHERE series = ${sqlInteger(series)} AND ts >= ${sqlInteger(from)} AND ts < ${sqlInteger(to)}
        GROUP BY ts ORDER BY ts LIMIT ${sqlInteger(Math.floor(limit))}`,
      (row) => collector.add(series, row.number(0), row.number(1)),
    ),
  );
  collector.finish();
  return collector.slice({ series, from, to });
}

/** Readings of many windows by one query, in the order of the windows. */
export function readWindows(
  database: Database,
  windows: readonly Window[],
): Promise<readonly ReadingSlice[]> {
  if (!windows.some((window) => window.from < window.to)) return Promise.resolve(windows.map(() => none));
  return database.read((connection) => windowsOn(connection, windows));
}

async function windowsOn(connection: DuckDBConnection, windows: readonly Window[]): Promise<ReadingSlice[]> {
  const merged = mergeWindows(windows);
  const collector = new ReadingCollector();
  await appendWanted(connection, merged);
  await eachRow(
    connection,
    `SELECT r.series, r.ts::DOUBLE, r.value FROM readings r JOIN wanted w
        ON r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
      WHERE ${timeCondition('r.ts', merged)}
      ORDER BY r.series, r.ts, r.arrival`,
    (row) => collector.add(row.number(0), row.number(1), row.number(2)),
  );
  collector.finish();
  await connection.run('TRUNCATE wanted');
  return windows.map((window) => collector.slice(window));
}

/** How far back to look, one after the other, for those that have not enough yet. Most have enough in the first. */
const lookBackMs = [dayMs, 32 * dayMs, Number.POSITIVE_INFINITY];

/**
 * For each request the newest `count` readings before `before`, ascending. Looks back from the newest reading a series
 * has, so that a silent series costs no more than another.
 */
export function readBefore(
  database: Database,
  newest: Newest,
  requests: readonly { series: SeriesHandle; before: number }[],
  count: number,
): Promise<readonly ReadingSlice[]> {
  const answer: ReadingSlice[] = requests.map(() => none);
  const open = requests
    .map(({ series, before }, index) => ({
      index,
      series,
      to: Math.min(before, newest.newestTs(series) + 1),
      oldest: newest.oldestTs(series),
    }))
    .filter((request) => count >= 1 && request.oldest < request.to);
  if (open.length === 0) return Promise.resolve(answer);
  return database.read(async (connection) => {
    let rest = open;
    for (const span of lookBackMs) {
      const windows = rest.map(({ series, to, oldest }) => ({
        series,
        from: Math.max(oldest, to - span),
        to,
      }));
      const slices = await newestOn(connection, windows, count);
      for (const [position, { index }] of rest.entries()) answer[index] = slices[position] ?? none;
      rest = rest.filter(
        ({ index, to, oldest }) => (answer[index]?.ts.length ?? 0) < count && to - span > oldest,
      );
      if (rest.length === 0) break;
    }
    return answer;
  });
}

/** The newest `count` readings in each window. */
async function newestOn(
  connection: DuckDBConnection,
  windows: readonly Window[],
  count: number,
): Promise<ReadingSlice[]> {
  const answer: ReadingSlice[] = windows.map(() => none);
  let rest = windows.map((window, index) => ({ window, index }));
  // Superseded rows take places among the newest: ask for more where that left too few.
  for (let rows = count; rest.length > 0; rows *= 4) {
    const starts = await startOfNewest(
      connection,
      rest.map((entry) => entry.window),
      rows,
    );
    const found = rest.flatMap((entry, index) => {
      const start = starts[index];
      return start === undefined ? [] : [{ ...entry, ...start }];
    });
    if (found.length === 0) break;
    const slices = await windowsOn(
      connection,
      found.map(({ window, from }) => ({ ...window, from })),
    );
    for (const [position, { index }] of found.entries())
      answer[index] = last(slices[position] ?? none, count);
    rest = found.filter(({ index, rows: seen }) => seen === rows && (answer[index]?.ts.length ?? 0) < count);
  }
  return answer;
}

/** Per window the time of its `rows`-th newest row (or of its first) and how many rows that are. */
async function startOfNewest(
  connection: DuckDBConnection,
  windows: readonly Window[],
  rows: number,
): Promise<({ from: number; rows: number } | undefined)[]> {
  const starts: ({ from: number; rows: number } | undefined)[] = windows.map(() => undefined);
  await appendWanted(connection, windows);
  await eachRow(
    connection,
    `SELECT w.slot, list_min(max(r.ts, ${sqlInteger(rows)}))::DOUBLE,
        least(count(*), ${sqlInteger(rows)})::DOUBLE
      FROM readings r JOIN wanted w ON r.series = w.series AND r.ts >= w.from_ts AND r.ts < w.to_ts
      WHERE ${timeCondition('r.ts', windows)}
      GROUP BY w.slot`,
    (row) => {
      starts[row.number(0)] = { from: row.number(1), rows: row.number(2) };
    },
  );
  await connection.run('TRUNCATE wanted');
  return starts;
}

function last(slice: ReadingSlice, count: number): ReadingSlice {
  return { ts: slice.ts.slice(-count), value: slice.value.slice(-count) };
}

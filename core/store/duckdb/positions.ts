// Reads a vehicle's positions; the newest arrival of a time wins.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { PointKey } from '../../domain/topics.ts';
import type { PositionRow } from '../port.ts';
import type { Database } from './database.ts';
import { extrasColumns, extrasOf } from './position-columns.ts';
import { eachRow, sqlInteger } from './rows.ts';

/** Arrivals that are put in order at once: a page costs itself, however long the rest of the track is. */
const arrivalsAtOnce = 50_000;
const firstWindowMs = 24 * 3_600_000;
/** Of a car that says little. */
const longestWindowMs = 32 * firstWindowMs;

/** Positions of a vehicle in [from, to), ascending, at most `limit`. */
export async function readPositions(
  database: Database,
  vehicle: PointKey,
  from: number,
  to: number,
  limit: number,
): Promise<readonly PositionRow[]> {
  const rows: PositionRow[] = [];
  if (!(from < to) || !(limit >= 1)) return rows;
  await database.read(async (connection) => {
    let window = firstWindowMs;
    for (let next = from; next < to && rows.length < limit; ) {
      const end = Math.min(to, next + window);
      const arrivals = await figure(connection, 'count(*)', vehicle, next, end);
      if (arrivals > arrivalsAtOnce && end - next > 1) {
        window = Math.max(1, Math.floor(((end - next) * arrivalsAtOnce) / (2 * arrivals)));
        continue;
      }
      if (arrivals > 0) await readWindow(connection, vehicle, next, end, limit - rows.length, rows);
      // Where it said nothing, reading goes on at what it said next; NaN: nothing any more.
      next = arrivals > 0 || end >= to ? end : await figure(connection, 'min(ts)', vehicle, end, to);
      if (arrivals < arrivalsAtOnce / 4) window = Math.min(longestWindowMs, window * 2);
    }
  });
  return rows;
}

async function readWindow(
  connection: DuckDBConnection,
  vehicle: PointKey,
  from: number,
  to: number,
  limit: number,
  rows: PositionRow[],
): Promise<void> {
  await eachRow(
    connection,
    `SELECT ts::DOUBLE, arg_max(lat, arrival), arg_max(lon, arrival), arg_max(speed, arrival),
        arg_max(course, arrival), ${extrasColumns((column) => `arg_max(${column}, arrival)`)}
      FROM positions WHERE ${ofVehicle(from, to)}
      GROUP BY ts ORDER BY ts LIMIT ${sqlInteger(Math.floor(limit))}`,
    (row) => {
      rows.push({
        vehicle,
        ts: row.number(0),
        lat: row.number(1),
        lon: row.number(2),
        speedKmh: row.number(3),
        courseDeg: row.number(4),
        extras: extrasOf(row.number(5), row.number(6), row.number(7), row.text(8)),
      });
    },
    [vehicle],
  );
}

/** @param what a number that stays small in memory; NaN for NULL */
async function figure(
  connection: DuckDBConnection,
  what: string,
  vehicle: PointKey,
  from: number,
  to: number,
): Promise<number> {
  let found = Number.NaN;
  await eachRow(
    connection,
    `SELECT (${what})::DOUBLE FROM positions WHERE ${ofVehicle(from, to)}`,
    (row) => {
      found = row.number(0);
    },
    [vehicle],
  );
  return found;
}

function ofVehicle(from: number, to: number): string {
  return `vehicle = $1 AND ts >= ${sqlInteger(from)} AND ts < ${sqlInteger(to)}`;
}

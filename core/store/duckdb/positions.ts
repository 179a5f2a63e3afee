// Reads a vehicle's positions; the newest arrival of a time wins.
import { type PositionExtras, positionExtrasSchema } from '../../domain/telemetry.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { PositionRow } from '../port.ts';
import type { Database } from './database.ts';
import { eachRow, sqlInteger } from './rows.ts';

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
  await database.read((connection) =>
    eachRow(
      connection,
      `SELECT ts::DOUBLE, arg_max(lat, arrival), arg_max(lon, arrival), arg_max(speed, arrival),
          arg_max(course, arrival), arg_max(extras, arrival)
        FROM positions WHERE vehicle = $1 AND ts >= ${sqlInteger(from)} AND ts < ${sqlInteger(to)}
        GROUP BY ts ORDER BY ts LIMIT ${sqlInteger(Math.floor(limit))}`,
      (row) => {
        rows.push({
          vehicle,
          ts: row.number(0),
          lat: row.number(1),
          lon: row.number(2),
          speedKmh: row.number(3),
          courseDeg: row.number(4),
          extras: extrasOf(row.text(5)),
        });
      },
      [vehicle],
    ),
  );
  return rows;
}

/** What was written is JSON of our own, checked by ingest; keys that a newer program added are left out rather than an error. */
export function extrasOf(text: string): PositionRow['extras'] {
  if (text === '{}') return {};
  const said: unknown = JSON.parse(text);
  return isExtras(said) ? said : (positionExtrasSchema.safeParse(said).data ?? {});
}

const kinds: Readonly<Record<keyof PositionExtras, 'number' | 'boolean'>> = {
  altitudeM: 'number',
  odometerKm: 'number',
  fuelL: 'number',
  satellites: 'number',
  ignition: 'boolean',
  fix: 'boolean',
  alarms: 'number',
};

/** Of a day of a car there are thousands: the whole schema takes twice the time of all else. */
function isExtras(said: unknown): said is PositionExtras {
  if (typeof said !== 'object' || said === null) return false;
  for (const [name, value] of Object.entries(said))
    if (!Object.hasOwn(kinds, name) || typeof value !== kinds[name as keyof PositionExtras]) return false;
  return true;
}

// The newest positions of vehicles, and deletion of old ones: what the fleet asks of InfluxDB beside reading a track.
import { JieyueError } from '../../domain/errors.ts';
import { identifier, isOneOf, moment, select } from '../../domain/influxql.ts';
import { positions, tags } from '../../domain/series.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { PositionRow } from '../port.ts';
import type { InfluxConnection } from './connection.ts';
import { positionOf } from './figures-and-positions.ts';
import { idOfTag, tagOf } from './tag-text.ts';

/** Vehicles of one statement. */
const vehiclesAtOnce = 200;
/** Most vehicles spoke lately: what is older is looked for in a second round, for those that did not. */
const lately = 'time > now() - 3d';

export async function readLatestPositions(
  connection: InfluxConnection,
  vehicles: readonly PointKey[],
): Promise<readonly (PositionRow | undefined)[]> {
  const found = new Map<string, PositionRow>();
  await take(connection, vehicles, [lately], found);
  const silent = vehicles.filter((vehicle) => !found.has(vehicle));
  await take(connection, silent, [], found);
  return vehicles.map((vehicle) => found.get(vehicle));
}

async function take(
  connection: InfluxConnection,
  vehicles: readonly PointKey[],
  where: readonly string[],
  found: Map<string, PositionRow>,
): Promise<void> {
  const { lat, lon, speedKmh, courseDeg, extras } = positions.fields;
  const statements: string[] = [];
  for (let at = 0; at < vehicles.length; at += vehiclesAtOnce) {
    const some = vehicles.slice(at, at + vehiclesAtOnce).map(tagOf);
    statements.push(
      select({
        fields: [lat, lon, speedKmh, courseDeg, extras].map(identifier),
        from: positions.name,
        where: [isOneOf(tags.vehicle, some), ...where],
        groupBy: [identifier(tags.vehicle)],
        newestFirst: true,
        limit: 1,
      }),
    );
  }
  for (const series of (await connection.query(statements)).flat()) {
    const vehicle = idOfTag(series.tags[tags.vehicle] ?? '');
    const [row] = series.rows;
    if (row !== undefined) found.set(vehicle, positionOf(vehicle as PointKey, row));
  }
}

/** By InfluxQL, which 1.x and 2.x know. @throws JieyueError `store.unsupported` */
export async function deletePositions(
  connection: InfluxConnection,
  before: number,
): Promise<{ readonly dropped: null }> {
  if (connection.version === 3) {
    throw new JieyueError(
      'store.unsupported',
      `InfluxDB 3 does not delete rows by time: set store.influx.positions.retentionDays, by which database "${connection.database}" is made`,
    );
  }
  await connection.query([`DELETE FROM ${identifier(positions.name)} WHERE time < ${moment(before)}`]);
  return { dropped: null };
}

// Reads what is neither reading nor rollup: positions of a vehicle, figures of an institution.

import { identifier, isTag, select, within } from '../../domain/influxql.ts';
import { figures, positions, rowStates, tags } from '../../domain/series.ts';
import { positionExtrasSchema } from '../../domain/telemetry.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { FigureRow, PositionRow } from '../port.ts';
import type { Row } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import { tagOf } from './tag-text.ts';

/** Positions in [from, to), ascending, at most `limit`. */
export async function readPositions(
  connection: InfluxConnection,
  vehicle: PointKey,
  from: number,
  to: number,
  limit: number,
): Promise<readonly PositionRow[]> {
  if (!(from < to) || !(limit >= 1)) return [];
  const { lat, lon, speedKmh, courseDeg, extras } = positions.fields;
  const rows = await connection.rows(
    select({
      fields: [lat, lon, speedKmh, courseDeg, extras].map(identifier),
      from: positions.name,
      where: [isTag(tags.vehicle, tagOf(vehicle)), within(from, to)],
      limit,
    }),
  );
  return rows.map((row) => positionOf(vehicle, row));
}

/** Of a row with time and the fields of a position. */
export function positionOf(vehicle: PointKey, row: Row): PositionRow {
  return {
    vehicle,
    ts: Number(row[0]),
    lat: Number(row[1]),
    lon: Number(row[2]),
    speedKmh: Number(row[3]),
    courseDeg: Number(row[4]),
    extras: extrasOf(row),
  };
}

/** What was written is JSON of our own; keys that a newer program added, and texts of others, are left out. */
function extrasOf(row: Row): PositionRow['extras'] {
  try {
    return positionExtrasSchema.safeParse(JSON.parse(String(row[5] ?? '{}'))).data ?? {};
  } catch {
    return {};
  }
}

export async function readFigures(
  connection: InfluxConnection,
  wanted: Pick<FigureRow, 'institution' | 'figure' | 'bucket'>,
  from: number,
  to: number,
): Promise<readonly FigureRow[]> {
  if (!(from < to)) return [];
  const { institution, figure, bucket } = wanted;
  const { value, state } = figures.fields;
  const rows = await connection.rows(
    select({
      fields: [value, state].map(identifier),
      from: figures.name,
      where: [
        isTag(tags.institution, tagOf(institution)),
        isTag(tags.figure, tagOf(figure)),
        isTag(tags.bucket, bucket),
        within(from, to),
      ],
    }),
  );
  return rows.map((row) => ({
    institution,
    figure,
    bucket,
    ts: Number(row[0]),
    value: row[2] === rowStates.known ? Number(row[1]) : null,
  }));
}

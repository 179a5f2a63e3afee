// A track as text: JSON rows and GeoJSON, made by hand because a day is 17 000 positions.
import type { FastifyReply } from 'fastify';
import type { Datum } from '../../core/domain/fleet/datum.ts';
import type { TimeText } from '../http/time-text.ts';
import { degrees } from './live.ts';
import { linesOf, type Marked } from './track.ts';

export const geoJsonType = 'application/geo+json';

/** Whether the caller prefers GeoJSON: the first of both that `Accept` names. */
export function wantsGeoJson(accept: string | undefined): boolean {
  const [first] = /application\/geo\+json|application\/json|\*\/\*/i.exec(accept ?? '') ?? [];
  return first?.toLowerCase() === geoJsonType;
}

/** Sends what is JSON already. */
export function sendMade(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.type(type).serializer(String).send(text);
}

interface Manner {
  readonly times: TimeText;
  readonly datum: Datum;
  /** With the reason of each. */
  readonly all: boolean;
}

/** The list of positions as JSON. */
export function positionsJson(positions: readonly Marked[], { times, datum, all }: Manner): string {
  const rows = positions.map(({ row, reason, apart }) => {
    const { lat, lon } = degrees(datum, row.lat, row.lon);
    const { ignition, odometerKm } = row.extras;
    const more =
      (ignition === undefined ? '' : `,"ignition":${ignition}`) +
      (odometerKm === undefined ? '' : `,"odometerKm":${odometerKm}`) +
      (apart ? ',"apart":true' : '') +
      (all ? `,"mark":"${reason}"` : '');
    return `{"ts":"${times.of(row.ts)}","lat":${lat},"lon":${lon},"speedKmh":${row.speedKmh},"courseDeg":${row.courseDeg}${more}}`;
  });
  return `[${rows.join(',')}]`;
}

/**
 * The features of a collection: a LineString for each stretch that hangs together, a Point for one that stands alone, and with `all` a
 * Point for each position that is not to be believed.
 */
export function featuresJson(positions: readonly Marked[], manner: Manner): string {
  const good = positions.filter(({ reason }) => reason === 'good');
  const features = linesOf(good).map(({ from, to }) => lineFeature(good.slice(from, to), manner));
  if (manner.all) {
    for (const { row, reason } of positions) {
      if (reason === 'good') continue;
      const { lat, lon } = degrees(manner.datum, row.lat, row.lon);
      const properties = JSON.stringify({ mark: reason, times: [manner.times.of(row.ts)] });
      features.push(feature('Point', `[${lon},${lat}]`, properties));
    }
  }
  return `[${features.join(',')}]`;
}

function lineFeature(line: readonly Marked[], { times, datum }: Manner): string {
  const places = line.map(({ row }) => {
    const { lat, lon } = degrees(datum, row.lat, row.lon);
    return `[${lon},${lat}]`;
  });
  const stamps = line.map(({ row }) => `"${times.of(row.ts)}"`);
  const speeds = line.map(({ row }) => row.speedKmh);
  const [first] = line;
  const properties =
    `{"from":${stamps[0]},"to":${stamps.at(-1)},"apart":${first?.apart ?? true},` +
    `"times":[${stamps.join(',')}],"speedsKmh":[${speeds.join(',')}]}`;
  const [only] = places;
  return line.length === 1 && only !== undefined
    ? feature('Point', only, properties)
    : feature('LineString', `[${places.join(',')}]`, properties);
}

function feature(type: string, coordinates: string, properties: string): string {
  return `{"type":"Feature","geometry":{"type":"${type}","coordinates":${coordinates}},"properties":${properties}}`;
}

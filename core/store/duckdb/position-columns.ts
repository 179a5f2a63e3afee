// How what a terminal says beside the place stands in the file: what tracks are made of in columns, the rest as JSON. Rows of an older
// schema have no facts (NULL) and say all of it in their JSON.
import { flag } from '../../domain/fleet/track/columns.ts';
import { type PositionExtras, positionExtrasSchema } from '../../domain/telemetry.ts';
import type { PositionRow } from '../port.ts';

/** The bits of `Track.flags`, and one more: the terminal said that it has a fix. */
const fixed = 8;
/** `facts` of a row of the older schema, in what is read. */
export const unknownFacts = 255;

export interface StoredExtras {
  /** NaN: not told; also below. */
  readonly odometerKm: number;
  readonly satellites: number;
  readonly facts: number;
  /** JSON of the rest. */
  readonly rest: string;
}

/** The columns of a query for `extrasOf`, NULL as a number: the driver takes long to tell NULL cells apart. @param about makes an aggregate of each */
export function extrasColumns(about: (column: string) => string): string {
  return [
    `coalesce(odometer, 'nan'::DOUBLE)`,
    'coalesce(satellites, -1)::DOUBLE',
    `coalesce(facts, ${unknownFacts})::DOUBLE`,
    'extras',
  ]
    .map(about)
    .join(', ');
}

export function storedExtras({
  odometerKm,
  satellites,
  ignition,
  fix,
  ...rest
}: PositionRow['extras']): StoredExtras {
  const inColumn =
    satellites === undefined || (Number.isInteger(satellites) && satellites >= 0 && satellites < 256);
  return {
    odometerKm: odometerKm ?? Number.NaN,
    satellites: inColumn ? (satellites ?? Number.NaN) : Number.NaN,
    facts:
      (ignition === undefined ? 0 : ignition ? flag.ignitionOn : flag.ignitionOff) |
      (fix === undefined ? 0 : fix ? fixed : flag.noFix),
    rest: JSON.stringify(inColumn ? rest : { ...rest, satellites }),
  };
}

/** As it was written. @param facts `unknownFacts`: all is in the rest */
export function extrasOf(
  odometerKm: number,
  satellites: number,
  facts: number,
  rest: string,
): PositionRow['extras'] {
  const said = saidIn(rest);
  if (facts === unknownFacts) return said;
  return {
    ...said,
    ...(Number.isNaN(odometerKm) ? {} : { odometerKm }),
    ...(satellites < 0 ? {} : { satellites }),
    ...((facts & flag.ignitionOn) !== 0
      ? { ignition: true }
      : (facts & flag.ignitionOff) !== 0
        ? { ignition: false }
        : {}),
    ...((facts & fixed) !== 0 ? { fix: true } : (facts & flag.noFix) !== 0 ? { fix: false } : {}),
  };
}

/** What was written is JSON of our own, checked by ingest; keys that a newer program added are left out rather than an error. */
function saidIn(text: string): PositionRow['extras'] {
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

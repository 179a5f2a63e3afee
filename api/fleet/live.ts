// Where the cars are: the newest position of each, with what keeps it from being shown where something does.
import { z } from 'zod';
import { type Datum, fromWgs84 } from '../../core/domain/fleet/datum.ts';
import { trackOf } from '../../core/domain/fleet/track/columns.ts';
import { filterDefaults, marksOf, reasons } from '../../core/domain/fleet/track/filter.ts';
import { limits } from '../../core/domain/telemetry.ts';
import type { PositionRow, TelemetryStore } from '../../core/store/port.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { TimeText } from '../http/time-text.ts';
import type { Car, FleetIndex } from './visibility.ts';

export const withheldReasons = ['masked', 'another-institution', 'no-position', 'no-fix'] as const;

export const liveCarSchema = z
  .object({
    vehicle: z.string(),
    plate: z.string(),
    name: z.string().nullable(),
    institution: z.string().nullable().describe('Whose it is today.'),
    ts: z.string().nullable().describe('When its terminal spoke last; null: never, since it is in this car.'),
    silentSince: z.string().nullable().describe('That time, where it is longer ago than is usual.'),
    ignition: z.boolean().nullable(),
    place: z
      .object({
        lat: z.number(),
        lon: z.number(),
        speedKmh: z.number(),
        courseDeg: z.number().describe('0 is north, 90 east.'),
      })
      .nullable(),
    withheld: z
      .enum(withheldReasons)
      .nullable()
      .describe(
        'Why there is no place: `masked` (category of the car), `another-institution` (the newest position was made while the car ' +
          'was another one’s), `no-position`, `no-fix` (the terminal does not know where it is).',
      ),
    masked: z.boolean(),
  })
  .meta({
    id: 'LiveVehicle',
    examples: [
      {
        vehicle: '01JCARS0000000000000000001',
        plate: '浙C12345',
        name: null,
        institution: '01JCITY0000000000000000001',
        ts: '2026-03-02T09:00:00+08:00',
        silentSince: null,
        ignition: true,
        place: { lat: 28.0006, lon: 120.6994, speedKmh: 42, courseDeg: 90 },
        withheld: null,
        masked: false,
      },
    ],
  });
export type LiveCarText = z.infer<typeof liveCarSchema>;

/** A car and its newest position, before it is asked who looks. */
export interface LiveCar {
  readonly car: Car;
  readonly row: PositionRow | undefined;
  /** Whose the car was when the position was made. */
  readonly institution: string | null;
  readonly silent: boolean;
  readonly withheld: Exclude<(typeof withheldReasons)[number], 'another-institution'> | null;
}

export interface LiveSource {
  readonly store: Pick<TelemetryStore, 'latestPositions'>;
  /** A terminal is silent after so long. */
  readonly silentMs: number;
  /** A position that is older is as good as deleted. */
  readonly keptMs: number;
}

/** Cars of which none is gone, by id, with the newest positions of their terminals. */
export async function liveCars(
  { store, silentMs, keptMs }: LiveSource,
  index: FleetIndex,
  now: number,
  today: string,
  wanted: (car: Car) => boolean = () => true,
): Promise<readonly LiveCar[]> {
  const cars = [...index.cars.values()]
    .filter((car) => (car.disposedOn === null || car.disposedOn > today) && wanted(car))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const fitted = cars.filter(({ terminal }) => terminal !== null);
  const rows = await store.latestPositions(fitted.flatMap(({ terminal }) => terminal ?? []));
  const kept = (row: PositionRow | undefined) =>
    row !== undefined && now - row.ts <= keptMs ? row : undefined;
  const newest = new Map(fitted.map(({ id }, at) => [id, kept(rows[at])]));
  return cars.map((car) => liveCar(car, newest.get(car.id), index, now, silentMs));
}

function liveCar(
  car: Car,
  newest: PositionRow | undefined,
  index: FleetIndex,
  now: number,
  silentMs: number,
): LiveCar {
  const stretch = newest === undefined ? undefined : index.at(newest.vehicle, newest.ts);
  // A terminal that came from another car has its newest position there.
  const row = stretch?.vehicle === car.id ? newest : undefined;
  const masked = index.isMasked(car.id, row?.ts ?? now) || index.isMasked(car.id, now);
  const withheld = masked ? 'masked' : row === undefined ? 'no-position' : isFix(row, now) ? null : 'no-fix';
  const silent = row !== undefined && now - row.ts > silentMs;
  return { car, row, institution: stretch?.institution ?? null, silent, withheld };
}

/** Whether one position is to be believed by itself. */
function isFix(row: PositionRow, now: number): boolean {
  const marks = marksOf(trackOf([row]), { ...filterDefaults, latest: now + limits.futureMs });
  return reasons[marks.reasons[0] ?? 0] === 'good';
}

/** Whether this reach sees where it is. */
export function showsPlace({ withheld, institution }: LiveCar, reach: Reach): boolean {
  return withheld === null && covers(reach, institution);
}

/** @param shown whether the place is for who asks */
export function liveText(live: LiveCar, shown: boolean, times: TimeText, datum: Datum): LiveCarText {
  const { car, row, silent, withheld } = live;
  const why = shown ? null : (withheld ?? 'another-institution');
  return {
    vehicle: car.id,
    plate: car.plate,
    name: car.name,
    institution: car.institution,
    ts: times.orNull(row?.ts),
    silentSince: silent ? times.orNull(row?.ts) : null,
    ignition: why === 'masked' || why === 'another-institution' ? null : (row?.extras.ignition ?? null),
    place: shown && row !== undefined ? placeOf(row, datum) : null,
    withheld: why,
    masked: withheld === 'masked',
  };
}

function placeOf({ lat, lon, speedKmh, courseDeg }: PositionRow, datum: Datum) {
  return { ...degrees(datum, lat, lon), speedKmh, courseDeg };
}

/** As a map of `datum` has it, to a centimetre. */
export function degrees(datum: Datum, lat: number, lon: number): { lat: number; lon: number } {
  const shifted = fromWgs84(datum, lat, lon);
  return { lat: Math.round(shifted.lat * 1e7) / 1e7, lon: Math.round(shifted.lon * 1e7) / 1e7 };
}

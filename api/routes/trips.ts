// GET /trips and /stops: when and how far cars drove, and with `places=true` where.
import { z } from 'zod';
import { mileageChoices, wayKm } from '../../core/domain/fleet/accounts/mileage.ts';
import type { Stop, Trip } from '../../core/domain/fleet/trips/model.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import {
  asksPlaces,
  datumParameter,
  institutionParameter,
  placesParameters,
  purposeOf,
  reachWithin,
  requireVehicle,
  vehicleParameter,
} from '../fleet/forms.ts';
import { type Owned, segmentPage } from '../fleet/found.ts';
import { type Look, placeAt, placeSchema, recordLook } from '../fleet/place-looks.ts';
import { tableNames } from '../fleet/table-names.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Cell, type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { cursorParameter, encodeCursor, limitParameter, timeParameter } from '../http/parameters.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const edges = ['stop', 'data', 'silence', 'no-fix', 'jump'] as const;
const edgeSchema = z
  .enum(edges)
  .describe('`stop`; `data`: no positions before, or none after yet; else the gap that lies there.');

const carShape = {
  vehicle: z.string(),
  plate: z.string().nullable(),
  institution: z.string().nullable().describe('Whose the car was when it began.'),
  masked: z.boolean().describe('The category of the car shows no places.'),
  start: z.string(),
  end: z.string(),
  durationMin: z.number(),
};
const tripSchema = z.object({
  ...carShape,
  startsBy: edgeSchema,
  endsBy: edgeSchema,
  distanceKm: z.number().describe('Over the ground; in a straight line where positions are missing.'),
  km: z
    .number()
    .describe('What accounts count: by the odometer where it fits the positions, else over the ground.'),
  kmBy: z
    .enum(mileageChoices)
    .describe('`odometer`; else why it is not: not told, broken by resets, or in disagreement.'),
  odometerKm: z.number().nullable().describe('By the odometer of the terminal; null: it tells none.'),
  idleMin: z.number().describe('Standing with the engine on, or not known to be off.'),
  maxKmh: z.number(),
  averageKmh: z.number(),
  gaps: z.int().describe('Stretches without positions that were too short to split the trip.'),
  gapMin: z.number(),
  from: placeSchema,
  to: placeSchema,
});
const stopSchema = z.object({
  ...carShape,
  endsBy: edgeSchema,
  idleMin: z.number().describe('With the engine known to be on.'),
  gapMin: z.number().describe('Without positions: a terminal that sleeps.'),
  at: placeSchema,
});
type TripText = z.infer<typeof tripSchema>;
type StopText = z.infer<typeof stopSchema>;

const exampleCar = {
  vehicle: '01JCARS0000000000000000001',
  plate: '浙C12345',
  institution: '01JCITY0000000000000000001',
  masked: false,
  start: '2026-03-02T09:00:00+08:00',
  end: '2026-03-02T09:24:00+08:00',
  durationMin: 24,
};
const tripsSchema = z.object({ trips: z.array(tripSchema), next: z.string().nullable() }).meta({
  id: 'Trips',
  examples: [
    {
      trips: [
        {
          ...exampleCar,
          startsBy: 'stop',
          endsBy: 'stop',
          distanceKm: 11.2,
          km: 11.3,
          kmBy: 'odometer',
          odometerKm: 11.3,
          idleMin: 3.5,
          maxKmh: 62,
          averageKmh: 28,
          gaps: 0,
          gapMin: 0,
          from: null,
          to: null,
        },
      ],
      next: null,
    },
  ],
});
const stopsSchema = z.object({ stops: z.array(stopSchema), next: z.string().nullable() }).meta({
  id: 'Stops',
  examples: [{ stops: [{ ...exampleCar, endsBy: 'stop', idleMin: 2, gapMin: 0, at: null }], next: null }],
});

/** In tables, beside the id. */
type Named<Row> = Row & { readonly institutionName: string | null };

const carColumns = [
  { heading: 'csv.plate', cell: (row) => row.plate },
  { heading: 'csv.institution', cell: (row) => row.institutionName },
  { heading: 'csv.id', cell: (row) => row.institution },
  { heading: 'csv.start', cell: (row) => row.start },
  { heading: 'csv.end', cell: (row) => row.end },
  { heading: 'csv.duration-min', cell: (row) => row.durationMin },
  { heading: 'csv.idle-min', cell: (row) => row.idleMin },
] as const satisfies readonly Column<
  Pick<
    Named<TripText>,
    'plate' | 'institutionName' | 'institution' | 'start' | 'end' | 'durationMin' | 'idleMin'
  >
>[];
const place = (of: { lat: number; lon: number } | null): Cell => (of === null ? null : `${of.lat} ${of.lon}`);
const tripColumns: readonly Column<Named<TripText>>[] = [
  ...carColumns,
  { heading: 'csv.km', cell: (row) => row.km },
  { heading: 'csv.distance-km', cell: (row) => row.distanceKm },
  { heading: 'csv.odometer-km', cell: (row) => row.odometerKm },
  { heading: 'csv.max-kmh', cell: (row) => row.maxKmh },
  { heading: 'csv.average-kmh', cell: (row) => row.averageKmh },
  { heading: 'csv.place-from', cell: (row) => place(row.from) },
  { heading: 'csv.place-to', cell: (row) => place(row.to) },
];
const stopColumns: readonly Column<Named<StopText>>[] = [
  ...carColumns,
  { heading: 'csv.place', cell: (row) => place(row.at) },
];

const lists = {
  trips: {
    kind: 'trip',
    summary: 'Trips',
    schema: tripsSchema,
    description:
      'When cars drove, how far, how fast, and how long they stood with the engine on, by the time of the start.',
  },
  stops: {
    kind: 'stop',
    summary: 'Stops',
    schema: stopsSchema,
    description: 'When cars stood, by the time of the start.',
  },
} as const;

export function addTripRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, sight, directory, calendar, times, language } = context;
  for (const name of ['trips', 'stops'] as const) {
    const { kind, summary, schema, description } = lists[name];
    app.get(
      `${prefix}/${name}`,
      {
        config: {
          access: {
            permission: 'vehicles:read',
            more: {
              permission: 'positions:read',
              when: ({ query }) => asksPlaces(query),
              words: 'with places',
            },
            scope: 'filtered',
          },
        },
        schema: {
          tags: [tags.vehicles],
          summary,
          description:
            `${description} Those that touch the range. A row is its institution’s to whom the car belonged when it began, and found ` +
            'by that. With `places=true` also where: that takes `purpose`, and is written to the audit log. A page may hold fewer ' +
            'rows than `limit`; there are more as long as `next` is not null. With `Accept: text/csv` the page comes as a table; ' +
            'the cursor then stands in the header `x-next-cursor`.',
          querystring: z.strictObject({
            institution: institutionParameter,
            vehicle: vehicleParameter,
            from: timeParameter(calendar, 'First moment.'),
            to: timeParameter(calendar, 'End, not part of the range.'),
            ...placesParameters,
            datum: datumParameter,
            limit: limitParameter({ max: 1_000, default: 200 }),
            cursor: cursorParameter(z.tuple([z.int(), z.string(), z.string()])),
          }),
          response: { 200: jsonOrCsv('A page.', schema, z.string().describe('one row a line')) },
        },
      },
      async (request, reply) => {
        const { institution, vehicle, from, to, datum, limit, cursor } = request.query;
        const purpose = purposeOf(request.query);
        requireOrder(from, to, calendar);
        const reach = await reachWithin(request.reach, institution, directory);
        const index = await sight.index();
        if (vehicle !== undefined) requireVehicle(index, reach, vehicle, from, to);
        const look: Look = { index, reach, datum, purpose };
        const question = { reach, vehicle, from, to, limit, after: cursor };
        const page = await segmentPage<'trip' | 'stop'>(registry, index, question, kind);
        const asTable = wantsCsv(request);
        const action = asTable ? 'export' : 'trips';
        const rows = page.rows.filter((row) => !index.isMasked(row.vehicle, row.row.segment.start));
        await recordLook(registry, request.caller, look, { action, rows, institution, from, to });
        const next = page.next === null ? null : encodeCursor([...page.next]);
        const trips: TripText[] = [];
        const stops: StopText[] = [];
        for (const owned of page.rows) {
          const { terminal, segment } = owned.row;
          if (segment.kind === 'trip') trips.push(tripText(look, { ...owned, row: segment }, terminal));
          else stops.push(stopText(look, { ...owned, row: segment }, terminal));
        }
        if (asTable) {
          if (next !== null) reply.header('x-next-cursor', next);
          const spoken = languageOf(request, language);
          const { institution: nameOf } = await tableNames(directory, index, request.reach);
          const named = <Row extends TripText | StopText>(row: Row): Named<Row> => ({
            ...row,
            institutionName: nameOf(row.institution),
          });
          const table =
            name === 'trips'
              ? csv(tripColumns, trips.map(named<TripText>), spoken)
              : csv(stopColumns, stops.map(named<StopText>), spoken);
          return sendCsv(reply, name, table);
        }
        return name === 'trips' ? { trips, next } : { stops, next };
      },
    );
  }

  function carText({ index }: Look, { row, vehicle, institution }: Owned<Trip | Stop>) {
    return {
      vehicle,
      plate: index.cars.get(vehicle)?.plate ?? null,
      institution,
      masked: index.isMasked(vehicle, row.start),
      start: times.of(row.start),
      end: times.of(row.end),
      durationMin: minutes(row.end - row.start),
      idleMin: minutes(row.idleMs),
      gapMin: minutes(row.gapMs),
      endsBy: row.endsBy,
    };
  }

  function tripText(look: Look, owned: Owned<Trip>, terminal: PointKey): TripText {
    const { row: trip, vehicle } = owned;
    const { km, choice: kmBy } = wayKm(trip);
    const odometerKm = Number.isNaN(trip.odometer.km) ? null : trip.odometer.km;
    return {
      ...carText(look, owned),
      startsBy: trip.startsBy,
      distanceKm: tidy(Math.round(trip.distanceKm * 1_000) / 1_000),
      km: tidy(Math.round(km * 1_000) / 1_000),
      kmBy,
      odometerKm: tidyOrNull(odometerKm),
      maxKmh: tidy(trip.maxKmh),
      averageKmh: tidy(Math.round(trip.averageKmh * 10) / 10),
      gaps: trip.gaps,
      from: placeAt(look, vehicle, terminal, trip.start, trip.from),
      to: placeAt(look, vehicle, terminal, trip.end, trip.to),
    };
  }

  function stopText(look: Look, owned: Owned<Stop>, terminal: PointKey): StopText {
    const { row: stop, vehicle } = owned;
    return { ...carText(look, owned), at: placeAt(look, vehicle, terminal, stop.start, stop.at) };
  }
}

function minutes(ms: number): number {
  return Math.round(ms / 600) / 100;
}

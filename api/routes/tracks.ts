// GET /vehicles/{id}/track: where a car was, as JSON or GeoJSON.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import { reasons } from '../../core/domain/fleet/track/filter.ts';
import { dayMs } from '../../core/domain/time.ts';
import { datumParameter, purposeParameter, requireVehicle, yes } from '../fleet/forms.ts';
import {
  partKinds,
  partsOf,
  rowsOfPage,
  type TrackPage,
  type TrackPart,
  type TrackQuestion,
  trackPage,
} from '../fleet/track.ts';
import { featuresJson, geoJsonType, positionsJson, sendMade, wantsGeoJson } from '../fleet/track-texts.ts';
import type { FleetIndex } from '../fleet/visibility.ts';
import {
  cursorParameter,
  encodeCursor,
  entityIdParameter,
  limitParameter,
  timeParameter,
} from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const mostOnPage = 20_000;
/** Positions that are read at once for all who ask, 200 bytes each; a question beyond is refused, not kept waiting. */
const mostUnderWay = 500_000;

const headShape = {
  vehicle: z.string(),
  plate: z.string().nullable(),
  datum: z.string(),
  from: z.string(),
  to: z.string(),
  masked: z.boolean().describe('Its category shows no places in the range, or in a part of it.'),
  parts: z
    .array(z.object({ from: z.string(), to: z.string(), what: z.enum(partKinds) }))
    .describe(
      'What each stretch of the whole range holds: `positions` (those there are), `no-terminal` (no terminal was in the car), ' +
        '`another-institution` (the car was one’s that the key does not cover), `masked`, `deleted` (longer ago than positions ' +
        'are kept), `future`.',
    ),
  counts: z
    .record(z.enum(reasons), z.int())
    .describe('Of the positions that were looked at for this page: how many the filter marked, and why.'),
  next: z.string().nullable().describe('Cursor of the next page; null: the range is complete.'),
};

const noCounts = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<
  (typeof reasons)[number],
  number
>;
const exampleHead = {
  vehicle: '01JCARS0000000000000000001',
  plate: '浙C12345',
  datum: 'wgs84',
  from: '2026-03-02T00:00:00+08:00',
  to: '2026-03-03T00:00:00+08:00',
  masked: false,
  parts: [{ from: '2026-03-02T00:00:00+08:00', to: '2026-03-03T00:00:00+08:00', what: 'positions' as const }],
  counts: { ...noCounts, good: 1, jump: 1 },
  next: null,
};

const trackSchema = z
  .object({
    ...headShape,
    positions: z.array(
      z.object({
        ts: z.string(),
        lat: z.number(),
        lon: z.number(),
        speedKmh: z.number(),
        courseDeg: z.number().describe('0 is north, 90 east.'),
        ignition: z.boolean().optional().describe('Left out where the terminal does not tell.'),
        odometerKm: z.number().optional(),
        apart: z
          .literal(true)
          .optional()
          .describe(
            'Nothing is known of the way to it: the first one, or after silence, a break, another terminal.',
          ),
        mark: z
          .enum(reasons)
          .optional()
          .describe('With `all=true`: why it is not to be believed, or `good`.'),
      }),
    ),
  })
  .meta({
    id: 'Track',
    examples: [
      {
        ...exampleHead,
        positions: [
          {
            ts: '2026-03-02T09:00:00+08:00',
            lat: 28.0006,
            lon: 120.6994,
            speedKmh: 42,
            courseDeg: 90,
            ignition: true,
            apart: true,
          },
        ],
      },
    ],
  });

const geoJsonSchema = z
  .object({
    type: z.literal('FeatureCollection'),
    features: z
      .array(z.unknown())
      .describe(
        'A LineString for each stretch without silence or break (a Point where one position stands alone), coordinates [lon, lat], with ' +
          '`from`, `to`, `times` and `speedsKmh` in its properties; `apart: false` where it goes on from the page before. With ' +
          '`all=true` also a Point with `mark` for each position that is not to be believed.',
      ),
    ...headShape,
  })
  .meta({ id: 'TrackGeoJson', examples: [{ type: 'FeatureCollection', features: [], ...exampleHead }] });

export function addTrackRoute(app: ApiApp, context: RouteContext): void {
  const { store, registry, sight, calendar, clock, times, fleet } = context;
  let underWay = 0;

  /** @throws JieyueError `api.busy` */
  async function read(
    index: FleetIndex,
    question: TrackQuestion,
    parts: readonly TrackPart[],
  ): Promise<TrackPage> {
    const rows = rowsOfPage(question);
    if (underWay + rows > mostUnderWay) {
      throw new JieyueError('api.busy', sayOfRequests('tracks.busy'));
    }
    underWay += rows;
    try {
      return await trackPage(store, index, question, parts);
    } finally {
      underWay -= rows;
    }
  }

  app.get(
    `${prefix}/vehicles/:id/track`,
    {
      config: { access: { permission: 'positions:read', scope: 'filtered' } },
      schema: {
        tags: [tags.vehicles],
        summary: 'Where a car was',
        description:
          'The positions of a car in the order of time, by whatever terminal was in it. Those that are not to be believed are counted, and ' +
          'left out unless `all=true`. A position is shown to who may see positions of the institution that the car belonged to ' +
          'when it was made. An answer is complete, or has a cursor; `parts` says of the whole range why there is nothing where ' +
          'there is nothing. With `Accept: application/geo+json` as lines for a map; the cursor stands in the header ' +
          '`x-next-cursor` too. Each page is written to the audit log before it is shown.',
        params: z.object({ id: entityIdParameter('The car.') }),
        querystring: z.strictObject({
          from: timeParameter(calendar, 'First moment.'),
          to: timeParameter(calendar, 'End, not part of the range.'),
          purpose: purposeParameter,
          all: yes('Every position that came, each with its mark.'),
          simplifyM: z
            .string()
            .regex(/^\d{1,4}(\.\d{1,3})?$/, 'expected metres, from 0.001 to 9999')
            .transform(Number)
            .refine((metres) => metres > 0, 'expected metres, from 0.001 to 9999')
            .optional()
            .meta({
              description:
                'Leaves out positions that are no farther than so many metres from the line that stays: for long ranges. Not with `all=true`.',
            }),
          datum: datumParameter,
          limit: limitParameter({ max: mostOnPage, default: mostOnPage }),
          cursor: cursorParameter(z.tuple([z.int()])),
        }),
        response: {
          200: {
            description: 'A page of positions.',
            content: {
              'application/json': { schema: trackSchema },
              [geoJsonType]: { schema: geoJsonSchema },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { from, to, purpose, simplifyM, datum, limit, cursor } = request.query;
      const { reach, caller } = request;
      if (caller === null) throw new Error('the guard lets nobody in without a key');
      requireOrder(from, to, calendar);
      const all = request.query.all === 'true';
      const now = clock.now();
      const index = await sight.index();
      requireVehicle(index, reach, id, from, to);
      const start = Math.max(from, cursor?.[0] ?? from);
      const keptFrom = fleet.keepDays === 0 ? Number.NEGATIVE_INFINITY : now - fleet.keepDays * dayMs;
      const question = { vehicle: id, reach, from, to, start, limit, all, simplifyM, now, keptFrom };
      const parts = partsOf(index, question);
      const open = parts.filter(({ what }) => what === 'positions');
      const stretches = open.flatMap((part) => index.stretches(id, part.from, part.to));
      const [page] = await Promise.all([
        read(index, question, parts),
        registry.fleet.audit.append({
          principal: caller.id,
          name: caller.name,
          action: 'track',
          vehicles: stretches.length === 0 ? [] : [id],
          institutions: ownersOf(),
          from: start,
          to,
          purpose,
        }),
      ]);
      const head = headOf(page, parts);
      if (head.next !== null) reply.header('x-next-cursor', head.next);
      const manner = { times, datum, all };
      const said = JSON.stringify(head).slice(0, -1);
      const geo = wantsGeoJson(request.headers.accept);
      const text = geo
        ? `{"type":"FeatureCollection",${said.slice(1)},"features":${featuresJson(page.positions, manner)}}`
        : `${said},"positions":${positionsJson(page.positions, manner)}}`;
      return sendMade(reply, geo ? geoJsonType : 'application/json; charset=utf-8', text);

      function ownersOf(): string[] {
        const shown = stretches.flatMap(({ institution }) => institution ?? []);
        // Who looked in vain is told to those whose car it is.
        return shown.length > 0 ? shown : [index.cars.get(id)?.institution ?? []].flat();
      }

      function headOf({ counts, next }: TrackPage, said: readonly TrackPart[]) {
        return {
          vehicle: id,
          plate: index.cars.get(id)?.plate ?? null,
          datum,
          from: times.of(from),
          to: times.of(to),
          masked: said.some(({ what }) => what === 'masked'),
          parts: said.map((part) => ({ from: times.of(part.from), to: times.of(part.to), what: part.what })),
          counts,
          next: next === null ? null : encodeCursor([next]),
        };
      }
    },
  );
}

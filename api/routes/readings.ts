// GET /points/{id}/readings: values as the agent sent them.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import { type Quantity, quantities } from '../../core/domain/units.ts';
import type { Point } from '../../core/registry/registry.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import {
  cursorParameter,
  encodeCursor,
  limitParameter,
  quantityParameter,
  timeParameter,
} from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import { requireOrder } from '../queries/range.ts';
import { type ApiApp, foundPoint, prefix, type RouteContext, tags } from './context.ts';
import { pointForms } from './point-forms.ts';

const readingsSchema = z
  .object({
    point: z.string(),
    quantity: z.string(),
    kind: z.enum(['register', 'interval', 'gauge', 'state']),
    unit: z.string(),
    from: z.string(),
    to: z.string(),
    readings: z.array(
      z.object({
        ts: z.string().describe('When it was read; an interval is stamped at its start.'),
        value: z.number().describe('As read, before the multiplier and before any correction.'),
      }),
    ),
    next: z.string().nullable().describe('Cursor of the next page, or null at the end.'),
  })
  .meta({
    id: 'Readings',
    examples: [
      {
        point: 'import/school',
        quantity: 'electricity_interval',
        kind: 'interval',
        unit: 'kWh',
        from: '2018-01-01T00:00:00+08:00',
        to: '2018-01-01T02:00:00+08:00',
        readings: [
          { ts: '2018-01-01T00:00:00+08:00', value: 18.4 },
          { ts: '2018-01-01T01:00:00+08:00', value: 13.6 },
        ],
        next: null,
      },
    ],
  });

const columns: readonly Column<{ ts: string; value: number; unit: string }>[] = [
  { heading: 'csv.time', cell: (row) => row.ts },
  { heading: 'csv.value', cell: (row) => row.value },
  { heading: 'csv.unit', cell: (row) => row.unit },
];

export function addReadingRoutes(app: ApiApp, context: RouteContext): void {
  const { store, calendar, times, language } = context;
  for (const form of pointForms('/readings')) {
    app.get(
      form.url,
      {
        config: { access: { permission: 'energy:read', scope: form.scope } },
        schema: {
          hide: form.hide,
          tags: [tags.points],
          summary: 'Raw readings of a point',
          description:
            'Values exactly as they were sent, in the order of time: before multipliers, corrections and exclusions. ' +
            'For what was used, ask for consumption. With `Accept: text/csv` the page comes as a table; the cursor ' +
            'of the next page then stands in the header `x-next-cursor`.',
          params: form.params,
          querystring: z.strictObject({
            quantity: quantityParameter.optional().meta({
              description: 'Needed where the point has more than one quantity.',
            }),
            from: timeParameter(calendar, 'First moment.'),
            to: timeParameter(calendar, 'End, not part of the range.'),
            limit: limitParameter({ max: 10_000, default: 1_000 }),
            cursor: cursorParameter(z.tuple([z.int()])),
          }),
          response: {
            200: jsonOrCsv(
              'A page of readings.',
              readingsSchema,
              z.string().describe('time, value, unit; one reading a line'),
            ),
          },
        },
      },
      async (request, reply) => {
        const point = foundPoint(request);
        const { from, to, limit, cursor } = request.query;
        requireOrder(from, to, calendar);
        const quantity = chosenQuantity(point, request.query.quantity, store);
        const series = store.findSeries(point.key, quantity);
        const start = Math.max(from, cursor?.[0] ?? from);
        const slice =
          series === undefined || start >= to
            ? undefined
            : await store.readings(series, start, to, limit + 1);
        const readings: { ts: string; value: number }[] = [];
        const count = Math.min(limit, slice?.ts.length ?? 0);
        for (let index = 0; index < count; index++) {
          readings.push({ ts: times.of(slice?.ts[index] ?? 0), value: slice?.value[index] ?? 0 });
        }
        const following = slice?.ts[limit];
        const next = following === undefined ? null : encodeCursor([following]);
        const { kind, unit } = quantities[quantity];
        if (wantsCsv(request)) {
          if (next !== null) reply.header('x-next-cursor', next);
          const rows = readings.map((reading) => ({ ...reading, unit }));
          return sendCsv(
            reply,
            `${point.key}-${quantity}`,
            csv(columns, rows, languageOf(request, language)),
          );
        }
        const range = { from: times.of(from), to: times.of(to) };
        return { point: point.key, quantity, kind, unit, ...range, readings, next };
      },
    );
  }
}

/** Registered quantities and those that were seen. */
export function quantitiesOf(point: Point, store: TelemetryStore): readonly Quantity[] {
  const seen = store.seriesOfPoint(point.key).map(({ quantity }) => quantity);
  return [...new Set([...point.quantities, ...seen])];
}

/**
 * The quantity that was asked for, which must be one of the point.
 * @throws JieyueError `api.bad-request` naming those that are.
 */
export function quantityOf(point: Point, asked: Quantity, store: TelemetryStore): Quantity {
  const known = quantitiesOf(point, store);
  if (known.includes(asked)) return asked;
  const list = known.join(', ') || { zh: '尚无', en: 'none yet' };
  const values = { asked, point: point.key, known: list };
  throw new JieyueError('api.bad-request', sayOfRequests('quantity.other', values));
}

function chosenQuantity(point: Point, asked: Quantity | undefined, store: TelemetryStore): Quantity {
  if (asked !== undefined) return quantityOf(point, asked, store);
  const known = quantitiesOf(point, store);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only;
  const which =
    only === undefined
      ? 'is registered with none today, and has sent none yet'
      : `has more than one (${known.join(', ')})`;
  throw new JieyueError(
    'api.bad-request',
    `quantity is missing: point ${point.key} ${which}, see ${prefix}/points/${encodeURIComponent(point.key)}`,
  );
}

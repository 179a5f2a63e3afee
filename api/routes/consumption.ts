// GET /consumption: what a point, a building or an institution used, by bucket, and how much of it is known.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ConsumptionSum, coverageOf, isPartial } from '../../core/domain/energy/consumption.ts';
import { saying } from '../../core/domain/issues.ts';
import { buckets } from '../../core/domain/time.ts';
import { carrierNames, carriers } from '../../core/domain/units.ts';
import type { Found, FoundPlace, Target } from '../auth/access.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter, pointIdParameter, timeParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import type { TimeText } from '../http/time-text.ts';
import { ConsumptionQuery } from '../queries/consumption.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';

const share = (text: string) => z.number().min(0).max(1).nullable().describe(text);

const sumSchema = {
  value: z
    .number()
    .nullable()
    .describe('Consumption as far as it is known, in `unit`; null where nothing is known, never 0 for that.'),
  coverage: share(
    'Data coverage (数据完整率): share of the expected time that is known, measured or estimated; null where no time is expected.',
  ),
  measuredShare: share('Share of the expected time that readings cover closely.'),
  estimatedShare: share('Share of the expected time whose consumption was spread over a gap.'),
  missingShare: share('Share of the expected time of which nothing is known.'),
  points: z
    .object({ known: z.int().min(0), expected: z.int().min(0) })
    .describe(
      'Points that have a value, of those that count. In a sum over several stored buckets (years, months in which points came or went, the total), `known` is the most that had one at the same time.',
    ),
  partial: z
    .boolean()
    .describe(
      'True where something that belongs to the sum is not known: a point without a value, or a missing time.',
    ),
};

const consumptionSchema = z
  .object({
    scope: z.object({
      kind: z.enum(['point', 'building', 'institution']),
      id: z.string(),
      name: z.string(),
    }),
    carrier: z.enum(carrierNames),
    unit: z.string(),
    bucket: z.enum(buckets),
    timeZone: z.string().describe('Buckets are those of this zone.'),
    from: z.string(),
    to: z.string(),
    asOf: z
      .string()
      .describe('No time after this is expected to be covered: a running month does not lack its future.'),
    total: z.object(sumSchema),
    rows: z
      .array(z.object({ from: z.string(), to: z.string(), ...sumSchema }))
      .describe('Every bucket of the range.'),
  })
  .meta({
    id: 'Consumption',
    examples: [
      {
        scope: { kind: 'point', id: 'import/school', name: 'School' },
        carrier: 'electricity',
        unit: 'kWh',
        bucket: 'month',
        timeZone: 'Asia/Shanghai',
        from: '2018-01-01T00:00:00+08:00',
        to: '2018-02-01T00:00:00+08:00',
        asOf: '2025-03-01T09:00:00+08:00',
        total: {
          value: 21244.8,
          coverage: 1,
          measuredShare: 1,
          estimatedShare: 0,
          missingShare: 0,
          points: { known: 1, expected: 1 },
          partial: false,
        },
        rows: [
          {
            from: '2018-01-01T00:00:00+08:00',
            to: '2018-02-01T00:00:00+08:00',
            value: 21244.8,
            coverage: 1,
            measuredShare: 1,
            estimatedShare: 0,
            missingShare: 0,
            points: { known: 1, expected: 1 },
            partial: false,
          },
        ],
      },
    ],
  });
type SumRow = z.infer<typeof consumptionSchema>['rows'][number];

const columns: readonly Column<SumRow & { unit: string }>[] = [
  { heading: 'csv.from', cell: (row) => row.from },
  { heading: 'csv.to', cell: (row) => row.to },
  { heading: 'csv.consumption', cell: (row) => row.value },
  { heading: 'csv.unit', cell: (row) => row.unit },
  { heading: 'csv.coverage', cell: (row) => row.coverage },
  { heading: 'csv.measured-share', cell: (row) => row.measuredShare },
  { heading: 'csv.estimated-share', cell: (row) => row.estimatedShare },
  { heading: 'csv.missing-share', cell: (row) => row.missingShare },
  { heading: 'csv.points-known', cell: (row) => row.points.known },
  { heading: 'csv.points-expected', cell: (row) => row.points.expected },
  { heading: 'csv.partial', cell: (row) => row.partial },
];

const scopeSchema = z.object({
  point: z.string().optional(),
  building: z.string().optional(),
  institution: z.string().optional(),
});

export function addConsumptionRoutes(app: ApiApp, context: RouteContext): void {
  const { calendar, times, language } = context;
  const query = new ConsumptionQuery(context);

  app.get(
    `${prefix}/consumption`,
    {
      config: { access: { permission: 'energy:read', scope: targetOf } },
      schema: {
        tags: [tags.consumption],
        summary: 'Consumption by hour, day, month or year',
        description:
          'Of exactly one point, building or institution (with all below it). `from` and `to` fall on edges of ' +
          'buckets; a bucket without data is there with a null value. A building or institution is the sum of its ' +
          'billing points while they belong to it; sub-meters are not added. A point counts by the quantity it was ' +
          'registered with at the time, before that by the one that was received. Values have at most 9 decimals and ' +
          '12 significant digits. With `Accept: text/csv` the rows come as a table for spreadsheets.',
        querystring: z
          .strictObject({
            point: pointIdParameter.optional().meta({ description: 'Of this point, `agent/point`.' }),
            building: entityIdParameter('Of this building.').optional(),
            institution: entityIdParameter('Of this institution and all below it.').optional(),
            carrier: z
              .enum(carrierNames)
              .default('electricity')
              .meta({ description: 'What is consumed or produced.' }),
            bucket: z.enum(buckets).default('month').meta({ description: 'Length of a row.' }),
            from: timeParameter(calendar, 'Start of the first bucket.'),
            to: timeParameter(calendar, 'End of the last bucket.'),
          })
          .superRefine((asked, check) => {
            const given = scopesIn(asked);
            if (given.length === 1) return;
            const none = { zh: '无', en: 'none' };
            const message = sayOfRequests('scope.one', { given: given.join(', ') || none });
            check.addIssue({ code: 'custom', path: given.slice(1, 2), ...saying(message) });
          }),
        response: {
          200: jsonOrCsv(
            'A row for every bucket of the range, and the total.',
            consumptionSchema,
            z.string().describe('The same rows; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { found } = request;
      if (!isPlace(found)) throw new Error('the guard found no scope');
      const { carrier, bucket, from, to } = request.query;
      const answer = await query.answer({ of: found, carrier, bucket, from, to });
      const edges = [...answer.rows.map((sum) => times.of(sum.from)), times.of(to)];
      const rows = answer.rows.map((sum, index) => ({
        from: edges[index] ?? '',
        to: edges[index + 1] ?? '',
        ...describe(sum),
      }));
      const { unit } = carriers[carrier];
      const scope = scopeOf(found);
      if (wantsCsv(request)) {
        const table = rows.map((row) => ({ ...row, unit }));
        const body = csv(columns, table, languageOf(request, language));
        return sendCsv(reply, `consumption-${scope.id}-${carrier}-${bucket}`, body);
      }
      return {
        scope,
        carrier,
        unit,
        bucket,
        timeZone: calendar.zone,
        ...rangeText(times, { from, to, asOf: answer.asOf }),
        total: describe(answer.total),
        rows,
      };
    },
  );
}

function describe(sum: ConsumptionSum) {
  const shares = coverageOf(sum);
  return {
    value: tidyOrNull(sum.value),
    coverage: tidyOrNull(shares?.coverage ?? null),
    measuredShare: tidyOrNull(shares?.measuredShare ?? null),
    estimatedShare: tidyOrNull(shares?.estimatedShare ?? null),
    missingShare: tidyOrNull(shares?.missingShare ?? null),
    points: sum.points,
    partial: isPartial(sum),
  };
}

function rangeText(times: TimeText, range: { from: number; to: number; asOf: number }) {
  return { from: times.of(range.from), to: times.of(range.to), asOf: times.of(range.asOf) };
}

function scopesIn(query: z.infer<typeof scopeSchema>): FoundPlace['kind'][] {
  return (['point', 'building', 'institution'] as const).filter((kind) => query[kind] !== undefined);
}

function targetOf(request: FastifyRequest): Target {
  const query = scopeSchema.parse(request.query);
  const [kind = 'point'] = scopesIn(query);
  return { kind, id: query[kind] ?? '' };
}

function isPlace(found: Found | null): found is FoundPlace {
  return found?.kind === 'point' || found?.kind === 'building' || found?.kind === 'institution';
}

function scopeOf(found: FoundPlace): { kind: FoundPlace['kind']; id: string; name: string } {
  if (found.kind === 'point') return { kind: 'point', id: found.point.key, name: found.point.name };
  const { id, name } = found.kind === 'building' ? found.building : found.institution;
  return { kind: found.kind, id, name };
}

// How findings of cars and their numbers look in answers, and by which kinds they are asked for.
import { z } from 'zod';
import { text } from '../../core/domain/texts.ts';
import { type Column, yesOrNo } from '../http/csv.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { findingKindNames, findingWords, peakUnits, peakWords, unitWords } from './finding-texts.ts';
import { placeSchema } from './place-looks.ts';

const kindSchema = wordSchema(findingWords);

const findingSchema = z.object({
  id: z.string(),
  vehicle: z.string(),
  plate: z.string().nullable(),
  institution: z.string().nullable().describe('Whose the car was when it began.'),
  masked: z.boolean().describe('The category of the car shows no places.'),
  kind: kindSchema,
  start: z.string(),
  end: z.string(),
  open: z.boolean().describe('It went on when the data ended.'),
  noted: z
    .boolean()
    .describe('It happened, but was allowed, or nobody can say: of a sealed car, that it was not seen.'),
  peak: z
    .number()
    .nullable()
    .describe(
      'The worst value. `null`, as `limit` and `where`, where it says where the car was and places are not shown.',
    ),
  limit: z.number().nullable().describe('What it is held against; 0 where anything is too much.'),
  unit: z.enum(peakUnits).describe('Of `peak` and `limit`.'),
  where: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('The area, seal or place of an order that it is about.'),
  orders: z
    .array(z.string())
    .describe(
      'Ids of the dispatch orders that it is about. Of `trip-without-order` the nearest one within a day (附近派车单): it does not cover ' +
        'the trip, but may explain it.',
    ),
  evidence: z.array(z.object({ ts: z.string(), speedKmh: z.number(), place: placeSchema })),
});
export type FindingText = z.infer<typeof findingSchema>;

export const findingsSchema = z
  .object({ findings: z.array(findingSchema), next: z.string().nullable() })
  .meta({
    id: 'VehicleFindings',
    examples: [
      {
        findings: [
          {
            id: '5f0c1c8e7a3b4d6f9e2a1b0c',
            vehicle: '01JCARS0000000000000000001',
            plate: '浙C12345',
            institution: '01JCITY0000000000000000001',
            masked: false,
            kind: { code: 'speeding', text: 'Speeding' },
            start: '2026-03-02T09:10:00+08:00',
            end: '2026-03-02T09:11:00+08:00',
            open: false,
            noted: false,
            peak: 142,
            limit: 120,
            unit: 'km/h',
            where: null,
            orders: [],
            evidence: [{ ts: '2026-03-02T09:10:30+08:00', speedKmh: 142, place: null }],
          },
        ],
        next: null,
      },
    ],
  });

export const countsSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    institutions: z.array(
      z.object({
        institution: z.string(),
        name: z.string().nullable(),
        vehicles: z.int().describe('Cars with findings.'),
        total: z.int(),
        kinds: z.array(z.object({ kind: kindSchema, count: z.int() })),
      }),
    ),
  })
  .meta({
    id: 'VehicleFindingCounts',
    examples: [
      {
        from: '2026-03-01T00:00:00+08:00',
        to: '2026-04-01T00:00:00+08:00',
        institutions: [
          {
            institution: '01JCITY0000000000000000001',
            name: 'City',
            vehicles: 2,
            total: 3,
            kinds: [{ kind: { code: 'speeding', text: 'Speeding' }, count: 3 }],
          },
        ],
      },
    ],
  });

/** Beside what is answered as JSON. */
export interface FindingRow extends FindingText {
  readonly institutionName: string | null;
  /** Numbers of `orders`, of those that the reader may see. */
  readonly numbers: readonly string[];
}

const isWithoutOrder = ({ kind }: FindingRow) => kind.code === 'trip-without-order';
const listed = (numbers: readonly string[]) => numbers.toSorted().join(' ') || null;

export const findingColumns: readonly Column<FindingRow>[] = [
  { heading: 'csv.plate', cell: (row) => row.plate },
  { heading: 'csv.institution', cell: (row) => row.institutionName },
  { heading: 'csv.id', cell: (row) => row.institution },
  { heading: 'csv.kind', cell: (row) => row.kind.text },
  { heading: 'csv.start', cell: (row) => row.start },
  { heading: 'csv.end', cell: (row) => row.end },
  { heading: 'csv.peak-of', cell: ({ kind }, language) => wordOf(peakWords, kind.code, language).text },
  { heading: 'csv.peak', cell: (row) => row.peak },
  {
    heading: 'csv.held-against',
    cell: ({ limit }, language) => (limit === 0 ? text(language, 'csv.none-allowed') : limit),
  },
  { heading: 'csv.unit', cell: ({ unit }, language) => wordOf(unitWords, unit, language).text },
  { heading: 'csv.where', cell: (row) => row.where?.name ?? null },
  { heading: 'csv.orders', cell: (row) => (isWithoutOrder(row) ? null : listed(row.numbers)) },
  { heading: 'csv.nearby-order', cell: (row) => (isWithoutOrder(row) ? listed(row.numbers) : null) },
  { heading: 'csv.open', cell: ({ open }, language) => yesOrNo(open, language) },
  { heading: 'csv.noted', cell: ({ noted }, language) => yesOrNo(noted, language) },
  {
    heading: 'csv.place',
    cell: (row) =>
      row.evidence.flatMap(({ place }) => (place === null ? [] : `${place.lat} ${place.lon}`)).join('; ') ||
      null,
  },
];
type Counted = z.infer<typeof countsSchema>['institutions'][number];
export const countColumns: readonly Column<
  Pick<Counted, 'institution' | 'name'> & Counted['kinds'][number]
>[] = [
  { heading: 'csv.institution', cell: (row) => row.name },
  { heading: 'csv.id', cell: (row) => row.institution },
  { heading: 'csv.kind', cell: (row) => row.kind.text },
  { heading: 'csv.count', cell: (row) => row.count },
];

export const kindsParameter = z
  .string()
  .max(500)
  .transform((text, context) => {
    const names = [...new Set(text.split(',').map((name) => name.trim()))];
    const known = findingKindNames.filter((kind) => names.includes(kind));
    if (known.length === names.length) return known;
    const message = `expected kinds, separated by commas, of ${findingKindNames.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .optional()
  .meta({ description: `Only these kinds, separated by commas: ${findingKindNames.join(', ')}.` });

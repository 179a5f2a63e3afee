// GET /quotas/places…: where institutions stand in their quotas (能耗定额).
import { z } from 'zod';
import { basisNames } from '../../core/domain/accounting/bases.ts';
import { indicatorEntry, indicatorNames } from '../../core/domain/accounting/indicators.ts';
import { type ApplicableQuota, criterionNames, quotaFits } from '../../core/domain/quota/applicable.ts';
import { placeStates, placeText, type QuotaPlace } from '../../core/domain/quota/place.ts';
import type { Language } from '../../core/domain/texts.ts';
import { type QuotaAnswer, quotaPlace, quotaReasons } from '../accounting/quota-place.ts';
import { type QuotaRow, quotaTable } from '../accounting/quota-table.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { wordOf, wordOrNull, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import {
  describeFigure,
  describeFreshness,
  figureSchema,
  freshnessSchema,
  yearParameter,
} from './figure-forms.ts';
import { institutionTarget } from './figures.ts';

const amount = z.number().nullable();

const quotaSchema = z.object({
  fit: wordSchema(quotaFits),
  unknown: z
    .array(wordSchema(criterionNames))
    .describe('Facts of the institution that are not known, and could decide which row applies.'),
});

const placeSchema = z.object({
  state: z.object({
    code: z.enum(Object.keys(placeStates) as [keyof typeof placeStates]),
    text: z.string().describe('With the names of the set’s levels.'),
  }),
  reached: z.string().nullable().describe('The strictest level reached.'),
  next: z.string().nullable().describe('The mildest level that is not reached.'),
  toNext: amount.describe('What must go in the year to reach it, in the unit above the line (kgce, m³ …).'),
  levels: z.array(
    z.object({
      level: z.string(),
      limit: z.number(),
      distance: amount.describe('value ÷ limit − 1.'),
      toGo: amount,
    }),
  ),
});

const setSchema = z.object({ id: z.string(), version: z.int(), name: z.string(), standard: z.string() });

const quotaRowSchema = z.object({
  institution: z.string(),
  name: z.string(),
  parent: z.string().nullable().describe('The institution above; null at the top of the answer.'),
  set: z.object({ id: z.string(), version: z.int() }),
  indicator: z.enum(indicatorNames),
  unit: z.string(),
  value: amount.describe('The year, or its months that are over.'),
  why: figureSchema.shape.reason.describe('Why the value is null.'),
  coverage: z.number(),
  quota: quotaSchema,
  place: placeSchema,
  reason: wordSchema(quotaReasons).nullable().describe('Why the place is not known, where the value is.'),
});

const quotaQuestion = {
  institution: entityIdParameter('The institution; all below it are in its figures.'),
  year: yearParameter,
  basis: z
    .enum(basisNames)
    .optional()
    .meta({ description: 'What figures rest on (数据口径). Default: metered.' }),
};

export function addQuotaRoutes(app: ApiApp, context: RouteContext): void {
  const { times, language } = context;
  const access = { permission: 'energy:read', scope: institutionTarget } as const;

  app.get(
    `${prefix}/quotas/places`,
    {
      config: { access },
      schema: {
        tags: [tags.plans],
        summary: 'Where an institution stands in its quotas',
        description:
          'By the quota set (能耗定额) that it names, or the nearest one above it, under that set’s boundary and coefficients: the row ' +
          'that applies, the levels, and what must go. /quotas/places/tree has all below it.',
        querystring: z.strictObject(quotaQuestion),
        response: {
          200: json(
            'The places, one an indicator of the set.',
            z.object({
              answer: z
                .object({
                  ...freshnessSchema,
                  set: setSchema,
                  places: z.array(
                    z.object({
                      figure: figureSchema,
                      quota: quotaSchema,
                      place: placeSchema,
                      reason: wordSchema(quotaReasons).nullable(),
                    }),
                  ),
                })
                .nullable()
                .describe('Null: no quota set is named.'),
            }),
          ),
        },
      },
    },
    async (request) => {
      const answer = await quotaPlace(context, request.query);
      if (answer === undefined) return { answer: null };
      const spoken = languageOf(request, language);
      const { id, version, value } = answer.set;
      return {
        answer: {
          ...describeFreshness(answer, times),
          set: { id, version, name: value.name[spoken], standard: value.standard },
          places: answer.places.map(({ figure, quota, place, reason }) => ({
            figure: describeFigure(figure, times),
            quota: describeQuota(quota, spoken),
            place: describePlace(place, answer.set, spoken),
            reason: wordOrNull(quotaReasons, reason, spoken),
          })),
        },
      };
    },
  );

  app.get(
    `${prefix}/quotas/places/tree`,
    {
      config: { access },
      schema: {
        tags: [tags.plans],
        summary: 'Places in quotas of an institution and of each below it',
        description:
          'A row an institution and indicator, parents before children, each by its own set; who is under no set has none. With ' +
          '`Accept: text/csv` a table.',
        querystring: z.strictObject(quotaQuestion),
        response: {
          200: jsonOrCsv(
            'The rows.',
            z.object({ ...freshnessSchema, sets: z.array(setSchema), rows: z.array(quotaRowSchema) }),
            z.string().describe('The same; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const answer = await quotaTable(context, request.query);
      const spoken = languageOf(request, language);
      const rows = answer.rows.map((row) => describeRow(row, spoken));
      if (wantsCsv(request))
        return sendCsv(reply, `quotas-${request.query.institution}`, csv(quotaColumns, rows, spoken));
      const sets = new Map(answer.rows.map(({ set }) => [set.id, set]));
      return {
        ...describeFreshness(answer, times),
        sets: [...sets.values()].map(({ id, version, value }) => ({
          id,
          version,
          name: value.name[spoken],
          standard: value.standard,
        })),
        rows,
      };
    },
  );
}

function describeQuota({ fit, unknown }: ApplicableQuota, language: Language): z.infer<typeof quotaSchema> {
  return {
    fit: wordOf(quotaFits, fit, language),
    unknown: unknown.map((criterion) => wordOf(criterionNames, criterion, language)),
  };
}

function describePlace(
  place: QuotaPlace,
  { value: { levels } }: QuotaAnswer['set'],
  language: Language,
): z.infer<typeof placeSchema> {
  const nameOf = (level: number | null) => (level === null ? null : (levels[level]?.[language] ?? null));
  return {
    state: { code: place.state, text: placeText(place, levels, language) },
    reached: nameOf(place.reached),
    next: nameOf(place.next),
    toNext: tidyOrNull(place.toNext),
    levels: place.levels.map(({ limit, distance, toGo }, level) => ({
      level: nameOf(level) ?? '',
      limit,
      distance: tidyOrNull(distance),
      toGo: tidyOrNull(toGo),
    })),
  };
}

type Row = z.infer<typeof quotaRowSchema>;

function describeRow(row: QuotaRow, language: Language): Row {
  const { institution, name, parent, set, quota, value, why, coverage, place, reason } = row;
  return {
    institution,
    name,
    parent,
    set: { id: set.id, version: set.version },
    indicator: quota.indicator,
    unit: indicatorEntry(quota.indicator).unit,
    value: tidyOrNull(value),
    why,
    coverage: tidy(coverage),
    quota: describeQuota(quota, language),
    place: describePlace(place, set, language),
    reason: wordOrNull(quotaReasons, reason, language),
  };
}

function limitOfNext({ place }: Row): Row['place']['levels'][number] | undefined {
  return place.levels.find(({ level }) => level === place.next);
}

const quotaColumns: readonly Column<Row>[] = [
  { heading: 'csv.institution', cell: ({ name }) => name },
  { heading: 'csv.id', cell: ({ institution }) => institution },
  { heading: 'csv.quota-set', cell: ({ set }) => set.id },
  { heading: 'csv.indicator', cell: ({ indicator }) => indicator },
  { heading: 'csv.figure', cell: ({ value }) => value },
  { heading: 'csv.unit', cell: ({ unit }) => unit },
  { heading: 'csv.coverage', cell: ({ coverage }) => coverage },
  { heading: 'csv.state', cell: ({ place }) => place.state.text },
  { heading: 'csv.reached', cell: ({ place }) => place.reached },
  { heading: 'csv.next-level', cell: ({ place }) => place.next },
  { heading: 'csv.limit', cell: (row) => limitOfNext(row)?.limit ?? null },
  { heading: 'csv.to-go', cell: ({ place }) => place.toNext },
  {
    heading: 'csv.reason',
    cell: ({ reason, quota }) => reason?.text ?? (quota.fit.code === 'applies' ? null : quota.fit.text),
  },
];

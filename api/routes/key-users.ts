// GET /key-users: the designated list of key energy users (重点用能单位) with grades, and candidates.
import { z } from 'zod';
import { basisNames } from '../../core/domain/accounting/bases.ts';
import { gradeText } from '../../core/domain/quota/grades.ts';
import { candidateMeasures, candidateStates } from '../../core/domain/quota/key-users.ts';
import type { Language } from '../../core/domain/texts.ts';
import { type KeyUserRow, keyUsers, usualThresholds } from '../accounting/key-users.ts';
import { covers } from '../auth/access.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { describeFreshness, freshnessSchema, yearParameter } from './figure-forms.ts';

const amount = z.number().nullable();

const measures = Object.keys(candidateMeasures) as [keyof typeof candidateMeasures];

const keyUserSchema = z.object({
  institution: z.string(),
  name: z.string(),
  state: wordSchema(candidateStates),
  listed: z.boolean(),
  grade: z.string().describe('Of the yearly assessment, in words; empty: none.'),
  document: z.string(),
  energyTce: amount.describe(
    'Its own energy, without those below it; a part of it where coverage is below 1.',
  ),
  coverage: z.number(),
  withBelowTce: amount.describe('With all below it.'),
  reached: z.array(z.object({ measure: z.enum(measures), value: z.number(), threshold: z.number() })),
  unknown: z.array(z.enum(measures)).describe('What a threshold asks about and nobody knows.'),
});

function thresholdParameter(description: string) {
  return z
    .string()
    .regex(/^\d{1,12}(\.\d{1,6})?$/, 'expected a number above 0')
    .transform(Number)
    .refine((value) => value > 0, 'expected a number above 0')
    .optional()
    .meta({ description });
}

export function addKeyUserRoutes(app: ApiApp, context: RouteContext): void {
  const { times, language } = context;

  app.get(
    `${prefix}/key-users`,
    {
      config: { access: { permission: 'energy:read', scope: 'filtered' } },
      schema: {
        tags: [tags.plans],
        summary: 'Key energy users of a year',
        description:
          'The designated list (重点用能单位) with grades, and who reaches a threshold or might, the most energy first. A threshold may ' +
          'be given anew; which one holds is for the document in force. With `Accept: text/csv` a table.',
        querystring: z.strictObject({
          year: yearParameter,
          tce: thresholdParameter(
            `Energy of a year from which an institution is a candidate, tce. Default: ${usualThresholds.energyTce}.`,
          ),
          electricityKwh: thresholdParameter(
            'Electricity of a year likewise, kWh; without it none is asked about.',
          ),
          areaM2: thresholdParameter('Counted area likewise, m²; without it none is asked about.'),
          basis: z
            .enum(basisNames)
            .optional()
            .meta({ description: 'What figures rest on (数据口径). Default: metered.' }),
        }),
        response: {
          200: jsonOrCsv(
            'The list and the candidates.',
            z.object({
              ...freshnessSchema,
              year: z.int(),
              figuresOf: z
                .int()
                .describe('The year of the figures: while the list’s year runs, the one before.'),
              thresholds: z.partialRecord(z.enum(measures), z.number()),
              institutions: z.array(keyUserSchema),
            }),
            z.string().describe('The same; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { year, tce, electricityKwh, areaM2, basis = 'metered' } = request.query;
      const thresholds = {
        energyTce: tce ?? usualThresholds.energyTce,
        ...(electricityKwh === undefined ? {} : { electricityKwh }),
        ...(areaM2 === undefined ? {} : { areaM2 }),
      };
      const answer = await keyUsers(context, { year, thresholds, terms: { basis } });
      const spoken = languageOf(request, language);
      const institutions = answer.rows
        .filter(({ institution }) => covers(request.reach, institution))
        .map((row) => describeKeyUser(row, spoken));
      if (wantsCsv(request))
        return sendCsv(reply, `key-users-${year}`, csv(keyUserColumns, institutions, spoken));
      const { figuresOf } = answer;
      return {
        ...describeFreshness(answer, times),
        year,
        figuresOf,
        thresholds: { ...answer.thresholds },
        institutions,
      };
    },
  );
}

type KeyUser = z.infer<typeof keyUserSchema>;

function describeKeyUser(row: KeyUserRow, language: Language): KeyUser {
  const { institution, name, state, grade, document, coverage } = row;
  return {
    institution,
    name,
    state: wordOf(candidateStates, state, language),
    listed: state === 'listed' || state === 'listed-below',
    grade: gradeText(grade, language),
    document,
    energyTce: tidyOrNull(row.energyTce),
    coverage: tidy(coverage),
    withBelowTce: tidyOrNull(row.withBelowTce),
    reached: row.reached.map(({ measure, value, threshold }) => ({ measure, value: tidy(value), threshold })),
    unknown: [...row.unknown],
  };
}

const keyUserColumns: readonly Column<KeyUser>[] = [
  { heading: 'csv.institution', cell: ({ name }) => name },
  { heading: 'csv.id', cell: ({ institution }) => institution },
  { heading: 'csv.state', cell: ({ state }) => state.text },
  { heading: 'csv.listed', cell: ({ listed }) => listed },
  { heading: 'csv.grade', cell: ({ grade }) => grade },
  { heading: 'csv.document', cell: ({ document }) => document },
  { heading: 'csv.energy-tce', cell: ({ energyTce }) => energyTce },
  { heading: 'csv.coverage', cell: ({ coverage }) => coverage },
  { heading: 'csv.with-below-tce', cell: ({ withBelowTce }) => withBelowTce },
];

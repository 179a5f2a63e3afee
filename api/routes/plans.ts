// GET /plans/…: where institutions stand in their plans, who is ahead, and frozen reviews (中期评估, 终期考核).
import { z } from 'zod';
import { indicatorEntry, indicatorNames } from '../../core/domain/accounting/indicators.ts';
import type { Language } from '../../core/domain/texts.ts';
import { planProgress } from '../accounting/plan-progress.ts';
import { planRanking, type RankedInstitution } from '../accounting/plan-ranking.ts';
import { covers } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { describeFreshness, freshnessSchema, indicatorParameter, yearParameter } from './figure-forms.ts';
import { institutionTarget } from './figures.ts';
import {
  capProgressSchema,
  describeCap,
  describeIndicator,
  describePlace,
  indicatorProgressSchema,
  placeSchema,
} from './plan-forms.ts';

const progressSchema = z.object({
  ...freshnessSchema,
  year: z.int(),
  running: z.boolean().describe('The year is not over.'),
  through: z.int().describe('Months of the year that are over.'),
  plan: z.object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    from: z.string().describe('The institution that names the plan.'),
  }),
  restated: z
    .object({
      members: z.int().describe('Institutions whose base-year figures form the base.'),
      joined: z.array(z.string()),
      left: z.array(z.string()),
      withoutBase: z.array(z.string()).describe('In the subtree today, without base-year figures.'),
    })
    .describe('The base is of the institutions that belong today (同口径).'),
  indicators: z.array(indicatorProgressSchema),
  caps: z.array(capProgressSchema),
});

const rankedSchema = z.object({
  institution: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  plan: z.string(),
  provisional: z.boolean().describe('A carbon factor of one of its indicators is not the year’s own.'),
  indicators: z.array(
    z.object({
      indicator: z.enum(indicatorNames),
      change: z.number().describe('The target.'),
      months: z.array(z.int()).describe('What is compared: all months, or those known in both years.'),
      base: z.number().nullable(),
      figure: z.number().nullable(),
      place: placeSchema,
      rank: z.int().nullable().describe('Among those with the same institution above, 1 is best.'),
    }),
  ),
});

export function addPlanRoutes(app: ApiApp, context: RouteContext): void {
  const { times, language, directory } = context;

  app.get(
    `${prefix}/plans/progress`,
    {
      config: { access: { permission: 'energy:read', scope: institutionTarget } },
      schema: {
        tags: [tags.plans],
        summary: 'Where an institution stands in its plan',
        description:
          'Progress (序时进度) of each target, year to date, the year’s end projected, who makes the gap and what made the change; caps ' +
          'on totals. See docs/accounting.md, "Plans".',
        querystring: z.strictObject({
          institution: entityIdParameter('The institution; all below it are in its figures.'),
          year: yearParameter,
        }),
        response: {
          200: json(
            'The place in the plan.',
            z.object({
              progress: progressSchema.nullable().describe('Null: no plan holds at the year’s end.'),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { query } = request;
      const answer = await planProgress(context, query);
      if (answer === undefined) return { progress: null };
      const spoken = languageOf(request, language);
      const { plan, targets } = answer.inForce;
      const { members, joined, left, withoutBase } = answer.restated;
      return {
        progress: {
          ...describeFreshness(answer, times),
          year: answer.year,
          running: answer.running,
          through: answer.through,
          plan: { id: plan.id, version: plan.version, name: plan.value.name[spoken], from: targets.planFrom },
          restated: {
            members: members.length,
            joined: [...joined],
            left: [...left],
            withoutBase: [...withoutBase],
          },
          indicators: answer.indicators.map((each) => describeIndicator(each, spoken, times)),
          caps: answer.caps.map((each) => describeCap(each, spoken, times)),
        },
      };
    },
  );

  app.get(
    `${prefix}/plans/ranking`,
    {
      config: { access: { permission: 'energy:read', scope: 'filtered' } },
      schema: {
        tags: [tags.plans],
        summary: 'Everybody’s place in their plans',
        description:
          'Every institution that has a plan at the year’s end, with its place on the line and its rank among those with the same ' +
          'institution above; by name, or by rank where one indicator is asked for. With `Accept: text/csv` a table.',
        querystring: z.strictObject({
          year: yearParameter,
          indicator: indicatorParameter.optional(),
          parent: entityIdParameter('Only institutions right below this one.').optional(),
        }),
        response: {
          200: jsonOrCsv(
            'The places.',
            z.object({
              ...freshnessSchema,
              year: z.int(),
              through: z.int().describe('Months of the year that are over.'),
              institutions: z.array(rankedSchema),
            }),
            z.string().describe('A row an institution and indicator; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { year, indicator, parent } = request.query;
      if (parent !== undefined) {
        const found = await directory.institution(parent);
        if (found === undefined || !covers(request.reach, parent))
          throw notFound({ kind: 'institution', id: parent });
      }
      const spoken = languageOf(request, language);
      const answer = await planRanking(context, { year });
      const { institutions: names } = await directory.page();
      const rows = answer.institutions
        .filter((each) => covers(request.reach, each.institution))
        .filter((each) => parent === undefined || each.parent === parent)
        .map((each) => describeRanked(each, names.get(each.institution)?.name, indicator, spoken))
        .filter(({ indicators }) => indicator === undefined || indicators.length > 0)
        .sort((a, b) => (indicator === undefined ? 0 : rankOf(a) - rankOf(b)) || byName(a, b));
      if (wantsCsv(request)) {
        const flat = rows.flatMap((row) => row.indicators.map((of) => ({ row, of })));
        return sendCsv(reply, `plan-ranking-${year}`, csv(rankColumns, flat, spoken));
      }
      return { ...describeFreshness(answer, times), year, through: answer.through, institutions: rows };
    },
  );
}

type Ranked = z.infer<typeof rankedSchema>;

function describeRanked(
  each: RankedInstitution,
  name: string | undefined,
  only: string | undefined,
  language: Language,
): Ranked {
  const { institution, parent, plan } = each;
  const indicators = each.indicators.filter(({ indicator }) => only === undefined || indicator === only);
  return {
    institution,
    name: name ?? institution,
    parent,
    plan,
    provisional: indicators.some(({ place }) => place.provisional),
    indicators: indicators.map(({ indicator, change, months, base, figure, place, rank }) => ({
      indicator,
      change,
      months: [...months],
      base: tidyOrNull(base),
      figure: tidyOrNull(figure),
      place: describePlace(place, language),
      rank,
    })),
  };
}

/** Who has no rank comes last. */
function rankOf({ indicators }: Ranked): number {
  return indicators[0]?.rank ?? Number.MAX_SAFE_INTEGER;
}

function byName(a: Ranked, b: Ranked): number {
  return a.name.localeCompare(b.name, 'zh-CN') || (a.institution < b.institution ? -1 : 1);
}

type RankRow = { readonly row: Ranked; readonly of: Ranked['indicators'][number] };

const rankColumns: readonly Column<RankRow>[] = [
  { heading: 'csv.institution', cell: ({ row }) => row.name },
  { heading: 'csv.id', cell: ({ row }) => row.institution },
  { heading: 'csv.parent', cell: ({ row }) => row.parent },
  { heading: 'csv.plan', cell: ({ row }) => row.plan },
  { heading: 'csv.indicator', cell: ({ of }) => of.indicator },
  { heading: 'csv.unit', cell: ({ of }) => indicatorEntry(of.indicator).unit },
  { heading: 'csv.target-change', cell: ({ of }) => of.change },
  { heading: 'csv.base', cell: ({ of }) => of.base },
  { heading: 'csv.figure', cell: ({ of }) => of.figure },
  { heading: 'csv.line', cell: ({ of }) => of.place.line },
  { heading: 'csv.change', cell: ({ of }) => of.place.change },
  { heading: 'csv.progress', cell: ({ of }) => of.place.progress },
  { heading: 'csv.state', cell: ({ of }) => of.place.state.text },
  { heading: 'csv.reason', cell: ({ of }) => of.place.reason?.text ?? null },
  { heading: 'csv.rank', cell: ({ of }) => of.rank },
  { heading: 'csv.provisional', cell: ({ of }) => of.place.provisional },
];

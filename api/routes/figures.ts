// GET /figures…: indicators of an institution, by month, of all below it, and taken apart down to bills and points.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { basisNames } from '../../core/domain/accounting/bases.ts';
import { sectorOf, sectors } from '../../core/domain/accounting/classes.ts';
import { commodityNames } from '../../core/domain/accounting/commodities.ts';
import type { FigureTable } from '../../core/domain/accounting/figures.ts';
import { type Indicator, indicatorEntry, indicatorNames } from '../../core/domain/accounting/indicators.ts';
import { figureReasonWords } from '../../core/domain/accounting/kpi/ratio.ts';
import { subtree } from '../../core/domain/accounting/tree.ts';
import { useNames } from '../../core/domain/accounting/uses.ts';
import type { Language } from '../../core/domain/texts.ts';
import { denominatorsWithFacts } from '../accounting/denominators.ts';
import { sourcesOf } from '../accounting/sources.ts';
import { type Access, covers, nowhere, type Target } from '../auth/access.ts';
import { reachOf } from '../auth/guard.ts';
import { json, jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { wordOf } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import {
  defaultIndicators,
  describeCoverage,
  describeFigure,
  describeFreshness,
  describeTerms,
  figureSchema,
  freshnessSchema,
  indicatorParameter,
  indicatorsParameter,
  periodFields,
  periodOf,
  termsFields,
  termsQuestion,
  termsSchema,
} from './figure-forms.ts';

export const institutionParameter = entityIdParameter('The institution; all below it are in its figures.');

export function institutionTarget(request: FastifyRequest): Target {
  const { institution } = z.object({ institution: z.string() }).parse(request.query);
  return { kind: 'institution', id: institution };
}

/** What is paid is for those who may see bills. */
export const figureAccess = {
  permission: 'energy:read',
  more: { permission: 'accounts:read', when: ({ query }) => asksForCost(query), words: 'for cost' },
  scope: institutionTarget,
} as const satisfies Access;
/** So are the bills and reports behind a quantity. */
const sourcesAccess = {
  permission: 'energy:read',
  more: {
    permission: 'accounts:read',
    when: ({ query }) => Object(query)['basis'] !== 'metered',
    words: 'for bills and reports',
  },
  scope: institutionTarget,
} as const satisfies Access;

function asksForCost(query: unknown): boolean {
  const { indicators, indicator }: Record<string, unknown> = Object(query);
  return [indicators, indicator].flat().some((name) => /cost/i.test(String(name)));
}

const rowSchema = z.object({
  institution: z.string(),
  name: z.string(),
  parent: z.string().nullable().describe('The institution above; null at the top of the answer.'),
  sector: z.string().nullable().describe('A code, or the text of an older registry; null: not known.'),
  values: z.array(
    z.object({
      indicator: z.enum(indicatorNames),
      value: z.number().nullable(),
      reason: figureSchema.shape.reason,
      withheld: z.number().nullable(),
      numerator: z.number().nullable(),
      denominator: z.number().nullable(),
      coverage: figureSchema.shape.coverage,
    }),
  ),
});
type Row = z.infer<typeof rowSchema>;

const denominatorSchema = z.object({
  institution: z.string(),
  value: z
    .number()
    .describe('Mean users or m² over the period’s days; days on which it is not there count as none.'),
  userRules: z
    .array(z.object({ id: z.string(), version: z.int(), from: z.string(), to: z.string() }))
    .describe('Versions of its counting rule, and when each holds; none: every head is one.'),
  facts: z.array(
    z.object({
      entity: z.string().describe('The institution, or a building of its.'),
      attribute: z.string(),
      from: z.string(),
      to: z.string().nullable().describe('Null: until further notice.'),
      value: z.unknown().describe('As recorded: heads by component, areas in m², a rule, shares.'),
      recordedAt: z.string(),
      author: z.string().nullable().describe('Null for those who may not see who recorded facts.'),
      reason: z.string().nullable(),
    }),
  ),
});

export function addFigureRoutes(app: ApiApp, context: RouteContext): void {
  const { calendar, times, accounting, clock, language, registry, directory } = context;
  const question = {
    institution: institutionParameter,
    indicators: indicatorsParameter.optional(),
    ...periodFields(calendar),
    ...termsFields,
  };

  app.get(
    `${prefix}/figures`,
    {
      config: { access: figureAccess },
      schema: {
        tags: [tags.figures],
        summary: 'Figures of an institution',
        description:
          'Energy, water, carbon, cost: totals, per person and per area, of the institution with all below it, each with ' +
          'what it rests on. Without `indicators` the four of the five-year plan. See docs/accounting.md for the rules.',
        querystring: z.strictObject(question),
        response: {
          200: json(
            'The figures, in the order asked for.',
            z.object({ ...freshnessSchema, terms: termsSchema, figures: z.array(figureSchema) }),
          ),
        },
      },
    },
    async ({ query }) => {
      const answer = await accounting.figures({
        institution: query.institution,
        indicators: query.indicators ?? defaultIndicators,
        period: periodOf(query, clock.now(), calendar),
        terms: termsQuestion(query),
      });
      return {
        ...describeFreshness(answer, times),
        terms: describeTerms(answer),
        figures: answer.figures.map((figure) => describeFigure(figure, times)),
      };
    },
  );

  app.get(
    `${prefix}/figures/months`,
    {
      config: { access: figureAccess },
      schema: {
        tags: [tags.figures],
        summary: 'Figures by month',
        description: 'As /figures, month by month of the period.',
        querystring: z.strictObject(question),
        response: {
          200: json(
            'A list an indicator, a figure a month.',
            z.object({ ...freshnessSchema, terms: termsSchema, series: z.array(z.array(figureSchema)) }),
          ),
        },
      },
    },
    async ({ query }) => {
      const answer = await accounting.months({
        institution: query.institution,
        indicators: query.indicators ?? defaultIndicators,
        period: periodOf(query, clock.now(), calendar),
        terms: termsQuestion(query),
      });
      return {
        ...describeFreshness(answer, times),
        terms: describeTerms(answer),
        series: answer.series.map((list) => list.map((figure) => describeFigure(figure, times))),
      };
    },
  );

  app.get(
    `${prefix}/figures/tree`,
    {
      config: { access: figureAccess },
      schema: {
        tags: [tags.figures],
        summary: 'Figures of an institution and of each below it',
        description:
          'A row for every institution of the subtree, each with all below it, parents before children: for rankings and tables. ' +
          'With `Accept: text/csv` a table, a column an indicator.',
        querystring: z.strictObject(question),
        response: {
          200: jsonOrCsv(
            'The rows.',
            z.object({ ...freshnessSchema, terms: termsSchema, rows: z.array(rowSchema) }),
            z.string().describe('The same; an unknown value is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const asked = query.indicators ?? defaultIndicators;
      const answer = await accounting.tree({
        institution: query.institution,
        indicators: asked,
        period: periodOf(query, clock.now(), calendar),
        terms: termsQuestion(query),
      });
      const { institutions, tree, tables } = answer;
      const top = institutions.findIndex(({ id }) => id === query.institution);
      const inside = top < 0 ? [] : subtree(tree, top);
      const rows = inside.map((one): Row => {
        const parent = one === top ? undefined : institutions[tree.parent[one] ?? -1];
        return {
          institution: institutions[one]?.id ?? '',
          name: institutions[one]?.name ?? '',
          parent: parent?.id ?? null,
          sector: institutions[one]?.sector || null,
          values: tables.map((table) => cellOf(table, one)),
        };
      });
      if (wantsCsv(request)) {
        const spoken = languageOf(request, language);
        return sendCsv(reply, `figures-${query.institution}`, csv(treeColumns, rows.flatMap(flat), spoken));
      }
      return { ...describeFreshness(answer, times), terms: describeTerms(answer), rows };
    },
  );

  app.get(
    `${prefix}/figures/explanation`,
    {
      config: { access: figureAccess },
      schema: {
        tags: [tags.figures],
        summary: 'A figure taken apart',
        description:
          'Quantity × coefficient of each commodity, use and institution in the figure, and who stands below the line: enough to ' +
          'compute it again. /figures/sources goes on to bills, reports and points.',
        querystring: z.strictObject({
          institution: institutionParameter,
          indicator: indicatorParameter,
          ...periodFields(calendar),
          ...termsFields,
        }),
        response: {
          200: json(
            'The figure and its parts, the largest first.',
            z.object({
              ...freshnessSchema,
              terms: termsSchema,
              figure: figureSchema,
              parts: z.array(
                z.object({
                  institution: z.string().nullable(),
                  commodity: z.enum(commodityNames),
                  use: z.enum(useNames).nullable(),
                  quantity: z.number(),
                  unit: z.string(),
                  coefficient: z.number().nullable(),
                  factorYear: z.int().nullable().describe('The year that a grid factor was published for.'),
                  contribution: z.number().nullable(),
                }),
              ),
              denominators: z
                .array(denominatorSchema)
                .describe('Who stands below the line, and the facts that say so.'),
            }),
          ),
        },
      },
    },
    async ({ query, caller }) => {
      const answer = await accounting.explain({
        institution: query.institution,
        indicator: query.indicator,
        period: periodOf(query, clock.now(), calendar),
        terms: termsQuestion(query),
      });
      const { explanation } = answer;
      const denominators = await denominatorsWithFacts(registry, explanation);
      const reach = caller === null ? nowhere : await reachOf(caller, 'accounts:read', directory);
      const authors = covers(reach, query.institution);
      return {
        ...describeFreshness(answer, times),
        terms: describeTerms(answer),
        figure: describeFigure(explanation.figure, times),
        parts: explanation.parts.map((part) => ({
          institution: part.institution ?? null,
          commodity: part.commodity,
          use: part.use ?? null,
          quantity: tidy(part.quantity),
          unit: part.unit,
          coefficient: part.coefficient,
          factorYear: part.factorYear ?? null,
          contribution: tidyOrNull(part.contribution),
        })),
        denominators: denominators.map(({ institution, value, userRules, facts }) => ({
          institution,
          value: tidy(value),
          userRules: userRules.map((rule) => ({ ...rule, from: times.of(rule.from), to: times.of(rule.to) })),
          facts: facts.map(
            ({ entity, attribute, validFrom, validTo, value: said, recordedAt, author, reason }) => ({
              entity,
              attribute,
              from: times.of(validFrom),
              to: validTo === null ? null : times.of(validTo),
              value: said,
              recordedAt: times.of(recordedAt),
              author: authors ? author : null,
              reason: authors ? reason : null,
            }),
          ),
        })),
      };
    },
  );

  app.get(
    `${prefix}/figures/sources`,
    {
      config: { access: sourcesAccess },
      schema: {
        tags: [tags.figures],
        summary: 'Bills, reports and points behind a quantity',
        description:
          'What stands behind the quantities of one institution, without those below it, in a period: its bills or reports with the ' +
          'part of them that falls into the period (by days), or its points with what they measured. /points/{id}/readings goes on.',
        querystring: z.strictObject({
          institution: institutionParameter,
          commodity: z
            .enum(commodityNames)
            .optional()
            .meta({ description: 'Only of this commodity (能源资源品类).' }),
          basis: z
            .enum(basisNames)
            .default('billed')
            .meta({ description: 'Bills, points or reports (数据口径).' }),
          ...periodFields(calendar),
        }),
        response: {
          200: json(
            'The sources.',
            z.object({
              ...freshnessSchema,
              sources: z.array(
                z.object({
                  kind: z
                    .enum(['bill', 'report', 'point', 'moved'])
                    .describe(
                      '`moved`: what sub-meters move between uses of what bills say as a whole; below 0 where it leaves.',
                    ),
                  id: z
                    .string()
                    .describe('Of the bill or report; `agent/point` of a point; empty of what moved.'),
                  account: z.string().nullable(),
                  document: z.string().nullable().describe('The number on a bill.'),
                  commodity: z.enum(commodityNames),
                  use: z.enum(useNames),
                  from: z.string(),
                  to: z.string(),
                  share: z.number().describe('Below 0: what moves to another use, or is taken away.'),
                  quantity: z
                    .number()
                    .nullable()
                    .describe('What of it falls into the period, by days, before shares.'),
                  amountCny: z.number().nullable(),
                }),
              ),
            }),
          ),
        },
      },
    },
    async ({ query }) => {
      const period = periodOf(query, clock.now(), calendar);
      const answer = await sourcesOf({ accounting, registry, calendar }, { ...query, period });
      return {
        ...describeFreshness(answer, times),
        sources: answer.sources.map((source) => ({
          ...source,
          from: times.of(source.from),
          to: times.of(source.to),
          quantity: tidyOrNull(source.quantity),
          amountCny: tidyOrNull(source.amountCny),
        })),
      };
    },
  );
}

type FlatRow = { readonly row: Row; readonly value: Row['values'][number] };

/** What a table says of a figure. */
export const valueColumns: readonly Column<{ readonly value: Row['values'][number] }>[] = [
  { heading: 'csv.indicator', cell: ({ value }) => value.indicator },
  { heading: 'csv.indicator-name', cell: ({ value }, language) => nameOf(value.indicator, language) },
  { heading: 'csv.figure', cell: ({ value }) => value.value },
  { heading: 'csv.unit', cell: ({ value }) => indicatorEntry(value.indicator).unit },
  { heading: 'csv.coverage', cell: ({ value }) => tidy(value.coverage.measured + value.coverage.estimated) },
  {
    heading: 'csv.reason',
    cell: ({ value }, language) =>
      value.reason === null ? null : wordOf(figureReasonWords, value.reason, language).text,
  },
];

const treeColumns: readonly Column<FlatRow>[] = [
  { heading: 'csv.institution', cell: ({ row }) => row.name },
  { heading: 'csv.id', cell: ({ row }) => row.institution },
  { heading: 'csv.sector', cell: ({ row }, language) => sectorWord(row.sector, language) },
  ...valueColumns,
];

function nameOf(indicator: Indicator, language: Language): string {
  const { zh, en } = indicatorEntry(indicator);
  return language === 'en' ? en : zh;
}

function sectorWord(said: string | null, language: Language): string | null {
  const sector = said === null ? undefined : sectorOf(said);
  return sector === undefined ? said : wordOf(sectors, sector, language).text;
}

function flat(row: Row): FlatRow[] {
  return row.values.map((value) => ({ row, value }));
}

function cellOf(table: FigureTable, one: number): Row['values'][number] {
  const at = (column: Float64Array) => {
    const value = column[one] ?? Number.NaN;
    return Number.isNaN(value) ? null : tidy(value);
  };
  const value = at(table.value);
  return {
    indicator: table.indicator,
    value,
    reason: table.reasons[one] ?? null,
    withheld: value === null ? at(table.withheld) : null,
    numerator: at(table.numerator),
    denominator: indicatorEntry(table.indicator).per === undefined ? null : at(table.denominator),
    coverage: describeCoverage({
      measured: table.measured[one] ?? 0,
      estimated: table.estimated[one] ?? 0,
      missing: table.missing[one] ?? 0,
    }),
  };
}

// GET /figures/sectors: an institution and all below it summed by sector (government, education, health, culture, other), beside territory.
import { z } from 'zod';
import { type Sector, sectorIn, sectorNames, sectors } from '../../core/domain/accounting/classes.ts';
import type { Figure, PlainFigure } from '../../core/domain/accounting/figures.ts';
import type { GroupFigure } from '../../core/domain/accounting/figures-by-group.ts';
import { type Indicator, indicatorNames } from '../../core/domain/accounting/indicators.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import {
  defaultIndicators,
  describeCoverage,
  describeFreshness,
  describeTerms,
  figureSchema,
  freshnessSchema,
  indicatorsParameter,
  periodFields,
  periodOf,
  termsFields,
  termsQuestion,
  termsSchema,
} from './figure-forms.ts';
import { figureAccess, institutionParameter, valueColumns } from './figures.ts';

const valueSchema = z.object({
  indicator: z.enum(indicatorNames),
  institutions: z.int().describe('How many were in the sector in some month of the period.'),
  value: z.number().nullable(),
  reason: figureSchema.shape.reason,
  withheld: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  coverage: figureSchema.shape.coverage,
});
const rowSchema = z.object({
  sector: wordSchema(sectors).nullable().describe('Null: not known, or the text of an older registry.'),
  values: z.array(valueSchema),
});
type Row = z.infer<typeof rowSchema>;
type FlatRow = { readonly row: Row | undefined; readonly value: Row['values'][number] };

export function addFigureSectorRoutes(app: ApiApp, context: RouteContext): void {
  const { calendar, times, accounting, clock, language } = context;
  app.get(
    `${prefix}/figures/sectors`,
    {
      config: { access: figureAccess },
      schema: {
        tags: [tags.figures],
        summary: 'Figures by sector',
        description:
          'The institution and all below it, summed by sector (statistics are summed by department, region and sector): each institution ' +
          'counts in its own sector, whatever stands above it, month by month: one that changes its sector within the period counts in the old ' +
          'one until then, its users and area by the part of the time. Quantities, users and area of the sectors sum to those of the whole, which is given in `total`. As a table where `Accept` prefers `text/csv`.',
        querystring: z.strictObject({
          institution: institutionParameter,
          indicators: indicatorsParameter.optional(),
          ...periodFields(calendar),
          ...termsFields,
        }),
        response: {
          200: jsonOrCsv(
            'The sectors that there are, and the whole.',
            z.object({
              ...freshnessSchema,
              terms: termsSchema,
              sectors: z.array(rowSchema),
              total: z.array(valueSchema),
            }),
            z.string().describe('a sector and indicator a line; the whole last'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const indicators = query.indicators ?? defaultIndicators;
      const spoken = languageOf(request, language);
      const answer = await accounting.groups(
        {
          institution: query.institution,
          indicators,
          period: periodOf(query, clock.now(), calendar),
          terms: termsQuestion(query),
        },
        sectorIn,
      );
      const rows = [...sectorNames, undefined].flatMap((sector: Sector | undefined): Row[] => {
        const values = indicators.flatMap((indicator, at) => {
          const part = answer.groups[at]?.get(sector);
          return part === undefined ? [] : [shown(indicator, part, part.members.size)];
        });
        const said = sector === undefined ? null : wordOf(sectors, sector, spoken);
        return values.length === 0 ? [] : [{ sector: said, values }];
      });
      const total = answer.figures.map((whole, at) =>
        shown(whole.indicator, whole, institutionsIn(answer.groups[at] ?? new Map())),
      );
      if (wantsCsv(request)) {
        const parts = rows.flatMap((row) => row.values.map((value): FlatRow => ({ row, value })));
        const whole = total.map((value): FlatRow => ({ row: undefined, value }));
        return sendCsv(
          reply,
          `figures-sectors-${query.institution}`,
          csv(columns, [...parts, ...whole], spoken),
        );
      }
      return { ...describeFreshness(answer, times), terms: describeTerms(answer), sectors: rows, total };
    },
  );
}

/** Each once, though it changed its sector. */
function institutionsIn(groups: ReadonlyMap<unknown, GroupFigure>): number {
  return new Set([...groups.values()].flatMap(({ members }) => [...members])).size;
}

function shown(
  indicator: Indicator,
  { value, reason, withheld, numerator, denominator, coverage }: PlainFigure | Figure,
  institutions: number,
): Row['values'][number] {
  return {
    indicator,
    institutions,
    value: tidyOrNull(value),
    reason: reason ?? null,
    withheld: tidyOrNull(withheld ?? null),
    numerator: tidyOrNull(numerator),
    denominator: tidyOrNull(denominator),
    coverage: describeCoverage(coverage),
  };
}

const whole = { 'zh-CN': '合计', en: 'total' } as const;
const unknown = { 'zh-CN': '未知', en: 'not known' } as const;

const columns: readonly Column<FlatRow>[] = [
  {
    heading: 'csv.sector',
    cell: ({ row }, language) =>
      row === undefined ? whole[language] : (row.sector?.text ?? unknown[language]),
  },
  { heading: 'csv.institutions', cell: ({ value }) => value.institutions },
  ...valueColumns,
];

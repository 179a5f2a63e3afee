// GET /vehicle-publication: the monthly table of cars that is published (公示), as JSON or a workbook.
import { z } from 'zod';
import { vehicleCategoryNames } from '../../core/domain/fleet/vehicles.ts';
import {
  institutionTarget,
  monthParameter,
  ofInstitution,
  reachBelow,
  stretchOf,
} from '../fleet/account-forms.ts';
import { publicationOf, publicationWorkbook } from '../fleet/publication.ts';
import { languageOf } from '../http/csv.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { yearParameter } from './figure-forms.ts';

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const tableSchema = z.object({
  title: z.string(),
  titles: z.array(z.string()),
  rows: z
    .array(z.array(z.union([z.string(), z.number()]).nullable()))
    .describe('A row for each car, by plate; null: not known.'),
  leftOut: z
    .array(z.object({ category: z.enum(vehicleCategoryNames), cars: z.int() }))
    .describe('Cars that are not in the table, by category.'),
  notes: z.array(z.string()),
});

export function addVehiclePublicationRoutes(app: ApiApp, context: RouteContext): void {
  const { registry, calendar, directory, sight, language, fleet } = context;

  app.get(
    `${prefix}/vehicle-publication`,
    {
      handlerTimeout: 60_000,
      config: { access: { permission: 'vehicles:read', scope: institutionTarget } },
      schema: {
        tags: [tags.vehicles],
        summary: 'The monthly publication of cars (公示)',
        description:
          'Districts, trips, mileage, fuel and charging of each car in a month; cars of exempt categories are left out and counted. ' +
          'Districts are those of fences of kind `region`, no smaller than 5 km; where none is recorded they are unknown, as the column of ' +
          'notes says. A workbook with `format=xlsx`, or where `Accept` asks for one.',
        querystring: z.strictObject({
          institution: ofInstitution,
          year: yearParameter,
          month: monthParameter,
          format: z.enum(['json', 'xlsx']).optional().meta({ description: 'Left out: as `Accept` says.' }),
        }),
        response: {
          200: {
            description: 'The table.',
            content: {
              'application/json': { schema: tableSchema },
              [xlsxType]: { schema: z.any().describe('A workbook.') },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { institution, year, month, format } = request.query;
      const spoken = languageOf(request, language);
      const page = await directory.page();
      const found = await publicationOf({ registry, calendar, fleet }, await sight.index(), page, {
        institution,
        reach: await reachBelow(directory, institution),
        ...stretchOf(year, month, calendar),
        language: spoken,
      });
      const name = page.institutions.get(institution)?.name ?? institution;
      const title =
        spoken === 'en'
          ? `Official cars of ${name}, ${year}-${String(month).padStart(2, '0')}`
          : `${name}公务用车使用情况公示（${year}年${month}月）`;
      const wantsWorkbook = format === undefined && request.headers.accept?.includes(xlsxType) === true;
      if (format !== 'xlsx' && !wantsWorkbook) {
        return {
          title,
          titles: [...found.titles],
          rows: found.rows.map((row) => [...row]),
          leftOut: [...found.leftOut],
          notes: [...found.notes],
        };
      }
      return reply
        .type(xlsxType)
        .header('content-disposition', `attachment; filename="vehicle-publication-${year}-${month}.xlsx"`)
        .send(await publicationWorkbook(found, title));
    },
  );
}

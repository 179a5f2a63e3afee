// GET /sub-items and /pue: what sub-meters of electricity say of kinds of use, and of data centres.
import { z } from 'zod';
import type { Pue } from '../../core/domain/accounting/kpi/pue.ts';
import { itemNames, items } from '../../core/domain/energy/items.ts';
import { subItems } from '../../core/domain/energy/sub-items.ts';
import type { Language } from '../../core/domain/texts.ts';
import { dataCentres } from '../accounting/data-centres.ts';
import { electricityBySubItem } from '../accounting/sub-items.ts';
import { json } from '../http/answers.ts';
import { languageOf } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, foundInstitution, prefix, type RouteContext, tags } from './context.ts';
import { periodFields, periodOf } from './figure-forms.ts';
import { institutionTarget } from './figures.ts';

const amount = z.number().nullable();
const words = z.object({ code: z.string(), text: z.string() });

const pueReasons = {
  'no-data': { zh: '总用电或IT用电未知', en: 'facility or IT is not known' },
  coverage: { zh: '数据完整率不足', en: 'too little is covered' },
  'below-one': {
    zh: '总用电小于IT用电，表计有误或接线不符',
    en: 'the facility shows less than its IT: a meter is wrong or hangs elsewhere',
  },
} as const;

const pueSchema = z.object({
  value: amount.describe('Facility ÷ IT (电能使用效率).'),
  withheld: amount.describe('What it would be, where it is withheld.'),
  reason: wordSchema(pueReasons).nullable(),
  facilityKWh: amount,
  itKWh: amount,
});

export function addSupplyRoutes(app: ApiApp, context: RouteContext): void {
  const { calendar, clock, directory, times, language } = context;
  const access = { permission: 'energy:read', scope: institutionTarget } as const;
  const question = {
    institution: entityIdParameter('The institution; all below it are in the answer.'),
    ...periodFields(calendar),
  };

  app.get(
    `${prefix}/sub-items`,
    {
      config: { access },
      schema: {
        tags: [tags.figures],
        summary: 'Electricity by kind of use',
        description:
          'What sub-meters show by kind of use (分项, A to D) and its parts (A1 to D6), the total of the billing meters, and the rest ' +
          'that no sorted sub-meter counts. Items and the rest add up to the total; the rest is null where a sub-meter is unknown.',
        querystring: z.strictObject(question),
        response: {
          200: json(
            'The kinds of use, kWh.',
            z.object({
              asOf: z.string(),
              total: amount,
              totalCoverage: amount,
              coverage: z.number().describe('Of the sorted sub-meters.'),
              items: z.array(
                z.object({
                  item: z.object({ code: z.enum(itemNames), text: z.string() }),
                  value: amount,
                  parts: z.array(
                    z.object({
                      subItem: words.nullable().describe('Null: of the kind of use, and not sorted further.'),
                      value: amount,
                    }),
                  ),
                }),
              ),
              rest: amount.describe('Below 0: sub-meters show more than the meters above.'),
            }),
          ),
        },
      },
    },
    async (request) => {
      const spoken = languageOf(request, language);
      const period = periodOf(request.query, clock.now(), calendar);
      const institution = foundInstitution(request);
      const answer = await electricityBySubItem(context, { institution, period });
      return {
        asOf: times.of(answer.asOf),
        total: tidyOrNull(answer.total),
        totalCoverage: tidyOrNull(answer.totalCoverage),
        coverage: tidy(answer.coverage),
        items: answer.items.map(({ item, value, parts }) => ({
          item: wordOf(items, item, spoken),
          value: tidyOrNull(value),
          parts: parts.map(({ subItem, value: part }) => ({
            subItem: subItem === null ? null : wordOf(subItems, subItem, spoken),
            value: tidyOrNull(part),
          })),
        })),
        rest: tidyOrNull(answer.rest),
      };
    },
  );

  app.get(
    `${prefix}/pue`,
    {
      config: { access },
      schema: {
        tags: [tags.figures],
        summary: 'PUE of data centres',
        description:
          'By building: what its meters marked `facility` show over what those marked `it` show, in the period and by month. Withheld where ' +
          'less than nine tenths of either side is covered.',
        querystring: z.strictObject(question),
        response: {
          200: json(
            'The data centres.',
            z.object({
              asOf: z.string(),
              centres: z.array(
                z.object({
                  building: z.string(),
                  name: z.string(),
                  facilityPoints: z.array(z.string()),
                  itPoints: z.array(z.string()),
                  ...pueSchema.shape,
                  months: z.array(z.object({ from: z.string(), ...pueSchema.shape })),
                }),
              ),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { institution } = request.query;
      const spoken = languageOf(request, language);
      const period = periodOf(request.query, clock.now(), calendar);
      const { asOf, centres } = await dataCentres(context, { institution, period });
      const { buildings } = await directory.page();
      return {
        asOf: times.of(asOf),
        centres: centres.map(({ building, facilityPoints, itPoints, whole, months }) => ({
          building,
          name: buildings.get(building)?.name ?? building,
          facilityPoints: [...facilityPoints],
          itPoints: [...itPoints],
          ...describePue(whole, spoken),
          months: months.map(({ from, pue }) => ({ from: times.of(from), ...describePue(pue, spoken) })),
        })),
      };
    },
  );
}

function describePue({ value, withheld, reason, facilityKWh, itKWh }: Pue, language: Language) {
  return {
    value: tidyOrNull(value),
    withheld: tidyOrNull(withheld ?? null),
    reason: reason === undefined ? null : wordOf(pueReasons, reason, language),
    facilityKWh: tidyOrNull(facilityKWh),
    itKWh: tidyOrNull(itKWh),
  };
}

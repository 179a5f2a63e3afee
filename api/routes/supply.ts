// GET /sub-items and /pue: what sub-meters of electricity say of kinds of use, and of data centres.
import { z } from 'zod';
import type { Pue } from '../../core/domain/accounting/kpi/pue.ts';
import { itemNames, items } from '../../core/domain/energy/items.ts';
import { subItems } from '../../core/domain/energy/sub-items.ts';
import type { Language } from '../../core/domain/texts.ts';
import { dataCentres } from '../accounting/data-centres.ts';
import { electricityBySubItem } from '../accounting/sub-items.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
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

const subItemsSchema = z.object({
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
});
type SubItems = z.infer<typeof subItemsSchema>;

const centreSchema = z.object({
  building: z.string(),
  name: z.string(),
  facilityPoints: z.array(z.string()),
  itPoints: z.array(z.string()),
  ...pueSchema.shape,
  months: z.array(z.object({ from: z.string(), ...pueSchema.shape })),
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
          'that no sorted sub-meter counts. Items and the rest add up to the total; the rest is null where a sub-meter is unknown. ' +
          'With `Accept: text/csv` a table.',
        querystring: z.strictObject(question),
        response: {
          200: jsonOrCsv(
            'The kinds of use, kWh.',
            subItemsSchema,
            z
              .string()
              .describe('A line a kind of use, each followed by its parts; then the rest, then the total.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const spoken = languageOf(request, language);
      const period = periodOf(request.query, clock.now(), calendar);
      const institution = foundInstitution(request);
      const answer = await electricityBySubItem(context, { institution, period });
      const described: SubItems = {
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
      if (!wantsCsv(request)) return described;
      return sendCsv(
        reply,
        `sub-items-${institution.id}`,
        csv(subItemColumns, subItemLines(described, spoken), spoken),
      );
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
          'less than nine tenths of either side is covered. With `Accept: text/csv` a table.',
        querystring: z.strictObject(question),
        response: {
          200: jsonOrCsv(
            'The data centres.',
            z.object({ asOf: z.string(), centres: z.array(centreSchema) }),
            z
              .string()
              .describe('A line a month of each data centre, and before them one of the whole period.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { institution } = request.query;
      const spoken = languageOf(request, language);
      const period = periodOf(request.query, clock.now(), calendar);
      const { asOf, centres } = await dataCentres(context, { institution, period });
      const { buildings } = await directory.page();
      const described = {
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
      if (!wantsCsv(request)) return described;
      const whole = { from: times.of(period.from), to: times.of(period.to) };
      const endOf = (from: string) => times.of(calendar.next(Date.parse(from), 'month'));
      const lines = described.centres.flatMap(({ months, ...centre }): PueLine[] => [
        { ...centre, ...whole },
        ...months.map((month) => ({ ...centre, ...month, to: endOf(month.from) })),
      ]);
      return sendCsv(reply, `pue-${institution}`, csv(pueColumns, lines, spoken));
    },
  );
}

/** Of a kind of use, or of a part of it where `part` is given; the two are not to be added. */
interface SubItemLine {
  readonly item: string;
  readonly part: { readonly code: string | null; readonly text: string } | null;
  readonly value: number | null;
}

const lineWords = {
  unsorted: { 'zh-CN': '未细分', en: 'not sorted further' },
  rest: { 'zh-CN': '未分项', en: 'the rest' },
  total: { 'zh-CN': '合计', en: 'total' },
} as const;

function subItemLines({ items: found, rest, total }: SubItems, language: Language): SubItemLine[] {
  const unsorted = { code: null, text: lineWords.unsorted[language] };
  return [
    ...found.flatMap(({ item, value, parts }): SubItemLine[] => [
      { item: item.text, part: null, value },
      ...parts.map(({ subItem, value: own }) => ({ item: item.text, part: subItem ?? unsorted, value: own })),
    ]),
    { item: lineWords.rest[language], part: null, value: rest },
    { item: lineWords.total[language], part: null, value: total },
  ];
}

const subItemColumns: readonly Column<SubItemLine>[] = [
  { heading: { 'zh-CN': '分项', en: 'kind of use' }, cell: ({ item }) => item },
  { heading: { 'zh-CN': '子项代码', en: 'code of the part' }, cell: ({ part }) => part?.code ?? null },
  { heading: { 'zh-CN': '子项', en: 'part' }, cell: ({ part }) => part?.text ?? null },
  { heading: 'csv.consumption', cell: ({ value }) => value },
  { heading: 'csv.unit', cell: () => 'kWh' },
];

type PueLine = Omit<z.infer<typeof centreSchema>, 'months'> & { readonly from: string; readonly to: string };

const pueColumns: readonly Column<PueLine>[] = [
  { heading: { 'zh-CN': '数据中心', en: 'data centre' }, cell: ({ name }) => name },
  { heading: 'csv.id', cell: ({ building }) => building },
  { heading: 'csv.from', cell: ({ from }) => from },
  { heading: 'csv.to', cell: ({ to }) => to },
  { heading: { 'zh-CN': '电能使用效率（PUE）', en: 'PUE' }, cell: ({ value }) => value },
  { heading: { 'zh-CN': '总用电（kWh）', en: 'facility, kWh' }, cell: ({ facilityKWh }) => facilityKWh },
  { heading: { 'zh-CN': 'IT用电（kWh）', en: 'IT, kWh' }, cell: ({ itKWh }) => itKWh },
  { heading: 'csv.reason', cell: ({ reason }) => reason?.text ?? null },
];

function describePue({ value, withheld, reason, facilityKWh, itKWh }: Pue, language: Language) {
  return {
    value: tidyOrNull(value),
    withheld: tidyOrNull(withheld ?? null),
    reason: reason === undefined ? null : wordOf(pueReasons, reason, language),
    facilityKWh: tidyOrNull(facilityKWh),
    itKWh: tidyOrNull(itKWh),
  };
}

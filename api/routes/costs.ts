// GET /costs: what the tariff of a supply account says a month should cost, line by line, beside what its bills say.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commodityEntry, commodityNames } from '../../core/domain/accounting/commodities.ts';
import { costGaps } from '../../core/domain/tariff/cost-gaps.ts';
import { periodNames, periods } from '../../core/domain/tariff/periods.ts';
import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import type { Language } from '../../core/domain/texts.ts';
import { basicCharges } from '../../core/registry/attributes/account.ts';
import { type CostPart, costNotes, type MonthCost, monthCost } from '../accounting/cost.ts';
import { covers, type Target } from '../auth/access.ts';
import { notFound } from '../auth/guard.ts';
import { jsonOrCsv } from '../http/answers.ts';
import { type Column, csv, languageOf, sendCsv, wantsCsv } from '../http/csv.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter } from '../http/parameters.ts';
import { wordOf, wordSchema } from '../http/words.ts';
import { type ApiApp, prefix, type RouteContext, tags } from './context.ts';
import { yearParameter } from './figure-forms.ts';

const monthParameter = z
  .string()
  .regex(/^(?:[1-9]|0[1-9]|1[0-2])$/, 'expected a month from 1 to 12')
  .transform(Number)
  .meta({ description: 'The month, 1 to 12.', examples: ['7'] });

function accountTarget(request: FastifyRequest): Target {
  const { account } = z.object({ account: z.string() }).parse(request.query);
  return { kind: 'account', id: account };
}

const gapSchema = wordSchema(costGaps);
const noteSchema = wordSchema(costNotes);

const lineSchema = z.object({
  month: z.string(),
  component: z.string().describe('Id in the tariff, or `tiers`, `basic`, `power-factor`, `area`.'),
  name: z.string(),
  period: z.enum(periodNames).nullable().describe('尖峰平谷深谷; null where the line is of no period.'),
  step: z.int().nullable().describe('Of the tiers, from 0.'),
  quantity: z
    .number()
    .nullable()
    .describe(
      'What the price is multiplied by (units, kVA, kW, m²), as far as it is known; the power factor.',
    ),
  price: z.number().nullable().describe('CNY a unit; for `power-factor` the share that is added.'),
  amountCny: z.number().nullable().describe('Rounded to 0.01 CNY; null: not known in full, see `gaps`.'),
  gaps: z.array(gapSchema),
});

const partSchema = z.object({
  from: z.string(),
  to: z.string(),
  tariff: z.object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    madeUp: z.boolean().describe('An example: no supplier’s prices.'),
  }),
  facts: z
    .object({
      basicBy: z.enum(basicCharges).nullable(),
      capacityKva: z.number().nullable(),
      contractedKw: z.number().nullable(),
      maximumDemandKw: z.number().nullable().describe('最大需量 of the month.'),
      reactiveKvarh: z
        .number()
        .nullable()
        .describe('无功电量 of the whole month, also where the month is cut.'),
      activeKwh: z
        .number()
        .nullable()
        .describe(
          'Used in the whole month, for the power factor; null: not known in full, or not asked for.',
        ),
      areaM2: z.number().nullable(),
      quota: z.number().nullable(),
    })
    .describe('What is recorded of the account that a tariff may ask for; null: not recorded.'),
  quantity: z.number().describe('What its points used, as far as it is known.'),
  unknownHours: z.number().describe('For so many hours that is not known.'),
  totalCny: z.number().nullable(),
  knownCny: z.number().describe('Of what is known; a part of the truth where there are gaps.'),
  lines: z.array(lineSchema),
});

const costSchema = z
  .object({
    asOf: z.string(),
    account: z.object({
      id: z.string(),
      number: z.string(),
      name: z.string().nullable(),
      institution: z.string().nullable(),
      commodity: z.enum(commodityNames),
      unit: z.string(),
    }),
    from: z.string(),
    to: z.string(),
    totalCny: z.number().nullable().describe('What the month should cost; null: not known in full.'),
    gaps: z.array(gapSchema).describe('What is missing for it, each once.'),
    parts: z
      .array(partSchema)
      .describe('The month, cut where a fact changes that the tariff asks for; each rounded by itself.'),
    points: z.array(
      z.object({
        point: z.string(),
        factor: z
          .union([z.literal(1), z.literal(-1)])
          .describe('-1: billed by another account, and taken off.'),
        from: z.string(),
        to: z.string(),
      }),
    ),
    billed: z.object({
      quantity: z.number().nullable(),
      amountCny: z.number().nullable(),
      days: z.number().describe('Days of the month that bills hold.'),
      bills: z.array(
        z.object({
          id: z.string(),
          document: z.string(),
          from: z.string(),
          to: z.string(),
          supplement: z.boolean(),
          share: z.number().describe('What of it falls into the month, by days.'),
          quantity: z.number().nullable().describe('Of the whole document.'),
          amountCny: z.number().nullable().describe('Of the whole document.'),
        }),
      ),
    }),
    differenceCny: z.number().nullable().describe('billed − total; null where one is not known in full.'),
    notes: z.array(noteSchema).describe('Why there is no total, or no difference.'),
  })
  .meta({
    id: 'Cost',
    examples: [
      {
        asOf: '2025-08-02T08:00:00+08:00',
        account: {
          id: '01JABCDEF0123456789ABCDEFG',
          number: '3300123456',
          name: '第一中学',
          institution: '01JABCDEF0123456789ABCDEFH',
          commodity: 'natural_gas',
          unit: 'm3',
        },
        from: '2025-07-01T00:00:00+08:00',
        to: '2025-08-01T00:00:00+08:00',
        totalCny: 346,
        gaps: [],
        parts: [],
        points: [],
        billed: { quantity: 100, amountCny: 346, days: 31, bills: [] },
        differenceCny: 0,
        notes: [],
      },
    ],
  });

export function addCostRoutes(app: ApiApp, context: RouteContext): void {
  const { language } = context;

  app.get(
    `${prefix}/costs`,
    {
      config: { access: { permission: 'accounts:read', scope: accountTarget } },
      schema: {
        tags: [tags.ledgers],
        summary: 'What a month of an account should cost',
        description:
          'By its tariff (尖峰平谷深谷, seasons, tiers, 基本电费, 力调电费, monthly price) and the hours of the points that name it, ' +
          'beside its bills, with the difference. What is missing for it is named and never guessed. With `Accept: text/csv` the lines. ' +
          'See docs/accounting.md, "Tariffs and cost".',
        querystring: z.strictObject({
          account: entityIdParameter('The supply account (户号), by id.'),
          year: yearParameter,
          month: monthParameter,
        }),
        response: {
          200: jsonOrCsv(
            'The cost.',
            costSchema,
            z.string().describe('The lines; an unknown amount is an empty cell.'),
          ),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const cost = await monthCost(context, query);
      // The guard asks who has the account now; in the month it may have been somebody else's.
      if (!cost.institutions.every((institution) => covers(request.reach, institution)))
        throw notFound({ kind: 'account', id: query.account });
      const spoken = languageOf(request, language);
      if (wantsCsv(request)) {
        const rows = cost.parts.flatMap((part) => part.lines.map((line) => describeLine(part, line, spoken)));
        const name = `cost-${cost.account.number}-${query.year}-${query.month}`;
        return sendCsv(reply, name, csv(lineColumns(spoken), rows, spoken));
      }
      return describeCost(cost, spoken, context);
    },
  );
}

function describeCost(
  cost: MonthCost,
  language: Language,
  { times }: Pick<RouteContext, 'times'>,
): z.infer<typeof costSchema> {
  const { id, number, name, institution, commodity } = cost.account;
  const { billed } = cost;
  const span = ({ from, to }: { from: number; to: number }) => ({ from: times.of(from), to: times.of(to) });
  return {
    asOf: times.of(cost.asOf),
    account: { id, number, name, institution, commodity, unit: commodityEntry(commodity).unit },
    ...span(cost),
    totalCny: cost.totalCny,
    gaps: cost.gaps.map((each) => wordOf(costGaps, each, language)),
    parts: cost.parts.map((part) => ({
      ...span(part),
      tariff: {
        id: part.tariff.id,
        version: part.tariff.version,
        name: part.tariff.value.name[language],
        madeUp: part.tariff.value.madeUp,
      },
      facts: {
        basicBy: part.facts.basicBy ?? null,
        capacityKva: part.facts.capacityKva ?? null,
        contractedKw: part.facts.contractedKw ?? null,
        maximumDemandKw: part.facts.maxDemandKw ?? null,
        reactiveKvarh: part.facts.reactiveKvarh ?? null,
        activeKwh: tidyOrNull(part.facts.activeKwh ?? null),
        areaM2: part.facts.areaM2 ?? null,
        quota: part.facts.quota ?? null,
      },
      quantity: tidy(part.quantity),
      unknownHours: tidy(part.unknownMs / 3_600_000),
      totalCny: part.totalCny,
      knownCny: part.knownCny,
      lines: part.lines.map((line) => describeLine(part, line, language)),
    })),
    points: cost.meters.map((meter) => ({ point: meter.point, factor: meter.factor, ...span(meter) })),
    billed: {
      quantity: tidyOrNull(billed.quantity),
      amountCny: billed.amountCny,
      days: billed.days,
      bills: billed.bills.map((bill) => ({ ...bill, ...span(bill), share: tidy(bill.share) })),
    },
    differenceCny: cost.differenceCny,
    notes: cost.notes.map((each) => wordOf(costNotes, each, language)),
  };
}

type Line = z.infer<typeof lineSchema>;

function describeLine({ tariff }: CostPart, line: CostPart['lines'][number], language: Language): Line {
  return {
    ...line,
    name: nameOf(tariff.value, line.component, language),
    quantity: tidyOrNull(line.quantity),
    price: tidyOrNull(line.price),
    gaps: line.gaps.map((each) => wordOf(costGaps, each, language)),
  };
}

const charges: Readonly<Record<string, { zh: string; en: string }>> = {
  tiers: { zh: '阶梯', en: 'tiers' },
  basic: { zh: '基本电费', en: 'basic charge' },
  'power-factor': { zh: '力调电费', en: 'power-factor adjustment' },
  area: { zh: '按面积供热', en: 'heat by area' },
};

function nameOf({ components, fixed }: Tariff, id: string, language: Language): string {
  const stated = [...components, ...fixed].find((each) => each.id === id)?.name[language];
  return stated ?? charges[id]?.[language === 'en' ? 'en' : 'zh'] ?? id;
}

function lineColumns(language: Language): readonly Column<Line>[] {
  return [
    { heading: 'csv.month', cell: ({ month }) => month },
    { heading: 'csv.component', cell: ({ name }) => name },
    {
      heading: 'csv.period',
      cell: ({ period }) => (period === null ? null : periods[period][language === 'en' ? 'en' : 'zh']),
    },
    { heading: 'csv.step', cell: ({ step }) => (step === null ? null : step + 1) },
    { heading: 'csv.quantity', cell: ({ quantity }) => quantity },
    { heading: 'csv.price', cell: ({ price }) => price },
    { heading: 'csv.amount', cell: ({ amountCny }) => amountCny },
    { heading: 'csv.gaps', cell: ({ gaps }) => gaps.map(({ text }) => text).join('; ') || null },
  ];
}

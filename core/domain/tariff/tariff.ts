// A tariff (电价、水价、气价、热价) as data: what a supply account pays, VAT inside. `cost.ts` computes by it.
import { z } from 'zod';
import { commodityNames } from '../accounting/commodities.ts';
import { saying } from '../issues.ts';
import { periodNames, tariffDayNames } from './periods.ts';
import { faultsOf } from './tariff-faults.ts';

const localized = z.strictObject({ 'zh-CN': z.string().min(1).max(200), en: z.string().min(1).max(200) });
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const month = z.string().regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])$/, 'a month is YYYY-MM');
const monthNumber = z.int().min(1).max(12);
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date is MM-DD');
/** Half hours; 24:00 is the end of the day. */
const clock = z.string().regex(/^(([01]\d|2[0-3]):(00|30)|24:00)$/, 'a time of day is HH:00 or HH:30');
/** CNY a unit. Some parts of a price are below 0 (损益分摊). */
const price = z.number().min(-1e3).max(1e6);
const periodPrices = z.partialRecord(z.enum(periodNames), price);
const confidence = z.enum(['high', 'medium-high', 'medium', 'low']);

/** Holds from its month until the next row; ascending. */
const rows = z
  .array(z.strictObject({ from: month, price }))
  .min(1)
  .max(1_200);

const timeOfUse = z.strictObject({
  /** Every month in exactly one season. */
  seasons: z
    .array(
      z.strictObject({
        months: z.array(monthNumber).min(1).max(12),
        /** What prices of components with `factored` are multiplied by; left out: 1. */
        factors: z.partialRecord(z.enum(periodNames), z.number().min(0).max(20)).default({}),
        /** Every kind of day in exactly one schedule. */
        schedules: z
          .array(
            z.strictObject({
              days: z.array(z.enum(tariffDayNames)).min(1).max(3),
              /** Local clock of the date; `from` after `to`: over midnight. Whatever no span holds is `flat`. */
              spans: z.array(z.strictObject({ from: clock, to: clock, period: z.enum(periodNames) })).max(48),
            }),
          )
          .min(1)
          .max(3),
      }),
    )
    .min(1)
    .max(12),
});

const component = z.strictObject({
  id,
  name: localized,
  prices: z
    .array(z.strictObject({ from: month, price: z.union([price, periodPrices]) }))
    .min(1)
    .max(1_200),
  /** A price of its month alone (代理购电价): a month without a row has none. Else a row holds until the next. */
  monthly: z.boolean().default(false),
  /** Multiplied by the season's factor of the period (参与分时浮动). */
  factored: z.boolean().default(false),
  /** Part of what the power-factor adjustment is taken of; government funds and levies are not. */
  adjusted: z.boolean().default(true),
});

const tiers = z.strictObject({
  per: z.enum(['month', 'year']),
  /** The month in which the year of yearly tiers begins. */
  yearFrom: monthNumber.default(1),
  /** `quota`: bounds are multiples of the account's own quota (超定额累进加价), of a whole month or year. */
  bounds: z.enum(['units', 'quota']).default('units'),
  /** CNY a unit for what lies in the step, beside the components; bounds rise, the last step has none. */
  steps: z
    .array(z.strictObject({ upTo: z.number().positive().max(1e12).optional(), price }))
    .min(1)
    .max(10),
  adjusted: z.boolean().default(true),
});

const basic = z.strictObject({
  /** CNY a kVA and month. */
  capacity: rows.optional(),
  /** CNY a kW and month. */
  demand: rows.optional(),
  /** By contracted demand: what exceeds `share` of it costs `factor` times the price. */
  overrun: z
    .strictObject({ share: z.number().min(1).max(2), factor: z.number().min(1).max(10) })
    .default({ share: 1.05, factor: 2 }),
  /** By demand, with at least so many kWh a kVA in the month: the price is multiplied (发改价格〔2023〕526号: 260, 0.9). */
  wellUsed: z
    .strictObject({ kWhPerKva: z.number().positive().max(744), factor: z.number().positive().max(1) })
    .optional(),
});

const area = z.strictObject({
  /** First and last day of the heating season, both included. */
  season: z.strictObject({ from: monthDay, to: monthDay }),
  /** CNY a m² and season; the row of the month in which the season begins holds for all of it. */
  cnyPerM2: rows,
  /** 1, or the fixed part of a two-part price (两部制热价), e.g. 0.3; the other part is a component. */
  share: z.number().min(0).max(1).default(1),
});

export const tariffSchema = z
  .strictObject({
    name: localized,
    commodity: z.enum(commodityNames),
    timeOfUse: timeOfUse.optional(),
    /** By quantity: CNY a unit of the commodity. */
    components: z.array(component).max(30).default([]),
    tiers: tiers.optional(),
    basic: basic.optional(),
    powerFactor: z
      .strictObject({ standard: z.union([z.literal(0.9), z.literal(0.85), z.literal(0.8)]) })
      .optional(),
    /** CNY a month. */
    fixed: z
      .array(z.strictObject({ id, name: localized, cnyPerMonth: rows }))
      .max(10)
      .default([]),
    area: area.optional(),
    /** An example: no supplier's prices. */
    madeUp: z.boolean().default(false),
    source: z.string().max(500).default(''),
    confidence: confidence.default('medium'),
  })
  .superRefine((tariff, context) => {
    for (const { path, message } of faultsOf(tariff)) {
      context.addIssue({ code: 'custom', path: [...path], ...saying(message) });
    }
  });

export type Tariff = z.infer<typeof tariffSchema>;
/** As a user writes it: defaults left out. */
export type TariffSource = z.input<typeof tariffSchema>;

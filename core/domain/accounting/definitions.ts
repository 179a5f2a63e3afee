// Named, versioned sets that figures are computed by: who replaces one makes a new version, and old figures keep theirs.
// Which one holds for an institution or an account is a dated fact that names it.
import { z } from 'zod';
import { saying } from '../issues.ts';
import { speaker } from '../message.ts';
import { basisNames } from './bases.ts';
import { commodityNames } from './commodities.ts';
import { indicatorNames } from './indicators.ts';
import { useNames } from './uses.ts';

const sayOfPlans = speaker({
  'plan.years': ['基期年须早于期末年', 'baseYear must be before endYear'],
});

/** How sure a number is: `high` was seen in two places, `low` is from memory. */
const confidence = z.enum(['high', 'medium-high', 'medium', 'low']);
const factor = z.number().nonnegative().max(1e9);
const localized = z.strictObject({ 'zh-CN': z.string().min(1).max(200), en: z.string().min(1).max(200) });

/** Standard coal (标准煤): kgce of one unit of the commodity, and the densities that litres were converted by. */
export const coefficientSetSchema = z.strictObject({
  name: localized,
  kgcePerUnit: z.partialRecord(
    z.enum(commodityNames),
    z.strictObject({ value: factor, source: z.string().max(500), confidence }),
  ),
});
export type CoefficientSet = z.infer<typeof coefficientSetSchema>;

/** CO2 of the grid by region and year, and of what is burnt or bought as heat. */
export const carbonFactorSetSchema = z.strictObject({
  name: localized,
  grid: z
    .array(
      z.strictObject({
        region: z.string().min(1).max(60),
        year: z.int().min(2000).max(2100),
        kgCO2PerKWh: factor,
        confidence,
      }),
    )
    .max(5_000),
  gridSource: z.string().max(500),
  perUnit: z.partialRecord(
    z.enum(commodityNames),
    z.strictObject({ kgCO2: factor, source: z.string().max(500), confidence }),
  ),
});
export type CarbonFactorSet = z.infer<typeof carbonFactorSetSchema>;

/** Which uses count (统计口径), and whether own solar does. */
export const boundarySchema = z.strictObject({
  name: localized,
  uses: z.array(z.enum(useNames)).min(1),
  /** `counted`: solar that is generated and not fed to the grid is energy of the institution too. */
  ownSolar: z.enum(['left-out', 'counted']).default('left-out'),
  /** Only institutions in the statistics register (公共机构名录库) of the month. */
  registeredOnly: z.boolean().default(false),
  source: z.string().max(500).default(''),
});
export type Boundary = z.infer<typeof boundarySchema>;

/** Components of energy users (用能人数). */
export const userComponents = ['staff', 'nonEstablishment', 'students', 'patients', 'visitors'] as const;
export type UserComponent = (typeof userComponents)[number];

/** How many users one head of each component is (折算). */
export const userRuleSchema = z.strictObject({
  name: localized,
  weights: z.record(z.enum(userComponents), z.number().min(0).max(10)),
  /**
   * Local date from which this version counts. Left out: the first version counts for all time, a later one from the day on which it is
   * recorded. So a new version leaves the years before it as they are, unless it says otherwise.
   */
  validFrom: z.iso.date().optional(),
  source: z.string().max(500).default(''),
});
export type UserRule = z.infer<typeof userRuleSchema>;

/** A five-year plan: targets are relative changes of an indicator from the base year to the end year (-0.06: 6 % less). */
export const planSchema = z
  .strictObject({
    name: localized,
    baseYear: z.int().min(2000).max(2100),
    endYear: z.int().min(2000).max(2100),
    boundary: z.string().min(1).max(64),
    basis: z.enum(basisNames),
    targets: z.partialRecord(z.enum(indicatorNames), z.number().min(-1).max(1)),
    /** Caps on totals of the end year, in the indicator's unit, of the institution that names the plan with all below it. */
    caps: z.partialRecord(z.enum(indicatorNames), z.number().positive()).default({}),
    /** Caps on the whole nation: told, and applied to no institution that names the plan; it is a part of the nation. */
    nationalCaps: z.partialRecord(z.enum(indicatorNames), z.number().positive()).optional(),
    /** `fixed`: every year by the factor of `fixedYear`; `year`: each by its own, the last published one after that. */
    factorPolicy: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('fixed'), fixedYear: z.int().min(2000).max(2100) }),
        z.strictObject({ kind: z.literal('year') }),
      ])
      .default({ kind: 'year' }),
    coefficients: z.string().min(1).max(64),
    carbonFactors: z.string().min(1).max(64),
    gridRegion: z.string().min(1).max(60),
    /** The document that decided it (文号). */
    document: z.string().max(200).default(''),
    source: z.string().max(500).default(''),
    confidence: confidence.default('medium'),
  })
  .refine(({ baseYear, endYear }) => baseYear < endYear, {
    ...saying(sayOfPlans('plan.years')),
    path: ['endYear'],
  });
export type Plan = z.infer<typeof planSchema>;

/** A set of quotas (能耗定额): rows apply by kind, level, climate zone, heating; levels from the mildest to the strictest. */
export const quotaSetSchema = z.strictObject({
  name: localized,
  standard: z.string().max(200),
  /** Coefficients that it was made with; its figures are computed by these and no others. */
  coefficients: z.string().min(1).max(64),
  boundary: z.string().min(1).max(64),
  levels: z.array(localized).min(1).max(10),
  rows: z
    .array(
      z.strictObject({
        /** Left out: any. */
        kinds: z.array(z.string().max(60)).optional(),
        adminLevels: z.array(z.string().max(60)).optional(),
        climateZones: z.array(z.string().max(60)).optional(),
        heating: z.array(z.string().max(60)).optional(),
        indicator: z.enum(indicatorNames),
        /** One a level, as the levels: falling or equal. */
        limits: z.array(z.number().positive()).min(1).max(10),
      }),
    )
    .max(5_000),
  source: z.string().max(500).default(''),
  confidence: confidence.default('medium'),
});
export type QuotaSet = z.infer<typeof quotaSetSchema>;

// Questions for figures, and how figures look in answers; for all routes that give some.
import { z } from 'zod';
import { basisNames } from '../../core/domain/accounting/bases.ts';
import type { Figure } from '../../core/domain/accounting/figures.ts';
import {
  type Indicator,
  indicatorNames,
  indicators,
  planIndicators,
} from '../../core/domain/accounting/indicators.ts';
import { referenceOf } from '../../core/domain/accounting/terms.ts';
import { JieyueError } from '../../core/domain/errors.ts';
import { saying } from '../../core/domain/issues.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Under } from '../accounting/accounting.ts';
import { type Period, rollingTwelveOf, wholeYear, yearToDateOf } from '../accounting/periods.ts';
import type { TermsQuestion } from '../accounting/terms.ts';
import { tidy, tidyOrNull } from '../http/numbers.ts';
import { entityIdParameter, timeParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import type { TimeText } from '../http/time-text.ts';

const namedPeriods = ['year-to-date', 'rolling-twelve'] as const;
const yearPattern = /^(?:19|20|21)\d\d$/;

export const yearParameter = z
  .string()
  .regex(yearPattern, 'expected a year, such as 2025')
  .transform(Number)
  .meta({ description: 'A calendar year.', examples: ['2025'] });

/** A comma-separated list of indicators. */
export const indicatorsParameter = z
  .string()
  .max(1_000)
  .transform((text, context): Indicator[] => {
    const names = [...new Set(text.split(',').map((name) => name.trim()))];
    const unknown = names.filter((name) => !Object.hasOwn(indicators, name));
    if (unknown.length === 0) return names as Indicator[];
    const values = { unknown: unknown.join('", "'), known: indicatorNames.join(', ') };
    context.addIssue({ code: 'custom', ...saying(sayOfRequests('indicator.none', values)) });
    return z.NEVER;
  })
  .meta({ description: `Indicators, separated by commas: ${indicatorNames.join(', ')}.` });

export const indicatorParameter = z
  .enum(indicatorNames)
  .meta({ description: 'The indicator.', examples: ['energyPerPerson'] });

/** The fields of a question that say which months. */
export function periodFields(calendar: Calendar) {
  return {
    year: yearParameter.optional(),
    period: z
      .enum(namedPeriods)
      .optional()
      .meta({
        description:
          'Instead of a year: since January, or the last twelve months; both end with the last month that is over. In January the ' +
          'year to date is the whole year before.',
      }),
    from: timeParameter(calendar, 'Instead of a year: the first month’s start.').optional(),
    to: timeParameter(calendar, 'The end of the last month.').optional(),
  };
}

export interface PeriodQuestion {
  readonly year?: number | undefined;
  readonly period?: (typeof namedPeriods)[number] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** One way to say it, at most; none is the year to date (in January the year before). @throws JieyueError `api.bad-request` */
export function periodOf(question: PeriodQuestion, now: number, calendar: Calendar): Period {
  const { year, period, from, to } = question;
  const ways = [year !== undefined, period !== undefined, from !== undefined || to !== undefined];
  if (ways.filter(Boolean).length > 1 || (from === undefined) !== (to === undefined)) {
    throw new JieyueError('api.bad-request', sayOfRequests('period.which'));
  }
  if (year !== undefined) return wholeYear(year, calendar);
  if (from !== undefined && to !== undefined) return { from, to };
  return period === 'rolling-twelve' ? rollingTwelveOf(now, calendar) : yearToDateOf(now, calendar);
}

export const termsFields = {
  plan: entityIdParameter(
    'By the terms of this plan; those below stand above it. Default: the institution’s own plan, where one is in force at the ' +
      'period’s end, its own or inherited; else national-14.',
  ).optional(),
  basis: z
    .enum(basisNames)
    .optional()
    .meta({ description: 'What figures rest on (数据口径): bills, meters or reports. Default: the plan’s.' }),
  boundary: entityIdParameter('The boundary (统计口径), by id. Default: the plan’s.').optional(),
  coefficients: entityIdParameter('The set of standard-coal coefficients. Default: the plan’s.').optional(),
  carbonFactors: entityIdParameter('The set of carbon factors. Default: the plan’s.').optional(),
  gridRegion: z.string().min(1).max(60).optional().meta({
    description:
      'Region of the grid’s carbon factor. Default: where the institution lies; where that is not known, the plan’s.',
  }),
};

export function termsQuestion(question: TermsQuestion): TermsQuestion {
  const { plan, basis, boundary, coefficients, carbonFactors, gridRegion } = question;
  return { plan, basis, boundary, coefficients, carbonFactors, gridRegion };
}

const reference = z.object({ id: z.string(), version: z.int() });
const share = z.number().min(0).max(1);

export const figureSchema = z
  .object({
    indicator: z.enum(indicatorNames),
    institution: z.string(),
    from: z.string(),
    to: z.string(),
    value: z
      .number()
      .nullable()
      .describe('Null where it is not known, or too little of it; `reason` says which. Never 0 for that.'),
    unit: z.string(),
    reason: z
      .enum(['no-data', 'no-denominator', 'coefficient', 'coverage'])
      .nullable()
      .describe(
        'Why the value is null: nothing is known; users or area are not; a coefficient is missing; coverage is below the threshold.',
      ),
    withheld: z.number().nullable().describe('The value that it would have had.'),
    numerator: z.number().nullable(),
    denominator: z.number().nullable().describe('Mean users or m² over the period; null of a total.'),
    userRules: z
      .array(reference)
      .describe(
        'Versions of the counting rules (折算规则) that the users were counted by; none: every head is one.',
      ),
    coverage: z
      .object({ measured: share, estimated: share, missing: share })
      .describe('Data coverage (数据完整率): shares of what should be known.'),
    units: z.object({
      counted: z.number(),
      expected: z.number(),
      missing: z.array(z.string()).describe('Ids of institutions that should be in the figure and are not.'),
    }),
    provisional: z.boolean().describe('A carbon factor stands in for one that is not published yet.'),
    basis: z.enum(basisNames),
    boundary: reference,
    coefficients: reference,
    carbonFactors: reference,
  })
  .meta({
    id: 'Figure',
    examples: [
      {
        indicator: 'energyPerPerson',
        institution: '01JABCDEF0123456789ABCDEFG',
        from: '2025-01-01T00:00:00+08:00',
        to: '2026-01-01T00:00:00+08:00',
        value: 220.84,
        unit: 'kgce/person',
        reason: null,
        withheld: null,
        numerator: 1_107_512_600,
        denominator: 5_015_000,
        userRules: [{ id: 'all-heads', version: 0 }],
        coverage: { measured: 1, estimated: 0, missing: 0 },
        units: { counted: 1_612, expected: 1_612, missing: [] },
        provisional: false,
        basis: 'billed',
        boundary: { id: 'statutory', version: 0 },
        coefficients: { id: 'gbt2589-2020', version: 0 },
        carbonFactors: { id: 'mee-2021-2023', version: 0 },
      },
    ],
  });

export function describeFigure(figure: Figure, times: TimeText): z.infer<typeof figureSchema> {
  const { value, withheld, reason, numerator, denominator, userRules, coverage, units, from, to, ...rest } =
    figure;
  return {
    ...rest,
    from: times.of(from),
    to: times.of(to),
    value: tidyOrNull(value),
    reason: reason ?? null,
    withheld: withheld === undefined ? null : tidy(withheld),
    numerator: tidyOrNull(numerator),
    denominator: tidyOrNull(denominator),
    userRules: [...userRules],
    coverage: describeCoverage(coverage),
    units: { ...units, missing: [...units.missing] },
  };
}

export function describeCoverage({ measured, estimated, missing }: Figure['coverage']) {
  return { measured: clean(measured), estimated: clean(estimated), missing: clean(missing) };
}

export const freshnessSchema = {
  asOf: z.string().describe('No time after this is expected to be covered.'),
  checkedAt: z.string().describe('Changes after this may not be in the answer yet.'),
};

export const termsSchema = z
  .object({
    plan: reference.describe('The plan that the terms begin with.'),
    basis: z.enum(basisNames),
    boundary: reference,
    coefficients: reference,
    carbonFactors: reference,
    gridRegion: z.string(),
    factorPolicy: z.union([
      z.object({ kind: z.literal('fixed'), fixedYear: z.int() }),
      z.object({ kind: z.literal('year') }),
    ]),
  })
  .describe('What the answer is under: as asked, else of the institution’s plan and region.')
  .meta({
    id: 'Terms',
    examples: [
      {
        plan: { id: 'national-14', version: 0 },
        basis: 'billed',
        boundary: { id: 'statutory', version: 0 },
        coefficients: { id: 'gbt2589-2020', version: 0 },
        carbonFactors: { id: 'mee-2021-2023', version: 0 },
        gridRegion: 'national',
        factorPolicy: { kind: 'year' },
      },
    ],
  });

export function describeTerms({ terms, plan }: Under): z.infer<typeof termsSchema> {
  const { basis, boundary, coefficients, carbonFactors, gridRegion, factorPolicy } = terms;
  return {
    plan,
    basis,
    boundary: referenceOf(boundary),
    coefficients: referenceOf(coefficients),
    carbonFactors: referenceOf(carbonFactors),
    gridRegion,
    factorPolicy,
  };
}

export function describeFreshness({ asOf, checkedAt }: { asOf: number; checkedAt: number }, times: TimeText) {
  return { asOf: times.of(asOf), checkedAt: times.of(checkedAt) };
}

export const defaultIndicators: readonly Indicator[] = planIndicators;

function clean(share: number): number {
  return Math.min(1, Math.max(0, tidy(share)));
}

// Conditions of boards of energy accounting: rows of the chosen institution, indicator, basis and period.
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import type { IndicatorBucket } from '../../../core/domain/board-series-accounts.ts';
import { begins, below, chosen, is } from './ask.ts';
import { sources } from './sources.ts';

const { indicators, plan, planYears, sectors, quotas, quality, findings, balances } = sources;

/** A row of the chosen year of a plan, of the chosen institution. */
export const ownPlans: readonly string[] = [
  chosen(plan, 'institution', 'institution'),
  chosen(plan, 'period', 'period'),
];
export const ownPlan: readonly string[] = [...ownPlans, chosen(plan, 'indicator', 'indicator')];
/** Of the institutions right below it. */
export const plansBelow: readonly string[] = [
  chosen(plan, 'parent', 'institution'),
  chosen(plan, 'indicator', 'indicator'),
  chosen(plan, 'period', 'period'),
];
/** All years of the plan that is in force in the chosen one. */
export const ownYears: readonly string[] = [
  chosen(planYears, 'institution', 'institution'),
  chosen(planYears, 'indicator', 'indicator'),
  chosen(planYears, 'seen', 'period'),
];

/** Sectors of the chosen year. */
export const ownSectors: readonly string[] = [
  chosen(sectors, 'institution', 'institution'),
  chosen(sectors, 'indicator', 'indicator'),
  chosen(sectors, 'period', 'period'),
];

export const ownQuotas: readonly string[] = [
  chosen(quotas, 'institution', 'institution'),
  chosen(quotas, 'period', 'period'),
];
/** Of the chosen institution and of all below it. */
export const quotasBelow: readonly string[] = [
  below(quotas),
  chosen(quotas, 'indicator', 'indicator'),
  chosen(quotas, 'period', 'period'),
];

/** Months of the chosen year. */
export function ownFigures(
  indicator: Indicator,
  bucket: Exclude<IndicatorBucket, 'year'>,
): readonly string[] {
  return [
    chosen(indicators, 'institution', 'institution'),
    is(indicators, 'indicator', indicator),
    chosen(indicators, 'basis', 'basis'),
    is(indicators, 'bucket', bucket),
    begins(indicators, 'period', 'period'),
  ];
}

export const ownQuality: readonly string[] = [
  chosen(quality, 'institution', 'institution'),
  chosen(quality, 'period', 'month'),
];
export const ownQualityMonths: readonly string[] = [
  chosen(quality, 'institution', 'institution'),
  begins(quality, 'period', 'period'),
];
/** Months of the chosen year, of the institutions right below the chosen one. */
export const qualityMonthsBelow: readonly string[] = [
  chosen(quality, 'parent', 'institution'),
  begins(quality, 'period', 'period'),
];
export const qualityBelow: readonly string[] = [
  chosen(quality, 'parent', 'institution'),
  chosen(quality, 'period', 'month'),
];
/** Each of the tree. */
export const qualityOfEach: readonly string[] = [below(quality), chosen(quality, 'period', 'month')];
export const openFindings: readonly string[] = [
  below(findings),
  chosen(findings, 'period', 'month'),
  is(findings, 'open', 1),
];
export const openBalances: readonly string[] = [
  below(balances),
  chosen(balances, 'period', 'month'),
  is(balances, 'open', 1),
];

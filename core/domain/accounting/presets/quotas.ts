// A set of quotas (能耗定额) as an example of the form; others are entered the same way.
import type { QuotaSet } from '../definitions.ts';

/** Agencies below city level in zone A of the standard. */
const agencies = { kinds: ['agency'], adminLevels: ['district', 'township'], climateZones: ['A'] };

export const quotaPresets: Readonly<Record<string, QuotaSet>> = {
  'db37t-2672-2019': {
    name: { 'zh-CN': '山东省机关能耗定额（示例）', en: 'Shandong agencies (example)' },
    standard: 'DB37/T 2672-2019',
    coefficients: 'db37t-2672-2019',
    boundary: 'quota-db37',
    levels: [
      { 'zh-CN': '约束值', en: 'Constraint' },
      { 'zh-CN': '基准值', en: 'Baseline' },
      { 'zh-CN': '引导值', en: 'Guidance' },
    ],
    rows: [
      { ...agencies, indicator: 'energyPerArea', limits: [20, 11.9, 6.5] },
      { ...agencies, indicator: 'electricityPerArea', limits: [67.4, 39.5, 20] },
      { ...agencies, indicator: 'energyPerPerson', limits: [1197.8, 781, 453.7] },
    ],
    source:
      'agencies below city level, zone A only; electricity at 0.31 kgce/kWh; not read in the standard itself',
    confidence: 'medium',
  },
};

// Plans, quotas and tariffs of the demo city. The city does not exist: its documents and prices are made up.
import type { Plan, QuotaSet } from '../../core/domain/accounting/definitions.ts';
import {
  demoGasTariff,
  demoHeatTariff,
  demoTariff,
  demoWaterTariff,
} from '../../core/domain/tariff/presets/demo.ts';
import type { CityDefinition } from './types.ts';

export const plan14 = 'yunjiang-14';
export const plan15 = 'yunjiang-15';
export const quotaId = 'yunjiang-quota';
export const tariffIds = {
  electricity: 'yunjiang-electricity',
  water: 'yunjiang-water',
  natural_gas: 'yunjiang-gas',
  heat: 'yunjiang-heat',
} as const;

const common = {
  boundary: 'statutory',
  basis: 'billed',
  caps: {},
  factorPolicy: { kind: 'year' },
  coefficients: 'gbt2589-2020',
  carbonFactors: 'mee-2021-2023',
  gridRegion: 'East',
  confidence: 'low',
} as const;

const ended: Plan = {
  ...common,
  name: { 'zh-CN': '云江市公共机构“十四五”', en: 'Yunjiang, 14th five-year plan' },
  baseYear: 2020,
  endYear: 2025,
  targets: { energyPerPerson: -0.06, waterPerPerson: -0.07, energyPerArea: -0.05, carbonPerArea: -0.07 },
  document: '云机管〔2021〕6号（演示）',
  source: 'made up for the demo city; the four targets are those of a city of its size',
};

const provisional: Plan = {
  ...common,
  name: { 'zh-CN': '云江市公共机构“十五五”（暂定）', en: 'Yunjiang, 15th five-year plan (provisional)' },
  baseYear: 2025,
  endYear: 2030,
  targets: { energyPerPerson: -0.05, waterPerPerson: -0.06, energyPerArea: -0.05, carbonPerArea: -0.08 },
  document: '',
  source:
    'provisional: no targets for 2026-2030 were announced; these were made up for the demonstration and are to be replaced',
};

const level = (zh: string, en: string) => ({ 'zh-CN': zh, en });

/** Limits near what the demo's buildings use, so that some lie within and some over. */
const quota: QuotaSet = {
  name: level('云江市公共机构能耗定额（演示）', 'Yunjiang, quotas of public institutions (demonstration)'),
  standard: 'DEMO/T 1-2021',
  coefficients: 'gbt2589-2020',
  boundary: 'building',
  levels: [level('约束值', 'Constraint'), level('基准值', 'Baseline'), level('引导值', 'Guidance')],
  rows: [
    { kinds: ['agency'], indicator: 'energyPerArea', limits: [15, 12, 9] },
    { kinds: ['agency'], indicator: 'electricityPerArea', limits: [120, 95, 72] },
    { kinds: ['agency'], indicator: 'energyPerPerson', limits: [400, 320, 240] },
    { kinds: ['agency'], indicator: 'waterPerPerson', limits: [18, 14, 10] },
    { kinds: ['school'], indicator: 'energyPerArea', limits: [11, 9, 7] },
    { kinds: ['school'], indicator: 'energyPerPerson', limits: [110, 85, 65] },
    { kinds: ['school'], indicator: 'waterPerPerson', limits: [12, 9, 7] },
    { kinds: ['hospital'], indicator: 'energyPerArea', limits: [42, 36, 30] },
    { kinds: ['hospital'], indicator: 'energyPerPerson', limits: [620, 540, 460] },
    { kinds: ['hospital'], indicator: 'waterPerPerson', limits: [90, 75, 60] },
    { kinds: ['library'], indicator: 'energyPerArea', limits: [17, 14, 11] },
    { kinds: ['library'], indicator: 'energyPerPerson', limits: [180, 150, 120] },
    { kinds: ['library'], indicator: 'waterPerPerson', limits: [10, 8, 6] },
  ],
  source: 'made up for the demo city; no standard says this',
  confidence: 'low',
};

/** In the order in which they must be recorded; before the facts that name them. */
export const cityDefinitions: readonly CityDefinition[] = [
  { kind: 'tariff', id: tariffIds.electricity, value: demoTariff },
  { kind: 'tariff', id: tariffIds.water, value: demoWaterTariff },
  { kind: 'tariff', id: tariffIds.natural_gas, value: demoGasTariff },
  { kind: 'tariff', id: tariffIds.heat, value: demoHeatTariff },
  { kind: 'plan', id: plan14, value: ended },
  { kind: 'plan', id: plan15, value: provisional },
  { kind: 'quota', id: quotaId, value: quota },
];

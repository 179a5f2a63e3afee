// Five-year plans that come with the program. That of 2026-2030 has no announced targets: it is entered when it has.
import type { Plan } from '../definitions.ts';

const common = {
  baseYear: 2020,
  endYear: 2025,
  boundary: 'statutory',
  basis: 'billed',
  caps: {},
  factorPolicy: { kind: 'year' },
  coefficients: 'gbt2589-2020',
  carbonFactors: 'mee-2021-2023',
  document: '',
} as const;

export const planPresets: Readonly<Record<string, Plan>> = {
  'national-14': {
    ...common,
    name: { 'zh-CN': '全国公共机构“十四五”', en: 'National, 14th five-year plan' },
    targets: { energyPerPerson: -0.06, waterPerPerson: -0.06, energyPerArea: -0.05, carbonPerArea: -0.07 },
    /** 189 Mtce, 12.4 billion m3, 400 Mt CO2 in the end year. */
    nationalCaps: { energy: 189e9, water: 12.4e9, carbon: 400e9 },
    gridRegion: 'national',
    source: 'the national plan for public institutions 2021-2025; caps hold for the whole nation',
    confidence: 'high',
  },
  'jingmen-14': {
    ...common,
    name: { 'zh-CN': '荆门市公共机构“十四五”', en: 'Jingmen, 14th five-year plan' },
    targets: { energyPerPerson: -0.06, waterPerPerson: -0.07, energyPerArea: -0.05, carbonPerArea: -0.07 },
    gridRegion: 'Hubei',
    source: "the city's own plan",
    confidence: 'high',
  },
  'jiangsu-14': {
    ...common,
    name: { 'zh-CN': '江苏省公共机构“十四五”', en: 'Jiangsu, 14th five-year plan' },
    targets: { energyPerArea: -0.07, energyPerPerson: -0.06, waterPerPerson: -0.07, carbonPerArea: -0.07 },
    gridRegion: 'East',
    source:
      'the order of the four as published is not certain; no grid factor of the province was found: its region stands in',
    confidence: 'medium',
  },
};

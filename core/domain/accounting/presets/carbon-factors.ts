// CO2 factors that come with the program: the grid by region and year, fuels, heat.
import type { CarbonFactorSet } from '../definitions.ts';
import { densitySource, kgPerLitre } from './densities.ts';

/** Region, year, kgCO2/kWh, confidence. Regions are those of the notices; provinces where one was published for them. */
const grid = [
  ['national', 2021, 0.5568, 'medium'],
  ['national', 2022, 0.5366, 'high'],
  ['national', 2023, 0.5306, 'high'],
  ['North', 2021, 0.712, 'high'],
  ['North', 2022, 0.6776, 'high'],
  ['North', 2023, 0.6361, 'high'],
  ['Northeast', 2021, 0.6012, 'high'],
  ['Northeast', 2022, 0.5564, 'high'],
  ['Northeast', 2023, 0.5122, 'high'],
  ['East', 2021, 0.5992, 'high'],
  ['East', 2022, 0.5617, 'high'],
  ['East', 2023, 0.55, 'high'],
  ['Central', 2021, 0.5354, 'high'],
  ['Central', 2022, 0.5395, 'high'],
  ['Central', 2023, 0.5271, 'high'],
  ['Northwest', 2021, 0.5951, 'high'],
  ['Northwest', 2022, 0.5857, 'high'],
  ['Northwest', 2023, 0.5543, 'high'],
  ['South', 2021, 0.4326, 'high'],
  ['South', 2022, 0.3869, 'high'],
  ['South', 2023, 0.4042, 'high'],
  ['Southwest', 2021, 0.2113, 'high'],
  ['Southwest', 2022, 0.2268, 'high'],
  ['Southwest', 2023, 0.2472, 'high'],
  ['Zhejiang', 2021, 0.5422, 'medium-high'],
  ['Zhejiang', 2022, 0.5153, 'medium-high'],
  ['Hubei', 2021, 0.3672, 'medium-high'],
  ['Hubei', 2022, 0.4364, 'medium-high'],
  ['Shandong', 2021, 0.6838, 'medium-high'],
  ['Shandong', 2022, 0.641, 'medium-high'],
] as const;

const fuelTable = 'recomputed from calorific value, carbon content and oxidation';
const recalled = 'recalled, not seen: the national inventory guideline (省级温室气体清单编制指南)';

export const carbonFactorPresets: Readonly<Record<string, CarbonFactorSet>> = {
  'mee-2021-2023': {
    name: {
      'zh-CN': '生态环境部电力因子（2021-2023）',
      en: 'Grid factors of the Ministry of Ecology (2021-2023)',
    },
    grid: grid.map(([region, year, kgCO2PerKWh, confidence]) => ({ region, year, kgCO2PerKWh, confidence })),
    gridSource:
      'notices of the Ministry of Ecology and Environment and the National Bureau of Statistics; the averages of 2020 and ' +
      '2024 and those of provinces for 2023 were not found',
    perUnit: {
      natural_gas: { kgCO2: 2.1622, source: 'GB/T 32151.34-2024', confidence: 'high' },
      gasoline: {
        kgCO2: 2.9251 * kgPerLitre.gasoline,
        source: `2.9251 kgCO2/kg, ${fuelTable}; ${densitySource}`,
        confidence: 'medium',
      },
      diesel: {
        kgCO2: 3.0959 * kgPerLitre.diesel,
        source: `3.0959 kgCO2/kg, ${fuelTable}; ${densitySource}`,
        confidence: 'medium',
      },
      heat: { kgCO2: 110, source: 'GB/T 32150-2025, default 0.11 t/GJ', confidence: 'medium' },
      lpg: { kgCO2: 3.1013, source: recalled, confidence: 'low' },
      raw_coal: { kgCO2: 1.9003, source: recalled, confidence: 'low' },
    },
  },
};

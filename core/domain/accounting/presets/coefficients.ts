// Standard coal coefficients that come with the program. None was read in the standard's own text: check before money hangs on it.
import type { CoefficientSet } from '../definitions.ts';
import { densitySource, kgPerLitre } from './densities.ts';

const gbt = 'GB/T 2589-2020';
const fuels = {
  gasoline: {
    value: 1.4714 * kgPerLitre.gasoline,
    source: `${gbt}: 1.4714 kgce/kg; ${densitySource}`,
    confidence: 'medium',
  },
  diesel: {
    value: 1.4571 * kgPerLitre.diesel,
    source: `${gbt}: 1.4571 kgce/kg; ${densitySource}`,
    confidence: 'medium',
  },
} as const;
const others = {
  heat: { value: 34.12, source: `${gbt}, calorific: 0.03412 kgce/MJ`, confidence: 'high' },
  cooling: {
    value: 34.12,
    source: 'the calorific value of heat; the standard was not seen to name cooling',
    confidence: 'low',
  },
  lpg: { value: 1.7143, source: `${gbt}, recalled, not seen`, confidence: 'low' },
  raw_coal: { value: 0.7143, source: gbt, confidence: 'high' },
  other_energy: { value: 1, source: 'stated in kgce already', confidence: 'high' },
} as const;

export const coefficientPresets: Readonly<Record<string, CoefficientSet>> = {
  'gbt2589-2020': {
    name: { 'zh-CN': 'GB/T 2589-2020（当量值）', en: 'GB/T 2589-2020 (calorific value)' },
    kgcePerUnit: {
      electricity: {
        value: 0.1229,
        source: `${gbt}, calorific (当量) value; what public-institution statistics use`,
        confidence: 'high',
      },
      natural_gas: {
        value: 1.33,
        source: 'as used in public-institution statistics (reproduced from Chongqing 2015)',
        confidence: 'high',
      },
      ...fuels,
      ...others,
    },
  },
  'db37t-2672-2019': {
    name: { 'zh-CN': 'DB37/T 2672-2019（山东，等价值）', en: 'DB37/T 2672-2019 (Shandong, equal value)' },
    kgcePerUnit: {
      electricity: {
        value: 0.31,
        source: 'DB37/T 2672-2019, equal (等价) value: goes with the quotas of this standard only',
        confidence: 'medium',
      },
      natural_gas: { value: 1.2143, source: 'gas-field gas, DB37/T quotas', confidence: 'medium' },
      ...fuels,
      ...others,
    },
  },
};

// The table of indicators (指标): what is divided by what. Each is computed by one pure function in `kpi/`.

interface IndicatorEntry {
  readonly unit: string;
  /** What stands above the line. */
  readonly of: Measure;
  /** What stands below it; none: a total. */
  readonly per?: 'users' | 'area';
  readonly zh: string;
  readonly en: string;
}

/** Totals of a book under a boundary. `energy` in kgce, `carbon` in kgCO2, `cost` in CNY, the others in their commodity's unit. */
export const measures = [
  'energy',
  'carbon',
  'cost',
  'water',
  'electricity',
  'natural_gas',
  'heat',
  'solar',
  'green_power',
] as const;
export type Measure = (typeof measures)[number];

export const indicators = {
  energy: { unit: 'kgce', of: 'energy', zh: '综合能耗', en: 'Comprehensive energy' },
  energyPerPerson: {
    unit: 'kgce/person',
    of: 'energy',
    per: 'users',
    zh: '人均综合能耗',
    en: 'Energy per person',
  },
  energyPerArea: {
    unit: 'kgce/m2',
    of: 'energy',
    per: 'area',
    zh: '单位建筑面积能耗',
    en: 'Energy per counted area',
  },
  water: { unit: 'm3', of: 'water', zh: '用水量', en: 'Water' },
  waterPerPerson: { unit: 'm3/person', of: 'water', per: 'users', zh: '人均用水量', en: 'Water per person' },
  waterPerArea: {
    unit: 'm3/m2',
    of: 'water',
    per: 'area',
    zh: '单位建筑面积水耗',
    en: 'Water per counted area',
  },
  carbon: { unit: 'kgCO2', of: 'carbon', zh: '碳排放量', en: 'Carbon' },
  carbonPerPerson: {
    unit: 'kgCO2/person',
    of: 'carbon',
    per: 'users',
    zh: '人均碳排放',
    en: 'Carbon per person',
  },
  carbonPerArea: {
    unit: 'kgCO2/m2',
    of: 'carbon',
    per: 'area',
    zh: '单位建筑面积碳排放',
    en: 'Carbon per counted area',
  },
  electricity: { unit: 'kWh', of: 'electricity', zh: '用电量', en: 'Electricity' },
  electricityPerPerson: {
    unit: 'kWh/person',
    of: 'electricity',
    per: 'users',
    zh: '人均用电量',
    en: 'Electricity per person',
  },
  electricityPerArea: {
    unit: 'kWh/m2',
    of: 'electricity',
    per: 'area',
    zh: '单位建筑面积电耗',
    en: 'Electricity per counted area',
  },
  gas: { unit: 'm3', of: 'natural_gas', zh: '用气量', en: 'Natural gas' },
  gasPerPerson: {
    unit: 'm3/person',
    of: 'natural_gas',
    per: 'users',
    zh: '人均用气量',
    en: 'Gas per person',
  },
  gasPerArea: {
    unit: 'm3/m2',
    of: 'natural_gas',
    per: 'area',
    zh: '单位建筑面积气耗',
    en: 'Gas per counted area',
  },
  heat: { unit: 'GJ', of: 'heat', zh: '用热量', en: 'Heat' },
  heatPerPerson: { unit: 'GJ/person', of: 'heat', per: 'users', zh: '人均用热量', en: 'Heat per person' },
  heatPerArea: {
    unit: 'GJ/m2',
    of: 'heat',
    per: 'area',
    zh: '单位建筑面积热耗',
    en: 'Heat per counted area',
  },
  solar: { unit: 'kWh', of: 'solar', zh: '光伏发电量', en: 'Solar generation' },
  greenPower: { unit: 'kWh', of: 'green_power', zh: '绿电电量', en: 'Green power' },
  cost: { unit: 'CNY', of: 'cost', zh: '能源资源费用', en: 'Cost' },
  costPerPerson: { unit: 'CNY/person', of: 'cost', per: 'users', zh: '人均费用', en: 'Cost per person' },
  costPerArea: {
    unit: 'CNY/m2',
    of: 'cost',
    per: 'area',
    zh: '单位建筑面积费用',
    en: 'Cost per counted area',
  },
} as const satisfies Record<string, IndicatorEntry>;

export type Indicator = keyof typeof indicators;
export const indicatorNames = Object.keys(indicators) as Indicator[];
export function indicatorEntry(name: Indicator): IndicatorEntry {
  return indicators[name];
}

/** The four that plans set targets for. */
export const planIndicators = [
  'energyPerPerson',
  'energyPerArea',
  'waterPerPerson',
  'carbonPerArea',
] as const;

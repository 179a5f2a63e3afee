// What accounts count (能源资源品类): metered carriers, and what only bills and reports know. It stands once; schemas,
// columns of ledgers, coefficients and texts derive from it.
import type { Carrier } from '../units.ts';

interface CommodityEntry {
  /** Unit of quantities in the accounts. */
  readonly unit: 'kWh' | 'm3' | 'GJ' | 'L' | 'kg' | 'kgce';
  /** The carrier whose metered consumption it is; none: known from bills, cards and reports only. */
  readonly carrier?: Carrier;
  /** Part of comprehensive energy (综合能耗). Water is none; green power is a part of the electricity already. */
  readonly energy: boolean;
  readonly zh: string;
  readonly en: string;
}

export const commodities = {
  electricity: { unit: 'kWh', carrier: 'electricity', energy: true, zh: '电力', en: 'Electricity' },
  /** Generated on the own roof; what is fed to the grid is `solar_export`. */
  solar: { unit: 'kWh', carrier: 'solar', energy: false, zh: '光伏发电', en: 'Solar generation' },
  solar_export: {
    unit: 'kWh',
    carrier: 'electricity_export',
    energy: false,
    zh: '上网电量',
    en: 'Electricity fed to the grid',
  },
  /** Of the electricity bought, what certificates (绿证) prove to be green. */
  green_power: { unit: 'kWh', energy: false, zh: '绿电', en: 'Green power' },
  natural_gas: { unit: 'm3', carrier: 'gas', energy: true, zh: '天然气', en: 'Natural gas' },
  heat: { unit: 'GJ', carrier: 'heat', energy: true, zh: '热力', en: 'Heat' },
  cooling: { unit: 'GJ', carrier: 'cooling', energy: true, zh: '冷量', en: 'Cooling' },
  gasoline: { unit: 'L', energy: true, zh: '汽油', en: 'Gasoline' },
  diesel: { unit: 'L', energy: true, zh: '柴油', en: 'Diesel' },
  lpg: { unit: 'kg', energy: true, zh: '液化石油气', en: 'LPG' },
  raw_coal: { unit: 'kg', energy: true, zh: '原煤', en: 'Raw coal' },
  other_energy: { unit: 'kgce', energy: true, zh: '其他能源', en: 'Other energy' },
  water: { unit: 'm3', carrier: 'water', energy: false, zh: '水', en: 'Water' },
} as const satisfies Record<string, CommodityEntry>;

export type Commodity = keyof typeof commodities;
export const commodityNames = Object.keys(commodities) as Commodity[];

export function isCommodity(name: string): name is Commodity {
  return Object.hasOwn(commodities, name);
}

export function commodityEntry(name: Commodity): CommodityEntry {
  return commodities[name];
}

/** The commodity whose metered consumption a carrier is; `undefined` for storage and unsorted fuel. */
export function commodityOfCarrier(carrier: Carrier): Commodity | undefined {
  return commodityNames.find((name) => commodityEntry(name).carrier === carrier);
}

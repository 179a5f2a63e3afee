// The table of quantities: what a meter can report, in which unit, and how its values become consumption.
// It stands once; wire schemas, stores, the API and the documentation derive from it.

/** What is consumed or produced; consumption is asked for by carrier. Units of a carrier's consumption. */
export const carriers = {
  electricity: { unit: 'kWh', zh: '电', en: 'Electricity' },
  electricity_export: { unit: 'kWh', zh: '上网电量', en: 'Electricity fed to the grid' },
  solar: { unit: 'kWh', zh: '光伏发电', en: 'Solar generation' },
  storage_charge: { unit: 'kWh', zh: '储能充电', en: 'Storage charging' },
  storage_discharge: { unit: 'kWh', zh: '储能放电', en: 'Storage discharging' },
  water: { unit: 'm3', zh: '水', en: 'Water' },
  gas: { unit: 'm3', zh: '天然气', en: 'Natural gas' },
  heat: { unit: 'GJ', zh: '热', en: 'Heat' },
  cooling: { unit: 'GJ', zh: '冷', en: 'Cooling' },
  fuel: { unit: 'L', zh: '燃油', en: 'Fuel' },
} as const satisfies Record<string, { unit: string; zh: string; en: string }>;

export type Carrier = keyof typeof carriers;
export const carrierNames = Object.keys(carriers) as Carrier[];

/**
 * - `register`: a counter that only rises (示数); consumption is the rise of its curve.
 * - `interval`: energy of one interval, stamped at the interval's start; a missing interval is missing.
 * - `gauge`: an instantaneous value; hours keep mean, minimum and maximum.
 * - `state`: a switch or mode, 0 or 1; kept like a gauge, whose mean is the share of time on.
 */
export type QuantityKind = 'register' | 'interval' | 'gauge' | 'state';

interface QuantityEntry {
  readonly kind: QuantityKind;
  readonly unit: string;
  readonly carrier?: Carrier;
  /** Lowest and highest value that is accepted on the wire, in `unit`. */
  readonly min: number;
  readonly max: number;
  readonly zh: string;
  readonly en: string;
}

const limit = 1e12;
function counter<C extends Carrier>(carrier: C) {
  const { unit, zh, en } = carriers[carrier];
  return {
    kind: 'register',
    unit,
    carrier,
    min: -limit,
    max: limit,
    zh: `${zh}（示数）`,
    en: `${en}, register`,
  } as const;
}
function interval<C extends Carrier>(carrier: C) {
  const { unit, zh, en } = carriers[carrier];
  return {
    kind: 'interval',
    unit,
    carrier,
    min: -limit,
    max: limit,
    zh: `${zh}（时段量）`,
    en: `${en}, interval`,
  } as const;
}
function gauge(unit: string, min: number, max: number, zh: string, en: string) {
  return { kind: 'gauge', unit, min, max, zh, en } as const;
}

export const quantities = {
  electricity: counter('electricity'),
  electricity_export: counter('electricity_export'),
  solar: counter('solar'),
  storage_charge: counter('storage_charge'),
  storage_discharge: counter('storage_discharge'),
  water: counter('water'),
  gas: counter('gas'),
  heat: counter('heat'),
  cooling: counter('cooling'),
  fuel: counter('fuel'),

  electricity_interval: interval('electricity'),
  electricity_export_interval: interval('electricity_export'),
  solar_interval: interval('solar'),
  storage_charge_interval: interval('storage_charge'),
  storage_discharge_interval: interval('storage_discharge'),
  water_interval: interval('water'),
  gas_interval: interval('gas'),
  heat_interval: interval('heat'),
  cooling_interval: interval('cooling'),
  fuel_interval: interval('fuel'),

  power: gauge('kW', -1e7, 1e7, '有功功率', 'Active power'),
  power_reactive: gauge('kvar', -1e7, 1e7, '无功功率', 'Reactive power'),
  power_factor: gauge('1', -1, 1, '功率因数', 'Power factor'),
  voltage: gauge('V', -1e6, 1e6, '电压', 'Voltage'),
  current: gauge('A', -1e6, 1e6, '电流', 'Current'),
  frequency: gauge('Hz', 0, 1000, '频率', 'Frequency'),
  storage_level: gauge('%', 0, 100, '储能荷电状态', 'Storage state of charge'),
  flow: gauge('m3/h', -1e6, 1e6, '流量', 'Flow'),
  temperature_outdoor: gauge('°C', -100, 100, '室外温度', 'Outdoor temperature'),
  temperature_indoor: gauge('°C', -100, 150, '室内温度', 'Indoor temperature'),
  temperature_supply: gauge('°C', -100, 400, '供水温度', 'Supply temperature'),
  temperature_return: gauge('°C', -100, 400, '回水温度', 'Return temperature'),
  set_point: gauge('°C', -50, 150, '设定温度', 'Set point'),
  humidity: gauge('%', 0, 100, '相对湿度', 'Relative humidity'),

  switch_state: { kind: 'state', unit: '1', min: 0, max: 1, zh: '开关状态', en: 'Switch state' },
} as const satisfies Record<string, QuantityEntry>;

export type Quantity = keyof typeof quantities;
export const quantityNames = Object.keys(quantities) as Quantity[];

const entries: ReadonlyMap<string, QuantityEntry> = new Map(Object.entries(quantities));

export function isQuantity(name: string): name is Quantity {
  return entries.has(name);
}

/** The table's row of `name`, or `undefined` for a name that is not in it. */
export function quantityEntry(name: string): QuantityEntry | undefined {
  return entries.get(name);
}

export function isCarrier(name: string): name is Carrier {
  return Object.hasOwn(carriers, name);
}

/** The quantities whose curve gives the consumption of `carrier`: its register first, then its interval. */
export function quantitiesOfCarrier(carrier: Carrier): readonly Quantity[] {
  return quantityNames.filter((name) => entries.get(name)?.carrier === carrier);
}

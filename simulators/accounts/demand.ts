// What the supplier's meter shows of a building beside its energy: the highest demand of a month and its reactive energy; and what is
// agreed once for all: transformers, area, quota.
import { hourMs } from '../../core/domain/time.ts';
import type { City } from '../city/city.ts';
import type { CityPoint } from '../city/types.ts';
import { seedOf, uniform } from '../random.ts';

/** Of a month, as the supplier reads it: tenths of a kW, whole kvarh. */
export interface Demand {
  readonly maximumDemandKw: number;
  readonly reactiveKvarh: number;
}

export const noDemand: Demand = { maximumDemandKw: 0, reactiveKvarh: 0 };

/** What was truly used, kWh an hour. */
export interface Hours {
  readonly starts: Float64Array;
  readonly values: Float64Array;
}

export function hoursOf(city: City, point: CityPoint, from: number, to: number): Hours {
  const starts = new Float64Array((to - from) / hourMs);
  const values = new Float64Array(starts.length);
  let before = city.energyAt(point, from);
  for (let hour = 0; hour < starts.length; hour++) {
    starts[hour] = from + hour * hourMs;
    const after = city.energyAt(point, from + (hour + 1) * hourMs);
    values[hour] = after - before;
    before = after;
  }
  return { starts, values };
}

/** The highest quarter of an hour over the highest hour. */
const quarterHourPeak = 1.08;

/**
 * Of [from, to) in one month; remembered, since a bill and the account's facts ask for the same.
 * @param hours where they are at hand
 */
export function demandOf(
  city: City,
  point: CityPoint,
  { from, to }: { readonly from: number; readonly to: number },
  hours?: Hours,
): Demand {
  const remembered = known.get(city) ?? new Map<string, Demand>();
  known.set(city, remembered);
  const key = `${point.point} ${from} ${to}`;
  const found = remembered.get(key) ?? readDemand(city, point, from, hours ?? hoursOf(city, point, from, to));
  remembered.set(key, found);
  return found;
}

/** By city: one value a point and month. */
const known = new WeakMap<City, Map<string, Demand>>();

function readDemand(city: City, point: CityPoint, from: number, { values }: Hours): Demand {
  let highest = 0;
  let sum = 0;
  for (const value of values) {
    highest = Math.max(highest, value);
    sum += value;
  }
  const angle = Math.acos(powerFactor(city, point, from));
  return {
    maximumDemandKw: Math.round(highest * quarterHourPeak * 10) / 10,
    reactiveKvarh: Math.round(sum * Math.tan(angle)),
  };
}

/** Of a month, in whole hundredths: 0.93 to 0.96 by the building's capacitors and by chance, as its gauges show it from hour to hour. */
function powerFactor(city: City, point: CityPoint, from: number): number {
  const seed = seedOf(city.seed, `power factor ${point.point}`);
  const own = Math.floor(4 * uniform(seed, 0));
  const chance = Math.floor(3 * uniform(seed, 1, Math.floor(from / hourMs))) - 1;
  return (93 + Math.min(3, Math.max(0, own + chance))) / 100;
}

/** Loads are low for their transformers: paying by what was drawn is cheaper. */
export const basicBy = 'actual-demand';

/** What of an account's building stays as it is. */
export interface Standing {
  readonly capacityKva: number;
  readonly areaM2: number;
  /** m³ of a year. */
  readonly quota: number;
}

/** Transformers of the catalogue, kVA. */
const transformers = [200, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600, 2_000, 2_500, 3_150, 4_000];
/** The water quota of a year is what a building of its size is granted, m³ a m² and year. */
const waterQuotaPerM2 = { office: 0.6, school: 1.1, hospital: 5.4, library: 0.9 } as const;

export function standingOf(city: City, point: CityPoint): Standing {
  const building = city.buildings.find(({ id }) => id === point.building);
  const areaM2 = building?.areaM2 ?? 0;
  // A meter's rating leaves room above the highest load.
  const needed = (point.installation?.ratingPerHour ?? 0) / 1.8;
  return {
    capacityKva: transformers.find((kva) => kva >= needed) ?? Math.ceil(needed / 1_000) * 1_000,
    areaM2,
    quota: areaM2 * waterQuotaPerM2[building?.kind ?? 'office'],
  };
}

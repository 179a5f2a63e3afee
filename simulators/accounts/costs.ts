// What the city's meters cost by the demo's tariffs, month by month.

import { costBy, costOf } from '../../core/domain/tariff/cost.ts';
import type { AccountMonth } from '../../core/domain/tariff/cost-lines.ts';
import { type PeriodUse, periodUse, wholeUse } from '../../core/domain/tariff/period-use.ts';
import type { TariffDay } from '../../core/domain/tariff/periods.ts';
import {
  demoGasTariff,
  demoHeatTariff,
  demoTariff,
  demoWaterTariff,
} from '../../core/domain/tariff/presets/demo.ts';
import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import { hourMs } from '../../core/domain/time.ts';
import type { City } from '../city/city.ts';
import { type DayKind, dayKindOf, dayNumber } from '../city/holidays.ts';
import type { CityPoint } from '../city/types.ts';
import { tariffIds } from './definitions.ts';

const tariffs: Readonly<Record<string, Tariff>> = {
  [tariffIds.electricity]: demoTariff,
  [tariffIds.water]: demoWaterTariff,
  [tariffIds.natural_gas]: demoGasTariff,
  [tariffIds.heat]: demoHeatTariff,
};

/** A local month, the first one perhaps in part; they adjoin. */
export interface BilledMonth {
  readonly from: number;
  readonly to: number;
  /** Billed ÷ truly used. */
  readonly factor: number;
}

/**
 * CNY of each month for all that the meter counts, in order. Tiers by the year count from the first month; a year that the
 * months do not begin is begun there.
 */
export function monthlyCosts(
  city: City,
  point: CityPoint,
  tariff: string,
  months: readonly BilledMonth[],
): number[] {
  const found = tariffs[tariff];
  const [first] = months;
  if (found === undefined || first === undefined) return months.map(() => 0);
  const { calendar } = city.days;
  const used = months.map((month) =>
    found.timeOfUse === undefined ? byMonth(city, point, month) : byHour(city, point, found, month),
  );
  const demands = new Map(used.map(({ use, highest }) => [monthOf(use.from), { use, highest }]));
  const lines = costOf(found, {
    uses: used.map(({ use }) => use),
    calendar,
    usedBefore: 0,
    account: (month) => accountMonth(city, point, demands.get(month)),
  }).lines;
  const amounts = costBy(lines, ({ month }) => month);
  return months.map(({ from }) => amounts.get(monthOf(from)) ?? 0);

  function monthOf(ts: number): string {
    return calendar.format(ts).slice(0, 7);
  }
}

interface Used {
  readonly use: PeriodUse;
  /** Highest mean of an hour. */
  readonly highest: number;
}

function byMonth(city: City, point: CityPoint, { from, to, factor }: BilledMonth): Used {
  const sum = (city.energyAt(point, to) - city.energyAt(point, from)) * factor;
  return { use: wholeUse(from, to, sum), highest: 0 };
}

function byHour(city: City, point: CityPoint, tariff: Tariff, { from, to, factor }: BilledMonth): Used {
  const starts = new Float64Array((to - from) / hourMs);
  const values = new Float64Array(starts.length);
  let before = city.energyAt(point, from);
  for (let hour = 0; hour < starts.length; hour++) {
    starts[hour] = from + hour * hourMs;
    const after = city.energyAt(point, from + (hour + 1) * hourMs);
    values[hour] = (after - before) * factor;
    before = after;
  }
  const [use] = periodUse(tariff, city.days.calendar, { starts, values }, { from, to }, tariffDay);
  if (use === undefined) throw new RangeError(`no month from ${from} to ${to}`);
  return { use, highest: values.reduce((highest, value) => Math.max(highest, value), 0) };
}

/** Transformers of the catalogue, kVA. */
const transformers = [200, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600, 2_000, 2_500, 3_150, 4_000];
/** The highest quarter of an hour over the highest hour. */
const quarterHourPeak = 1.08;
/** A power factor of 0.93. */
const reactivePerActive = Math.tan(Math.acos(0.93));
/** The water quota of a year is what a building of its size is granted, m³ a m² and year. */
const waterQuotaPerM2 = { office: 0.6, school: 1.1, hospital: 5.4, library: 0.9 } as const;

function accountMonth(city: City, point: CityPoint, used: Used | undefined): AccountMonth {
  const building = city.buildings.find(({ id }) => id === point.building);
  const areaM2 = building?.areaM2 ?? 0;
  // A meter's rating leaves room above the highest load.
  const needed = (point.installation?.ratingPerHour ?? 0) / 1.8;
  const quantity = used?.use.quantity.reduce((sum, each) => sum + each, 0) ?? 0;
  return {
    // Loads are low for their transformers: paying by what was drawn is cheaper.
    basicBy: 'actual-demand',
    maxDemandKw: (used?.highest ?? 0) * quarterHourPeak,
    capacityKva: transformers.find((kva) => kva >= needed) ?? Math.ceil(needed / 1_000) * 1_000,
    reactiveKvarh: quantity * reactivePerActive,
    areaM2,
    quota: areaM2 * waterQuotaPerM2[building?.kind ?? 'office'],
  };
}

const tariffDays: Readonly<Record<DayKind, TariffDay>> = {
  work: 'workday',
  weekend: 'rest-day',
  holiday: 'holiday',
};

function tariffDay(date: string): TariffDay {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const weekday = ((dayNumber(year, month, day) + 3) % 7) + 1;
  return tariffDays[dayKindOf({ year, month, day, weekday })];
}

// What the city's meters cost by the demo's tariffs, month by month.

import { costBy, costOf } from '../../core/domain/tariff/cost.ts';
import { type PeriodUse, periodUse, wholeUse } from '../../core/domain/tariff/period-use.ts';
import type { TariffDay } from '../../core/domain/tariff/periods.ts';
import {
  demoGasTariff,
  demoHeatTariff,
  demoTariff,
  demoWaterTariff,
} from '../../core/domain/tariff/presets/demo.ts';
import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import type { City } from '../city/city.ts';
import { type DayKind, dayKindOf, dayNumber } from '../city/holidays.ts';
import type { CityPoint } from '../city/types.ts';
import { tariffIds } from './definitions.ts';
import { basicBy, type Demand, demandOf, hoursOf, noDemand, standingOf } from './demand.ts';

/** By id of the definition. */
export const tariffs: Readonly<Record<string, Tariff>> = {
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
  const demands = new Map(used.map(({ use, demand }) => [monthOf(use.from), demand]));
  const lines = costOf(found, {
    uses: used.map(({ use }) => use),
    calendar,
    usedBefore: 0,
    account: (month) => {
      const { maximumDemandKw, reactiveKvarh } = demands.get(month) ?? noDemand;
      const { capacityKva, areaM2, quota } = standingOf(city, point);
      return { basicBy, capacityKva, areaM2, quota, maxDemandKw: maximumDemandKw, reactiveKvarh };
    },
  }).lines;
  const amounts = costBy(lines, ({ month }) => month);
  return months.map(({ from }) => amounts.get(monthOf(from)) ?? 0);

  function monthOf(ts: number): string {
    return calendar.format(ts).slice(0, 7);
  }
}

interface Used {
  readonly use: PeriodUse;
  /** As it is billed. */
  readonly demand: Demand;
}

function byMonth(city: City, point: CityPoint, { from, to, factor }: BilledMonth): Used {
  const sum = (city.energyAt(point, to) - city.energyAt(point, from)) * factor;
  return { use: wholeUse(from, to, sum), demand: noDemand };
}

function byHour(city: City, point: CityPoint, tariff: Tariff, { from, to, factor }: BilledMonth): Used {
  const hours = hoursOf(city, point, from, to);
  const demand = demandOf(city, point, { from, to }, hours);
  const billed = { starts: hours.starts, values: hours.values.map((value) => value * factor) };
  const [use] = periodUse(tariff, city.days.calendar, billed, { from, to }, tariffDay);
  if (use === undefined) throw new RangeError(`no month from ${from} to ${to}`);
  const { maximumDemandKw, reactiveKvarh } = demand;
  return {
    use,
    demand: { maximumDemandKw: maximumDemandKw * factor, reactiveKvarh: reactiveKvarh * factor },
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

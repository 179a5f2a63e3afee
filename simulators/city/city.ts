// The simulated city: pure, by seed. It knows what is truly consumed; what meters show of it is in ../meters.ts.
import { Calendar, hourMs } from '../../core/domain/time.ts';
import { type Carrier, type Quantity, quantityEntry } from '../../core/domain/units.ts';
import { hash, noise, seedOf } from '../random.ts';
import { BuildingModel } from './building.ts';
import { type Day, Days } from './days.ts';
import { type CityPlan, demoPlan, numberedPlan, type PlanDates, smallPlan } from './demo.ts';
import { buildingKinds } from './kinds.ts';
import { pointsOf } from './points.ts';
import type { BuildingSpec, CityEvent, CityInstitution, CityPoint } from './types.ts';

export interface CityOptions {
  readonly seed: number;
  /** Default Asia/Shanghai. */
  readonly tz?: string;
  /**
   * Epoch ms, moved to its local midnight. Default: 1 January five years before the year of `to`; for the demo not after
   * 2020, the base year of the plan that ended with 2025.
   */
  readonly from?: number;
  /** The present, as the city's history sees it; meters go on after it. */
  readonly to: number;
  /** Readings are daily before and hourly from this day's local midnight on. Default: two years before `to`. */
  readonly hourlyFrom?: number;
  /** The demo's six buildings, two of them, or a number of invented ones. */
  readonly size: 'demo' | 'small' | number;
  /** One agent for all (its id), or a gateway in each building whose agent bears its id. Default: `yunjiang`. */
  readonly agents?: 'per-building' | (string & {});
  /** Leaks and things left on. Default: none, but see demo-faults.ts. */
  readonly events?: readonly CityEvent[];
}

/** When the Civic Centre's charging piles were put up. */
const pilesSince = '2023-07-01';
/** The first of the base year of the plan that ended with 2025. */
const baseYearFrom = '2020-01-01';

export interface City {
  readonly seed: number;
  readonly tz: string;
  readonly from: number;
  readonly to: number;
  readonly hourlyFrom: number;
  readonly days: Days;
  readonly institutions: readonly CityInstitution[];
  readonly buildings: readonly BuildingSpec[];
  readonly points: readonly CityPoint[];
  readonly events: readonly CityEvent[];
  readonly agents: readonly string[];
  /** @throws RangeError for a name the city does not know. */
  point(name: string): CityPoint;
  /**
   * What the point's carrier truly consumed or produced in [from, to), kWh, m³ or GJ: the ledger. Zero for a carrier
   * the point does not count. Exact at any time from the city's first day on, past `to` as well.
   */
  trueConsumption(point: string, carrier: Carrier, from: number, to: number): number;
  /** The same from the city's first day on: rises only. */
  energyAt(point: CityPoint, ts: number): number;
  /** Rate of the point's register at `ts`, kW, m³/h or GJ/h. */
  demandAt(point: string, ts: number): number;
  /** A gauge or a state, as the device would show it at `ts`. */
  gaugeAt(point: CityPoint, quantity: Quantity, ts: number): number;
}

/** Same options, same city, to the last digit; no I/O. */
export function createCity(options: CityOptions): City {
  const { seed, tz = 'Asia/Shanghai', to, events = [] } = options;
  const days = new Days({ seed, tz, from: options.from ?? firstDay(tz, to, options.size) });
  const hourlyFrom = Math.max(
    days.from,
    days.calendar.floor(options.hourlyFrom ?? yearsBefore(tz, to, 2, 'day'), 'day'),
  );
  const solarFrom = days.calendar.floor(Math.max(days.from, days.from + 0.3 * (to - days.from)), 'day');
  const pilesFrom = Math.max(days.from, days.calendar.parse(pilesSince) ?? 0);
  const plan = planOf(options.size, { solarFrom, pilesFrom }, seed);
  const models = plan.buildings.map(
    (spec) => new BuildingModel({ spec, kind: buildingKinds[spec.kind], days, events, seed }),
  );
  const modelOf = new Map(models.map((model) => [model.spec.id, model]));
  const points = models.flatMap((model, index) =>
    pointsOf(model, {
      agent: options.agents === 'per-building' ? model.spec.id : (options.agents ?? 'yunjiang'),
      from: days.from,
      hourlyFrom,
      seed,
      station: index === 0,
    }),
  );
  const pointOf = new Map(points.map((point) => [point.point, point]));

  const find = (name: string): CityPoint => {
    const found = pointOf.get(name);
    if (found === undefined) throw new RangeError(`the city has no point "${name}"`);
    return found;
  };
  const model = (point: CityPoint): BuildingModel => {
    const found = modelOf.get(point.building);
    if (found === undefined) throw new RangeError(`the city has no building "${point.building}"`);
    return found;
  };
  const energyAt = (point: CityPoint, ts: number): number =>
    point.device === null ? 0 : model(point).energyAt(point.device.channel, ts);

  return {
    seed,
    tz,
    from: days.from,
    to,
    hourlyFrom,
    days,
    institutions: plan.institutions,
    buildings: plan.buildings,
    points,
    events,
    agents: [...new Set(points.map(({ agent }) => agent))],
    point: find,
    energyAt,
    trueConsumption(name, carrier, from, until) {
      const point = find(name);
      if (point.register === null) return 0;
      return quantityEntry(point.register)?.carrier === carrier
        ? energyAt(point, until) - energyAt(point, from)
        : 0;
    },
    demandAt(name, ts) {
      const point = find(name);
      return point.device === null ? 0 : model(point).rateAt(point.device.channel, ts);
    },
    gaugeAt: (point, quantity, ts) => gauge(model(point), days, point, quantity, ts),
  };
}

/** What sensors show. Rooms drift between the weather and the set point, the more the emptier they are. */
function gauge(model: BuildingModel, days: Days, point: CityPoint, quantity: Quantity, ts: number): number {
  const index = days.indexOf(ts);
  const day = days.at(index);
  const part = (ts - day.start) / hourMs;
  const seed = seedOf(7, point.point);
  const flutter = noise(seed, day.number, Math.floor(part * 60));
  switch (quantity) {
    case 'power':
    case 'flow':
      return point.device === null ? 0 : rounded(model.rateAt(point.device.channel, ts), 2);
    case 'power_factor':
      return rounded(0.93 + 0.04 * model.useAt(ts) + 0.01 * flutter, 3);
    case 'temperature_outdoor':
      return rounded(outside(days, index, part), 1);
    case 'humidity':
      return rounded(
        Math.min(
          99,
          Math.max(
            20,
            96 -
              45 * (day.sun[Math.min(23, Math.floor(part))] ?? 0) +
              8 * flutter -
              0.3 * outside(days, index, part),
          ),
        ),
        1,
      );
    case 'set_point':
      return setPoint(model, day);
    case 'switch_state':
      return running(model, day, ts) ? 1 : 0;
    case 'temperature_indoor': {
      const free = 0.45 * outside(days, index, part) + 0.55 * (0.6 * day.meanTemperature + 9.5);
      const held = running(model, day, ts) ? 0.85 : Math.max(0, 0.2 * model.useAt(ts));
      return rounded(
        free * (1 - held) + setPoint(model, day) * held + 0.3 * flutter + (hash(seed, 1) % 8) / 10,
        1,
      );
    }
    case 'temperature_supply':
      return rounded(heats(day) ? 62 - day.meanTemperature + flutter : 24 + flutter, 1);
    case 'temperature_return':
      return rounded(heats(day) ? 46 - 0.7 * day.meanTemperature + flutter : 23.6 + flutter, 1);
    default:
      return 0;
  }
}

function heats(day: Day): boolean {
  return day.meanTemperature < 13;
}

function running(model: BuildingModel, day: Day, ts: number): boolean {
  const occupied = Math.max(model.useAt(ts), model.kind.airConditionedAlways) > 0.25;
  return occupied && (heats(day) || day.meanTemperature > 23.5);
}

function setPoint(model: BuildingModel, day: Day): number {
  return day.month >= 5 && day.month <= 10 ? (model.spec.coolingSetPoint ?? 26) : 20;
}

/** Outdoor temperature between the hours of the model. */
function outside(days: Days, index: number, part: number): number {
  const hour = Math.floor(part);
  const day = days.at(index);
  const here = day.temperature[Math.min(23, hour)] ?? 0;
  const next =
    hour + 1 < day.hours ? day.temperature[Math.min(23, hour + 1)] : days.at(index + 1).temperature[0];
  return here + ((next ?? here) - here) * (part - hour);
}

function rounded(value: number, digits: 1 | 2 | 3): number {
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}

function planOf(size: CityOptions['size'], dates: PlanDates, seed: number): CityPlan {
  if (size === 'demo') return demoPlan(dates);
  if (size === 'small') return smallPlan(dates);
  return numberedPlan(size, seed);
}

function firstDay(tz: string, to: number, size: CityOptions['size']): number {
  const from = yearsBefore(tz, to, 5, 'year');
  return size === 'demo' ? Math.min(from, new Calendar(tz).parse(baseYearFrom) ?? from) : from;
}

/** Local 1 January, or local midnight of the same date, so many years before. */
function yearsBefore(tz: string, ts: number, years: number, bucket: 'year' | 'day'): number {
  const { calendar } = new Days({ seed: 0, tz, from: ts });
  const [year, ...rest] = calendar.format(ts).slice(0, 10).split('-');
  const date = bucket === 'year' ? ['01', '01'] : rest.join('-') === '02-29' ? ['02', '28'] : rest;
  return calendar.parse([String(Number(year) - years), ...date].join('-')) ?? ts;
}

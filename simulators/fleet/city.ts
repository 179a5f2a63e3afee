// A fleet by seed: cars that drive by working day plan, the papers about them, and the ledger of the truth.
import type { Place } from '../../core/domain/fleet/trips/model.ts';
import { demoPlan } from '../city/demo.ts';
import type { Name } from '../city/types.ts';
import { positionsOf, type Sent } from './driving/transport.ts';
import { type Assigned, assign, type MisconductRequest } from './plan/assign.ts';
import { carsOf } from './plan/cars.ts';
import { type PlanDay, planDays } from './plan/days.ts';
import { type EarlierFill, earlierFills } from './plan/earlier-fills.ts';
import { Errands } from './plan/errands.ts';
import { lendCards } from './plan/lent-cards.ts';
import { Life } from './plan/life.ts';
import { plant } from './plan/misconduct.ts';
import { fencesOf, isOnDuty, offTime, papersOf, sealsOf } from './plan/papers.ts';
import { type Showcase, sealsWeekends, shownFirst } from './plan/showcase.ts';
import type { SimCar, SimCardEntry, SimFence, SimOrder, SimSeal, SimUpkeep } from './plan/types.ts';
import { cityMap } from './roads/map.ts';
import type { Network } from './roads/network.ts';
import { Router } from './roads/route.ts';
import type { FleetTruth, TrueTrip } from './truth.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly cars: number;
  readonly days: number;
  /** Any time of the first local day (UTC+8), epoch ms. */
  readonly from: number;
  /** So many rounds of every kind, or a list; default: none. */
  readonly misconduct?: number | readonly MisconductRequest[];
  /** Of what is planted in rounds the first round falls into these days, where one sees it; an institution seals weekends for it. */
  readonly showcase?: Showcase;
  /** Institutions that have a yard; default: those of the demo city. */
  readonly institutions?: ReadonlyMap<string, Name>;
  readonly centre?: Place;
}

export interface Fleet {
  readonly network: Network;
  readonly from: number;
  readonly to: number;
  readonly cars: readonly SimCar[];
  readonly orders: readonly SimOrder[];
  readonly cards: readonly SimCardEntry[];
  /** Full tanks of the weeks before `from`, for who wants consumption from the first fill on. */
  readonly earlierCards: readonly EarlierFill[];
  readonly upkeep: readonly SimUpkeep[];
  readonly fences: readonly SimFence[];
  readonly seals: readonly SimSeal[];
  readonly truth: FleetTruth;
  /** What its terminal sends, by time of sending; each call begins anew. @throws RangeError for a car that is not there */
  positionsOf(car: string): Iterable<Sent>;
}

/** @throws RangeError for misconduct that no car and day suits */
export function fleetCity(options: FleetOptions): Fleet {
  const { seed } = options;
  const yards = options.institutions ?? demoInstitutions();
  const network = cityMap({ seed, yards, ...(options.centre ? { centre: options.centre } : {}) });
  const router = new Router(network);
  const cars = carsOf(seed, options.cars, network);
  const days = planDays(options.from, options.days);
  const [from, to] = [days[0]?.start ?? options.from, (days.at(-1)?.start ?? options.from) + 86_400_000];
  const { misconduct: wanted = 0, showcase } = options;
  const weekends = showcase && sealsWeekends(showcase, cars, (car) => isOnDuty(car, cars));
  const seals = sealsOf(cars, days, weekends);
  const sealedOn = (car: SimCar, day: PlanDay) =>
    seals.some(
      (seal) =>
        day.start >= seal.from &&
        day.start < seal.to &&
        seal.vehicles.some((vehicle) => vehicle.car === car.id && !vehicle.dutyExempt),
    );
  const planted = showcase && typeof wanted === 'number' ? shownFirst(showcase, wanted) : wanted;
  const assigned = assign(seed, planted, cars, days, sealedOn);
  const levels = new Map<string, number>();
  const lives = cars.map((car) => {
    const life = new Life({ car, router, seed, from });
    levels.set(car.id, life.level);
    for (const day of days) liveDay({ life, day, network, seed, assigned, to });
    life.stay(to);
    return life;
  });
  lendCards(lives);
  const byCar = new Map(lives.map((life) => [life.car.id, life]));
  return {
    network,
    from,
    to,
    cars,
    orders: lives.flatMap(({ orders }) => orders).sort((a, b) => a.from - b.from),
    cards: lives.flatMap((life) => life.cards).sort((a, b) => a.ts - b.ts),
    earlierCards: cars
      .flatMap((car) =>
        earlierFills(car, { level: levels.get(car.id) ?? 0, from, seed, station: '第1加油站' }),
      )
      .sort((a, b) => a.ts - b.ts),
    upkeep: [...lives.flatMap(({ upkeep }) => upkeep), ...papersOf(seed, cars, days)].sort(
      (a, b) => a.at - b.at,
    ),
    fences: fencesOf(network),
    seals,
    truth: truthOf(lives),
    positionsOf(car) {
      const life = byCar.get(car);
      if (life === undefined) throw new RangeError(`no car ${car}`);
      const { acts, dark } = life;
      return {
        [Symbol.iterator]: () => positionsOf({ car: life.car, acts, dark, seed }, network.deadZone),
      };
    },
  };
}

function demoInstitutions(): ReadonlyMap<string, Name> {
  const { institutions } = demoPlan({ solarFrom: 0, pilesFrom: 0 });
  const wanted = ['jgswj', 'sthjj', 'jyj', 'wjw', 'wgl'];
  return new Map(institutions.filter(({ id }) => wanted.includes(id)).map(({ id, name }) => [id, name]));
}

function liveDay(around: {
  life: Life;
  day: PlanDay;
  network: Network;
  seed: number;
  assigned: Assigned;
  to: number;
}): void {
  const { life, day, assigned, to } = around;
  const errands = new Errands(around);
  if (life.now > errands.at(485)) return;
  const kind = assigned.get(`${life.car.id} ${day.date}`);
  if (kind !== undefined) plant(kind, errands);
  else if (life.car.aroundTheClock) onDuty(errands, to);
  else if (day.kind === 'workday') errands.honest();
}

/** Called out by day and night, also on holidays; an order is written for each. */
function onDuty(errands: Errands, to: number): void {
  const { life, random } = errands;
  for (const hours of [
    [1, 6],
    [9, 15],
    [18, 22],
  ] as const) {
    if (random.next() < 0.45) continue;
    const start = errands.at(random.int(hours[0] * 60, hours[1] * 60));
    const draft = life.mark();
    errands.errand(Math.max(start, life.now), { to: errands.site('office'), dwellMin: random.int(15, 60) });
    if (life.now > Math.min(to, errands.at(1_440)) - 60_000) life.back(draft);
  }
}

function truthOf(lives: readonly Life[]): FleetTruth {
  const trips = lives.flatMap((life) =>
    life.trips.map((trip) => ({
      ...trip,
      dark: life.dark.some(({ from, to }) => trip.start < to && trip.end > from),
    })),
  );
  const isHidden = ({ car, start, end }: TrueTrip) =>
    lives.some((life) => life.car.id === car && life.dark.some(({ from, to }) => from <= start && end <= to));
  // Of a trip that nobody saw nothing is found but that the car was moved.
  const unordered = trips.filter((trip) => trip.order === null && !isHidden(trip));
  return {
    trips,
    misconduct: lives.flatMap(({ misconduct }) => misconduct),
    expected: [
      ...lives.flatMap(({ expected }) => expected),
      ...unordered.map(({ car, start, end }) => ({
        finding: 'trip-without-order',
        car,
        start,
        end,
        peak: null,
        may: false,
      })),
      // What an order allows is allowed at any hour.
      ...unordered.flatMap(offTime),
    ],
    fuel: lives.map(({ car, km }) => {
      const used = (km / 100) * car.per100Km;
      return { car: car.id, km, litres: car.tankL === null ? 0 : used, kwh: car.tankL === null ? used : 0 };
    }),
  };
}

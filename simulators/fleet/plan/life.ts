// What one car does, one thing after another, with the papers and the truth about it. The planners of days write into it.
import { seedOf } from '../../random.ts';
import { arrivalOf, type Drive, type Manner } from '../driving/motion.ts';
import type { Site } from '../roads/network.ts';
import type { Router } from '../roads/route.ts';
import type { Expected, Misconduct, TrueTrip } from '../truth.ts';
import type { Act, Dark, OrderPlace, SimCar, SimCardEntry, SimOrder, SimUpkeep } from './types.ts';

export interface Going {
  readonly order?: string | null;
  readonly halts?: number;
  readonly manner?: Partial<Manner>;
}

export interface Went {
  readonly trip: TrueTrip;
  readonly drive: Drive;
}

interface Written {
  acts: readonly Act[];
  trips: number;
  orders: number;
  cards: number;
  upkeep: number;
  at: Site;
  now: number;
  level: number;
}

export class Life {
  readonly car: SimCar;
  readonly acts: Act[] = [];
  readonly trips: TrueTrip[] = [];
  readonly orders: SimOrder[] = [];
  readonly cards: SimCardEntry[] = [];
  readonly upkeep: SimUpkeep[] = [];
  readonly misconduct: Misconduct[] = [];
  readonly expected: Expected[] = [];
  readonly dark: Dark[] = [];
  readonly #router: Router;
  readonly #seed: number;
  at: Site;
  /** Until when is decided what it does. */
  now: number;
  /** L or kWh in it. */
  level: number;

  constructor(options: { car: SimCar; router: Router; seed: number; from: number }) {
    this.car = options.car;
    this.#router = options.router;
    this.#seed = seedOf(options.seed, options.car.id);
    this.at = options.car.yard;
    this.now = options.from;
    this.level = this.capacity * (0.5 + (0.4 * (this.#seed % 1_000)) / 1_000);
  }

  get capacity(): number {
    return this.car.tankL ?? this.car.batteryKwh ?? 60;
  }

  get km(): number {
    return this.trips.reduce((sum, trip) => sum + trip.km, 0);
  }

  /** Metres by road. */
  farM(to: Site): number {
    return this.#router.route(this.at, to).lengthM;
  }

  /** Stands until `until`. */
  stay(until: number, ignition = false): void {
    if (until <= this.now) return;
    const last = this.acts.at(-1);
    const goesOn = last?.kind === 'stay' && last.site === this.at && last.ignition === ignition;
    if (goesOn) this.acts.pop();
    const from = goesOn ? last.from : this.now;
    this.acts.push({ kind: 'stay', site: this.at, from, to: until, ignition });
    this.now = until;
  }

  /** Drives to `to` at `start` or as soon as it can; the engine runs a little before and after. */
  go(to: Site, start: number, how: Going = {}): Went {
    const ready = Math.max(start, this.now + 90_000);
    const seed = seedOf(this.#seed, `drive ${ready}`);
    this.stay(ready - (8 + (seed % 30)) * 1_000);
    this.stay(ready, true);
    const route = this.#router.route(this.at, to);
    const manner: Manner = { limitKmh: this.car.limitKmh, traffic: trafficAt(ready), ...how.manner };
    const drive: Drive = { seed, route, start: ready, manner, halts: how.halts ?? 0 };
    const end = arrivalOf(drive);
    const km = route.lengthM / 1_000;
    const trip: TrueTrip = {
      car: this.car.id,
      start: ready,
      end,
      km,
      from: { site: this.at.id, lat: this.at.lat, lon: this.at.lon },
      to: { site: to.id, lat: to.lat, lon: to.lon },
      order: how.order ?? null,
      dark: false,
    };
    this.acts.push({ kind: 'drive', drive, from: ready, to: end, km });
    this.trips.push(trip);
    this.level -= (km / 100) * this.car.per100Km;
    this.at = to;
    this.now = end;
    this.stay(end + (6 + ((seed >>> 8) % 40)) * 1_000, true);
    return { trip, drive };
  }

  /** A draft: what is written after it can be taken back. */
  mark(): Written {
    const { acts, trips, orders, cards, upkeep, at, now, level } = this;
    return {
      acts: [...acts],
      trips: trips.length,
      orders: orders.length,
      cards: cards.length,
      upkeep: upkeep.length,
      at,
      now,
      level,
    };
  }

  back(to: Written): void {
    for (const name of ['trips', 'orders', 'cards', 'upkeep'] as const) this[name].length = to[name];
    this.acts.splice(0, this.acts.length, ...to.acts);
    this.at = to.at;
    this.now = to.now;
    this.level = to.level;
  }
}

export function placeOf(site: Site): OrderPlace {
  return { name: site.name.zh, lat: site.lat, lon: site.lon };
}

const hourMs = 3_600_000;

/** China keeps one time: UTC+8. */
export function localMinutes(ts: number): number {
  return ((ts + 8 * hourMs) % (24 * hourMs)) / 60_000;
}

function trafficAt(ts: number): number {
  const minutes = localMinutes(ts);
  if (minutes < 360 || minutes > 1_260) return 0.05;
  if ((minutes > 440 && minutes < 545) || (minutes > 1_015 && minutes < 1_120)) return 0.9;
  return 0.4;
}

// One building's true consumption: means by hour from use, weather and noise, and their exact integral at any time.
//
// Hours hold a mean; within an hour the rate swings around it and comes out even, so that integrals at hour edges need
// the means alone. Daily sums are kept (8 bytes a day and channel), the hours of the last 64 days asked for too.
import { hourMs } from '../../core/domain/time.ts';
import { hash, noise, seedOf, uniform } from '../random.ts';
import { type Channel, channels, subMeters } from './channels.ts';
import type { Day, Days } from './days.ts';
import { type BuildingKind, scheduleOf } from './kinds.ts';
import type { BuildingSpec, CityEvent } from './types.ts';

/** Cables and transformers: the main meter counts this much more than its sub-meters together. */
const lossShare = 0.018;
const columns = 26;
/** 1 January 2021, and the years from there on in which loads change. */
const growthOrigin = 18_628;
const growthEnds = 6;
const cachedDays = 64;
const indexOfChannel = Object.fromEntries(channels.map((name, index) => [name, index])) as Record<
  Channel,
  number
>;
const mealShare: readonly number[] = [
  0, 0, 0, 0, 0, 0.03, 0.12, 0.08, 0.02, 0.06, 0.18, 0.19, 0.05, 0.01, 0.01, 0.04, 0.12, 0.08, 0.01, 0, 0, 0,
  0, 0,
];
/** Staff plug in when they come to work. */
const chargingShare: readonly number[] = [
  0, 0, 0, 0, 0, 0, 0, 0.15, 0.6, 0.75, 0.7, 0.5, 0.35, 0.4, 0.45, 0.35, 0.25, 0.15, 0.05, 0, 0, 0, 0, 0,
];
const liftTraffic: readonly number[] = [
  0.05, 0.05, 0.05, 0.05, 0.05, 0.08, 0.2, 0.7, 1, 0.7, 0.6, 0.85, 0.9, 0.75, 0.7, 0.6, 0.65, 1, 0.6, 0.3,
  0.2, 0.15, 0.1, 0.05,
];

export class BuildingModel {
  readonly spec: BuildingSpec;
  readonly kind: BuildingKind;
  readonly #days: Days;
  readonly #events: readonly CityEvent[];
  readonly #seed: number;
  /** Sum before each day, by channel; `#known` days are filled in. */
  #sums: Float64Array[] = channels.map(() => new Float64Array(512));
  #known = 0;
  readonly #cache: Float64Array;
  readonly #cachedDay = new Int32Array(cachedDays).fill(-1);

  constructor(options: {
    spec: BuildingSpec;
    kind: BuildingKind;
    days: Days;
    events: readonly CityEvent[];
    seed: number;
  }) {
    this.spec = options.spec;
    this.kind = options.kind;
    this.#days = options.days;
    this.#events = options.events.filter((event) => event.building === options.spec.id);
    this.#seed = seedOf(options.seed, options.spec.id);
    this.#cache = new Float64Array(cachedDays * channels.length * columns);
  }

  /** Consumption from the city's first day to `ts`. */
  energyAt(channel: Channel, ts: number): number {
    const index = this.#days.indexOf(ts);
    const day = this.#days.at(index);
    this.#extend(index);
    const row = this.#hours(index) + indexOfChannel[channel] * columns;
    const hour = Math.floor((ts - day.start) / hourMs);
    const before = (this.#sums[indexOfChannel[channel]]?.[index] ?? 0) + (this.#cache[row + hour] ?? 0);
    const part = (ts - day.start) / hourMs - hour;
    if (part === 0) return before;
    return before + this.#meanOf(row, hour) * this.#elapsed(day, hour, part);
  }

  /** Rate at `ts` per hour: kW, m³/h, GJ/h. */
  rateAt(channel: Channel, ts: number): number {
    const index = this.#days.indexOf(ts);
    const day = this.#days.at(index);
    const row = this.#hours(index) + indexOfChannel[channel] * columns;
    const hour = Math.floor((ts - day.start) / hourMs);
    return this.#meanOf(row, hour) * this.#swing(day, hour, (ts - day.start) / hourMs - hour);
  }

  /** Share of full use in the hour that holds `ts`. */
  useAt(ts: number): number {
    const day = this.#days.at(this.#days.indexOf(ts));
    return this.#use(day, Math.floor((ts - day.start) / hourMs));
  }

  /** More than any channel can ever draw in an hour: the rating of its meter. */
  ratingOf(channel: Channel): number {
    const { spec, kind } = this;
    const { load } = kind;
    const kw = spec.areaM2 / 1000;
    const most: Record<Channel, number> = {
      import: kw * Object.values(load).reduce((sum, value) => sum + value, 0),
      export: spec.solar?.kwp ?? 0,
      solar: spec.solar?.kwp ?? 0,
      a1: kw * (load.socketsBase + load.lighting),
      a2: kw * load.corridor,
      b1: kw * Math.max(load.cooling, load.heating),
      b2: kw * load.fans,
      c1: kw * load.lifts,
      c2: kw * load.pumps,
      d1: kw * (load.specialBase + load.special),
      it: kw * (load.specialBase + load.special),
      piles: spec.piles?.kw ?? 0,
      water: (spec.people * kind.waterPerPersonHour) / 1000 + spec.areaM2 / 15_000,
      gas: 0.19 * spec.people * kind.gasPerPersonDay + (spec.gas === 'boiler' ? 0.004 * spec.areaM2 : 0),
      heat: spec.heated ? heatGjPerHour(spec.areaM2, 1) : 0,
    };
    const events = this.#events.reduce(
      (sum, event) => sum + (event.channel === channel || channel === 'import' ? event.perHour : 0),
      channel === 'import' ? most.piles : 0,
    );
    return roundUp(1.8 * most[channel] + events + 0.5);
  }

  #extend(index: number): void {
    while (this.#known < index) {
      const day = this.#known;
      const hours = this.#days.at(day).hours;
      const row = this.#hours(day);
      if (day + 2 > (this.#sums[0]?.length ?? 0)) this.#sums = this.#sums.map(doubled);
      for (const [channel, sums] of this.#sums.entries()) {
        sums[day + 1] = (sums[day] ?? 0) + (this.#cache[row + channel * columns + hours] ?? 0);
      }
      this.#known++;
    }
  }

  /** Where the running sums of a day's hours stand in the cache, computed if they are not there. */
  #hours(index: number): number {
    const slot = index % cachedDays;
    const offset = slot * channels.length * columns;
    if (this.#cachedDay[slot] !== index) {
      this.#compute(this.#days.at(index), offset);
      this.#cachedDay[slot] = index;
    }
    return offset;
  }

  #meanOf(row: number, hour: number): number {
    return (this.#cache[row + hour + 1] ?? 0) - (this.#cache[row + hour] ?? 0);
  }

  #compute(day: Day, offset: number): void {
    const { spec, kind } = this;
    const cache = this.#cache;
    const years = Math.min(growthEnds, (day.number - growthOrigin) / 365.25);
    const kw = (spec.areaM2 / 1000) * Math.exp((spec.growth?.load ?? kind.growthPerYear) * years);
    const waterGrowth = Math.exp((spec.growth?.water ?? 0) * years);
    const gasGrowth = Math.exp((spec.growth?.gas ?? 0) * years);
    const busy = 1 + 0.06 * noise(this.#seed, day.number, 99);
    const setPoint = spec.coolingSetPoint ?? 26;
    for (let channel = 0; channel < channels.length; channel++) cache[offset + channel * columns] = 0;
    const add = (channel: Channel, hour: number, value: number): void => {
      const at = offset + indexOfChannel[channel] * columns + hour;
      cache[at + 1] = (cache[at] ?? 0) + value;
    };
    for (let hour = 0; hour < day.hours; hour++) {
      const local = Math.min(23, hour);
      const use = this.#use(day, hour) * busy;
      const outside = day.temperature[local] ?? 20;
      const sun = day.sun[local] ?? 0;
      const dark = Math.max(0, 1 - 3 * sun);
      const felt = 0.6 * outside + 0.4 * day.meanTemperature;
      const cooling = Math.min(1.15, Math.max(0, (felt - (setPoint - 3.5)) / 10.5));
      const heating = Math.min(1.1, Math.max(0, (13 - felt) / 13));
      const conditioned = Math.max(use, kind.airConditionedAlways);
      const wet = 0.08 + 0.92 * use;

      const loads = {
        a1: kw * (kind.load.socketsBase + kind.load.lighting * use * (0.7 + 0.3 * dark)),
        a2: kw * kind.load.corridor * (0.08 + 0.45 * use + 0.47 * dark * (0.4 + 0.6 * use)),
        b1:
          kw *
          (0.2 +
            conditioned *
              Math.max(kind.load.cooling * cooling, kind.load.heating * (spec.heated ? 0.25 : 1) * heating)),
        b2: kw * (0.05 + kind.load.fans * conditioned * (0.3 + 0.7 * Math.max(cooling, heating))),
        c1: kw * kind.load.lifts * (0.04 + use * (liftTraffic[local] ?? 0)),
        c2: kw * kind.load.pumps * (0.12 + 0.88 * use),
        d1: kw * (kind.load.specialBase * (1 + 0.12 * cooling) + kind.load.special * use),
      };
      let gross = 0;
      for (const [index, name] of subMeters.entries()) {
        const value =
          loads[name] * (1 + 0.08 * noise(this.#seed + index, day.number, hour)) +
          this.#extra(name, day, hour);
        gross += value;
        add(name, hour, value);
        // Cooling and losses of the room come on top of what the servers draw, more of them in summer.
        if (name === 'd1') add('it', hour, spec.servers ? value / (1.42 + 0.28 * cooling) : 0);
      }
      const piles = this.#piles(day, hour);
      add('piles', hour, piles);
      gross += piles;
      gross *= 1 + lossShare + 0.004 * uniform(this.#seed, day.number, hour + 64);
      const solar = this.#solar(day, hour, sun, outside);
      add('solar', hour, solar);
      add('import', hour, Math.max(0, gross - solar));
      add('export', hour, Math.max(0, solar - gross));

      const thirst = 1 + 0.25 * noise(this.#seed + 20, day.number, hour);
      const water =
        (spec.people * kind.waterPerPersonHour * wet * 0.8 * thirst) / 1000 + (kw / 18) * cooling * use;
      const drawn = water * (use < 0.05 ? 0.12 : 1) * waterGrowth;
      add('water', hour, drawn + this.#extra('water', day, hour));
      add('gas', hour, this.#gas(day, hour, heating) * gasGrowth);
      add(
        'heat',
        hour,
        spec.heated
          ? heatGjPerHour(
              spec.areaM2,
              heating * (0.35 + 0.65 * use) * (1 + 0.05 * noise(this.#seed + 22, day.number, hour)),
            )
          : 0,
      );
    }
  }

  #use(day: Day, hour: number): number {
    return scheduleOf(this.kind, day)[Math.min(23, hour)] ?? 0;
  }

  #solar(day: Day, hour: number, sun: number, outside: number): number {
    const { solar } = this.spec;
    if (solar === undefined || day.start + hour * hourMs < solar.from) return 0;
    return solar.kwp * sun * 0.84 * (1 - 0.0035 * (outside - 20));
  }

  #gas(day: Day, hour: number, heating: number): number {
    const { spec, kind } = this;
    if (spec.gas === undefined) return 0;
    const local = Math.min(23, hour);
    const noon = scheduleOf(kind, day)[11] ?? 0;
    const meals = spec.people * kind.gasPerPersonDay * noon * (mealShare[local] ?? 0);
    const boiler = spec.gas === 'boiler' ? spec.areaM2 * (0.0006 + 0.0024 * heating) : 0;
    return (meals + boiler) * (1 + 0.1 * noise(this.#seed + 21, day.number, hour));
  }

  #piles(day: Day, hour: number): number {
    const { piles } = this.spec;
    if (piles === undefined || day.start + hour * hourMs < piles.from || day.kind !== 'work') return 0;
    const plugged = chargingShare[Math.min(23, hour)] ?? 0;
    return piles.kw * plugged * (1 + 0.15 * noise(this.#seed + 23, day.number, hour));
  }

  /** A leak, or something left on while nobody is there. */
  #extra(channel: Channel, day: Day, hour: number): number {
    let extra = 0;
    for (const event of this.#events) {
      const ts = day.start + hour * hourMs;
      if (event.channel !== channel || ts < event.from || (event.to !== null && ts >= event.to)) continue;
      if (event.kind === 'water-leak' || this.#use(day, hour) < 0.15) extra += event.perHour;
    }
    return extra;
  }

  /** Rate over the hour's mean at `part` of the hour: two waves that come out even over the hour. */
  #swing(day: Day, hour: number, part: number): number {
    const phase = this.#phase(day, hour);
    return (
      1 +
      0.09 * Math.sin(2 * Math.PI * (3 * part + phase)) +
      0.04 * Math.sin(2 * Math.PI * (11 * part + phase))
    );
  }

  /** The integral of the swing from the hour's start: strictly rising from 0 to 1. */
  #elapsed(day: Day, hour: number, part: number): number {
    const phase = this.#phase(day, hour);
    const wave = (amplitude: number, waves: number): number =>
      (amplitude * (Math.cos(2 * Math.PI * phase) - Math.cos(2 * Math.PI * (waves * part + phase)))) /
      (2 * Math.PI * waves);
    return part + wave(0.09, 3) + wave(0.04, 11);
  }

  #phase(day: Day, hour: number): number {
    return hash(this.#seed, day.number, hour + 200) / 0x1_0000_0000;
  }
}

/** 55 W of heat per m² at full load. */
function heatGjPerHour(areaM2: number, share: number): number {
  return (areaM2 * 55 * share * 3600) / 1e9;
}

function doubled(array: Float64Array): Float64Array {
  const longer = new Float64Array(array.length * 2);
  longer.set(array);
  return longer;
}

/** To two digits: ratings are round numbers. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit) * unit;
}

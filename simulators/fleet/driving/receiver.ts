// What a satellite receiver makes of the true place: noise that wanders, reflections, wrong fixes, none below ground.

import { earthRadiusM } from '../../../core/domain/fleet/track/geodesy.ts';
import type { PositionExtras } from '../../../core/domain/telemetry.ts';
import { Random } from '../../random.ts';

/** As JT/T 808 carries it: whole seconds, 1e-6 degrees, 0.1 km/h, whole degrees. */
export interface Fix {
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly extras: PositionExtras;
}

export interface TrueState {
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly ignition: boolean;
  /** open: road or lot; street: between houses; none: tunnel or garage */
  readonly sky: 'open' | 'street' | 'none';
}

export interface Seen {
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly satellites: number;
  readonly fix: boolean;
}

const hourMs = 3_600_000;
/** Once in so many hours. */
const every = { farFixH: 5, nearFixH: 40, reflectionH: 2, excursionH: 10 } as const;

export class Receiver {
  readonly #random: Random;
  readonly #blind: 'last' | 'zero' | 'frozen';
  /** Wandering error, metres. */
  #east = 0;
  #north = 0;
  #excursion = { east: 0, north: 0, left: 0 };
  #last: Seen | undefined;
  #lastTs = 0;
  /** Before this time it looks for satellites. */
  #lockTs = 0;
  #darkSince: number | undefined;
  /** Where it was a second ago under the sky, if that was not sent. */
  #before: TrueState | undefined;

  constructor(seed: number, blind: 'last' | 'zero' | 'frozen') {
    this.#random = new Random(seed);
    this.#blind = blind;
  }

  /** Passed between two positions that are sent: it has a fix every second. */
  pass(state: TrueState): void {
    if (state.sky !== 'none' && state.ts >= this.#lockTs) this.#before = state;
  }

  see(state: TrueState): Seen {
    const lasted = Math.max(1_000, state.ts - this.#lastTs);
    // After long sleep it begins to search when it is woken by the ignition.
    if (state.ignition && lasted > 25 * 60_000) this.#lockTs = state.ts + this.#random.int(3, 28) * 1_000;
    this.#lastTs = state.ts;
    if (state.sky === 'none') {
      if (this.#darkSince === undefined && this.#before !== undefined && this.#last?.fix === true)
        this.#last = this.#fixOf(this.#before, 1_000);
      this.#darkSince ??= state.ts;
      return this.#unseen(state.ignition);
    }
    if (this.#darkSince !== undefined) {
      // What it knows of the satellites' ways ages: after hours below ground it has to hear it all again.
      const dark = state.ts - this.#darkSince;
      const most = dark < 10 * 60_000 ? 5 : dark < 2 * hourMs ? 12 : 30;
      this.#lockTs = state.ts + this.#random.int(1, most) * 1_000;
      this.#darkSince = undefined;
    }
    if (state.ts < this.#lockTs) return this.#unseen(state.ignition);
    this.#before = undefined;
    this.#last = this.#fixOf(state, lasted);
    return this.#last;
  }

  #unseen(ignition: boolean): Seen {
    const last = this.#last ?? zero;
    if (this.#blind === 'frozen' && this.#last !== undefined)
      return ignition ? this.#last : { ...this.#last, speedKmh: 0 };
    if (this.#blind === 'zero') return zero;
    return { ...last, speedKmh: 0, satellites: this.#random.int(0, 3), fix: false };
  }

  #fixOf(state: TrueState, lasted: number): Seen {
    const random = this.#random;
    const parked = state.speedKmh === 0 && !state.ignition;
    const sigmaM = parked ? 5.5 : state.sky === 'street' ? 3.5 : 2.2;
    const keep = Math.exp(-lasted / (parked ? 500_000 : 45_000));
    const spread = sigmaM * Math.sqrt(1 - keep * keep);
    this.#east = this.#east * keep + spread * this.#normal();
    this.#north = this.#north * keep + spread * this.#normal();
    let [east, north, satellites] = [this.#east, this.#north, random.int(9, 20)];
    if (parked) {
      this.#wander(lasted);
      if (this.#excursion.left > 0) {
        east += this.#excursion.east;
        north += this.#excursion.north;
        satellites = random.int(4, 7);
      }
    } else this.#excursion.left = 0;
    const off = this.#wrongM(state, lasted);
    if (off > 0) {
      const angle = 2 * Math.PI * random.next();
      east += off * Math.cos(angle);
      north += off * Math.sin(angle);
      satellites = random.int(4, 7);
    }
    return {
      ...moved(state.lat, state.lon, east, north),
      speedKmh: this.#speed(state, parked),
      courseDeg: Math.round(state.courseDeg + 2 * this.#normal() + 360) % 360,
      satellites,
      fix: true,
    };
  }

  /** A parked car's reflections: 50 to 150 m for one to three fixes. */
  #wander(lasted: number): void {
    const random = this.#random;
    if (this.#excursion.left > 0) {
      this.#excursion.left--;
      this.#excursion.east *= 0.7;
      this.#excursion.north *= 0.7;
    } else if (random.next() < Math.min(lasted, 60_000) / (every.excursionH * hourMs)) {
      const [metres, angle] = [50 + 100 * random.next(), 2 * Math.PI * random.next()];
      this.#excursion = {
        east: metres * Math.cos(angle),
        north: metres * Math.sin(angle),
        left: random.int(1, 4),
      };
    }
  }

  /** Metres by which this fix is wrong; 0: it is not. */
  #wrongM({ ignition, sky, speedKmh }: TrueState, lasted: number): number {
    if (!ignition) return 0;
    const random = this.#random;
    const hours = Math.min(lasted, 30_000) / hourMs;
    const chance = random.next();
    if (chance < hours / every.farFixH) return 2_000 + 30_000 * random.next();
    if (chance < hours / every.farFixH + hours / every.nearFixH) return 150 + 350 * random.next();
    const reflected = sky === 'street' && speedKmh > 0 && random.next() < hours / every.reflectionH;
    return reflected ? 25 + 40 * random.next() : 0;
  }

  #speed({ speedKmh }: TrueState, parked: boolean): number {
    if (parked && this.#excursion.left > 0) return tenth(4 * this.#random.next());
    if (speedKmh === 0) return this.#random.next() < 0.1 ? tenth(2.5 * this.#random.next()) : 0;
    return tenth(Math.max(0, speedKmh + 0.35 * this.#normal()));
  }

  /** Box-Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(2 * Math.PI * this.#random.next());
  }
}

const zero: Seen = { lat: 0, lon: 0, speedKmh: 0, courseDeg: 0, satellites: 0, fix: false };

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function moved(lat: number, lon: number, east: number, north: number): { lat: number; lon: number } {
  const radians = Math.PI / 180;
  const micro = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  return {
    lat: micro(lat + north / earthRadiusM / radians),
    lon: micro(lon + east / (earthRadiusM * Math.cos(lat * radians)) / radians),
  };
}

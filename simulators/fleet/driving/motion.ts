// A drive second by second: it accelerates and brakes, stops at lights and barriers, slows down for bends and jams.
import { hash, smoothNoise, uniform } from '../../random.ts';
import { num, type Route } from '../roads/route.ts';

export interface Manner {
  /** The car keeps to it, whatever the road allows. */
  readonly limitKmh: number;
  /** 0 (empty roads) to 1 (rush hour). */
  readonly traffic: number;
  /** How he drives the ring road and the highway, if faster than the car's limit. */
  readonly recklessKmh?: number;
  /** How he drives in the yard, if faster than allowed. */
  readonly yardKmh?: number;
}

export interface Drive {
  readonly seed: number;
  readonly route: Route;
  /** Epoch ms, whole seconds. */
  readonly start: number;
  readonly manner: Manner;
  /** So many short halts to let people in and out, engine running; 40 to 150 s each. */
  readonly halts: number;
}

const accelerationMs2 = 1.6;
const brakeMs2 = 1.9;
const salt = { red: 1, redS: 2, halt: 3, haltS: 4 } as const;

export class Motion {
  readonly #drive: Drive;
  /** m/s at which each junction may be passed at most, with braking for those behind it; 0: the car halts there. */
  readonly #passMs: Float64Array;
  /** Seconds to wait at each junction. */
  readonly #waitS: Float64Array;
  readonly #end: number;
  #waited = 0;
  #speedMs = 0;
  #segment = 0;
  ts: number;
  alongM = 0;

  constructor(drive: Drive) {
    this.#drive = drive;
    this.ts = drive.start;
    this.#end = drive.route.kinds.length;
    this.#waitS = waits(drive);
    this.#passMs = passing(drive.route, this.#waitS);
  }

  get speedKmh(): number {
    return this.#speedMs * 3.6;
  }

  /** Index of the road it is on. */
  get segment(): number {
    return Math.min(this.#segment, this.#end - 1);
  }

  get arrived(): boolean {
    return this.#segment >= this.#end;
  }

  get share(): number {
    const { alongM } = this.#drive.route;
    const from = num(alongM, this.segment);
    return (this.alongM - from) / (num(alongM, this.segment + 1) - from);
  }

  get lat(): number {
    return between(this.#drive.route.lat, this.segment, this.share);
  }

  get lon(): number {
    return between(this.#drive.route.lon, this.segment, this.share);
  }

  /** One second on. */
  step(): void {
    this.ts += 1_000;
    if (this.arrived) return;
    if (this.#waited > 0) {
      this.#waited--;
      return;
    }
    const { route } = this.#drive;
    const next = this.#segment + 1;
    const left = num(route.alongM, next) - this.alongM;
    const passMs = num(this.#passMs, next);
    this.#speedMs = Math.min(
      this.#speedMs + accelerationMs2,
      this.#wantedMs(),
      Math.max(1.5, Math.sqrt(passMs * passMs + 2 * brakeMs2 * left)),
    );
    const metres = this.#speedMs;
    if (passMs === 0 && metres >= left - 0.3) {
      // It stands at the line.
      this.alongM = num(route.alongM, next);
      this.#speedMs = 0;
      this.#segment = next;
      this.#waited = num(this.#waitS, next);
      return;
    }
    this.alongM += metres;
    while (this.#segment < this.#end && this.alongM >= num(route.alongM, this.#segment + 1)) {
      if (num(this.#passMs, this.#segment + 1) === 0) {
        this.alongM = num(route.alongM, this.#segment + 1);
        this.#speedMs = 0;
        this.#waited = num(this.#waitS, this.#segment + 1);
        this.#segment++;
        return;
      }
      this.#segment++;
    }
  }

  #wantedMs(): number {
    const { route, manner, seed } = this.#drive;
    const kind = route.kinds[this.#segment];
    const limit = num(route.limitKmh, this.#segment);
    if (kind === 'yard') return (manner.yardKmh ?? limit * 0.85) / 3.6;
    // Before the last metres to a spot nobody hurries.
    if (kind === 'driveway') return (limit * 0.8) / 3.6;
    const mood = smoothNoise(seed, this.alongM, 700);
    const fast = limit >= 80;
    if (fast && manner.recklessKmh !== undefined) return (manner.recklessKmh + 3 * mood) / 3.6;
    const jam = fast ? 0.15 * manner.traffic : manner.traffic * (0.3 + 0.35 * mood);
    const kmh = Math.min(limit, manner.limitKmh) * (0.93 + 0.05 * mood) * (1 - Math.max(0, jam));
    return Math.max(8, kmh) / 3.6;
  }
}

/** Runs the whole drive. */
export function arrivalOf(drive: Drive): number {
  const motion = new Motion(drive);
  while (!motion.arrived) motion.step();
  return motion.ts;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly peakKmh: number;
}

/** First to last moment of which `speeding` is true, with the highest speed then; undefined: never. */
export function stretchOf(drive: Drive, speeding: (motion: Motion) => boolean): Stretch | undefined {
  const motion = new Motion(drive);
  let found: { from: number; to: number; peakKmh: number } | undefined;
  while (!motion.arrived) {
    motion.step();
    if (!speeding(motion)) continue;
    found ??= { from: motion.ts, to: motion.ts, peakKmh: 0 };
    found.to = motion.ts;
    found.peakKmh = Math.max(found.peakKmh, motion.speedKmh);
  }
  return found;
}

function waits({ seed, route, halts }: Drive): Float64Array {
  const seconds = Float64Array.from(route.controls, (control, index) => {
    if (index === 0) return 0;
    if (control === 'barrier') return 4;
    const red = control === 'lights' && uniform(seed, index, salt.red) < 0.38;
    return red ? 5 + Math.floor(80 * uniform(seed, index, salt.redS)) : 0;
  });
  for (let halt = 0; halt < halts && seconds.length > 6; halt++) {
    const index = 2 + (hash(seed, halt, salt.halt) % (seconds.length - 4));
    const kind = route.kinds[index];
    if ((kind === 'street' || kind === 'avenue') && num(route.tunnel, index) === 0)
      seconds[index] = 40 + Math.floor(110 * uniform(seed, halt, salt.haltS));
  }
  return seconds;
}

function passing(route: Route, waitS: Float64Array): Float64Array {
  const last = route.kinds.length;
  const pass = Float64Array.from(route.bendKmh, (kmh, index) => (num(waitS, index) > 0 ? 0 : kmh / 3.6));
  pass[last] = 0;
  for (let index = last - 1; index > 0; index--) {
    const behind = num(pass, index + 1);
    const metres = num(route.alongM, index + 1) - num(route.alongM, index);
    pass[index] = Math.min(num(pass, index), Math.sqrt(behind * behind + 2 * brakeMs2 * metres));
  }
  return pass;
}

function between(column: Float64Array, index: number, share: number): number {
  const from = num(column, index);
  return from + (num(column, index + 1) - from) * share;
}

// When a terminal says something, and what: by its interval, at turns, when the ignition changes, from its sleep.
import { Random, seedOf } from '../../random.ts';
import type { Act, Dark, SimCar } from '../plan/types.ts';
import { num, type Route } from '../roads/route.ts';
import { Motion } from './motion.ts';
import { type Fix, Receiver, type TrueState } from './receiver.ts';

/** A position as the terminal made it, at the true time `at`; its own clock may say something else. */
export interface Sample {
  readonly at: number;
  readonly fix: Fix;
}

export interface Life {
  readonly car: SimCar;
  readonly acts: readonly Act[];
  readonly dark: readonly Dark[];
  readonly seed: number;
}

const parkedMs = 60_000;
const awakeMs = 10 * 60_000;
const dayMs = 86_400_000;
/** Rare things, each once in so many. */
const oneIn = { resets: 900, staleClocks: 60, rollovers: 250, futures: 150 } as const;
/** Satellites count weeks in ten bits: a receiver that misses it is back by 1 024 weeks. */
const rolloverMs = 1_024 * 7 * dayMs;

/** In order of `at`; the same life gives the same samples. */
export function* samplesOf(life: Life): Generator<Sample> {
  const sampler = new Sampler(life);
  for (const act of life.acts)
    for (const sample of act.kind === 'drive' ? sampler.drive(act) : sampler.stay(act))
      if (!life.dark.some(({ from, to }) => sample.at >= from && sample.at < to)) yield sample;
}

class Sampler {
  readonly #life: Life;
  readonly #receiver: Receiver;
  readonly #random: Random;
  #km = 0;
  /** What the odometer counts from. */
  #zeroKm: number;
  #fuelL: number;
  #courseDeg = 0;
  #ignition = false;
  /** Samples with a clock that was not set yet. */
  #unset = 0;

  constructor(life: Life) {
    this.#life = life;
    this.#receiver = new Receiver(seedOf(life.seed, `${life.car.id} receiver`), life.car.terminal.blind);
    this.#random = new Random(seedOf(life.seed, `${life.car.id} terminal`));
    this.#zeroKm = life.car.terminal.odometer?.startKm ?? 0;
    this.#fuelL = (life.car.tankL ?? 0) * 0.7;
  }

  *drive(act: Act & { kind: 'drive' }): Generator<Sample> {
    const { route } = act.drive;
    const { everyS, corners } = this.#life.car.terminal;
    const motion = new Motion(act.drive);
    let [spokenTs, spokenCourse] = [motion.ts, num(route.courseDeg, 0)];
    const fault = this.#random.int(0, oneIn.rollovers * oneIn.futures);
    const faultTs = act.from + Math.floor(((act.to - act.from) / 1_000) * this.#random.next()) * 1_000;
    while (!motion.arrived) {
      motion.step();
      const state = stateOf(motion, route);
      const course = state.courseDeg;
      const turned = corners && Math.abs(((course - spokenCourse + 540) % 360) - 180) >= 30;
      if (motion.ts - spokenTs < everyS * 1_000 && !turned && !motion.arrived) {
        this.#receiver.pass(state);
        continue;
      }
      const faulty = spokenTs < faultTs && motion.ts >= faultTs;
      [spokenTs, spokenCourse] = [motion.ts, course];
      this.#courseDeg = course;
      const sample = this.#sample(state, this.#km + motion.alongM / 1_000);
      yield faulty && fault % oneIn.rollovers === 0
        ? restamped(sample, sample.fix.ts - rolloverMs)
        : faulty && fault % oneIn.futures === 0
          ? restamped(sample, sample.fix.ts + dayMs)
          : sample;
    }
    this.#km += act.km;
    this.#fuelL = Math.max(2, this.#fuelL - (act.km / 100) * this.#life.car.per100Km);
  }

  *stay(act: Act & { kind: 'stay' }): Generator<Sample> {
    const { terminal, tankL } = this.#life.car;
    const woken = act.ignition && !this.#ignition && act.from > 0;
    if (woken && this.#random.int(0, oneIn.resets) === 0) this.#zeroKm = -this.#km;
    if (woken && this.#random.int(0, oneIn.staleClocks) === 0) this.#unset = this.#random.int(1, 4);
    if (!act.ignition && act.site.kind === 'petrol') this.#fuelL = tankL ?? 0;
    const changed = act.ignition !== this.#ignition;
    this.#ignition = act.ignition;
    // A change of the ignition is told at once; otherwise the last sample said it all.
    for (
      let at = act.from + (changed ? 0 : this.#pause(act, act.from));
      at < act.to;
      at = this.#next(act, at)
    ) {
      const state: TrueState = {
        ts: at,
        lat: act.site.lat,
        lon: act.site.lon,
        speedKmh: 0,
        courseDeg: this.#courseDeg,
        ignition: act.ignition,
        sky: act.site.underground ? 'none' : 'open',
      };
      const sample = this.#sample(state, this.#km);
      if (this.#unset > 0 && terminal.sleepMs !== null) {
        this.#unset--;
        yield restamped(unfixed(sample), Date.UTC(2000, 0, 1, 0, 0, 10 + (at - act.from) / 1_000));
      } else yield sample;
    }
  }

  /** Plugged in again it reports at once. */
  #next(act: Act & { kind: 'stay' }, at: number): number {
    const next = at + this.#pause(act, at);
    const plugged = this.#life.dark.find(({ to }) => to > at && to < next);
    return plugged?.to ?? next;
  }

  #pause(act: Act & { kind: 'stay' }, at: number): number {
    const { everyS, sleepMs } = this.#life.car.terminal;
    if (act.ignition) return everyS * 1_000;
    return sleepMs !== null && at - act.from >= awakeMs ? sleepMs : parkedMs;
  }

  #sample(state: TrueState, km: number): Sample {
    const { odometer, fuelSensor } = this.#life.car.terminal;
    const seen = this.#receiver.see(state);
    const burnt = ((km - this.#km) / 100) * this.#life.car.per100Km;
    const tenth = (value: number) => Math.max(0, Math.floor(value * 10 + 1e-6) / 10);
    const extras = {
      satellites: seen.satellites,
      ignition: state.ignition,
      fix: seen.fix,
      ...(odometer === null ? {} : { odometerKm: tenth(this.#zeroKm + km * odometer.scale) }),
      ...(fuelSensor ? { fuelL: tenth(this.#fuelL - burnt) } : {}),
    };
    const { lat, lon, speedKmh, courseDeg } = seen;
    return { at: state.ts, fix: { ts: state.ts, lat, lon, speedKmh, courseDeg, extras } };
  }
}

function stateOf(motion: Motion, route: Route): TrueState {
  const { segment } = motion;
  return {
    ts: motion.ts,
    lat: motion.lat,
    lon: motion.lon,
    speedKmh: motion.speedKmh,
    courseDeg: num(route.courseDeg, segment),
    ignition: true,
    sky: num(route.tunnel, segment) === 1 ? 'none' : route.kinds[segment] === 'street' ? 'street' : 'open',
  };
}

function restamped(sample: Sample, ts: number): Sample {
  return { at: sample.at, fix: { ...sample.fix, ts } };
}

function unfixed({ at, fix }: Sample): Sample {
  return { at, fix: { ...fix, speedKmh: 0, extras: { ...fix.extras, fix: false, satellites: 0 } } };
}

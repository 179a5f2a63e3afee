// The ledger of the truth: what was really consumed, which readings were falsified or lost, what a correct system shows.
import type { Quantity } from '../core/domain/units.ts';
import type { CityPoint } from './city/types.ts';
import { during, type Fault, faultKinds } from './faults.ts';
import type { Meters } from './meters.ts';

/** What became of a reading that was due. */
export type Fate = 'true' | 'lost' | 'falsified' | 'shifted';

export interface LedgerEntry {
  readonly fault: Fault;
  /** What was truly consumed while the fault lasted (until the city's present, if it still does). */
  readonly trueConsumption: number;
  /** What the device counted in the same time. */
  readonly metered: number;
  /** Readings due every `stepMs` in that time, by what became of them. */
  readonly readings: Readonly<Record<Fate, number>>;
  /** What a correct system must show. */
  readonly expectation: string;
}

export interface Expectation {
  /** The truth in [from, to). */
  readonly trueConsumption: number;
  /** What a correct consumption curve gives for [from, to) from the readings due at from, from + step, … and at `to`. */
  readonly shown: number;
  /** Stretches whose consumption cannot be known or is withheld, with what was truly consumed in them. */
  readonly withheld: readonly {
    readonly from: number;
    readonly to: number;
    readonly trueConsumption: number;
    readonly reason: 'reset' | 'above-rating' | 'no-reading';
  }[];
  /** How far the display's decimals may move `shown`. */
  readonly tolerance: number;
}

interface Moment {
  readonly ts: number;
  /** The time whose register is shown: earlier while it is stuck. */
  readonly asOf: number;
}
interface Seen extends Moment {
  /** The time that the reading bears. */
  readonly stamp: number;
  readonly counted: number;
}

export class Ledger {
  readonly #meters: Meters;

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  /** One entry for each planted fault, in the order in which they were planted. */
  entries(stepMs: number): LedgerEntry[] {
    const { city, faults } = this.#meters;
    return faults.map((fault) => {
      const point = city.point(fault.point);
      const to = Math.max(fault.from, Math.min(fault.to ?? city.to, city.to));
      const readings: Record<Fate, number> = { true: 0, lost: 0, falsified: 0, shifted: 0 };
      for (let ts = Math.ceil(fault.from / stepMs) * stepMs; ts < to; ts += stepMs) {
        readings[this.fateOf(fault.point, point.register ?? 'power', ts)]++;
      }
      return {
        fault,
        trueConsumption: city.energyAt(point, to) - city.energyAt(point, fault.from),
        metered: this.#meters.meteredAt(point, to) - this.#meters.meteredAt(point, fault.from),
        readings,
        expectation: expectations[fault.kind],
      };
    });
  }

  fateOf(point: string, quantity: Quantity, ts: number): Fate {
    let fate: Fate = 'true';
    const { register } = this.#meters.city.point(point);
    for (const fault of this.#meters.faultsOf(point)) {
      if (!during(fault, ts) || (faultKinds[fault.kind].register && quantity !== register)) continue;
      if (fault.kind === 'silence') return 'lost';
      if (fault.kind === 'clock-drift' && fate === 'true') fate = 'shifted';
      if (fault.kind === 'spike' || fault.kind === 'dip') fate = 'falsified';
      // The first of the same readings is right.
      if (fault.kind === 'stuck' && ts > fault.from) fate = 'falsified';
    }
    return fate;
  }

  /**
   * What a correct curve shows for the register of `name` in [from, to), when readings are due every `stepMs` from `from`
   * to `to` (both included). Spikes and dips are taken out; a stuck register is believed while it is stuck, and its
   * step afterwards withheld if it is faster than the rating; what a reset cut off is unknown.
   */
  expect(name: string, from: number, to: number, stepMs: number): Expectation {
    const { city } = this.#meters;
    const point = city.point(name);
    if (point.device === null || point.register === null) throw new RangeError(`${name} has no register`);
    const { multiplier } = point.device;
    const rating = point.installation?.ratingPerHour ?? Infinity;
    const resets = this.#meters.resetsOf(name);
    const withheld: Expectation['withheld'][number][] = [];
    let shown = 0;
    let last: Seen | undefined;
    const hold = (a: Moment, b: Moment, reason: Expectation['withheld'][number]['reason']): void => {
      const missed = city.energyAt(point, b.asOf) - city.energyAt(point, a.asOf);
      if (b.ts > a.ts || missed > 0) withheld.push({ from: a.ts, to: b.ts, trueConsumption: missed, reason });
    };
    for (let ts = from; ts <= to; ts += stepMs) {
      const here = this.#seenAt(name, point.register, ts);
      if (here === undefined) continue;
      if (last === undefined) {
        hold({ ts: from, asOf: from }, here, 'no-reading');
      } else {
        const before = last;
        const step = here.counted - before.counted;
        if (resets.some((reset) => reset > before.asOf && reset <= here.asOf)) hold(before, here, 'reset');
        else if (step > (rating * (here.stamp - before.stamp + 60_000)) / 3_600_000)
          hold(before, here, 'above-rating');
        else shown += step;
      }
      last = here;
    }
    hold(last ?? { ts: from, asOf: from }, { ts: to, asOf: to }, 'no-reading');
    const trueConsumption = city.energyAt(point, to) - city.energyAt(point, from);
    return { trueConsumption, shown, withheld, tolerance: 2 * multiplier * this.#stepOf(point, from, to) };
  }

  /** The least that the register's display can show apart: its decimals, or what a float of 32 bits holds of a large number. */
  #stepOf(point: CityPoint, from: number, to: number): number {
    const decimal = 1 / (point.device?.perUnit ?? 1);
    if (point.layout !== 'float32') return decimal;
    const start = Math.max(from, point.installation?.from ?? from);
    const largest = Math.max(1, this.#meters.register(point, start), this.#meters.register(point, to));
    return Math.max(decimal, 2 ** (Math.floor(Math.log2(largest)) - 23));
  }

  /** The counter behind the reading at `ts` that a correct system goes by; `undefined` where it has none. */
  #seenAt(name: string, quantity: Quantity, ts: number): Seen | undefined {
    const point = this.#meters.city.point(name);
    if (ts < (point.installation?.from ?? 0)) return undefined;
    const faults = this.#meters.faultsOf(name);
    const fate = this.fateOf(name, quantity, ts);
    const stuck = faults.find((fault) => fault.kind === 'stuck' && during(fault, ts));
    if (
      fate === 'lost' ||
      faults.some((fault) => (fault.kind === 'spike' || fault.kind === 'dip') && during(fault, ts))
    ) {
      return undefined;
    }
    const asOf = stuck?.from ?? ts;
    return { ts, asOf, stamp: this.#meters.stampAt(name, ts), counted: this.#meters.meteredAt(point, asOf) };
  }
}

const expectations: Record<Fault['kind'], string> = {
  silence:
    'The total is exact once the meter answers again; its hours are marked estimated; until then they are missing.',
  stuck:
    'The total is exact once the register moves again, unless that step is faster than the rating: then it is withheld as above-rating.',
  spike: 'The reading is excluded; hours and totals are as if it had not been sent.',
  dip: 'The reading is excluded; hours and totals are as if it had not been sent.',
  reset: 'The step over the reset counts nothing and is listed; every other hour is exact.',
  'roll-over': 'Nothing shows: the rise goes on across the highest reading.',
  'value-drift':
    'The metered figure, which differs from the truth by the share in `size`: no rule can see it, only the bill.',
  'clock-drift':
    'The total is exact; hours move by the drift; rows that lie in the future are refused and raised as an alarm.',
  replacement:
    'Nothing shows once the installation is recorded: old device to its final reading, new one from its first.',
};

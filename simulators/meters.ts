// What the city's meters show: registers (multiplier, width, decimals) of what is consumed, with faults laid over.
import type { Installation } from '../core/domain/energy/facts.ts';
import type { WireReading } from '../core/domain/telemetry.ts';
import type { Quantity } from '../core/domain/units.ts';
import type { City } from './city/city.ts';
import type { CityPoint } from './city/types.ts';
import { during, type Fault } from './faults.ts';

/** A stretch in which a register counts in one way. */
interface Stretch {
  readonly from: number;
  /** Register and true consumption where it begins. */
  readonly value: number;
  readonly energy: number;
  /** Metered consumption (after the multiplier, with drift) where it begins, since the city's first day. */
  readonly metered: number;
  /** Share of the truth that is counted. */
  readonly gain: number;
  readonly reset: boolean;
}

export class Meters {
  readonly city: City;
  readonly faults: readonly Fault[];
  readonly #faultsOf = new Map<string, readonly Fault[]>();
  readonly #stretchesOf = new Map<string, readonly Stretch[]>();

  /** @throws RangeError for a fault on a point the city does not have, or a register fault on a point without one. */
  constructor(city: City, faults: readonly Fault[] = []) {
    this.city = city;
    this.faults = faults;
    for (const fault of faults) {
      city.point(fault.point);
      this.#faultsOf.set(fault.point, [...(this.#faultsOf.get(fault.point) ?? []), fault]);
    }
    for (const point of city.points) {
      if (point.device !== null)
        this.#stretchesOf.set(point.point, stretches(city, point, this.faultsOf(point.point)));
    }
  }

  faultsOf(point: string): readonly Fault[] {
    return this.#faultsOf.get(point) ?? [];
  }

  /** The point's installations with its replacements: what the registry should be told. */
  installations(name: string): readonly Installation[] {
    const point = this.city.point(name);
    if (point.installation === null) return [];
    const replacements = this.faultsOf(name)
      .filter(({ kind }) => kind === 'replacement')
      .sort((a, b) => a.from - b.from);
    const first = point.installation;
    return [
      first.firstValue === undefined ? first : { ...first, firstValue: this.register(point, first.from) },
      ...replacements.map(
        (fault, index): Installation => ({
          ...first,
          from: fault.from,
          serial: first.serial?.replace(/1$/, String(index + 2)),
          firstValue: this.#shown(point, fault.size),
          previousFinalValue: this.register(point, fault.from, true),
        }),
      ),
    ];
  }

  /**
   * What the device answers at `ts`: `undefined` where it does not answer at all.
   * Registers are cut to their decimals and roll over at their width; gauges have theirs.
   */
  show(point: CityPoint, quantity: Quantity, ts: number): number | undefined {
    if (ts < (point.installation?.from ?? this.city.from)) return undefined;
    const faults = this.#faultsOf.get(point.point);
    if (faults === undefined) return this.#at(point, quantity, ts);
    if (faults.some((fault) => fault.kind === 'silence' && during(fault, ts))) return undefined;
    const stuck = faults.find((fault) => fault.kind === 'stuck' && during(fault, ts));
    const value = this.#at(point, quantity, stuck?.from ?? ts);
    if (quantity !== point.register) return value;
    const jump = faults.find(
      (fault) => (fault.kind === 'spike' || fault.kind === 'dip') && during(fault, ts),
    );
    if (jump === undefined) return value;
    const highest = (point.device?.wrapsAt ?? 1) - 1 / (point.device?.perUnit ?? 1);
    return this.#shown(point, jump.kind === 'dip' ? jump.size : Math.min(highest, value + jump.size));
  }

  /** One row for the wire; its time stamp may be off by a clock's drift. */
  reading(point: CityPoint, quantity: Quantity, ts: number): WireReading | undefined {
    const value = this.show(point, quantity, ts);
    return value === undefined ? undefined : [point.point, quantity, this.stampAt(point.point, ts), value];
  }

  /** All rows of a point at from, from + step, … before `to`, one quantity after the other. */
  *readings(name: string, from: number, to: number, stepMs: number): Generator<WireReading> {
    const point = this.city.point(name);
    for (const quantity of point.quantities) {
      for (let ts = from; ts < to; ts += stepMs) {
        const row = this.reading(point, quantity, ts);
        if (row !== undefined) yield row;
      }
    }
  }

  /** The time that a reading taken at `ts` bears. */
  stampAt(point: string, ts: number): number {
    const fault = this.#faultsOf.get(point)?.find((each) => each.kind === 'clock-drift' && during(each, ts));
    if (fault === undefined) return ts;
    const length = (fault.to ?? this.city.to) - fault.from;
    return ts + Math.round(fault.size * Math.min(1, (ts - fault.from) / length));
  }

  /**
   * Consumption as counted by the device since the city's first day, after the multiplier, without its width and
   * decimals: roll-overs, resets and replacements leave no trace in it.
   */
  meteredAt(point: CityPoint, ts: number): number {
    const stretch = this.#stretchAt(point, ts, false);
    return stretch.metered + (this.city.energyAt(point, ts) - stretch.energy) * stretch.gain;
  }

  /** The register as its display would show it, without disturbances; `before`: just before `ts`. */
  register(point: CityPoint, ts: number, before = false): number {
    const stretch = this.#stretchAt(point, ts, before);
    const multiplier = point.device?.multiplier ?? 1;
    return this.#shown(
      point,
      stretch.value + ((this.city.energyAt(point, ts) - stretch.energy) * stretch.gain) / multiplier,
    );
  }

  /** Times at which the register was reset, which makes what was not yet read unknowable. */
  resetsOf(point: string): readonly number[] {
    return (this.#stretchesOf.get(point) ?? []).filter(({ reset }) => reset).map(({ from }) => from);
  }

  #at(point: CityPoint, quantity: Quantity, ts: number): number {
    return quantity === point.register ? this.register(point, ts) : this.city.gaugeAt(point, quantity, ts);
  }

  #stretchAt(point: CityPoint, ts: number, before: boolean): Stretch {
    const all = this.#stretchesOf.get(point.point) ?? [];
    let index = all.length - 1;
    while (index > 0 && (before ? (all[index]?.from ?? 0) >= ts : (all[index]?.from ?? 0) > ts)) index--;
    const stretch = all[index];
    if (stretch === undefined) throw new RangeError(`${point.point} has no register`);
    return stretch;
  }

  /** Cut to the register's decimals and width. The slack keeps 0.29 * 100 from being 28. */
  #shown(point: CityPoint, value: number): number {
    const { perUnit, wrapsAt } = point.device ?? { perUnit: 1, wrapsAt: Infinity };
    const steps = Math.floor(value * perUnit + 1e-6);
    const shown = (steps % (wrapsAt * perUnit)) / perUnit;
    return point.layout === 'float32' ? Math.fround(shown) : shown;
  }
}

/** How a register counts from fault to fault. */
function stretches(city: City, point: CityPoint, faults: readonly Fault[]): Stretch[] {
  const { device } = point;
  if (device === null) return [];
  const start = point.installation?.from ?? city.from;
  const origin = city.energyAt(point, start);
  const offset = rollOverOffset(city, point, faults, origin);
  const all: Stretch[] = [
    {
      from: start,
      value: offset ?? device.startValue,
      energy: origin,
      metered: origin,
      gain: 1,
      reset: false,
    },
  ];
  const changes = faults.flatMap((fault) => [
    { ts: fault.from, fault, ends: false },
    ...(fault.kind === 'value-drift' && fault.to !== null ? [{ ts: fault.to, fault, ends: true }] : []),
  ]);
  for (const { ts, fault, ends } of changes.sort((a, b) => a.ts - b.ts)) {
    const last = all.at(-1);
    if (last === undefined || !['reset', 'replacement', 'value-drift'].includes(fault.kind)) continue;
    const energy = city.energyAt(point, ts);
    const counted = (energy - last.energy) * last.gain;
    const drifts = fault.kind === 'value-drift';
    all.push({
      from: ts,
      value: drifts ? last.value + counted / device.multiplier : fault.size,
      energy,
      metered: last.metered + counted,
      gain: drifts ? (ends ? 1 : 1 + fault.size) : fault.kind === 'replacement' ? 1 : last.gain,
      reset: fault.kind === 'reset',
    });
  }
  return all;
}

/** A roll-over at a wanted time is a matter of what the register showed at the beginning. */
function rollOverOffset(
  city: City,
  point: CityPoint,
  faults: readonly Fault[],
  origin: number,
): number | undefined {
  const fault = faults.find(({ kind }) => kind === 'roll-over');
  if (fault === undefined || point.device === null) return undefined;
  const { multiplier, wrapsAt } = point.device;
  const rise = (city.energyAt(point, fault.from) - origin) / multiplier;
  return (((-rise % wrapsAt) + wrapsAt) % wrapsAt) + 0;
}

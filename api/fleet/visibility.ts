// Who sees which car, and where it was: a position is for those who may see positions of the institution that the car belonged to when
// it was made, by the tree of institutions as it is today. Cars of masked categories have no places for anybody.
import type { VehicleCategory } from '../../core/domain/fleet/vehicles.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import { covers, type Reach } from '../auth/access.ts';

/** A car as it is today. */
export interface Car {
  readonly id: string;
  readonly plate: string;
  readonly name: string | null;
  readonly institution: string | null;
  readonly terminal: PointKey | null;
  readonly category: VehicleCategory;
  /** YYYY-MM-DD */
  readonly disposedOn: string | null;
}

/** [from, to) in which a terminal was in a car and the car an institution's (`null`: nobody's). */
export interface Stretch {
  readonly vehicle: string;
  readonly terminal: PointKey;
  readonly institution: string | null;
  readonly from: number;
  readonly to: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Owned extends Span {
  readonly institution: string;
}

const ever = 8_640_000_000_000_000;
/** A category that was taken back sooner was a slip of the pen. */
const slipMs = 86_400_000;
/** Facts that begin to hold by the passing of time are seen within this; recorded ones at once. */
const keptMs = 5_000;

export class FleetSight {
  readonly #registry: Pick<Registry, 'fleet' | 'facts'>;
  readonly #clock: Clock;
  readonly #masked: ReadonlySet<string>;
  #known: { readonly revision: number; readonly at: number; readonly index: FleetIndex } | undefined;
  #loading: Promise<FleetIndex> | undefined;

  constructor(options: {
    registry: Pick<Registry, 'fleet' | 'facts'>;
    clock: Clock;
    fleet: Pick<FleetConfig, 'masked'>;
  }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#masked = new Set(options.fleet.masked);
  }

  /** Of everything that is recorded at the time of the call. */
  async index(): Promise<FleetIndex> {
    const revision = await this.#registry.fleet.revision();
    const known = this.#known;
    const age = this.#clock.now() - (known?.at ?? 0);
    if (known?.revision === revision && age >= 0 && age < keptMs) return known.index;
    const loading = this.#loading ?? this.#load();
    this.#loading = loading;
    const index = await loading;
    // What was under way when the change came may not hold it.
    return index.revision >= revision ? index : this.index();
  }

  async #load(): Promise<FleetIndex> {
    try {
      const at = this.#clock.now();
      const { fleet, facts } = this.#registry;
      const revision = await fleet.revision();
      const [vehicles, fitted, categories, once] = await Promise.all([
        fleet.vehicles.list(at),
        fleet.vehicles.fitted(0, ever),
        facts.allIn('category', 0, ever),
        fleet.vehicles.categoriesOnce(),
      ]);
      const ids = new Set([...vehicles.map(({ id }) => id), ...fitted.map(({ vehicle }) => vehicle)]);
      const owners = await fleet.vehicles.owners(ids, 0, ever);
      const owned = grouped(owners, ({ vehicle }) => vehicle);
      const said = grouped(categories, ({ entity }) => entity);
      const hidden = grouped(
        once.filter(({ category }) => this.#masked.has(String(category))),
        ({ vehicle }) => vehicle,
      );
      const cars = new Map(vehicles.map((vehicle) => [vehicle.id, vehicle]));
      const masks = new Map(
        [...ids].map((id) => [
          id,
          [
            ...this.#maskedSpans(cars.get(id)?.category, said.get(id) ?? []),
            ...hiddenOnce(hidden.get(id) ?? []),
          ],
        ]),
      );
      const index = new FleetIndex({
        revision,
        cars,
        stretches: fitted.flatMap((fit) => byOwner(fit, owned.get(fit.vehicle) ?? [])),
        owned,
        masks,
      });
      this.#known = { revision, at, index };
      return index;
    } finally {
      this.#loading = undefined;
    }
  }

  /** All of its time for a car whose category is masked today; else the times in which it was. */
  #maskedSpans(
    today: VehicleCategory | undefined,
    said: readonly { readonly value: unknown; readonly validFrom: number; readonly validTo: number | null }[],
  ): readonly Span[] {
    if (today !== undefined && this.#masked.has(today)) return [{ from: -ever, to: ever }];
    const spans: Span[] = [];
    let at = -ever;
    for (const { value, validFrom, validTo } of said.toSorted((a, b) => a.validFrom - b.validFrom)) {
      // Of a car that has no category then, `other` is said.
      if (at < validFrom && this.#masked.has('other')) spans.push({ from: at, to: validFrom });
      at = validTo ?? ever;
      if (this.#masked.has(String(value))) spans.push({ from: validFrom, to: at });
    }
    if (at < ever && this.#masked.has('other')) spans.push({ from: at, to: ever });
    return spans;
  }
}

export class FleetIndex {
  readonly revision: number;
  /** Those that there are today, by id; also those disposed of. */
  readonly cars: ReadonlyMap<string, Car>;
  readonly #ofVehicle: ReadonlyMap<string, readonly Stretch[]>;
  readonly #ofTerminal: ReadonlyMap<string, readonly Stretch[]>;
  readonly #owned: ReadonlyMap<string, readonly Owned[]>;
  readonly #masks: ReadonlyMap<string, readonly Span[]>;

  constructor(known: {
    revision: number;
    cars: ReadonlyMap<string, Car>;
    stretches: readonly Stretch[];
    owned: ReadonlyMap<string, readonly Owned[]>;
    masks: ReadonlyMap<string, readonly Span[]>;
  }) {
    this.revision = known.revision;
    this.cars = known.cars;
    this.#ofVehicle = grouped(known.stretches, ({ vehicle }) => vehicle);
    this.#ofTerminal = grouped(known.stretches, ({ terminal }) => terminal);
    this.#owned = known.owned;
    this.#masks = known.masks;
  }

  /** Terminals of a car in [from, to), cut to it and where its category began or ceased to be masked, by time. */
  stretches(vehicle: string, from: number, to: number): readonly (Stretch & { readonly masked: boolean })[] {
    const edges = (this.#masks.get(vehicle) ?? []).flatMap((span) => [span.from, span.to]);
    return (this.#ofVehicle.get(vehicle) ?? [])
      .filter((stretch) => stretch.from < to && from < stretch.to)
      .map((stretch) => ({
        ...stretch,
        from: Math.max(from, stretch.from),
        to: Math.min(to, stretch.to),
      }))
      .flatMap((stretch) => cutAt(stretch, edges))
      .map((stretch) => ({ ...stretch, masked: this.isMasked(vehicle, stretch.from) }))
      .sort((a, b) => a.from - b.from);
  }

  /** In which car a terminal was at a time, and whose that was. */
  at(terminal: PointKey, ts: number): Stretch | undefined {
    return this.#ofTerminal.get(terminal)?.find(({ from, to }) => from <= ts && ts < to);
  }

  /** Terminals that were in a car of this reach before `to`. */
  terminals(reach: Reach, to: number, vehicle?: (id: string) => boolean): readonly PointKey[] {
    const found: PointKey[] = [];
    for (const [terminal, stretches] of this.#ofTerminal) {
      const one = stretches.some(
        (each) =>
          each.from < to &&
          covers(reach, each.institution) &&
          (vehicle === undefined || vehicle(each.vehicle)),
      );
      if (one) found.push(terminal as PointKey);
    }
    return found;
  }

  /** Whose a car was at a time; `null`: nobody's. */
  ownerAt(vehicle: string, ts: number): string | null {
    return this.#owned.get(vehicle)?.find(({ from, to }) => from <= ts && ts < to)?.institution ?? null;
  }

  /** Whose a car was somewhere in [from, to). */
  owners(vehicle: string, from: number, to: number): readonly Owned[] {
    return (this.#owned.get(vehicle) ?? []).filter((each) => each.from < to && from < each.to);
  }

  /** Cars that were of this reach at any time. */
  vehicles(reach: Reach): readonly string[] {
    const found: string[] = [];
    for (const [vehicle, owned] of this.#owned)
      if (owned.some(({ institution }) => covers(reach, institution))) found.push(vehicle);
    return found;
  }

  /** Times within (from, to) at which some car came to an institution or left one, or began or ceased to be masked; ascending. */
  changes(from: number, to: number): readonly number[] {
    const times = new Set<number>();
    for (const spans of [...this.#owned.values(), ...this.#masks.values()])
      for (const span of spans)
        for (const ts of [span.from, span.to]) if (from < ts && ts < to) times.add(ts);
    return [...times].sort((a, b) => a - b);
  }

  /** Whether the car is of this reach today, or was somewhere in [from, to). */
  within(reach: Reach, vehicle: string, from: number, to: number): boolean {
    const car = this.cars.get(vehicle);
    if (car === undefined && !this.#owned.has(vehicle)) return false;
    if (reach.everything || covers(reach, car?.institution ?? null)) return true;
    return this.owners(vehicle, from, to).some(({ institution }) => covers(reach, institution));
  }

  /** Whether its category is masked: today, or at that time, by what is said of it now or was said of it then. */
  isMasked(vehicle: string, ts: number): boolean {
    // Of a car that nothing is known of, nothing is shown.
    return this.#masks.get(vehicle)?.some(({ from, to }) => from <= ts && ts < to) ?? true;
  }

  /** Whether this reach, which is one of positions, may see where that car was at that time, by that terminal. */
  showsPlace(reach: Reach, vehicle: string, terminal: PointKey, ts: number): boolean {
    const stretch = this.at(terminal, ts);
    return stretch?.vehicle === vehicle && covers(reach, stretch.institution) && !this.isMasked(vehicle, ts);
  }
}

/**
 * What a car did while it was masked stays so: who takes the category back later lifts nothing. A change that was recorded before a
 * position was made holds for it.
 */
function hiddenOnce(
  entries: readonly { from: number; to: number; recordedAt: number; supersededAt: number }[],
): Span[] {
  return entries.flatMap(({ from, to, recordedAt, supersededAt }) => {
    const end = Math.min(to, supersededAt);
    return supersededAt - recordedAt >= slipMs && from < end ? [{ from, to: end }] : [];
  });
}

/** The part of a reach that lies in a subtree. */
export function narrowed(reach: Reach, subtree: ReadonlySet<string> | undefined): Reach {
  if (subtree === undefined) return reach;
  if (reach.everything) return { everything: false, institutions: subtree };
  return {
    everything: false,
    institutions: new Set([...reach.institutions].filter((id) => subtree.has(id))),
  };
}

function cutAt(stretch: Stretch, edges: readonly number[]): Stretch[] {
  const inside = edges.filter((edge) => stretch.from < edge && edge < stretch.to).sort((a, b) => a - b);
  const starts = [stretch.from, ...inside];
  return starts.map((from, place) => ({ ...stretch, from, to: starts[place + 1] ?? stretch.to }));
}

/** A stretch cut where the car changed its institution. */
function byOwner(
  fit: { readonly vehicle: string; readonly terminal: PointKey; readonly from: number; readonly to: number },
  owned: readonly Owned[],
): Stretch[] {
  const parts: Stretch[] = [];
  let at = fit.from;
  for (const { institution, from, to } of owned) {
    const [begin, end] = [Math.max(at, from), Math.min(fit.to, to)];
    if (begin >= end) continue;
    if (at < begin) parts.push({ ...fit, institution: null, from: at, to: begin });
    parts.push({ ...fit, institution, from: begin, to: end });
    at = end;
  }
  if (at < fit.to) parts.push({ ...fit, institution: null, from: at, to: fit.to });
  return parts;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

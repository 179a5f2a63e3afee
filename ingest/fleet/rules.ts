// By what cars are judged, from the registry: which car a terminal was in, whose it was, and all that held for it then. Kept until
// something of the fleet or of the tree of institutions changes.
import type { Area } from '../../core/domain/fleet/findings/areas.ts';
import { areaOf } from '../../core/domain/fleet/findings/fence-kinds.ts';
import { workingDefaults } from '../../core/domain/fleet/findings/workdays.ts';
import { filterDefaults } from '../../core/domain/fleet/track/filter.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { dayKindsWith } from '../../core/domain/workdays.ts';
import type { Fitted, FleetRecord } from '../../core/registry/fleet-contracts.ts';
import type { Fact, Registry } from '../../core/registry/registry.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Dated, Rules } from './judge.ts';

/** A stretch [from, to) in which a terminal was in one car of one institution, and the rules of it; no car: nothing is judged. */
export interface Ruled {
  readonly vehicle: string;
  readonly from: number;
  readonly to: number;
  readonly rules: Rules;
}

const ever = 8_640_000_000_000_000;

interface Tree {
  readonly revision: string;
  readonly fitted: readonly Fitted[];
  readonly fences: readonly FleetRecord<'fence'>[];
  /** Of institutions, by id: what each stood below. */
  readonly parents: ReadonlyMap<string, readonly Dated<unknown>[]>;
  /** Of institutions, by id: the fences that their facts name. */
  readonly regions: ReadonlyMap<string, readonly Dated<unknown>[]>;
  /** Of cars, by id. */
  readonly limits: ReadonlyMap<string, readonly Dated<unknown>[]>;
  /** Fences of kind region by every id that they ever had: a border that is drawn anew keeps its place in the facts. */
  readonly regionFences: ReadonlyMap<string, FleetRecord<'fence'>>;
  /** Of institutions that were asked for. */
  readonly kept: Map<string, Rules['ordersKept']>;
}

export class FleetRules {
  readonly #registry: Pick<Registry, 'fleet' | 'facts' | 'revision'>;
  readonly #config: FleetConfig;
  readonly #now: () => number;
  readonly #calendar: Calendar;
  readonly #offsetMs: number;
  #tree: Tree | undefined;

  constructor(options: {
    registry: Pick<Registry, 'fleet' | 'facts' | 'revision'>;
    config: FleetConfig;
    calendar: Calendar;
    now: () => number;
  }) {
    this.#registry = options.registry;
    this.#config = options.config;
    this.#now = options.now;
    this.#calendar = options.calendar;
    const midnight = options.calendar.floor(options.now(), 'day');
    this.#offsetMs = (dayMs - (midnight % dayMs)) % dayMs;
    if (this.#offsetMs > 14 * hourMs) this.#offsetMs -= dayMs;
  }

  /** Terminals that are in a car now. */
  async terminals(): Promise<readonly Fitted[]> {
    const now = this.#now();
    return (await this.#current()).fitted.filter(({ from, to }) => from <= now && now < to);
  }

  /** Approved orders of the cars that a terminal was in, which touch [from, to). */
  async approved(terminal: PointKey, from: number, to: number): Promise<{ from: number; to: number }[]> {
    const { fitted } = await this.#current();
    const cars = fitted.filter((fit) => fit.terminal === terminal && fit.from < to && from < fit.to);
    if (cars.length === 0) return [];
    const vehicles = new Set(cars.map(({ vehicle }) => vehicle));
    const orders = await this.#registry.fleet.orders.list({ vehicles, from, to });
    return orders.map(({ value }) => ({ from: value.from, to: value.to }));
  }

  /** Of a terminal, over [from, to), by time. */
  async of(terminal: PointKey, from: number, to: number): Promise<readonly Ruled[]> {
    const tree = await this.#current();
    const { vehicles } = this.#registry.fleet;
    const found: Ruled[] = [];
    for (const fit of tree.fitted) {
      const [begin, end] = [Math.max(from, fit.from), Math.min(to, fit.to)];
      if (fit.terminal !== terminal || begin >= end) continue;
      for (const owner of await vehicles.owners([fit.vehicle], begin, end))
        found.push({ ...owner, rules: await this.#rulesOf(tree, owner) });
    }
    return found;
  }

  async #rulesOf(
    tree: Tree,
    { vehicle, institution, from, to }: { vehicle: string; institution: string; from: number; to: number },
  ): Promise<Rules> {
    const { fleet } = this.#registry;
    const config = this.#config;
    const paths = pathsOf(tree.parents, institution, from, to);
    const near = { from: from - dayMs, to: to + dayMs };
    const [orders, seals, ordersKept] = await Promise.all([
      fleet.orders.list({ vehicles: [vehicle], ...near, superseded: true }),
      fleet.seals.list({ vehicles: [vehicle], ...near }),
      keptOf(tree, institution, () => fleet.ordersKept(institution)),
    ]);
    const fences = paths.flatMap(({ from: begin, to: end, value: path }) =>
      tree.fences
        .filter(
          ({ value }) => path.includes(value.institution) && value.from < end && (value.to ?? ever) > begin,
        )
        .map(({ id, value }) => ({
          id,
          ...value,
          from: Math.max(value.from, begin),
          to: Math.min(value.to ?? ever, end),
        })),
    );
    const limits = tree.limits.get(vehicle) ?? [];
    return {
      limitsKmh: pieces([limits], from, to, ([said]) => (typeof said === 'number' ? said : config.limitKmh)),
      marginKmh: config.marginKmh,
      possibleKmh: filterDefaults.possibleKmh,
      fences: fences.filter(({ kind }) => kind !== 'region'),
      regions: paths.flatMap(({ from: begin, to: end, value: path }) =>
        pieces(
          path.map((id) => tree.regions.get(id) ?? []),
          begin,
          end,
          (said) => said.find((id) => typeof id === 'string'),
        ).flatMap((named) => regionIn(tree, named)),
      ),
      working: {
        ...workingDefaults,
        hours: config.hours,
        graceMs: config.graceMinutes * 60_000,
        offsetMs: this.#offsetMs,
        dayKindOf: dayKindsWith(new Map(Object.entries(config.days))),
      },
      idleMs: config.idleMinutes * 60_000,
      silentMs: config.silentHours * hourMs,
      seals: seals.map(({ id, value }) => ({ id, ...value })),
      orders: standingOrders(orders).map(({ id, value, withdrawn }) => ({
        ...value,
        id,
        state: withdrawn === null ? 'approved' : 'withdrawn',
      })),
      ordersKept,
    };
  }

  /** A car that is disposed of is followed no more, though nobody took its terminal out. */
  async #fitted(): Promise<readonly Fitted[]> {
    const { vehicles } = this.#registry.fleet;
    const gone = new Map(
      (await vehicles.list(this.#now())).flatMap(({ id, disposedOn }) => {
        const at = disposedOn === null ? undefined : this.#calendar.parse(disposedOn);
        return at === undefined ? [] : [[id, at] as const];
      }),
    );
    const fitted = await vehicles.fitted(0, ever);
    return fitted
      .map((fit) => ({ ...fit, to: Math.min(fit.to, gone.get(fit.vehicle) ?? ever) }))
      .filter(({ from, to }) => from < to);
  }

  async #current(): Promise<Tree> {
    const { fleet, facts, revision } = this.#registry;
    const current = `${await fleet.revision()} ${await revision()}`;
    if (this.#tree?.revision === current) return this.#tree;
    this.#tree = {
      revision: current,
      fitted: await this.#fitted(),
      fences: await fleet.fences.list({ from: 0, to: ever }),
      parents: byEntity(await facts.allIn('parent', 0, ever)),
      regions: byEntity(await facts.allIn('region', 0, ever)),
      limits: byEntity(await facts.allIn('limitKmh', 0, ever)),
      regionFences: regionsById(await fleet.fences.list({ from: 0, to: ever, superseded: true })),
      kept: new Map(),
    };
    return this.#tree;
  }
}

/** What stands, and what was withdrawn and not written again: that one may explain a trip. Not what was corrected. */
function standingOrders(orders: readonly FleetRecord<'order'>[]): FleetRecord<'order'>[] {
  const keyOf = ({ value }: FleetRecord<'order'>) => JSON.stringify([value.institution, value.number]);
  const current = new Set(orders.filter(({ supersededAt }) => supersededAt === null).map(keyOf));
  return orders.filter(
    (order) => order.supersededAt === null || (order.withdrawn !== null && !current.has(keyOf(order))),
  );
}

async function keptOf(
  { kept }: Tree,
  institution: string,
  load: () => Promise<Rules['ordersKept']>,
): Promise<Rules['ordersKept']> {
  const known = kept.get(institution) ?? (await load());
  kept.set(institution, known);
  return known;
}

/** An institution and those above it, itself first, in each piece of [from, to). */
function pathsOf(
  parents: Tree['parents'],
  institution: string,
  from: number,
  to: number,
): Dated<readonly string[]>[] {
  const known: (readonly Dated<unknown>[])[] = [];
  const reached = [institution];
  for (const id of reached) {
    const entries = parents.get(id) ?? [];
    known.push(entries);
    for (const { value } of entries)
      if (typeof value === 'string' && !reached.includes(value)) reached.push(value);
  }
  return pieces(known, from, to, (above) => {
    const path: string[] = [];
    for (
      let at: unknown = institution;
      typeof at === 'string' && !path.includes(at);
      at = above[reached.indexOf(at)]
    )
      path.push(at);
    return path;
  });
}

/** The fence that is named, as long as it stands; no region before and after. */
function regionIn(tree: Tree, { from, to, value: named }: Dated<unknown>): Dated<Area | null>[] {
  const region = typeof named === 'string' ? tree.regionFences.get(named) : undefined;
  if (region === undefined) return [{ from, to, value: null }];
  const { shape, from: begin, to: end } = region.value;
  const stands = [[{ from: begin, to: end ?? ever, value: region.id }]];
  return pieces(stands, from, to, ([id]) => (id === undefined ? null : areaOf({ id: region.id, shape })));
}

function byEntity(facts: readonly Fact[]): Map<string, Dated<unknown>[]> {
  const found = new Map<string, Dated<unknown>[]>();
  for (const { entity, validFrom: from, validTo, value } of facts)
    found.set(entity, [...(found.get(entity) ?? []), { from, to: validTo ?? ever, value }]);
  return found;
}

/** Whatever an id stood for once stands for the fence of that name of the same institution, if there still is one. */
function regionsById(fences: readonly FleetRecord<'fence'>[]): Map<string, FleetRecord<'fence'>> {
  const keyOf = ({ value }: FleetRecord<'fence'>) => JSON.stringify([value.institution, value.name]);
  const isCurrent = ({ supersededAt, value }: FleetRecord<'fence'>) =>
    supersededAt === null && value.kind === 'region';
  const current = new Map(fences.filter(isCurrent).map((fence) => [keyOf(fence), fence]));
  return new Map(
    fences.flatMap((fence) => {
      const now = current.get(keyOf(fence));
      return now === undefined ? [] : [[fence.id, now] as const];
    }),
  );
}

/** [from, to) in pieces, each with what the entries of all lists together make of it; what is equal at a border stays one piece. */
function pieces<Value>(
  lists: readonly (readonly Dated<unknown>[])[],
  from: number,
  to: number,
  value: (said: readonly unknown[]) => Value,
): Dated<Value>[] {
  const borders = lists.flat().flatMap((entry) => [entry.from, entry.to]);
  const starts = [from, ...new Set(borders.filter((ts) => ts > from && ts < to))].sort((a, b) => a - b);
  const found: Dated<Value>[] = [];
  for (const [at, start] of starts.entries()) {
    const said = lists.map((list) => list.find((entry) => entry.from <= start && start < entry.to)?.value);
    const piece = { from: start, to: starts[at + 1] ?? to, value: value(said) };
    const last = found.at(-1);
    if (last !== undefined && JSON.stringify(last.value) === JSON.stringify(piece.value))
      found[found.length - 1] = { ...last, to: piece.to };
    else found.push(piece);
  }
  return found;
}

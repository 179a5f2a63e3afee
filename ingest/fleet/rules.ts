// By what cars are judged, from the registry: which car a terminal was in, whose it was, and all that held for it then. Kept until
// something of the fleet or of the tree of institutions changes.
import { areaOf } from '../../core/domain/fleet/findings/fence-kinds.ts';
import { workingDefaults } from '../../core/domain/fleet/findings/workdays.ts';
import { filterDefaults } from '../../core/domain/fleet/track/filter.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { dayKindsWith } from '../../core/domain/workdays.ts';
import type { Fitted, FleetRecord } from '../../core/registry/fleet-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Rules } from './judge.ts';

/** A stretch [from, to) in which a terminal was in one car of one institution, and the rules of it; no car: nothing is judged. */
export interface Ruled {
  readonly vehicle: string;
  readonly from: number;
  readonly to: number;
  readonly rules: Rules;
}

/** Orders of an institution this long before or after tell that orders are kept there. */
const orderHabitMs = 90 * dayMs;
const ever = 8_640_000_000_000_000;

interface Tree {
  readonly revision: string;
  readonly fitted: readonly Fitted[];
  readonly fences: readonly FleetRecord<'fence'>[];
  /** Institution → those above it, itself first. */
  readonly above: ReadonlyMap<string, readonly string[]>;
  readonly regions: ReadonlyMap<string, unknown>;
}

export class FleetRules {
  readonly #registry: Pick<Registry, 'fleet' | 'facts' | 'institutions' | 'revision'>;
  readonly #config: FleetConfig;
  readonly #now: () => number;
  readonly #offsetMs: number;
  #tree: Tree | undefined;

  constructor(options: {
    registry: Pick<Registry, 'fleet' | 'facts' | 'institutions' | 'revision'>;
    config: FleetConfig;
    calendar: Calendar;
    now: () => number;
  }) {
    this.#registry = options.registry;
    this.#config = options.config;
    this.#now = options.now;
    const midnight = options.calendar.floor(options.now(), 'day');
    this.#offsetMs = (dayMs - (midnight % dayMs)) % dayMs;
    if (this.#offsetMs > 14 * hourMs) this.#offsetMs -= dayMs;
  }

  /** Terminals that are in a car now. */
  async terminals(): Promise<readonly Fitted[]> {
    const now = this.#now();
    return (await this.#current()).fitted.filter(({ from, to }) => from <= now && now < to);
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
    const path = tree.above.get(institution) ?? [institution];
    const car = await fleet.vehicles.get(vehicle, Math.min(to - 1, this.#now()));
    const near = { from: from - dayMs, to: to + dayMs };
    const [orders, seals, habit] = await Promise.all([
      fleet.orders.list({ vehicles: [vehicle], ...near }),
      fleet.seals.list({ vehicles: [vehicle], ...near }),
      fleet.orders.list({
        institutions: [institution],
        from: from - orderHabitMs,
        to: to + orderHabitMs,
        limit: 1,
      }),
    ]);
    const fences = tree.fences.filter(
      ({ value }) => path.includes(value.institution) && value.from < to && (value.to ?? ever) > from,
    );
    const regionId = path.map((id) => tree.regions.get(id)).find((id) => typeof id === 'string');
    const region = tree.fences.find(({ id }) => id === regionId);
    return {
      limitKmh: car?.limitKmh ?? config.limitKmh,
      marginKmh: config.marginKmh,
      possibleKmh: filterDefaults.possibleKmh,
      fences: fences.map(({ id, value }) => ({ id, ...value })).filter(({ kind }) => kind !== 'region'),
      region: region === undefined ? null : areaOf({ id: region.id, shape: region.value.shape }),
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
      orders: orders.map(({ id, value, withdrawn }) => ({
        ...value,
        id,
        state: withdrawn === null ? 'approved' : 'withdrawn',
      })),
      ordersKept: habit.length > 0,
    };
  }

  async #current(): Promise<Tree> {
    const { fleet, facts, institutions, revision } = this.#registry;
    const current = `${await fleet.revision()} ${await revision()}`;
    if (this.#tree?.revision === current) return this.#tree;
    const now = this.#now();
    const parents = new Map((await institutions.list(now)).map(({ id, parent }) => [id, parent]));
    const above = new Map<string, readonly string[]>();
    for (const id of parents.keys()) {
      const path: string[] = [];
      for (let at: string | null | undefined = id; at && !path.includes(at); at = parents.get(at))
        path.push(at);
      above.set(id, path);
    }
    const regions = await facts.allAt('region', now);
    this.#tree = {
      revision: current,
      fitted: await fleet.vehicles.fitted(0, ever),
      fences: await fleet.fences.list({ from: 0, to: ever }),
      above,
      regions: new Map([...regions].map(([id, { value }]) => [id, value])),
    };
    return this.#tree;
  }
}

// Institutions and buildings as they are now, kept for a few seconds; who lies below whom.
import type { Building, Institution, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';

/** A moved institution or building is seen in its new place within this time; a new one at once. */
export const directoryTtlMs = 5_000;

export interface DirectoryPage {
  readonly at: number;
  readonly institutions: ReadonlyMap<string, Institution>;
  readonly buildings: ReadonlyMap<string, Building>;
  /** The institution and all below it; empty where there is no such institution. */
  subtree(id: string): ReadonlySet<string>;
}

export class Directory {
  readonly #registry: Registry;
  readonly #clock: Clock;
  #page: DirectoryPage | undefined;
  #loading: Promise<DirectoryPage> | undefined;

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  async page(): Promise<DirectoryPage> {
    const now = this.#clock.now();
    const page = this.#page;
    return page !== undefined && Math.abs(now - page.at) < directoryTtlMs ? page : this.fresh();
  }

  async institution(id: string): Promise<Institution | undefined> {
    return (await this.page()).institutions.get(id) ?? (await this.fresh()).institutions.get(id);
  }

  async building(id: string): Promise<Building | undefined> {
    return (await this.page()).buildings.get(id) ?? (await this.fresh()).buildings.get(id);
  }

  /** Reads it anew; one load at a time, shared by all who wait for it. */
  fresh(): Promise<DirectoryPage> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<DirectoryPage> {
    const at = this.#clock.now();
    const [institutions, buildings] = await Promise.all([
      this.#registry.institutions.list(at),
      this.#registry.buildings.list(at),
    ]);
    const children = new Map<string, string[]>();
    for (const { id, parent } of institutions) {
      if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), id]);
    }
    const known = byId(institutions);
    const page: DirectoryPage = {
      at,
      institutions: known,
      buildings: byId(buildings),
      subtree: (id) => (known.has(id) ? below(id, children) : new Set()),
    };
    this.#page = page;
    return page;
  }
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entities.map((entity) => [entity.id, entity]));
}

function below(id: string, children: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([id]);
  for (const each of found) for (const child of children.get(each) ?? []) found.add(child);
  return found;
}

// Which agents a caller may see: those all of whose buildings the caller's grants cover.
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { Directory } from './directory.ts';

/** A new point of an agent changes who sees the agent within this time. */
const ttlMs = 30_000;
const pageSize = 1_000;

/** Institutions by agent; `null` stands for points without one. */
type Served = ReadonlyMap<string, ReadonlySet<string | null>>;

/**
 * An agent serves the institutions of its points. Refused rows and faults of an agent may tell of any of its points,
 * so a grant must cover all of them, and at least one; an agent without assigned points is for grants over everything.
 */
export class VisibleAgents {
  readonly #registry: Registry;
  readonly #directory: Directory;
  readonly #clock: Clock;
  #known: { readonly at: number; readonly institutions: Served } | undefined;
  #loading: Promise<Served> | undefined;

  constructor(deps: { registry: Registry; directory: Directory; clock: Clock }) {
    this.#registry = deps.registry;
    this.#directory = deps.directory;
    this.#clock = deps.clock;
  }

  /** A test for agent ids. */
  async within(reach: Reach): Promise<(agent: string) => boolean> {
    if (reach.everything) return () => true;
    const institutions = await this.#institutionsOfAgents();
    return (agent) => {
      const served = [...(institutions.get(agent) ?? [])];
      return (
        served.length > 0 &&
        served.every(
          // A point that belongs to nobody yet is for grants over everything.
          (institution) => institution !== null && covers(reach, institution),
        )
      );
    };
  }

  async #institutionsOfAgents(): Promise<Served> {
    const now = this.#clock.now();
    if (this.#known !== undefined && Math.abs(now - this.#known.at) < ttlMs) return this.#known.institutions;
    this.#loading ??= this.#read(now).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(at: number): Promise<Served> {
    const { buildings } = await this.#directory.fresh();
    const institutions = new Map<string, Set<string | null>>();
    let after: string | undefined;
    for (;;) {
      const page = await this.#registry.points.list({
        at,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      for (const { key, building } of page) {
        const institution = building === null ? null : (buildings.get(building)?.institution ?? null);
        const agent = key.slice(0, key.indexOf('/'));
        const served = institutions.get(agent) ?? new Set();
        institutions.set(agent, served.add(institution));
      }
      after = page.at(-1)?.key;
      if (page.length < pageSize || after === undefined) break;
    }
    this.#known = { at, institutions };
    return institutions;
  }
}

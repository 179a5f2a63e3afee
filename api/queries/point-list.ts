// Pages of points that a caller may see, in a stable order.
import type { Point, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { Directory } from './directory.ts';

/** Where a page ended: [key] in a list of all points; [building, key] in one that goes building by building. */
export type PointPlace = readonly [string] | readonly [string, string];

export interface PointPage {
  readonly points: readonly Point[];
  readonly next: PointPlace | undefined;
}

export interface PointFilter {
  readonly reach: Reach;
  readonly agent?: string | undefined;
  readonly building?: string | undefined;
  readonly institution?: string | undefined;
  readonly limit: number;
  readonly after?: PointPlace | undefined;
}

/** Buildings looked into for one page at most; a page that ends here is short and has a next. */
const buildingsPerPage = 200;

export class PointList {
  readonly #registry: Registry;
  readonly #directory: Directory;
  readonly #clock: Clock;

  constructor(deps: { registry: Registry; directory: Directory; clock: Clock }) {
    this.#registry = deps.registry;
    this.#directory = deps.directory;
    this.#clock = deps.clock;
  }

  /** Goes through all points where everything is visible, else building by building of those that are. */
  page(filter: PointFilter): Promise<PointPage> {
    const all = filter.reach.everything && filter.institution === undefined && filter.building === undefined;
    return all ? this.#ofAll(filter) : this.#ofBuildings(filter);
  }

  async #ofAll({ agent, limit, after }: PointFilter): Promise<PointPage> {
    const points = await this.#list({ agent, after: after?.[0], limit: limit + 1 });
    const page = points.slice(0, limit);
    const last = page.at(-1);
    return { points: page, next: points.length > limit && last ? [last.key] : undefined };
  }

  async #ofBuildings(filter: PointFilter): Promise<PointPage> {
    const { agent, limit } = filter;
    const [afterBuilding = '', afterKey] = filter.after ?? [];
    const buildings = (await this.#buildings(filter)).filter((id) => id >= afterBuilding);
    const points: Point[] = [];
    for (const [index, building] of buildings.entries()) {
      const wanted = limit - points.length;
      const after = building === afterBuilding ? afterKey : undefined;
      const found = await this.#list({ agent, building, after, limit: wanted + 1 });
      points.push(...found.slice(0, wanted));
      const last = found[wanted - 1];
      if (found.length > wanted && last) return { points, next: [building, last.key] };
      const following = buildings[index + 1];
      if (following !== undefined && (points.length === limit || index + 1 >= buildingsPerPage)) {
        return { points, next: [following, ''] };
      }
    }
    return { points, next: undefined };
  }

  async #buildings({ reach, building, institution }: PointFilter): Promise<string[]> {
    const page = await this.#directory.page();
    const asked = building === undefined ? undefined : await this.#directory.building(building);
    const candidates = building === undefined ? page.buildings.values() : asked === undefined ? [] : [asked];
    const below = institution === undefined ? undefined : page.subtree(institution);
    return [...candidates]
      .filter((each) => covers(reach, each.institution))
      .filter((each) => below === undefined || (each.institution !== null && below.has(each.institution)))
      .map(({ id }) => id)
      .sort();
  }

  #list(options: {
    agent: string | undefined;
    building?: string | undefined;
    after: string | undefined;
    limit: number;
  }): Promise<readonly Point[]> {
    const { agent, building, after, limit } = options;
    return this.#registry.points.list({
      at: this.#clock.now(),
      limit,
      ...(agent === undefined ? {} : { agent }),
      ...(building === undefined ? {} : { building }),
      ...(after === undefined || after === '' ? {} : { after }),
    });
  }
}

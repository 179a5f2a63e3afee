// Series and their handles, in memory: InfluxDB knows series by their tags.
import { JieyueError } from '../../domain/errors.ts';
import { tags } from '../../domain/series.ts';
import type { PointKey } from '../../domain/topics.ts';
import { isQuantity, type Quantity } from '../../domain/units.ts';
import type { Series, SeriesHandle } from '../port.ts';
import { readingPrefix } from './lines.ts';
import { idOfTag } from './tag-text.ts';

export class SeriesBook {
  readonly #list: Series[] = [];
  readonly #prefixes: string[] = [];
  readonly #counts = new Map<Quantity, number>();
  readonly #byPoint = new Map<PointKey, Map<Quantity, SeriesHandle>>();
  /** By handle: whether rows of it are in the database. */
  readonly #hasRows: boolean[] = [];
  /** Points with rows, by agent. */
  readonly #written = new Map<string, Set<PointKey>>();

  get size(): number {
    return this.#list.length;
  }

  handleOf(point: PointKey, quantity: Quantity): SeriesHandle {
    const found = this.find(point, quantity);
    if (found !== undefined) return found;
    const handle = this.#list.length;
    const series = { handle, point, quantity };
    this.#list.push(series);
    this.#prefixes.push(readingPrefix(series));
    this.#counts.set(quantity, this.countOf(quantity) + 1);
    const ofPoint = this.#byPoint.get(point);
    if (ofPoint === undefined) this.#byPoint.set(point, new Map([[quantity, handle]]));
    else ofPoint.set(quantity, handle);
    return handle;
  }

  /** How many series of the quantity there are. */
  countOf(quantity: Quantity): number {
    return this.#counts.get(quantity) ?? 0;
  }

  find(point: PointKey, quantity: Quantity): SeriesHandle | undefined {
    return this.#byPoint.get(point)?.get(quantity);
  }

  /** @throws JieyueError `row.refused-by-store` for a handle that was never given out. */
  of(handle: SeriesHandle): Series {
    const series = this.#list[handle];
    if (series === undefined)
      throw new JieyueError('row.refused-by-store', `there is no series with the handle ${handle}`);
    return series;
  }

  /** The beginning of a reading's line. @throws like `of` */
  prefixOf(handle: SeriesHandle): string {
    return this.#prefixes[handle] ?? readingPrefix(this.of(handle));
  }

  /** The series of a quantity whose point these tags of an answer name. */
  findByTags(found: Readonly<Record<string, string>>, quantity: Quantity): SeriesHandle | undefined {
    return this.find(idOfTag(found[tags.point] ?? '') as PointKey, quantity);
  }

  ofPoint(point: PointKey): readonly Series[] {
    return [...(this.#byPoint.get(point)?.values() ?? [])].map((handle) => this.of(handle));
  }

  pointsOfAgent(agent: string): readonly PointKey[] {
    return [...(this.#written.get(agent) ?? [])];
  }

  /** Rows of the series are in the database. */
  markWritten(handle: SeriesHandle): void {
    if (this.#hasRows[handle] === true) return;
    const { point } = this.of(handle);
    this.#hasRows[handle] = true;
    const agent = point.slice(0, point.indexOf('/'));
    const points = this.#written.get(agent);
    if (points === undefined) this.#written.set(agent, new Set([point]));
    else points.add(point);
  }

  /** Takes up a series as its tags name it; those of others' making are left alone. */
  take(found: Readonly<Record<string, string>>): void {
    const point = idOfTag(found[tags.point] ?? '');
    const quantity = found[tags.quantity] ?? '';
    if (!isPointKey(point) || !isQuantity(quantity)) return;
    this.markWritten(this.handleOf(point, quantity));
  }
}

function isPointKey(text: string): text is PointKey {
  return text.includes('/');
}

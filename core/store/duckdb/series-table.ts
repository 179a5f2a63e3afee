// Series (agent/point, quantity) and their handles, in memory; a handle is the series' id in the file. `handleOf` is
// called once a row by ingest. A handle is written to the file with the first rows that use it.
import type { DuckDBConnection } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';
import type { PointKey } from '../../domain/topics.ts';
import { isQuantity, type Quantity } from '../../domain/units.ts';
import type { Series, SeriesHandle } from '../port.ts';
import { appendColumns, eachRow, integers, texts } from './rows.ts';

export class SeriesTable {
  /** Most points have few quantities: a list of them is shorter to make and to look through than a map. */
  readonly #byPoint = new Map<PointKey, Series[]>();
  readonly #list: (Series | undefined)[] = [];
  #next = 0;
  /** 1 for a handle that is in the file. */
  #saved = new Uint8Array(1_024);
  /** Made when first asked for. */
  #pointsOfAgent: Map<string, Set<PointKey>> | undefined;

  get size(): number {
    return this.#next;
  }

  handleOf(point: PointKey, quantity: Quantity): SeriesHandle {
    return this.find(point, quantity) ?? this.#add(point, quantity);
  }

  find(point: PointKey, quantity: Quantity): SeriesHandle | undefined {
    const list = this.#byPoint.get(point);
    if (list === undefined) return undefined;
    for (let index = 0; index < list.length; index++) {
      const series = list[index];
      if (series?.quantity === quantity) return series.handle;
    }
    return undefined;
  }

  ofPoint(point: PointKey): readonly Series[] {
    return [...(this.#byPoint.get(point) ?? [])];
  }

  /** @throws JieyueError `row.refused-by-store` for a handle that was never given out. */
  of(handle: SeriesHandle): Series {
    const series = this.#list[handle];
    if (series === undefined) throw unknownHandle(handle);
    return series;
  }

  has(handle: SeriesHandle): boolean {
    return this.#list[handle] !== undefined;
  }

  isSaved(handle: SeriesHandle): boolean {
    return this.#saved[handle] === 1;
  }

  /** Points of which a handle is in the file. */
  pointsOfAgent(agent: string): readonly PointKey[] {
    if (this.#pointsOfAgent === undefined) {
      this.#pointsOfAgent = new Map();
      for (const series of this.#list) {
        if (series !== undefined && this.isSaved(series.handle))
          this.#notePoint(this.#pointsOfAgent, series.point);
      }
    }
    return [...(this.#pointsOfAgent.get(agent) ?? [])];
  }

  /** Writes handles that the file does not have, within the running transaction; `markSaved` when it is committed. */
  async save(connection: DuckDBConnection, handles: readonly SeriesHandle[]): Promise<void> {
    const series = handles.map((handle) => this.of(handle));
    await appendColumns(
      connection,
      'series',
      [
        integers(handles),
        texts(series.map((entry) => entry.point)),
        texts(series.map((entry) => entry.quantity)),
      ],
      handles.length,
    );
  }

  markSaved(handles: Iterable<SeriesHandle>): void {
    for (const handle of handles) {
      this.#saved[handle] = 1;
      if (this.#pointsOfAgent !== undefined) this.#notePoint(this.#pointsOfAgent, this.of(handle).point);
    }
  }

  /** Reads the file. Handles that are known already keep their meaning: the file got them from here. */
  async load(connection: DuckDBConnection): Promise<void> {
    const loaded: SeriesHandle[] = [];
    await eachRow(connection, 'SELECT id, point, quantity FROM series ORDER BY id', (row) => {
      const handle = row.number(0);
      const quantity = row.text(2);
      this.#next = Math.max(this.#next, handle + 1);
      // A quantity that a newer program wrote: its rows stay, nobody can ask for them here.
      if (this.#list[handle] === undefined && isQuantity(quantity)) {
        this.#insert(handle, row.text(1) as PointKey, quantity);
      }
      if (this.#list[handle] !== undefined) loaded.push(handle);
    });
    this.markSaved(loaded);
  }

  #notePoint(pointsOfAgent: Map<string, Set<PointKey>>, point: PointKey): void {
    const agent = point.slice(0, point.indexOf('/'));
    const points = pointsOfAgent.get(agent);
    if (points === undefined) pointsOfAgent.set(agent, new Set([point]));
    else points.add(point);
  }

  #add(point: PointKey, quantity: Quantity): SeriesHandle {
    const handle = this.#next++;
    this.#insert(handle, point, quantity);
    return handle;
  }

  #insert(handle: SeriesHandle, point: PointKey, quantity: Quantity): void {
    const series: Series = { handle, point, quantity };
    const list = this.#byPoint.get(point);
    if (list === undefined) this.#byPoint.set(point, [series]);
    else list.push(series);
    this.#list[handle] = series;
    if (handle >= this.#saved.length) {
      const grown = new Uint8Array(Math.max(handle + 1, this.#saved.length * 2));
      grown.set(this.#saved);
      this.#saved = grown;
    }
  }
}

export function unknownHandle(handle: SeriesHandle): JieyueError {
  return new JieyueError(
    'row.refused-by-store',
    `series handle ${handle} was not given out by this store; ask series() for it`,
  );
}

// The telemetry port in memory, as plainly as it can be said: the model that engines are compared with, and a fast store
// for tests of what stands above the port. Not for production: nothing is durable, every read sorts.
import type { Exclusion, RollupRow } from '../domain/energy/rollup.ts';
import { JieyueError } from '../domain/errors.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';
import { MonthRows } from '../store/month-rows.ts';
import type {
  FigureRow,
  Mark,
  MarkInput,
  MonthColumns,
  PositionRow,
  Reading,
  ReadingColumns,
  ReadingSlice,
  RollupBucket,
  RollupChange,
  RollupSum,
  Series,
  SeriesHandle,
  StoreMarks,
  StoreStats,
  TelemetryStore,
  Window,
} from '../store/port.ts';

const buckets: readonly RollupBucket[] = ['hour', 'day', 'month'];

/** What stays when a memory store is stopped and another is made over it. */
export class MemoryPlace {
  readonly series: Series[] = [];
  readonly readings = new Map<SeriesHandle, Map<number, number>>();
  readonly positions = new Map<string, Map<number, PositionRow>>();
  readonly rollups = new Map<string, RollupRow[]>();
  readonly exclusions = new Map<SeriesHandle, Exclusion[]>();
  readonly figures = new Map<string, FigureRow>();
  marks: (MarkInput & { version: number; since: number })[] = [];
  version = 0;
}

export class MemoryStore implements TelemetryStore {
  readonly engine = 'memory';
  readonly boards = undefined;
  /** Set it to let writes fail with `store.unavailable`. */
  failing = false;
  #open = true;
  readonly #place: MemoryPlace;
  readonly #now: () => number;

  constructor(place = new MemoryPlace(), now: () => number = () => 0) {
    this.#place = place;
    this.#now = now;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#open = false;
    return Promise.resolve();
  }

  series(point: PointKey, quantity: Quantity): SeriesHandle {
    const found = this.findSeries(point, quantity);
    if (found !== undefined) return found;
    const handle = this.#place.series.length;
    this.#place.series.push({ handle, point, quantity });
    return handle;
  }

  findSeries(point: PointKey, quantity: Quantity): SeriesHandle | undefined {
    return this.#place.series.find((entry) => entry.point === point && entry.quantity === quantity)?.handle;
  }

  seriesOfPoint(point: PointKey): readonly Series[] {
    return this.#place.series.filter((entry) => entry.point === point);
  }

  seriesOf(handle: SeriesHandle): Series {
    const series = this.#place.series[handle];
    if (series === undefined)
      throw new JieyueError('row.refused-by-store', `unknown series handle ${handle}`);
    return series;
  }

  pointsOfAgent(agent: string): readonly PointKey[] {
    const written = [...this.#place.readings.keys()].map((handle) => this.seriesOf(handle).point);
    return [...new Set(written)].filter((point) => point.startsWith(`${agent}/`));
  }

  async write(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): Promise<void> {
    await this.#mayWrite();
    const { length } = readings;
    const rows = Array.from({ length }, (_, index) => ({
      series: readings.series[index] as number,
      ts: readings.ts[index] as number,
      value: readings.value[index] as number,
    }));
    for (const { series, ts, value } of rows) {
      this.seriesOf(series);
      if (!Number.isSafeInteger(ts) || !Number.isFinite(value)) {
        throw new JieyueError('row.refused-by-store', `reading at ${ts} with the value ${value}`);
      }
    }
    for (const { series, ts, value } of rows) entry(this.#place.readings, series).set(ts, value);
    for (const row of positions) entry(this.#place.positions, row.vehicle).set(row.ts, row);
    const version = ++this.#place.version;
    for (const mark of marks) this.#place.marks.push({ ...mark, version, since: this.#now() });
  }

  readonly marks: StoreMarks = {
    pending: (count) => {
      const series = [...new Set(this.#place.marks.map((mark) => mark.series))].slice(0, count);
      return this.marks.pendingOf(series);
    },
    pendingOf: (series) => Promise.resolve(series.flatMap((handle) => this.#marksOf(handle))),
    clear: async (marks) => {
      await this.#mayWrite();
      this.#place.marks = this.#place.marks.filter((mark) => {
        const { point, quantity } = this.seriesOf(mark.series);
        return !marks.some(
          (cleared) =>
            cleared.point === point &&
            (cleared.quantity === null || cleared.quantity === quantity) &&
            mark.version <= cleared.version,
        );
      });
    },
    backlog: () => {
      const waiting = this.#place.marks;
      return Promise.resolve({
        series: new Set(waiting.map((mark) => mark.series)).size,
        oldestAt: waiting.length === 0 ? null : Math.min(...waiting.map((mark) => mark.since)),
      });
    },
  };

  async readings(series: SeriesHandle, from: number, to: number, limit: number): Promise<ReadingSlice> {
    return slice(this.#sorted(series, from, to).slice(0, Math.max(0, limit)));
  }

  async readingWindows(windows: readonly Window[]): Promise<readonly ReadingSlice[]> {
    return windows.map(({ series, from, to }) => slice(this.#sorted(series, from, to)));
  }

  async readingsBefore(
    requests: readonly { series: SeriesHandle; before: number }[],
    count: number,
  ): Promise<readonly ReadingSlice[]> {
    return requests.map(({ series, before }) =>
      slice(count < 1 ? [] : this.#sorted(series, Number.NEGATIVE_INFINITY, before).slice(-count)),
    );
  }

  async latest(series: readonly SeriesHandle[]): Promise<readonly (Reading | undefined)[]> {
    return series.map((handle) => this.#sorted(handle, Number.NEGATIVE_INFINITY, Infinity).at(-1));
  }

  async oldestTs(series: readonly SeriesHandle[]): Promise<readonly (number | undefined)[]> {
    return series.map((handle) => this.#sorted(handle, Number.NEGATIVE_INFINITY, Infinity)[0]?.ts);
  }

  async positions(
    vehicle: PointKey,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly PositionRow[]> {
    const rows = [...(this.#place.positions.get(vehicle)?.values() ?? [])];
    return ascending(rows.filter(within(from, to))).slice(0, Math.max(0, limit));
  }

  async latestPositions(vehicles: readonly PointKey[]): Promise<readonly (PositionRow | undefined)[]> {
    return vehicles.map((vehicle) =>
      ascending([...(this.#place.positions.get(vehicle)?.values() ?? [])]).at(-1),
    );
  }

  async dropPositions(before: number): Promise<{ readonly dropped: number }> {
    let dropped = 0;
    for (const rows of this.#place.positions.values())
      for (const ts of [...rows.keys()]) if (ts < before && rows.delete(ts)) dropped++;
    return { dropped };
  }

  async replaceRollups(changes: readonly RollupChange[]): Promise<void> {
    await this.#mayWrite();
    for (const { windows, exclusionWindow } of changes) {
      for (const { from, to, rows } of [...buckets.map((bucket) => windows[bucket]), exclusionWindow]) {
        if (rows.every(within(from, to))) continue;
        throw new JieyueError('row.refused-by-store', `a row outside its window [${from}, ${to})`);
      }
      if (exclusionWindow.rows.every(({ ts, until }) => until >= ts)) continue;
      throw new JieyueError('row.refused-by-store', 'an exclusion that ends before it begins');
    }
    for (const { series, windows, exclusionWindow } of changes) {
      for (const bucket of buckets) {
        const { from, to, rows } = windows[bucket];
        const others = this.#rollups(bucket, series).filter((row) => !within(from, to)(row));
        this.#place.rollups.set(`${bucket} ${series}`, ascending([...others, ...rows]));
      }
      const { from, to, rows } = exclusionWindow;
      const others = (this.#place.exclusions.get(series) ?? []).filter((row) => !within(from, to)(row));
      this.#place.exclusions.set(series, ascending([...others, ...rows]));
    }
  }

  async rollupWindows(
    bucket: RollupBucket,
    windows: readonly Window[],
  ): Promise<readonly (readonly RollupRow[])[]> {
    return windows.map(({ series, from, to }) => this.#rollups(bucket, series).filter(within(from, to)));
  }

  async monthColumns(series: readonly SeriesHandle[], from: number, to: number): Promise<MonthColumns> {
    const columns = new MonthRows();
    for (const [place, handle] of series.entries()) {
      for (const { ts, value, measuredMs, estimatedMs } of this.#rollups('month', handle).filter(
        within(from, to),
      ))
        columns.add(place, ts, value ?? Number.NaN, measuredMs, estimatedMs);
    }
    return columns.columns();
  }

  async sumRollups(
    bucket: RollupBucket,
    series: readonly SeriesHandle[],
    from: number,
    to: number,
  ): Promise<readonly RollupSum[]> {
    const rows = [...new Set(series)].flatMap((handle) =>
      this.#rollups(bucket, handle).filter(within(from, to)),
    );
    return [...new Set(rows.map((row) => row.ts))]
      .sort((a, b) => a - b)
      .map((ts) => {
        const here = rows.filter((row) => row.ts === ts);
        const values = here.flatMap((row) => (row.value === null ? [] : [row.value]));
        return {
          ts,
          value: values.length === 0 ? null : exactSum(values),
          known: values.length,
          measuredMs: exactSum(here.map((row) => row.measuredMs)),
          estimatedMs: exactSum(here.map((row) => row.estimatedMs)),
        };
      })
      .filter((sum) => sum.known + sum.measuredMs + sum.estimatedMs > 0);
  }

  async exclusionWindows(windows: readonly Window[]): Promise<readonly (readonly Exclusion[])[]> {
    return windows.map(({ series, from, to }) =>
      (this.#place.exclusions.get(series) ?? []).filter(
        (entry) => from < to && entry.ts < to && entry.until >= from,
      ),
    );
  }

  async writeFigures(rows: readonly FigureRow[]): Promise<void> {
    await this.#mayWrite();
    for (const row of rows) {
      this.#place.figures.set(JSON.stringify([row.institution, row.figure, row.bucket, row.ts]), row);
    }
  }

  async figures(
    institution: string,
    figure: string,
    bucket: FigureRow['bucket'],
    from: number,
    to: number,
  ): Promise<readonly FigureRow[]> {
    return ascending(
      [...this.#place.figures.values()].filter(
        (row) =>
          row.institution === institution &&
          row.figure === figure &&
          row.bucket === bucket &&
          within(from, to)(row),
      ),
    );
  }

  async compact(): Promise<{ readonly droppedRows: number }> {
    return { droppedRows: 0 };
  }

  async stats(): Promise<StoreStats> {
    const readings = [...this.#place.readings.values()].reduce((sum, rows) => sum + rows.size, 0);
    return { engine: this.engine, series: this.#place.series.length, readings, bytes: 0 };
  }

  #marksOf(series: SeriesHandle): Mark[] {
    const marks = this.#place.marks.filter((mark) => mark.series === series);
    const version = Math.max(...marks.map((mark) => mark.version));
    const { point, quantity } = this.seriesOf(series);
    return marks.map(({ from, to }) => ({ point, quantity, from, to, version }));
  }

  #sorted(series: SeriesHandle, from: number, to: number): Reading[] {
    if (!this.#open) throw new JieyueError('store.unavailable', 'the memory store was stopped');
    const rows = [...(this.#place.readings.get(series) ?? [])].map(([ts, value]) => ({ ts, value }));
    return ascending(rows.filter(within(from, to)));
  }

  #rollups(bucket: RollupBucket, series: SeriesHandle): readonly RollupRow[] {
    return this.#place.rollups.get(`${bucket} ${series}`) ?? [];
  }

  async #mayWrite(): Promise<void> {
    if (this.failing || !this.#open)
      throw new JieyueError('store.unavailable', 'the memory store was stopped, or told to fail');
  }
}

/** Neumaier's compensated sum. */
function exactSum(values: readonly number[]): number {
  let sum = 0;
  let rest = 0;
  for (const value of values) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}

function entry<K, T>(map: Map<K, Map<number, T>>, key: K): Map<number, T> {
  const found = map.get(key) ?? new Map<number, T>();
  map.set(key, found);
  return found;
}

function within(from: number, to: number): (row: { readonly ts: number }) => boolean {
  return ({ ts }) => ts >= from && ts < to;
}

function ascending<T extends { readonly ts: number }>(rows: T[]): T[] {
  return rows.sort((a, b) => a.ts - b.ts);
}

function slice(rows: readonly Reading[]): ReadingSlice {
  return {
    ts: Float64Array.from(rows, (row) => row.ts),
    value: Float64Array.from(rows, (row) => row.value),
  };
}

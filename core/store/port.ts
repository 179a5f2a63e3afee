// The store port: what every telemetry engine does. One contract suite (core/testing/store-contract.ts) runs on all.
import type { BoardMeasurementName, BoardRow } from '../domain/board-series.ts';
import type { Exclusion, RollupRow } from '../domain/energy/rollup.ts';
import type { Track } from '../domain/fleet/track/columns.ts';
import type { PositionExtras } from '../domain/telemetry.ts';
import type { PointKey } from '../domain/topics.ts';
import type { Quantity } from '../domain/units.ts';

/** A number that stands for (agent/point, quantity) within one open store; not stable across stores or reopening. */
export type SeriesHandle = number;

export interface Series {
  readonly handle: SeriesHandle;
  readonly point: PointKey;
  readonly quantity: Quantity;
}

/** Rows by column; only the first `length` entries count. The newest arrival of a key (series, ts) wins. */
export interface ReadingColumns {
  readonly series: ArrayLike<SeriesHandle>;
  readonly ts: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly length: number;
}

export interface PositionRow {
  readonly vehicle: PointKey;
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly extras: PositionExtras;
}

/** "Readings of `point`/`quantity` in [from, to] changed": what the rollups must follow. */
export interface MarkInput {
  readonly series: SeriesHandle;
  readonly from: number;
  /** Inclusive: the time of the last changed reading. */
  readonly to: number;
}

/** A pending mark. `quantity` is `null` for all quantities of the point (an edited fact). */
export interface Mark {
  readonly point: PointKey;
  readonly quantity: Quantity | null;
  readonly from: number;
  readonly to: number;
  readonly version: number;
}

/** Where pending marks come from: the store (data) and the registry (edited facts). */
export interface MarkSource {
  /** All pending marks of at most `series` series, those that wait longest first. */
  pending(series: number): Promise<readonly Mark[]>;
  /** Forgets the marks of these (point, quantity) up to the version that was read; later ones stay. */
  clear(marks: readonly Pick<Mark, 'point' | 'quantity' | 'version'>[]): Promise<void>;
  /** How many series have pending marks, and since when (epoch ms of the oldest, `null` when none). */
  backlog(): Promise<{ series: number; oldestAt: number | null }>;
}

/**
 * Marks that an engine keeps beside the rows. Rows that can be read have their mark in `pendingOf`, so that a reader
 * who asks for it after the rows knows which of them are not followed yet.
 */
export interface StoreMarks extends MarkSource {
  /** All pending marks of these series. */
  pendingOf(series: readonly SeriesHandle[]): Promise<readonly Mark[]>;
}

export interface Reading {
  readonly ts: number;
  readonly value: number;
}

/** Readings by column, ascending by ts, newest arrival per key. */
export interface ReadingSlice {
  readonly ts: Float64Array;
  readonly value: Float64Array;
}

export interface Window {
  readonly series: SeriesHandle;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export type RollupBucket = 'hour' | 'day' | 'month';

/**
 * One series' new rollups. Rows of each bucket replace everything that stood in [from, to) of that bucket's window;
 * exclusions replace those that begin in `exclusionWindow` (from <= ts < to), not those that reach into it from before.
 */
export interface RollupChange {
  readonly series: SeriesHandle;
  readonly windows: Readonly<
    Record<RollupBucket, { readonly from: number; readonly to: number; readonly rows: readonly RollupRow[] }>
  >;
  readonly exclusionWindow: {
    readonly from: number;
    readonly to: number;
    readonly rows: readonly Exclusion[];
  };
}

export interface TrackWanted {
  readonly vehicle: PointKey;
  readonly from: number;
}

export interface TrackSlice {
  /** Exclusive; later than the earliest `from`, and at most the `to` that was asked for. */
  readonly until: number;
  /** In the order of what was wanted. */
  readonly tracks: readonly Track[];
}

/** The sum over many series of one bucket. */
export interface RollupSum {
  readonly ts: number;
  /** Sum of the known values; `null` when none is known. */
  readonly value: number | null;
  /** How many series have a value in this bucket. */
  readonly known: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
}

/**
 * Month rollups of many series by column: a row for each month of a series that has one, in no particular order; only
 * the first `length` entries count.
 */
export interface MonthColumns {
  /** Which of the series that were asked for. */
  readonly place: Int32Array;
  /** Start of the month. */
  readonly ts: Float64Array;
  /** NaN: nothing is known. */
  readonly value: Float64Array;
  readonly measuredMs: Float64Array;
  readonly estimatedMs: Float64Array;
  readonly length: number;
}

/** A computed figure of an institution (KPI, plan line). `value: null` is stored as missing, never left out. */
export interface FigureRow {
  readonly institution: string;
  readonly figure: string;
  readonly bucket: 'day' | 'month' | 'year';
  readonly ts: number;
  readonly value: number | null;
}

export interface StoreStats {
  readonly engine: string;
  readonly series: number;
  readonly readings: number;
  readonly bytes: number;
}

/** Where scheduled jobs write what boards show beside telemetry. */
export interface BoardStore {
  /** Rows of a key (measurement, tags, time) replace those before, field by field. @throws JieyueError `store.unavailable` */
  write(rows: readonly BoardRow[]): Promise<void>;
  /** Tags of all series of a measurement that have rows: what a job must keep right, or take back. */
  keys(measurement: BoardMeasurementName): Promise<readonly Readonly<Record<string, string>>[]>;
}

export interface TelemetryStore {
  readonly engine: string;

  /**
   * Opens or creates the store. Its days and months are those of one time zone, remembered from the first opening on.
   * @throws JieyueError `store.locked`; `store.unavailable`; `config.invalid` where it was made in another time zone.
   */
  start(): Promise<void>;
  /** Finishes what is under way and closes; safe after a half-finished start, and twice. */
  stop(): Promise<void>;

  /** The handle of a series, made on first use; a new one becomes durable with its first write. */
  series(point: PointKey, quantity: Quantity): SeriesHandle;
  /** The handle where the series exists. */
  findSeries(point: PointKey, quantity: Quantity): SeriesHandle | undefined;
  /** All series of a point. */
  seriesOfPoint(point: PointKey): readonly Series[];
  seriesOf(handle: SeriesHandle): Series;
  /** Points of an agent that have rows. */
  pointsOfAgent(agent: string): readonly PointKey[];

  /**
   * Resolves when all rows and, where the engine keeps marks itself, the marks are durable together.
   * All rows or none. Repeating a write changes nothing.
   * @throws JieyueError `store.unavailable` (try again), `row.refused-by-store`.
   */
  write(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): Promise<void>;
  /** Marks kept by the engine in the same transaction as the rows; `undefined` where the registry keeps them. */
  readonly marks: StoreMarks | undefined;

  /** Readings of one series in [from, to), ascending, at most `limit`. */
  readings(series: SeriesHandle, from: number, to: number, limit: number): Promise<ReadingSlice>;
  /** Readings of many windows by one query; the answer is in the order of the windows. */
  readingWindows(windows: readonly Window[]): Promise<readonly ReadingSlice[]>;
  /** For each series the newest `count` readings before `before`, ascending. */
  readingsBefore(
    requests: readonly { series: SeriesHandle; before: number }[],
    count: number,
  ): Promise<readonly ReadingSlice[]>;
  /** The newest reading of each series, `undefined` where there is none. */
  latest(series: readonly SeriesHandle[]): Promise<readonly (Reading | undefined)[]>;
  /** The time of the oldest reading of each series, `undefined` where there is none. Cheap, like `latest`. */
  oldestTs(series: readonly SeriesHandle[]): Promise<readonly (number | undefined)[]>;
  /**
   * How long readings are kept, ms: older ones may be gone though they were rolled up. Asked anew each time, since an
   * administrator may change it. Left out where readings are never dropped. @throws JieyueError `store.unavailable`
   */
  readingsKeptMs?(): Promise<number>;
  /** Positions of a vehicle in [from, to), ascending, at most `limit`. */
  positions(vehicle: PointKey, from: number, to: number, limit: number): Promise<readonly PositionRow[]>;
  /**
   * Positions of many vehicles in columns, a stretch of time after the other: each vehicle's from its `from` on, ascending, up to `until`,
   * which the engine chooses so that there are about `rows` rows at most. Left out where an engine reads vehicles one by one anyway.
   * @throws JieyueError `store.unavailable`
   */
  tracks?(wanted: readonly TrackWanted[], to: number, rows: number): Promise<TrackSlice>;
  /** The newest position of each vehicle, `undefined` where there is none. Cheap, like `latest`. */
  latestPositions(vehicles: readonly PointKey[]): Promise<readonly (PositionRow | undefined)[]>;
  /**
   * Deletes all positions before a time: no reader finds them any more. @returns how many; `null` where the engine does not tell
   * @throws JieyueError `store.unsupported` where the engine cannot delete (InfluxDB 3: its own retention does it)
   */
  dropPositions(before: number): Promise<{ readonly dropped: number | null }>;

  /**
   * Replaces rollups and exclusions of many series at once; all or nothing where the engine can.
   * @throws JieyueError `row.refused-by-store` for a row outside its window, or an exclusion that ends before it begins;
   * `store.unavailable`.
   */
  replaceRollups(changes: readonly RollupChange[]): Promise<void>;
  /** Rollups of many windows by one query, in the order of the windows; ascending by ts. */
  rollupWindows(bucket: RollupBucket, windows: readonly Window[]): Promise<readonly (readonly RollupRow[])[]>;
  /**
   * Months that begin in [from, to) of many series, by column: what whole accounts are computed from. A series that is
   * asked for twice comes twice.
   */
  monthColumns(series: readonly SeriesHandle[], from: number, to: number): Promise<MonthColumns>;
  /** Sums over `series` by bucket in [from, to), ascending; buckets in which nothing is known are left out. */
  sumRollups(
    bucket: RollupBucket,
    series: readonly SeriesHandle[],
    from: number,
    to: number,
  ): Promise<readonly RollupSum[]>;
  /**
   * Exclusions that touch each window, however far before it they began: ts < to and until >= from. By one query, in
   * the order of the windows; ascending by ts. One that may still grow stands with the `until` known so far. An empty
   * window (from >= to) has none.
   */
  exclusionWindows(windows: readonly Window[]): Promise<readonly (readonly Exclusion[])[]>;

  writeFigures(rows: readonly FigureRow[]): Promise<void>;
  figures(
    institution: string,
    figure: string,
    bucket: FigureRow['bucket'],
    from: number,
    to: number,
  ): Promise<readonly FigureRow[]>;

  /** Series that boards read; `undefined` where no board reads this engine. */
  readonly boards: BoardStore | undefined;

  /** Drops superseded rows, a month at a time; may be called while others read and write. */
  compact(): Promise<{ readonly droppedRows: number }>;
  stats(): Promise<StoreStats>;
}

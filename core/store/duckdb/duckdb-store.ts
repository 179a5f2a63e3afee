// The DuckDB engine: the telemetry port on one local file. This file only joins its parts.
import type { Exclusion, RollupRow } from '../../domain/energy/rollup.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { Quantity } from '../../domain/units.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type {
  FigureRow,
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
  StoreStats,
  TelemetryStore,
  TrackSlice,
  TrackWanted,
  Window,
} from '../port.ts';
import { Compaction } from './compaction.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { DuckDbMarks } from './duckdb-marks.ts';
import { appendFigures, checkFigures, readFigures } from './figures.ts';
import { LateStretches } from './late-stretches.ts';
import { MarkLog } from './mark-log.ts';
import { readMonthColumns } from './month-columns.ts';
import { Newest } from './newest.ts';
import { NewestPositions } from './newest-positions.ts';
import { readPositions } from './positions.ts';
import { readBefore, readSeries, readWindows } from './readings.ts';
import { RollupWriter } from './rollup-writer.ts';
import { readExclusions, readRollups, sumRollups } from './rollups.ts';
import { firstNumber } from './rows.ts';
import { SeriesTable } from './series-table.ts';
import { TrackSlices } from './track-slices.ts';
import { Transactions } from './transactions.ts';
import { Writer } from './writer.ts';

export interface DuckDbStoreOptions extends DatabaseOptions {
  readonly metrics?: Metrics | undefined;
  /** For tests of failure: called before each commit; what it throws makes the write fail. */
  readonly beforeCommit?: (() => void | Promise<void>) | undefined;
}

export class DuckDbStore implements TelemetryStore {
  readonly engine = 'duckdb';
  readonly boards = undefined;
  readonly marks: DuckDbMarks;
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #series = new SeriesTable();
  readonly #newest = new Newest();
  readonly #newestPositions: NewestPositions;
  readonly #trackSlices: TrackSlices;
  readonly #writer: Writer;
  readonly #rollups: RollupWriter;
  readonly #compaction: Compaction;
  #compacting: Promise<{ droppedRows: number }> | undefined;

  constructor(options: DuckDbStoreOptions) {
    const late = new LateStretches();
    const markLog = new MarkLog();
    this.#database = new Database(options);
    this.#newestPositions = new NewestPositions(this.#database);
    this.#trackSlices = new TrackSlices(this.#database);
    this.#transactions = new Transactions({
      database: this.#database,
      log: options.log,
      beforeCommit: options.beforeCommit,
      load: async (connection) => {
        await this.#series.load(connection);
        await this.#newest.load(connection);
        await late.load(connection);
        await markLog.load(connection);
      },
    });
    this.#writer = new Writer({
      transactions: this.#transactions,
      series: this.#series,
      newest: this.#newest,
      newestPositions: this.#newestPositions,
      late,
      marks: markLog,
      clock: options.clock,
    });
    this.#rollups = new RollupWriter(this.#database, this.#transactions, this.#series);
    this.marks = new DuckDbMarks(this.#transactions, markLog, this.#series);
    this.#compaction = new Compaction(this.#database, this.#transactions, late);
    if (options.metrics !== undefined) this.#count(options.metrics);
  }

  start(): Promise<void> {
    return this.#transactions.open();
  }

  async stop(): Promise<void> {
    this.#compaction.stop();
    await this.#compacting?.catch(() => undefined);
    await this.#transactions.close();
  }

  series(point: PointKey, quantity: Quantity): SeriesHandle {
    return this.#series.handleOf(point, quantity);
  }

  findSeries(point: PointKey, quantity: Quantity): SeriesHandle | undefined {
    return this.#series.find(point, quantity);
  }

  seriesOfPoint(point: PointKey): readonly Series[] {
    return this.#series.ofPoint(point);
  }

  seriesOf(handle: SeriesHandle): Series {
    return this.#series.of(handle);
  }

  pointsOfAgent(agent: string): readonly PointKey[] {
    return this.#series.pointsOfAgent(agent);
  }

  async write(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): Promise<void> {
    await this.#writer.write(readings, positions, marks);
    await this.marks.shortenLog();
  }

  async readings(series: SeriesHandle, from: number, to: number, limit: number): Promise<ReadingSlice> {
    await this.#ready();
    return readSeries(this.#database, series, from, to, limit);
  }

  async readingWindows(windows: readonly Window[]): Promise<readonly ReadingSlice[]> {
    await this.#ready();
    return readWindows(this.#database, windows);
  }

  async readingsBefore(
    requests: readonly { series: SeriesHandle; before: number }[],
    count: number,
  ): Promise<readonly ReadingSlice[]> {
    await this.#ready();
    return readBefore(this.#database, this.#newest, requests, count);
  }

  async latest(series: readonly SeriesHandle[]): Promise<readonly (Reading | undefined)[]> {
    await this.#ready();
    return series.map((handle) => this.#newest.get(handle));
  }

  async oldestTs(series: readonly SeriesHandle[]): Promise<readonly (number | undefined)[]> {
    await this.#ready();
    return series.map((handle) => {
      const ts = this.#newest.oldestTs(handle);
      return Number.isFinite(ts) ? ts : undefined;
    });
  }

  async positions(
    vehicle: PointKey,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly PositionRow[]> {
    await this.#ready();
    return readPositions(this.#database, vehicle, from, to, limit);
  }

  async tracks(wanted: readonly TrackWanted[], to: number, rows: number): Promise<TrackSlice> {
    await this.#ready();
    return this.#trackSlices.read(wanted, to, rows);
  }

  async latestPositions(vehicles: readonly PointKey[]): Promise<readonly (PositionRow | undefined)[]> {
    await this.#ready();
    return this.#newestPositions.of(vehicles);
  }

  /** Rows are gone for readers at once, and then from the file. */
  async dropPositions(before: number): Promise<{ readonly dropped: number }> {
    await this.#compacting?.catch(() => undefined);
    const dropping = this.#compaction.dropPositions(before).then((droppedRows) => ({ droppedRows }));
    this.#compacting = dropping.finally(() => {
      this.#compacting = undefined;
    });
    const { droppedRows } = await this.#compacting;
    this.#newestPositions.forgetBefore(before);
    return { dropped: droppedRows };
  }

  replaceRollups(changes: readonly RollupChange[]): Promise<void> {
    return this.#rollups.replace(changes);
  }

  async rollupWindows(
    bucket: RollupBucket,
    windows: readonly Window[],
  ): Promise<readonly (readonly RollupRow[])[]> {
    await this.#ready();
    return readRollups(this.#database, bucket, windows);
  }

  async monthColumns(series: readonly SeriesHandle[], from: number, to: number): Promise<MonthColumns> {
    await this.#ready();
    return readMonthColumns(this.#database, series, from, to);
  }

  async sumRollups(
    bucket: RollupBucket,
    series: readonly SeriesHandle[],
    from: number,
    to: number,
  ): Promise<readonly RollupSum[]> {
    await this.#ready();
    return sumRollups(this.#database, bucket, series, from, to);
  }

  async exclusionWindows(windows: readonly Window[]): Promise<readonly (readonly Exclusion[])[]> {
    await this.#ready();
    return readExclusions(this.#database, windows);
  }

  async writeFigures(rows: readonly FigureRow[]): Promise<void> {
    if (rows.length === 0) return;
    checkFigures(rows);
    await this.#transactions.run('write figures', async (connection, arrivals) => {
      await appendFigures(connection, arrivals, rows);
      return () => this.#compaction.figuresWritten();
    });
  }

  async figures(
    institution: string,
    figure: string,
    bucket: FigureRow['bucket'],
    from: number,
    to: number,
  ): Promise<readonly FigureRow[]> {
    await this.#ready();
    return readFigures(this.#database, institution, figure, bucket, from, to);
  }

  /** A call while one runs waits for that one. */
  compact(): Promise<{ readonly droppedRows: number }> {
    this.#compacting ??= this.#compaction
      .run()
      .then((droppedRows) => ({ droppedRows }))
      .finally(() => {
        this.#compacting = undefined;
      });
    return this.#compacting;
  }

  /** `readings` counts rows in the file, superseded ones too. */
  async stats(): Promise<StoreStats> {
    await this.#ready();
    const readings = await this.#database.read((connection) =>
      firstNumber(connection, 'SELECT count(*) FROM readings'),
    );
    return { engine: this.engine, series: this.#series.size, readings, bytes: this.#database.bytes };
  }

  /** A read that finds the file broken has it opened anew first. */
  async #ready(): Promise<void> {
    if (this.#database.broken) await this.#transactions.recover();
  }

  #count(metrics: Metrics): void {
    const waiting = metrics.gauge('store_writes_waiting', 'Writes that wait for the store or run.');
    const refused = metrics.gauge(
      'store_refused',
      'Calls refused since the start because too many waited, by kind.',
      ['kind'],
    );
    const bytes = metrics.gauge('store_bytes', "Bytes of the store's file and its log.");
    Object.assign(waiting, { collect: () => waiting.set(this.#transactions.waiting) });
    Object.assign(refused, {
      collect: () => {
        refused.set({ kind: 'write' }, this.#transactions.refused);
        refused.set({ kind: 'read' }, this.#database.refusedReads);
      },
    });
    Object.assign(bytes, { collect: () => bytes.set(this.#database.bytes) });
  }
}

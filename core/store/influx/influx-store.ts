// The engine of a city: telemetry in InfluxDB 1.x, 2.x or 3. Readings, positions and figures have a database each.
// No transactions: the registry keeps the marks, and a row that goes is overwritten as missing (docs/influxdb.md).
import type { Exclusion, RollupRow } from '../../domain/energy/rollup.ts';
import { JieyueError } from '../../domain/errors.ts';
import type { DatabasePart } from '../../domain/series.ts';
import type { PointKey } from '../../domain/topics.ts';
import type { Quantity } from '../../domain/units.ts';
import type { Logger } from '../../runtime/logger.ts';
import type {
  BoardStore,
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
  Window,
} from '../port.ts';
import { readBoardKeys } from './board-keys.ts';
import { InfluxConnection, type InfluxOptions } from './connection.ts';
import { readFigures, readPositions } from './figures-and-positions.ts';
import { deletePositions, readLatestPositions } from './fleet-positions.ts';
import { boardLine, figureLine, positionLine } from './lines.ts';
import { readMonthColumns } from './month-columns.ts';
import {
  readLatest,
  readOldest,
  readReadings,
  readReadingsBefore,
  readReadingWindows,
  readSeries,
} from './readings.ts';
import { Refusals } from './refusals.ts';
import { refuseIfItExpires } from './retention.ts';
import { linesOfChanges } from './rollup-changes.ts';
import { readExclusions, readRollups, sumRollups } from './rollups.ts';
import { checkFigures, checkPositions, checkReadings, readingLines } from './rows.ts';
import { SeriesBook } from './series-book.ts';
import { keepToTimeZone } from './time-zone.ts';

export interface InfluxStoreOptions {
  readonly databases: Readonly<Record<DatabasePart, InfluxOptions>>;
  /** Of the days and months that rollups are by. */
  readonly timeZone: string;
  readonly log: Logger;
  /** How long a series that another process began may stay unknown here; default 30 s. */
  readonly seriesEveryMs?: number | undefined;
  /** For tests of failure: called before each write; what it throws makes the write fail. */
  readonly beforeCommit?: (() => void | Promise<void>) | undefined;
}

/** Lines of one request: many enough to be quick, few enough for the server's limit of 25 MB. */
const linesPerRequest = 10_000;
/** Requests that bring the readings of one write, where it has lines enough for each. */
const requestsAtOnce = 2;
const leastLines = 500;

export class InfluxStore implements TelemetryStore {
  readonly engine = 'influx';
  /** InfluxDB has no transactions: the registry keeps them. */
  readonly marks = undefined;
  readonly boards: BoardStore = {
    write: (rows) => this.#run(() => this.#write('figures', rows.map(boardLine))),
    keys: (measurement) => this.#run(() => readBoardKeys(this.#connections.figures, measurement)),
  };
  readonly #options: InfluxStoreOptions;
  readonly #connections: Readonly<Record<DatabasePart, InfluxConnection>>;
  readonly #book = new SeriesBook();
  readonly #running = new Set<Promise<unknown>>();
  #open = false;
  #refresh: NodeJS.Timeout | undefined;
  #refreshing = false;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
    const { readings, positions, figures } = options.databases;
    this.#connections = {
      readings: new InfluxConnection(readings),
      positions: new InfluxConnection(positions),
      figures: new InfluxConnection(figures),
    };
  }

  async start(): Promise<void> {
    if (this.#open) return;
    for (const connection of Object.values(this.#connections)) await connection.open();
    const { readings, figures } = this.#connections;
    await refuseIfItExpires(figures);
    await keepToTimeZone(figures, this.#options.timeZone);
    await this.#takeSeries();
    this.#open = true;
    this.#refresh = setInterval(() => this.#refreshSeries(), this.#options.seriesEveryMs ?? 30_000).unref();
    const { version, database } = readings;
    this.#options.log.info({ version, database, series: this.#book.size }, 'InfluxDB is open');
  }

  async stop(): Promise<void> {
    this.#open = false;
    clearInterval(this.#refresh);
    await Promise.allSettled(this.#running);
    for (const connection of Object.values(this.#connections)) connection.close();
  }

  series(point: PointKey, quantity: Quantity): SeriesHandle {
    return this.#book.handleOf(point, quantity);
  }

  findSeries(point: PointKey, quantity: Quantity): SeriesHandle | undefined {
    return this.#book.find(point, quantity);
  }

  seriesOfPoint(point: PointKey): readonly Series[] {
    return this.#book.ofPoint(point);
  }

  seriesOf(handle: SeriesHandle): Series {
    return this.#book.of(handle);
  }

  pointsOfAgent(agent: string): readonly PointKey[] {
    return this.#book.pointsOfAgent(agent);
  }

  /** Every row is checked first, so that a fault of ours refuses all; what the server refuses may leave the others in. */
  write(
    columns: ReadingColumns,
    positions: readonly PositionRow[],
    _marks: readonly MarkInput[],
  ): Promise<void> {
    return this.#run(async () => {
      checkReadings(columns);
      checkPositions(positions);
      await this.#writeReadings(columns, positions);
      for (let index = 0; index < columns.length; index++)
        this.#book.markWritten(columns.series[index] ?? -1);
    });
  }

  readings(series: SeriesHandle, from: number, to: number, limit: number): Promise<ReadingSlice> {
    return this.#run(() => readReadings(this.#connections.readings, this.#book.of(series), from, to, limit));
  }

  readingWindows(windows: readonly Window[]): Promise<readonly ReadingSlice[]> {
    return this.#run(() => readReadingWindows(this.#connections.readings, windows, this.#book));
  }

  readingsBefore(
    requests: readonly { series: SeriesHandle; before: number }[],
    count: number,
  ): Promise<readonly ReadingSlice[]> {
    return this.#run(() => readReadingsBefore(this.#connections.readings, requests, count, this.#book));
  }

  latest(series: readonly SeriesHandle[]): Promise<readonly (Reading | undefined)[]> {
    return this.#run(() => readLatest(this.#connections.readings, series, this.#book));
  }

  oldestTs(series: readonly SeriesHandle[]): Promise<readonly (number | undefined)[]> {
    return this.#run(() => readOldest(this.#connections.readings, series, this.#book));
  }

  readingsKeptMs(): Promise<number> {
    return this.#run(() => this.#connections.readings.keptMs());
  }

  positions(vehicle: PointKey, from: number, to: number, limit: number): Promise<readonly PositionRow[]> {
    return this.#run(() => readPositions(this.#connections.positions, vehicle, from, to, limit));
  }

  latestPositions(vehicles: readonly PointKey[]): Promise<readonly (PositionRow | undefined)[]> {
    return this.#run(() => readLatestPositions(this.#connections.positions, vehicles));
  }

  dropPositions(before: number): Promise<{ readonly dropped: null }> {
    return this.#run(() => deletePositions(this.#connections.positions, before));
  }

  /** Not all or nothing: a repetition completes it, and the marks stay until one has gone through. */
  replaceRollups(changes: readonly RollupChange[]): Promise<void> {
    return this.#run(async () => {
      await this.#write('figures', await linesOfChanges(this.#connections.figures, changes, this.#book));
    });
  }

  rollupWindows(
    bucket: RollupBucket,
    windows: readonly Window[],
  ): Promise<readonly (readonly RollupRow[])[]> {
    return this.#run(() => readRollups(this.#connections.figures, bucket, windows, this.#book));
  }

  monthColumns(series: readonly SeriesHandle[], from: number, to: number): Promise<MonthColumns> {
    return this.#run(() => readMonthColumns(this.#connections.figures, series, from, to, this.#book));
  }

  sumRollups(
    bucket: RollupBucket,
    series: readonly SeriesHandle[],
    from: number,
    to: number,
  ): Promise<readonly RollupSum[]> {
    return this.#run(() => sumRollups(this.#connections.figures, bucket, series, from, to, this.#book));
  }

  exclusionWindows(windows: readonly Window[]): Promise<readonly (readonly Exclusion[])[]> {
    return this.#run(() => readExclusions(this.#connections.figures, windows, this.#book));
  }

  writeFigures(rows: readonly FigureRow[]): Promise<void> {
    return this.#run(async () => {
      checkFigures(rows);
      await this.#write('figures', rows.map(figureLine));
    });
  }

  figures(
    institution: string,
    figure: string,
    bucket: FigureRow['bucket'],
    from: number,
    to: number,
  ): Promise<readonly FigureRow[]> {
    return this.#run(() => readFigures(this.#connections.figures, { institution, figure, bucket }, from, to));
  }

  /** InfluxDB replaces a row of the same key by itself. */
  async compact(): Promise<{ readonly droppedRows: number }> {
    return { droppedRows: 0 };
  }

  /** `bytes` is 0: the server does not tell. */
  stats(): Promise<StoreStats> {
    return this.#run(async () => {
      const rows = await this.#connections.readings.rows('SELECT count("value") FROM "readings"');
      const readings = rows[0]?.[1];
      return {
        engine: this.engine,
        series: this.#book.size,
        readings: typeof readings === 'number' ? readings : 0,
        bytes: 0,
      };
    });
  }

  async #takeSeries(): Promise<void> {
    for (const found of await readSeries(this.#connections.readings)) this.#book.take(found);
  }

  /** One at a time: a slow server is not asked again while it answers. */
  #refreshSeries(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    this.#run(() => this.#takeSeries())
      .catch((error: unknown) => {
        this.#options.log.debug({ err: error }, 'the list of series could not be read; the one before holds');
      })
      .finally(() => {
        this.#refreshing = false;
      });
  }

  /**
   * Several requests at a time, each series in one of them after the other: of two rows of a key the later one wins.
   * Nothing is under way any more when it ends, however it ends.
   */
  async #writeReadings(columns: ReadingColumns, positions: readonly PositionRow[]): Promise<void> {
    const lanes = columns.length < 2 * leastLines ? 1 : requestsAtOnce;
    const refusals = new Refusals();
    const work = Array.from({ length: lanes }, async (_, lane) => {
      for (const lines of readingLines(columns, this.#book, { lane, lanes, most: linesPerRequest }))
        await refusals.gather(lines.length, () => this.#write('readings', lines));
    });
    const ofPositions = refusals.gather(positions.length, () =>
      this.#write('positions', positions.map(positionLine)),
    );
    const failed = (await Promise.allSettled([...work, ofPositions])).find(isRejected);
    if (failed !== undefined) throw failed.reason;
    refusals.throwIfAny();
  }

  async #write(part: DatabasePart, lines: readonly string[]): Promise<void> {
    const connection = this.#connections[part];
    for (let at = 0; at < lines.length; at += linesPerRequest) {
      await this.#failWhenTold();
      await connection.write(lines.slice(at, at + linesPerRequest));
    }
  }

  async #failWhenTold(): Promise<void> {
    try {
      await this.#options.beforeCommit?.();
    } catch (error) {
      throw new JieyueError('store.unavailable', `the write failed: ${String(error)}`, { cause: error });
    }
  }

  /** Work is refused once the store is stopped, and finished before it is. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new JieyueError('store.unavailable', 'the store is not open');
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

function isRejected(outcome: PromiseSettledResult<void>): outcome is PromiseRejectedResult {
  return outcome.status === 'rejected';
}

// One write: readings, positions, marks and whatever series are new, in one transaction. Rows are numbered as they
// arrive; that number decides between rows of one key, within a write, across writes and after reopening.
import { JieyueError } from '../../domain/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { MarkInput, PositionRow, ReadingColumns, SeriesHandle } from '../port.ts';
import type { LateStretches } from './late-stretches.ts';
import type { MarkLog } from './mark-log.ts';
import type { Newest } from './newest.ts';
import type { NewestPositions } from './newest-positions.ts';
import { storedExtras } from './position-columns.ts';
import { appendColumns, integers, numbers, texts } from './rows.ts';
import type { SeriesTable } from './series-table.ts';
import { unknownHandle } from './series-table.ts';
import type { Transactions } from './transactions.ts';

export interface WriterParts {
  readonly transactions: Transactions;
  readonly series: SeriesTable;
  readonly newest: Newest;
  readonly newestPositions: NewestPositions;
  readonly late: LateStretches;
  readonly marks: MarkLog;
  readonly clock: Clock;
}

export class Writer {
  readonly #parts: WriterParts;
  /** Newest position time of each vehicle that has written since the start. */
  readonly #vehicleHead = new Map<string, number>();

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when all is durable. The caller leaves the columns alone until then.
   * @throws JieyueError `store.unavailable`; `row.refused-by-store` naming the row, with nothing written.
   */
  async write(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): Promise<void> {
    const { transactions, series, newest, newestPositions, late, marks: markLog, clock } = this.#parts;
    if (readings.length + positions.length + marks.length === 0) return;
    const unsaved = this.#check(readings, positions, marks);
    await transactions.run('write', async (connection, arrivals) => {
      const first = arrivals.take(readings.length + positions.length + 1);
      const version = first + readings.length + positions.length;
      const now = clock.now();
      this.#noteLate(readings, positions);
      const fresh = [...unsaved].filter((handle) => !series.isSaved(handle));
      await series.save(connection, fresh);
      await appendColumns(
        connection,
        'readings',
        [
          integers(readings.series),
          numbers(readings.ts),
          numbers(readings.value),
          numbers(counting(first, readings.length)),
        ],
        readings.length,
      );
      await this.#appendPositions(connection, positions, first + readings.length);
      await markLog.save(connection, marks, version, now);
      await late.save(connection, version);
      return () => {
        series.markSaved(fresh);
        late.saved();
        newest.take(readings);
        newestPositions.take(positions);
        markLog.added(marks, version, now);
      };
    });
  }

  /** Looks at every row before anything is written. @returns handles that are not in the file yet. */
  #check(
    readings: ReadingColumns,
    positions: readonly PositionRow[],
    marks: readonly MarkInput[],
  ): ReadonlySet<SeriesHandle> {
    const { series, newest } = this.#parts;
    const unsaved = new Set<SeriesHandle>();
    for (let index = 0; index < readings.length; index++) {
      const handle = readings.series[index] as number;
      if (!series.isSaved(handle)) {
        if (!series.has(handle)) throw unknownHandle(handle);
        unsaved.add(handle);
      }
      if (!Number.isSafeInteger(readings.ts[index]) || !Number.isFinite(readings.value[index])) {
        const { point, quantity } = series.of(handle);
        throw refused(`reading ${index} (${point} ${quantity})`, readings.ts[index], readings.value[index]);
      }
    }
    for (const [index, { vehicle, ts, lat, lon, speedKmh, courseDeg }] of positions.entries()) {
      if (!Number.isSafeInteger(ts) || ![lat, lon, speedKmh, courseDeg].every(Number.isFinite)) {
        throw refused(`position ${index} (${vehicle})`, ts, lat, lon, speedKmh, courseDeg);
      }
    }
    for (const { series: handle, from, to } of marks) {
      if (!series.has(handle)) throw unknownHandle(handle);
      if (!series.isSaved(handle)) unsaved.add(handle);
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw refused('a mark', from, to);
    }
    newest.reserve(series.size);
    return unsaved;
  }

  #noteLate(readings: ReadingColumns, positions: readonly PositionRow[]): void {
    const { newest, late } = this.#parts;
    for (let index = 0; index < readings.length; index++) {
      const ts = readings.ts[index] as number;
      if (newest.comesLate(readings.series[index] as number, ts)) late.note('readings', ts);
    }
    for (const { vehicle, ts } of positions) {
      // Of a vehicle's first position since the start nothing is known: it may repeat an older one.
      const head = this.#vehicleHead.get(vehicle);
      if (head === undefined || ts <= head) late.note('positions', ts);
      if (head === undefined || ts > head) this.#vehicleHead.set(vehicle, ts);
    }
  }

  async #appendPositions(
    connection: Parameters<typeof appendColumns>[0],
    positions: readonly PositionRow[],
    arrival: number,
  ): Promise<void> {
    const extras = positions.map((row) => storedExtras(row.extras));
    await appendColumns(
      connection,
      'positions',
      [
        texts(positions.map((row) => row.vehicle)),
        numbers(positions.map((row) => row.ts)),
        numbers(positions.map((row) => row.lat)),
        numbers(positions.map((row) => row.lon)),
        numbers(positions.map((row) => row.speedKmh)),
        numbers(positions.map((row) => row.courseDeg)),
        texts(extras.map(({ rest }) => rest)),
        numbers(counting(arrival, positions.length)),
        numbers(extras.map(({ odometerKm }) => odometerKm)),
        numbers(extras.map(({ satellites }) => satellites)),
        numbers(extras.map(({ facts }) => facts)),
      ],
      positions.length,
    );
  }
}

function counting(first: number, length: number): Float64Array {
  const values = new Float64Array(length);
  for (let index = 0; index < length; index++) values[index] = first + index;
  return values;
}

function refused(what: string, ...values: (number | undefined)[]): JieyueError {
  return new JieyueError(
    'row.refused-by-store',
    `${what} holds ${values.join(', ')}: times must be whole milliseconds, values finite numbers`,
  );
}

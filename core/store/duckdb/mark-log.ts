// Dirty marks, durable: a log of marks and a log of clearings beside it, both append-only, while what is pending stands
// in memory (pending-marks.ts). When the logs have grown long they are replaced by what is pending: no row is ever
// deleted one by one, so nothing slows down with millions of marks.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Mark, MarkInput, SeriesHandle } from '../port.ts';
import { type MarkWindow, PendingMarks, type SeriesMarks } from './pending-marks.ts';
import { appendColumns, eachRow, firstNumber, integers, numbers } from './rows.ts';
import { marksClearedTable, marksTable } from './schema.ts';
import type { SeriesTable } from './series-table.ts';

/** Rows in the logs before they are replaced, unless that many are pending. */
const longLog = 1_000_000;

export class MarkLog {
  readonly #pending = new PendingMarks();
  #logRows = 0;

  /** Writes marks within the running transaction; `added` when it is committed. */
  async save(
    connection: DuckDBConnection,
    marks: readonly MarkInput[],
    version: number,
    now: number,
  ): Promise<void> {
    const constant = (value: number) => new Float64Array(marks.length).fill(value);
    await appendColumns(
      connection,
      'marks',
      [
        integers(marks.map((mark) => mark.series)),
        numbers(marks.map((mark) => mark.from)),
        numbers(marks.map((mark) => mark.to)),
        numbers(constant(version)),
        numbers(constant(now)),
      ],
      marks.length,
    );
  }

  added(marks: readonly MarkInput[], version: number, now: number): void {
    for (const { series, from, to } of marks) this.#pending.add(series, { from, to, version, since: now });
    this.#logRows += marks.length;
  }

  /** Pending marks of at most `count` series, those that wait longest first. */
  take(count: number, table: SeriesTable): readonly Mark[] {
    return portMarks(this.#pending.take(count), table);
  }

  /** Pending marks of these series. */
  of(series: readonly SeriesHandle[], table: SeriesTable): readonly Mark[] {
    return portMarks(this.#pending.of(series), table);
  }

  /** Writes clearings within the running transaction; `cleared` when it is committed. */
  async saveCleared(
    connection: DuckDBConnection,
    versions: ReadonlyMap<SeriesHandle, number>,
  ): Promise<void> {
    await appendColumns(
      connection,
      'marks_cleared',
      [integers([...versions.keys()]), numbers([...versions.values()])],
      versions.size,
    );
  }

  cleared(versions: ReadonlyMap<SeriesHandle, number>): void {
    for (const [series, version] of versions) this.#pending.clear(series, version);
    this.#logRows += versions.size;
  }

  get backlog(): { series: number; oldestAt: number | null } {
    return { series: this.#pending.series, oldestAt: this.#pending.oldestAt };
  }

  get logIsLong(): boolean {
    return this.#logRows > longLog && this.#logRows > 4 * this.#pending.windows;
  }

  /** Replaces both logs by what is pending, within the running transaction; `logReplaced` when it is committed. */
  async replaceLog(connection: DuckDBConnection): Promise<void> {
    const series: SeriesHandle[] = [];
    const windows: MarkWindow[] = [];
    for (const entry of this.#pending.all()) {
      for (const window of entry.windows) {
        series.push(entry.series);
        windows.push(window);
      }
    }
    await connection.run(marksTable);
    await connection.run(marksClearedTable);
    await appendColumns(
      connection,
      'marks',
      [
        integers(series),
        numbers(windows.map((window) => window.from)),
        numbers(windows.map((window) => window.to)),
        numbers(windows.map((window) => window.version)),
        numbers(windows.map((window) => window.since)),
      ],
      windows.length,
    );
  }

  logReplaced(): void {
    this.#logRows = this.#pending.windows;
  }

  /** Reads the logs anew. */
  async load(connection: DuckDBConnection): Promise<void> {
    this.#pending.reset();
    await eachRow(
      connection,
      `SELECT m.series, m.from_ts::DOUBLE, m.to_ts::DOUBLE, m.version::DOUBLE, m.since::DOUBLE
        FROM marks m LEFT JOIN (SELECT series, max(version) AS version FROM marks_cleared GROUP BY series) c
          ON m.series = c.series
        WHERE c.version IS NULL OR m.version > c.version
        ORDER BY m.since, m.version`,
      (row) => {
        this.#pending.add(row.number(0), {
          from: row.number(1),
          to: row.number(2),
          version: row.number(3),
          since: row.number(4),
        });
      },
    );
    this.#logRows =
      (await firstNumber(connection, 'SELECT count(*) FROM marks')) +
      (await firstNumber(connection, 'SELECT count(*) FROM marks_cleared'));
  }
}

function portMarks(marks: readonly SeriesMarks[], table: SeriesTable): Mark[] {
  return marks.flatMap(({ series, windows }) => {
    const { point, quantity } = table.of(series);
    return windows.map(({ from, to, version }) => ({ point, quantity, from, to, version }));
  });
}

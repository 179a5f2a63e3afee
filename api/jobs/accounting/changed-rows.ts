// Rows of accounting on their way to the boards' database: what is the same as the last time is not written again.
import { setImmediate as breathe } from 'node:timers/promises';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import type { JobRun } from '../../../core/runtime/scheduler.ts';
import type { BoardStore } from '../../../core/store/port.ts';
import { BoardWriter } from '../board-writer.ts';
import { Remembered } from '../remembered.ts';

/** Series between two breaths. */
const seriesAtOnce = 100;

/** What was written, over the runs of one job. 16 MiB of digests at most; parts beyond that are written each time. */
export class ChangedRows {
  readonly #remembered = new Remembered(16 * 1024 * 1024);

  /** @param series how many there are about */
  begin(
    { boards, log }: { readonly boards: BoardStore; readonly log: Logger },
    run: JobRun,
    series: number,
  ): ChangedRowsRun {
    const writer = new BoardWriter(boards, run, log);
    this.#remembered.begin(run.undisturbed && !run.asked && run.lastSuccess !== undefined, series);
    return new ChangedRowsRun(writer, this.#remembered);
  }
}

export class ChangedRowsRun {
  readonly #writer: BoardWriter;
  readonly #remembered: Remembered;
  #count = 0;

  constructor(writer: BoardWriter, remembered: Remembered) {
    this.#writer = writer;
    this.#remembered = remembered;
  }

  /** Rows written so far. */
  get written(): number {
    return this.#writer.written;
  }

  /** One row; its series and time are its key. */
  row(row: BoardRow): Promise<void> {
    const { measurement, tags, ts, fields } = row;
    const series = [measurement, ...Object.values(tags)].join(' ');
    const numbers: number[] = [];
    const texts: string[] = [];
    for (const value of Object.values(fields) as (number | string)[]) {
      if (typeof value === 'number') numbers.push(value);
      else texts.push(value);
    }
    return this.rows(series, ts, Float64Array.from(numbers), texts.join('\n'), () => [row]);
  }

  /** Rows that change together. @param part where in the series, with `series` their key */
  async rows(
    series: string,
    part: number,
    numbers: Float64Array,
    text: string,
    make: () => Iterable<BoardRow>,
  ): Promise<void> {
    if (++this.#count % seriesAtOnce === 0) await breathe();
    if (this.#remembered.changed(series, part, numbers, text)) await this.#writer.add(make());
  }

  /** Writes what waits. */
  async end(): Promise<void> {
    await this.#writer.end();
    this.#remembered.end();
  }
}

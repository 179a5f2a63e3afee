// Reads a CSV file of meter data in chunks of rows: readings, and what was wrong with which line.
import { isJieyueError, JieyueError } from '../../../core/domain/errors.ts';
import type { WireReading } from '../../../core/domain/telemetry.ts';
import type { Quantity } from '../../../core/domain/units.ts';
import type { FileSourceConfig } from '../../../core/runtime/config.ts';
import { recordsOf } from '../csv/records.ts';
import { RepeatedTimes } from '../csv/repeated-times.ts';
import { type ReadTime, TimeReader } from '../csv/times.ts';
import { parseValue } from './numbers.ts';

export type CsvOptions = Pick<
  FileSourceConfig,
  'path' | 'point' | 'zone' | 'timeColumn' | 'columns' | 'delimiter'
>;

/** What a line of the file could not give; the rest of the file, and the other cells of the line, are read. */
export interface RowFault {
  /** Counted from 1, the header included. */
  readonly line: number;
  /** `null` when it is about the row as a whole. */
  readonly column: string | null;
  /** The cell, or the beginning of the row; at most 100 characters. */
  readonly value: string;
  readonly reason: string;
}

export interface CsvChunk {
  readonly readings: WireReading[];
  readonly faults: RowFault[];
  /** Cells of the wanted columns that were empty, in rows that have a time. */
  readonly emptyCells: number;
}

const rowsPerChunk = 1000;
const shownChars = 100;
const shownColumns = 30;

/**
 * Yields after every 1 000 rows; memory does not grow with the file. An empty cell is a missing value: no reading, no
 * fault. Register and interval data are read alike; the quantity says which it is. A file with local times that the clock
 * shows twice is read once more, for the order of its rows (see `RepeatedTimes`).
 * @throws JieyueError `import.file` when the file cannot be read, lacks a column, or its header is not UTF-8; when
 * a .gz file turns out to be damaged, the chunks before have been yielded.
 */
export async function* readCsv(options: CsvOptions): AsyncGenerator<CsvChunk> {
  const chunk = new ChunkBuilder(options);
  for await (const cells of recordsOf(options.path, options.delimiter)) {
    const read = chunk.add(cells);
    if (read === 'order-needed') {
      chunk.repeated = await orderOf(options);
      chunk.add(cells);
    }
    if (chunk.rows >= rowsPerChunk) yield chunk.take();
  }
  if (chunk.rows > 0) yield chunk.take();
  if (!chunk.hasHeader) throw new JieyueError('import.file', `${options.path} has no rows`);
}

/** Goes through the times of the whole file. */
async function orderOf(options: CsvOptions): Promise<RepeatedTimes> {
  const order = new RepeatedTimes();
  const rows = new ChunkBuilder({ ...options, columns: {} }, (line, time) => order.add(line, time));
  try {
    for await (const cells of recordsOf(options.path, options.delimiter)) {
      rows.add(cells);
      if (rows.rows >= rowsPerChunk) rows.take();
    }
  } catch (error) {
    // The file is damaged further on: whoever reads the rows will come to it.
    if (!isJieyueError(error, 'import.file')) throw error;
  }
  return order;
}

/** Turns rows into readings and faults. */
class ChunkBuilder {
  rows = 0;
  /** Needed from the first row on whose time the clock shows twice. */
  repeated: RepeatedTimes | undefined;
  readonly #options: CsvOptions;
  readonly #onTime: ((line: number, time: ReadTime) => void) | undefined;
  readonly #times: TimeReader;
  #width = 0;
  #timeIndex = -1;
  #columns: readonly { readonly name: string; readonly index: number; readonly quantity: Quantity }[] = [];
  #readings: WireReading[] = [];
  #faults: RowFault[] = [];
  #emptyCells = 0;

  /** @param onTime gets the time of every row; nothing else is read then. */
  constructor(options: CsvOptions, onTime?: (line: number, time: ReadTime) => void) {
    this.#options = options;
    this.#onTime = onTime;
    this.#times = new TimeReader(options.zone);
  }

  get hasHeader(): boolean {
    return this.#width > 0;
  }

  take(): CsvChunk {
    const chunk = { readings: this.#readings, faults: this.#faults, emptyCells: this.#emptyCells };
    this.#readings = [];
    this.#faults = [];
    this.#emptyCells = 0;
    this.rows = 0;
    return chunk;
  }

  /** `cells[0]` is the line number, negative for a row that was refused: reason and beginning follow. */
  add(cells: readonly string[]): 'read' | 'order-needed' {
    const line = Number(cells[0]);
    if (!this.hasHeader) {
      this.#readHeader(cells.slice(1).map((cell) => cell.trim()));
      return 'read';
    }
    if (line < 0) this.#blame(-line, null, cells[2] ?? '', cells[1] ?? '');
    else if (this.#readRow(line, cells) === 'order-needed') return 'order-needed';
    this.rows++;
    return 'read';
  }

  #readRow(line: number, cells: readonly string[]): 'order-needed' | undefined {
    // Spreadsheets leave rows of nothing but delimiters behind.
    if (cells.every((cell, index) => index === 0 || cell.trim() === '')) return undefined;
    const width = cells.length - 1;
    const surplus = cells.slice(1 + this.#width).some((cell) => cell.trim() !== '');
    if (width < this.#width || surplus) {
      const hint = surplus
        ? ' (a thousands separator, or a delimiter within an unquoted cell?)'
        : ' (cut off?)';
      const reason = `${width} cell(s) where the header has ${this.#width}${hint}`;
      this.#blame(line, null, cells.slice(1).join(this.#options.delimiter), reason);
      return undefined;
    }
    const { timeColumn } = this.#options;
    const timeText = cells[1 + this.#timeIndex]?.trim() ?? '';
    const time = timeText === '' ? { reason: 'there is no time' } : this.#times.parse(timeText);
    if ('reason' in time) {
      this.#blame(line, timeColumn, timeText, time.reason);
      return undefined;
    }
    if (this.#onTime) {
      this.#onTime(line, time);
      return undefined;
    }
    if (time.repeat && !this.repeated) return 'order-needed';
    const ts = time.repeat ? this.repeated?.place(line) : time.ts;
    if (ts === undefined) this.#blame(line, timeColumn, timeText, this.#shownTwice());
    else this.#readCells(line, cells, ts);
    return undefined;
  }

  #readCells(line: number, cells: readonly string[], ts: number): void {
    const { point } = this.#options;
    for (const { name, index, quantity } of this.#columns) {
      const text = cells[1 + index]?.trim() ?? '';
      if (text === '') {
        this.#emptyCells++;
        continue;
      }
      const parsed = parseValue(text, quantity);
      if ('value' in parsed) this.#readings.push([point, quantity, ts, parsed.value]);
      else this.#blame(line, name, text, parsed.reason);
    }
  }

  #readHeader(names: readonly string[]): void {
    const { path, timeColumn, columns } = this.#options;
    const wanted = [timeColumn, ...Object.keys(columns)].map((name) => name.trim());
    const missing = wanted.filter((name) => !names.includes(name));
    if (missing.length > 0) {
      const more = names.length > shownColumns ? ` and ${names.length - shownColumns} more` : '';
      throw new JieyueError(
        'import.file',
        `${path} has no column ${missing.map(quoted).join(', ')}; ` +
          `its columns: ${names.slice(0, shownColumns).map(quoted).join(', ')}${more}`,
      );
    }
    const twice = wanted.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (twice !== undefined) {
      throw new JieyueError(
        'import.file',
        `${path} has the column ${quoted(twice)} more than once; rename one`,
      );
    }
    this.#width = names.length;
    this.#timeIndex = names.indexOf(timeColumn.trim());
    this.#columns = Object.entries(columns).map(([name, quantity]) => {
      return { name, index: names.indexOf(name.trim()), quantity };
    });
  }

  #shownTwice(): string {
    return (
      `the clocks of ${this.#options.zone} showed this time twice, and the order of the rows does not tell which is meant; ` +
      'write it with its offset, such as +02:00'
    );
  }

  #blame(line: number, column: string | null, value: string, reason: string): void {
    this.#faults.push({
      line,
      column,
      value: value.slice(0, shownChars).replaceAll(/\p{Cc}/gu, '?'),
      reason,
    });
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > shownChars ? `${name.slice(0, shownChars)}…` : name);
}

// What a file of ledgers may be at most. A reader stops there with a coded error: nothing it is given makes it grow further.
import { JieyueError } from '../../domain/errors.ts';
import type { Message, MessageValue } from '../../domain/message.ts';
import { sayOfFiles, sayOfLimits } from './words.ts';

export const readLimits = {
  /** Of a file as it comes. */
  fileBytes: 50 * 1024 ** 2,
  /** Of all parts of a workbook, unpacked (a zip bomb is small as it comes). */
  unpackedBytes: 300 * 1024 ** 2,
  /** Of the small parts: list of sheets, styles. */
  partBytes: 4 * 1024 ** 2,
  /** Of one row, or one shared text, as XML or CSV. */
  rowBytes: 1024 ** 2,
  /** Characters of all shared texts of a workbook. */
  sharedCharacters: 60_000_000,
  /** Rows with cells, of all files of an import. */
  rows: 100_000,
  /** Cells that are not empty, of all files of an import. */
  cells: 2_000_000,
  /** Facts, bills and reports that the rows of an import make (a row of points may be fifteen): what 256 MB can hold. */
  inputs: 120_000,
  /** Columns of a sheet that are looked at. */
  columns: 256,
  /** Rows of a sheet, empty ones too: as many as Excel has. */
  sheetRows: 1_048_576,
  sheets: 100,
} as const;

/** Counts what is left of the limits of one import, or of one file with limits of its own. */
export class Budget {
  readonly #most: { readonly rows: number; readonly cells: number };
  #rows = 0;
  #cells = 0;
  #bytes = 0;

  constructor(most: { readonly rows: number; readonly cells: number } = readLimits) {
    this.#most = most;
  }

  /** @throws JieyueError `import.too-large` */
  row(file: string, cells: number): void {
    this.#rows++;
    this.#cells += cells;
    if (this.#rows > this.#most.rows)
      throw tooLarge(file, sayOfLimits('limit.rows', { most: this.#most.rows }));
    if (this.#cells > this.#most.cells)
      throw tooLarge(file, sayOfLimits('limit.cells', { most: this.#most.cells }));
  }

  /** @throws JieyueError `import.too-large` */
  unpacked(file: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > readLimits.unpackedBytes) {
      throw tooLarge(file, sayOfLimits('limit.unpacked', { most: readLimits.unpackedBytes / 1024 ** 2 }));
    }
  }

  get bytesLeft(): number {
    return readLimits.unpackedBytes - this.#bytes;
  }
}

export function tooLarge(file: MessageValue, what: Message): JieyueError {
  return new JieyueError('import.too-large', sayOfFiles('file.limit', { file, what }));
}

export function unreadable(why: Message, cause?: unknown): JieyueError {
  return new JieyueError('import.file', why, { cause });
}

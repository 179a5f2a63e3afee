// A sheet of a workbook, or a CSV file, as rows of cells.

/** As a file gives it: dates of a workbook come as `YYYY-MM-DD`, formulas as their values, empty cells as `null`. */
export type Cell = string | number | boolean | null;

export interface TableRow {
  /** As the spreadsheet counts, from 1. */
  readonly row: number;
  readonly cells: readonly Cell[];
}

export interface Table {
  /** Name of the sheet; empty for a CSV file. */
  readonly sheet: string;
  /** Rows that are not empty, in order. @throws JieyueError `import.file`, `import.too-large` */
  rows(): Iterable<TableRow> | AsyncIterable<TableRow>;
  /** How many bytes there are to read, for progress. */
  readonly bytes: number;
}

export interface LedgerFile {
  readonly name: string;
  readonly bytes: Buffer;
}

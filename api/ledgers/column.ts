// What a column of a ledger is, and what a cell may hold. Templates, headings, parsing and documentation derive from it.
import type { Titled } from '../../core/domain/message.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Cell } from '../../core/runtime/workbook/table.ts';
import type { FaultKey, FaultValues } from './texts.ts';

export type { Cell };

/** What is wrong with a cell. */
export class CellFault {
  readonly key: FaultKey;
  readonly values: FaultValues;

  constructor(key: FaultKey, values: FaultValues = {}) {
    this.key = key;
    this.values = values;
  }
}

/** Reads a cell that is not empty. */
export type Read<T> = (cell: Exclude<Cell, null>, days: DayReader) => T | CellFault;

/** Reads dates; see dates.ts. */
export interface DayReader {
  readonly calendar: Calendar;
  read(cell: Exclude<Cell, null>): Days | CellFault;
}

/** [from, to): a day, or the month or year that a cell names; local midnights. */
export interface Days {
  readonly from: number;
  readonly to: number;
  readonly bucket: 'day' | 'month' | 'year';
}

export interface Column<T = unknown> {
  readonly zh: string;
  readonly en: string;
  /** Other headings that people use. */
  readonly also?: readonly string[];
  /** In every row. What only a new entity needs is asked for by the ledger. */
  readonly required?: boolean;
  /** `-` clears what was known. */
  readonly clearable?: boolean;
  readonly read: Read<T>;
  readonly example: string | number;
  readonly help: readonly [zh: string, en: string];
}

export type Columns = Readonly<Record<string, Column>>;

/** Its name in both languages; the key where there is no such column. */
export function titleOf(column: Column | undefined, key: string): Titled {
  return column === undefined ? { zh: key, en: key } : { zh: column.zh, en: column.en };
}

/** Names of columns in a row, as messages list them. */
export function titlesOf(...columns: readonly Column[]): Titled {
  return { zh: columns.map(({ zh }) => zh).join('、'), en: columns.map(({ en }) => en).join(', ') };
}

/** `undefined`: the cell is empty; `null`: it clears. */
export type RowOf<C extends Columns> = {
  readonly [K in keyof C]:
    | ValueOf<C[K]>
    | (C[K] extends { readonly clearable: true } ? null : never)
    | (C[K] extends { readonly required: true } ? never : undefined);
};
type ValueOf<C> = C extends { readonly read: Read<infer T> } ? T : never;

// What rows say, with where they say it.
import type { CellFault } from './column.ts';

/** An input, and where it came from. */
export interface Said<T> {
  readonly input: T;
  /** Place in the list of rows. */
  readonly row: number;
  /** Key of its column; `null`: the row as a whole. */
  readonly column: string | null;
}

export interface RowFault {
  readonly row: number;
  readonly column: string | null;
  readonly fault: CellFault;
}

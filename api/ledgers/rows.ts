// Turns the tables of files into rows of ledgers: headings recognised, cells read, faults noted with their cells.
import type { Calendar } from '../../core/domain/time.ts';
import { type Cell, CellFault, type Columns, type DayReader, titleOf } from './column.ts';
import { dayReader } from './dates.ts';
import { FaultList, faultAt, type Place } from './faults.ts';
import { findHeadings, type Headings, isExample, isHelpSheet, kindOfName } from './headings.ts';
import { type LedgerKind, ledgerKinds, ledgers } from './ledgers.ts';
import { Budget } from './read/limits.ts';
import { openLedgerFile } from './read/open.ts';
import type { LedgerFile, Table, TableRow } from './read/table.ts';

/** A row of a ledger, its cells read. */
export interface LedgerRow extends Place {
  readonly kind: LedgerKind;
  readonly values: Readonly<Record<string, unknown>>;
  readonly source: SheetSource;
}

/** What the rows of a sheet have in common: how its columns are headed. */
export interface SheetSource {
  readonly file: string;
  readonly sheet: string;
  readonly kind: LedgerKind;
  readonly headings: Headings;
}

export interface ReadRows {
  readonly rows: LedgerRow[];
  readonly faults: FaultList;
  /** Rows of which a cell is wrong, by ledger: they are in no plan. */
  readonly faulty: Map<LedgerKind, number>;
  readonly unknownColumns: { readonly file: string; readonly sheet: string; readonly column: string }[];
  readonly skippedSheets: { readonly file: string; readonly sheet: string }[];
}

export interface ReadOptions {
  readonly calendar: Calendar;
  /** For files that do not tell by their name or headings. */
  readonly kind?: LedgerKind | undefined;
  /** Called now and then; the rows read so far. */
  readonly progress?: ((rows: number) => void | Promise<void>) | undefined;
}

const rowsBetweenPauses = 2_000;
const headerRows = 20;

/** @throws JieyueError `import.file`, `import.too-large`: what is wrong with a file as a whole. */
export async function readRows(files: readonly LedgerFile[], options: ReadOptions): Promise<ReadRows> {
  const reader = new RowReader(options);
  const budget = new Budget();
  for (const file of files) {
    const tables = openLedgerFile(file, budget);
    for (const table of tables) await reader.read(file.name, table, tables.length === 1);
  }
  return reader.result;
}

class RowReader {
  readonly result: ReadRows = {
    rows: [],
    faults: new FaultList(),
    faulty: new Map(),
    unknownColumns: [],
    skippedSheets: [],
  };
  readonly #options: ReadOptions;
  readonly #days: DayReader;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#days = dayReader(options.calendar);
  }

  async read(file: string, table: Table, alone: boolean): Promise<void> {
    const { sheet } = table;
    if (isHelpSheet(sheet)) return;
    const beginning: TableRow[] = [];
    let source: SheetSource | undefined;
    let seen = 0;
    for await (const row of table.rows()) {
      if (source) this.#add(source, row);
      else if (beginning.push(row) === headerRows) {
        source = this.#begin(file, table, beginning, alone);
        if (!source) return;
      }
      if (++seen % rowsBetweenPauses === 0) await this.#pause();
    }
    if (!source) this.#begin(file, table, beginning, alone);
  }

  #begin(file: string, { sheet }: Table, rows: readonly TableRow[], alone: boolean): SheetSource | undefined {
    const named = kindOfName(sheet) ?? this.#options.kind ?? (alone ? kindOfName(file) : undefined);
    const found = findHeadings(
      rows.map(({ cells }) => cells),
      named,
    );
    if (!found) {
      // An empty sheet beside others is what spreadsheets make by themselves.
      if (named === undefined && !alone) this.result.skippedSheets.push({ file, sheet });
      else if (rows.length > 0 || alone) this.#blameSheet(file, sheet, named === undefined);
      return undefined;
    }
    const { at, headings } = found;
    const { kind, missing, twice, unknown } = headings;
    const place = { file, sheet, row: rows[at]?.row ?? 0 };
    if (missing.length > 0) {
      if (named === undefined && !alone) this.result.skippedSheets.push({ file, sheet });
      else
        this.result.faults.add(
          faultAt(place, null, '', new CellFault('missing-columns', { columns: missing.join(', ') })),
        );
      return undefined;
    }
    if (twice.length > 0) {
      this.result.faults.add(
        faultAt(place, null, '', new CellFault('column-twice', { columns: twice.join(', ') })),
      );
      return undefined;
    }
    for (const column of unknown) this.result.unknownColumns.push({ file, sheet, column });
    const source = { file, sheet, kind, headings };
    for (const row of rows.slice(at + 1)) this.#add(source, row);
    return source;
  }

  #blameSheet(file: string, sheet: string, unknown: boolean): void {
    const fault = unknown
      ? new CellFault('unknown-ledger', {
          known: ledgerKinds.map((kind) => `${ledgers[kind].zh} ${kind}`).join(', '),
        })
      : new CellFault('no-heading');
    this.result.faults.add(faultAt({ file, sheet, row: 0 }, null, '', fault));
  }

  #add(source: SheetSource, { row, cells }: TableRow): void {
    const { file, sheet, kind, headings } = source;
    if (headings.note >= 0 && isExample(cells[headings.note] ?? null)) return;
    const place = { file, sheet, row };
    const before = this.result.faults.count;
    const beyond = cells.slice(headings.names.length).find((cell) => cell !== null);
    if (beyond !== undefined) {
      this.result.faults.add(faultAt(place, null, beyond, new CellFault('cells-beyond')));
    }
    const values: Record<string, unknown> = {};
    const { columns } = ledgers[kind] as { readonly columns: Columns };
    for (const key in columns) {
      const column = columns[key];
      const at = headings.places[key] ?? -1;
      const cell = at < 0 ? null : (cells[at] ?? null);
      const value = column && read(column, cell, this.#days);
      values[key] = value instanceof CellFault ? undefined : value;
      if (!(value instanceof CellFault)) continue;
      this.result.faults.add(faultAt(place, headings.names[at] ?? titleOf(column, key), cell, value));
    }
    if (this.result.faults.count === before) this.result.rows.push({ ...place, kind, values, source });
    else this.result.faulty.set(kind, (this.result.faulty.get(kind) ?? 0) + 1);
  }

  /** Whatever else the process does gets its turn. */
  async #pause(): Promise<void> {
    await this.#options.progress?.(this.result.rows.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const clearing = new Set(['-', '—', '－', '–']);
const cellErrors = /^#(REF!|N\/A|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!)$/;

function read(column: Columns[string], cell: Cell, days: DayReader): unknown {
  if (cell === null) return column.required === true ? new CellFault('required') : undefined;
  if (typeof cell === 'string') {
    if (clearing.has(cell)) return column.clearable === true ? null : new CellFault('not-clearable');
    if (cellErrors.test(cell)) return new CellFault('cell-error');
  }
  const value = column.read(cell, days);
  return value === '' ? undefined : value;
}

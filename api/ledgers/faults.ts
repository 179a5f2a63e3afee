// A fault of an import: where it is, what stands there, what is wrong with it.
import type { Titled } from '../../core/domain/message.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { CellFault } from './column.ts';
import { type FaultKey, type FaultValues, faultText } from './texts.ts';

/** Where a row came from. */
export interface Place {
  readonly file: string;
  /** Empty for CSV. */
  readonly sheet: string;
  /** As a spreadsheet counts; 0: the sheet as a whole. */
  readonly row: number;
}

export interface LedgerFault extends Place {
  /** As its heading stands in the file; its name where the file has no such column; `null`: the row as a whole. */
  readonly column: string | Titled | null;
  /** What stands in the cell; at most 100 characters. */
  readonly value: string;
  readonly key: FaultKey;
  readonly values: FaultValues;
}

/** As told to people and by the API. */
export interface ToldFault extends Place {
  readonly column: string | null;
  readonly value: string;
  readonly code: FaultKey;
  readonly reason: string;
}

/** Faults that are kept; the others are counted. Those of cells come in order, so the first are kept. */
const mostKept = 20_000;

export class FaultList {
  readonly kept: LedgerFault[] = [];
  count = 0;

  add(fault: LedgerFault): void {
    this.count++;
    if (this.kept.length < mostKept) this.kept.push(fault);
  }
}

const shownCharacters = 100;

export function faultAt(
  place: Place,
  column: LedgerFault['column'],
  value: unknown,
  fault: CellFault,
): LedgerFault {
  const { file, sheet, row } = place;
  return { file, sheet, row, column, value: shown(value), key: fault.key, values: fault.values };
}

export function told({ key, values, column, ...fault }: LedgerFault, language: Language): ToldFault {
  const heading =
    typeof column === 'object' && column !== null ? column[language === 'en' ? 'en' : 'zh'] : column;
  const { file, sheet, row, value } = fault;
  return { file, sheet, row, column: heading, value, code: key, reason: faultText(language, key, values) };
}

/** By file, sheet, row and column. */
export function inOrder(faults: readonly LedgerFault[], files: readonly string[]): LedgerFault[] {
  const of = (fault: LedgerFault) => files.indexOf(fault.file);
  return [...faults].sort(
    (a, b) => of(a) - of(b) || compare(a.sheet, b.sheet) || a.row - b.row || compare(orderOf(a), orderOf(b)),
  );
}

function orderOf({ column }: LedgerFault): string {
  return typeof column === 'string' ? column : (column?.zh ?? '');
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return String(value)
    .slice(0, shownCharacters)
    .replaceAll(/\p{Cc}/gu, '?');
}

// A sheet of a workbook, or a CSV file, as rows of cells.
export type { LedgerFile, Table, TableRow } from '../../../core/runtime/workbook/table.ts';

// The rows of a workbook's sheet as records, such as those of a CSV file: the number of the row, then its cells as text.
import { open } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { isJieyueError, JieyueError } from '../../../core/domain/errors.ts';
import { dateOfSerial } from '../../../core/runtime/workbook/excel-dates.ts';
import { Budget, readLimits } from '../../../core/runtime/workbook/limits.ts';
import type { Table } from '../../../core/runtime/workbook/table.ts';
import { sayOfFiles } from '../../../core/runtime/workbook/words.ts';
import { openWorkbook } from '../../../core/runtime/workbook/xlsx.ts';
import { unreadable } from '../csv/bytes.ts';

/** Rows are handed on one by one and not kept: there may be as many as a sheet has. */
const most = { rows: readLimits.sheetRows, cells: 10_000_000 };
/** Rows after which others in the process get their turn. */
const rowsPerTurn = 500;
const secondsPerDay = 86_400;
const shownSheets = 20;

/**
 * Yields `[number of the row, cell, cell, …]`, rows without a cell left out; numbers rise. A date is `YYYY-MM-DD`, with `THH:mm:ss`
 * where it is no midnight; a time of day `HH:mm:ss`; whole seconds. The file is held while it is read, and its sheet unpacked.
 * @throws JieyueError `import.file`
 */
export async function* workbookRecords(path: string, sheet: string | undefined): AsyncGenerator<string[]> {
  const bytes = await bytesOf(path);
  try {
    const tables = openWorkbook({ name: path, bytes }, new Budget(most), { checked: true, moment });
    let line = 0;
    let rows = 0;
    for await (const { row, cells } of chosen(path, tables, sheet).rows()) {
      line = Math.max(row, line + 1);
      yield [String(line), ...cells.map((cell) => (cell === null ? '' : String(cell)))];
      if (++rows % rowsPerTurn === 0) await breathe();
    }
  } catch (error) {
    throw faultOf(path, error);
  }
}

/** At most as many as a file may have, also when it grows meanwhile. */
async function bytesOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > readLimits.fileBytes) {
        const megabytes = readLimits.fileBytes / 1024 ** 2;
        throw new JieyueError(
          'import.file',
          `${path} has more than ${megabytes} MB; split it into several files`,
        );
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw isJieyueError(error) ? error : unreadable(path, error);
  }
}

function chosen(path: string, tables: readonly Table[], sheet: string | undefined): Table {
  const table = sheet === undefined ? tables[0] : tables.find((each) => each.sheet.trim() === sheet.trim());
  if (table) return table;
  const names = tables.slice(0, shownSheets).map((each) => JSON.stringify(each.sheet));
  const shown = names.length === 0 ? 'none is shown' : `its sheets: ${names.join(', ')}`;
  const what = sheet === undefined ? 'no sheet to read' : `no sheet ${JSON.stringify(sheet)}`;
  throw new JieyueError('import.file', `${path} has ${what}; ${shown}`);
}

/** Seconds are rounded before they are cut into days: 23:59:59.9999 is the next midnight. */
function moment(serial: number, from1904: boolean): string {
  const seconds = Math.round(serial * secondsPerDay);
  if (serial < 1) return clockOf(seconds);
  const date = dateOfSerial(Math.floor(seconds / secondsPerDay), from1904);
  return seconds % secondsPerDay === 0 ? date : `${date}T${clockOf(seconds % secondsPerDay)}`;
}

function clockOf(seconds: number): string {
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
}

function faultOf(path: string, error: unknown): JieyueError {
  if (!isJieyueError(error)) return unreadable(path, error);
  if (error.code !== 'import.too-large' || typeof error.said === 'string') return error;
  const what = error.said.values['what'] ?? '';
  return new JieyueError('import.file', sayOfFiles('file.limit-of-one', { file: path, what }), {
    cause: error,
  });
}

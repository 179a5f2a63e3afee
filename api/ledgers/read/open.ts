// Tells by its bytes whether a file is a workbook or CSV.

import { openWorkbook } from '../../../core/runtime/workbook/xlsx.ts';
import { openCsv } from './csv.ts';
import { type Budget, readLimits, tooLarge, unreadable } from './limits.ts';
import type { LedgerFile, Table } from './table.ts';
import { sayOfFiles, sayOfLimits } from './words.ts';

const zip = Buffer.from('PK');
const ole = Buffer.from('d0cf11e0', 'hex');

/** @throws JieyueError `import.file`, `import.too-large` */
export function openLedgerFile(file: LedgerFile, budget: Budget): Table[] {
  const { name, bytes } = file;
  if (bytes.length > readLimits.fileBytes)
    throw tooLarge(name, sayOfLimits('limit.megabytes', { most: readLimits.fileBytes / 1024 ** 2 }));
  if (bytes.length === 0) throw unreadable(sayOfFiles('file.empty', { file: name }));
  if (bytes.subarray(0, 2).equals(zip)) return openWorkbook(file, budget);
  if (bytes.subarray(0, 4).equals(ole)) {
    throw unreadable(sayOfFiles('file.old-workbook', { file: name }));
  }
  return [openCsv(file, budget)];
}

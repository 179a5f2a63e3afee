// Reads a CSV file: UTF-8 (with or without BOM), UTF-16 with BOM or GB18030; comma, semicolon, tab or bar between cells.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { isJieyueError } from '../../../core/domain/errors.ts';
import type { Cell } from '../column.ts';
import { knownHeadings } from '../headings.ts';
import { type Budget, readLimits, tooLarge, unreadable } from './limits.ts';
import type { LedgerFile, Table, TableRow } from './table.ts';
import { sayOfFiles, sayOfLimits } from './words.ts';

const separators = [',', ';', '\t', '|', '，', '；'] as const;
const chunkBytes = 256 * 1024;
const lookedAtLines = 20;

/** @throws JieyueError `import.file` for bytes that are no text. */
export function openCsv(file: LedgerFile, budget: Budget): Table {
  const encoding = encodingOf(file);
  return { sheet: '', bytes: file.bytes.length, rows: () => rowsOf(file, encoding, budget) };
}

async function* rowsOf(file: LedgerFile, encoding: string, budget: Budget): AsyncGenerator<TableRow> {
  const [beginning = ''] = texts(file.bytes, encoding);
  const parser = parse({
    delimiter: separatorOf(beginning),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: readLimits.rowBytes,
    info: true,
  });
  const source = Readable.from(texts(file.bytes, encoding));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      // `lines` is that on which the record ends; a quoted cell may hold line breaks.
      const breaks = record.reduce(
        (sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0),
        0,
      );
      line = Math.max(line, info.lines - breaks);
      const cells = record.slice(0, readLimits.columns).map((cell): Cell => cell.trim() || null);
      const filled = cells.reduce<number>((count, cell) => (cell === null ? count : count + 1), 0);
      if (filled === 0) continue;
      budget.row(file.name, filled);
      yield { row: line, cells };
    }
  } catch (error) {
    if (isJieyueError(error)) throw error;
    throw faultOf(file.name, error);
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function faultOf(file: string, error: unknown): Error {
  if (!(error instanceof CsvError)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return tooLarge(file, sayOfLimits('limit.record', { most: readLimits.rowBytes }));
  }
  const { code, message } = error;
  const line = String(Reflect.get(error, 'lines') ?? '?');
  return unreadable(sayOfFiles('file.csv', { file, line, code, why: message.slice(0, 300) }), error);
}

/** The encoding in which all of it is text. */
function encodingOf({ name, bytes }: LedgerFile): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (bytes.subarray(0, 65_536).includes(0)) throw unreadable(sayOfFiles('file.no-table', { file: name }));
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      for (const _ of texts(bytes, encoding)) {
        // Read to its end: a fault shows where it is.
      }
      return encoding;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  throw unreadable(sayOfFiles('file.encoding', { file: name }));
}

function* texts(bytes: Buffer, encoding: string): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield decoder.decode(bytes.subarray(at, at + chunkBytes), { stream: true });
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** That by which a line falls into most headings that are known; else the most frequent one. */
function separatorOf(beginning: string): string {
  const lines = beginning
    .slice(0, 65_536)
    .split(/\r?\n|\r/)
    .slice(0, lookedAtLines);
  const scores = separators.map((separator) => {
    const perLine = lines.map((line) => {
      const cells = line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, ''));
      return cells.length === 1 ? 0 : 1_000 * knownHeadings(cells) + Math.min(cells.length, 999);
    });
    return { separator, score: Math.max(0, ...perLine) };
  });
  return scores.reduce((best, each) => (each.score > best.score ? each : best)).separator;
}

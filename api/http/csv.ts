// Tables as CSV for people who open them in a spreadsheet: UTF-8 with a byte order mark, CRLF, a heading row.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Language, type TextKey, text } from '../../core/domain/texts.ts';

export const csvType = 'text/csv; charset=utf-8';

export type Cell = string | number | boolean | null;

export interface Column<Row> {
  readonly heading: TextKey | Readonly<Record<Language, string>>;
  readonly cell: (row: Row, language: Language) => Cell;
}

/** An unknown value (`null`) is an empty cell. */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[], language: Language): string {
  const heading = columns.map((column) => quoted(headingOf(column.heading, language))).join(',');
  const lines = rows.map((row) => columns.map((column) => quoted(column.cell(row, language))).join(','));
  return `\uFEFF${[heading, ...lines].join('\r\n')}\r\n`;
}

/** 是/否, yes/no; unknown stays an empty cell. */
export function yesOrNo(said: boolean | null, language: Language): string | null {
  return said === null ? null : text(language, said ? 'csv.yes' : 'csv.no');
}

/** Whether the caller prefers CSV to JSON: the first of both that `Accept` names. */
export function wantsCsv(request: FastifyRequest): boolean {
  const [first] = /text\/csv|application\/json|\*\/\*/i.exec(request.headers.accept ?? '') ?? [];
  return first?.toLowerCase() === 'text/csv';
}

/** The language that the caller asks for by `Accept-Language`, else `fallback`. */
export function languageOf(request: FastifyRequest, fallback: Language): Language {
  const [first] = /\b(zh|en)\b/i.exec(request.headers['accept-language'] ?? '') ?? [];
  if (first === undefined) return fallback;
  return first.toLowerCase() === 'en' ? 'en' : 'zh-CN';
}

export function sendCsv(reply: FastifyReply, name: string, body: string): FastifyReply {
  return reply
    .type(csvType)
    .header('content-disposition', `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, '-')}.csv"`)
    .serializer(String)
    .send(body);
}

function headingOf(heading: Column<never>['heading'], language: Language): string {
  return typeof heading === 'string' ? text(language, heading) : heading[language];
}

function quoted(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // A cell that begins like a formula would be run by a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

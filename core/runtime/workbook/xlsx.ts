// Reads the sheets of an .xlsx workbook row by row. It is a reader of our own because a file from outside may say anything:
// memory follows what is really there, within limits.ts, and not what a size, a row number or a cell address pretends.
import { dateOfSerial } from './excel-dates.ts';
import { type Budget, readLimits, tooLarge, unreadable } from './limits.ts';
import type { Cell, LedgerFile, Table, TableRow } from './table.ts';
import { sayOfFiles, sayOfLimits } from './words.ts';
import { attribute, nextTag, richText, type Tag, tags, textOf } from './xml.ts';
import { openZip, type ZipPart } from './zip.ts';

/** What a cell with the format of a date holds, by its serial number. */
type MomentReader = (serial: number, from1904: boolean) => Cell;

export interface WorkbookOptions {
  /** Parts whose checksum is not theirs are damaged; left out: what can be unpacked is read. */
  readonly checked?: boolean;
  /** Left out: `YYYY-MM-DD`, with ` HH:mm:ss` where it is no midnight; the number of a time of day. */
  readonly moment?: MomentReader;
}

/** Sheets that are shown, in order. @throws JieyueError `import.file`, `import.too-large` */
export function openWorkbook(
  { name: file, bytes }: LedgerFile,
  budget: Budget,
  { checked = false, moment = momentOf }: WorkbookOptions = {},
): Table[] {
  const parts = openZip(file, bytes, budget, checked);
  const book = smallPart(file, parts, 'xl/workbook.xml');
  if (book === undefined) throw unreadable(sayOfFiles('file.no-workbook', { file }));
  const prefix = prefixOf(book, 'workbook');
  const targets = targetsOf(smallPart(file, parts, 'xl/_rels/workbook.xml.rels') ?? '');
  const from1904 = [...tags(book, prefix, 'workbookPr')].some(({ attributes }) =>
    ['1', 'true'].includes(attribute(attributes, 'date1904') ?? ''),
  );
  const dates = dateStyles(smallPart(file, parts, 'xl/styles.xml') ?? '');
  let shared: string[] | undefined;
  const tables: Table[] = [];
  for (const { attributes } of tags(book, prefix, 'sheet')) {
    if (tables.length === readLimits.sheets)
      throw tooLarge(file, sayOfLimits('limit.sheets', { most: readLimits.sheets }));
    const id = /(?:^|\s)\w+:id\s*=\s*["']([^"']{1,200})["']/.exec(attributes.slice(0, 4_000))?.[1] ?? '';
    const part = parts.get(targets.get(id) ?? '');
    if (!part || /hidden/i.test(attribute(attributes, 'state') ?? '')) continue;
    const sheet = attribute(attributes, 'name') ?? '';
    tables.push({
      sheet,
      bytes: bytes.length,
      rows: () => {
        shared ??= sharedTexts(file, parts.get('xl/sharedStrings.xml'));
        return rowsOf({ file, sheet, part, shared, dates, from1904, moment, budget });
      },
    });
  }
  return tables;
}

function smallPart(file: string, parts: Map<string, ZipPart>, name: string): string | undefined {
  const bytes = parts.get(name)?.unpack(readLimits.partBytes);
  return bytes && xmlText(file, name, bytes);
}

function xmlText(file: string, name: string, bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw unreadable(sayOfFiles('file.utf-16-part', { file, part: name }));
  }
  return bytes.toString('utf8');
}

/** `x:` of `<x:workbook`; empty where there is none. */
function prefixOf(xml: string, root: string): string {
  return new RegExp(`<(\\w{1,20}:)?${root}[\\s>]`).exec(xml.slice(0, 20_000))?.[1] ?? '';
}

/** Relation id → name of the part. */
function targetsOf(xml: string): Map<string, string> {
  const targets = new Map<string, string>();
  for (const { attributes } of tags(xml, prefixOf(xml, 'Relationships'), 'Relationship')) {
    const target = attribute(attributes, 'Target') ?? '';
    const id = attribute(attributes, 'Id') ?? '';
    targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`);
  }
  return targets;
}

/** Whether the cells of a style show a date, by the number of the style. */
function dateStyles(xml: string): boolean[] {
  const prefix = prefixOf(xml, 'styleSheet');
  const own = new Map<number, boolean>();
  for (const { attributes } of tags(xml, prefix, 'numFmt')) {
    own.set(
      Number(attribute(attributes, 'numFmtId')),
      isDateFormat(attribute(attributes, 'formatCode') ?? ''),
    );
  }
  const from = nextTag(xml, prefix, 'cellXfs', 0)?.end ?? xml.length;
  const until = xml.indexOf(`</${prefix}cellXfs>`, from);
  const styles = xml.slice(from, until < 0 ? xml.length : until);
  return [...tags(styles, prefix, 'xf')].map(({ attributes }) => {
    const format = Number(attribute(attributes, 'numFmtId') ?? 0);
    // Formats that are built in: dates and times, those of East Asia too. [ECMA-376 part 1, 18.8.30]
    const builtIn =
      (format >= 14 && format <= 22) || (format >= 27 && format <= 36) || (format >= 45 && format <= 58);
    return own.get(format) ?? builtIn;
  });
}

/** Letters of dates outside of quotes, brackets and escapes. */
function isDateFormat(code: string): boolean {
  const bare = code.slice(0, 500).replace(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, '');
  return /[ymdhs年月日]/i.test(bare) && !/general/i.test(bare);
}

function sharedTexts(file: string, part: ZipPart | undefined): string[] {
  if (!part) return [];
  const bytes = part.unpack();
  const prefix = prefixOf(xmlText(file, part.name, bytes.subarray(0, 20_000)), 'sst');
  const found: string[] = [];
  let characters = 0;
  for (const xml of pieces(file, bytes, `</${prefix}si>`)) {
    // An empty one is `<si/>`, and stands before the one that this piece ends.
    let last: Tag | undefined;
    for (const tag of tags(xml, prefix, 'si')) {
      if (last) found.push('');
      last = tag;
    }
    if (!last) continue;
    const text = richText(xml.slice(last.end), prefix);
    characters += text.length + 16;
    if (characters > readLimits.sharedCharacters) throw tooLarge(file, sayOfLimits('limit.text'));
    found.push(text);
  }
  return found;
}

/** Decoded piece by piece, each up to and with a closing tag. */
function* pieces(file: string, bytes: Buffer, closing: string): Generator<string> {
  let from = 0;
  for (let at = bytes.indexOf(closing); at >= 0; at = bytes.indexOf(closing, from)) {
    const end = at + closing.length;
    if (end - from > readLimits.rowBytes)
      throw tooLarge(file, sayOfLimits('limit.row', { most: readLimits.rowBytes }));
    yield bytes.toString('utf8', from, end);
    from = end;
  }
}

interface Sheet {
  readonly file: string;
  readonly sheet: string;
  readonly part: ZipPart;
  readonly shared: readonly string[];
  readonly dates: readonly boolean[];
  readonly from1904: boolean;
  readonly moment: MomentReader;
  readonly budget: Budget;
}

function* rowsOf(sheet: Sheet): Generator<TableRow> {
  const { file, part, budget } = sheet;
  const bytes = part.unpack();
  const prefix = prefixOf(xmlText(file, part.name, bytes.subarray(0, 20_000)), 'worksheet');
  let row = 0;
  let seen = 0;
  for (const xml of pieces(file, bytes, `</${prefix}row>`)) {
    if (++seen > readLimits.sheetRows)
      throw tooLarge(file, sayOfLimits('limit.rows', { most: readLimits.sheetRows }));
    // Rows without a cell (`<row r="3"/>`) may stand before the one that this piece ends.
    const opening = lastTag(xml, prefix);
    if (!opening) continue;
    const said = Number(attribute(opening.attributes, 'r'));
    row = Number.isInteger(said) && said > 0 && said <= readLimits.sheetRows ? said : row + 1;
    const cells = cellsOf(xml, opening.end, prefix, sheet);
    const filled = cells.reduce<number>((count, cell) => (cell === null ? count : count + 1), 0);
    if (filled === 0) continue;
    budget.row(file, filled);
    yield { row, cells };
  }
}

function lastTag(xml: string, prefix: string): Tag | undefined {
  let last: Tag | undefined;
  for (const tag of tags(xml, prefix, 'row')) last = tag;
  return last;
}

function cellsOf(xml: string, from: number, prefix: string, sheet: Sheet): Cell[] {
  const cells: Cell[] = [];
  const closing = `</${prefix}c>`;
  for (let tag = nextTag(xml, prefix, 'c', from); tag; ) {
    const column = columnOf(attribute(tag.attributes, 'r')) ?? cells.length;
    let end = tag.end;
    if (!tag.closed) {
      const close = xml.indexOf(closing, tag.end);
      if (close < 0) break;
      if (column < readLimits.columns) {
        while (cells.length < column) cells.push(null);
        cells[column] = cellOf(xml.slice(tag.end, close), tag.attributes, prefix, sheet);
      }
      end = close + closing.length;
    }
    tag = nextTag(xml, prefix, 'c', end);
  }
  return cells;
}

/** 0 for `A1`; `undefined` where there is no address. */
function columnOf(address: string | undefined): number | undefined {
  const letters = address && /^([A-Za-z]{1,3})\d*$/.exec(address)?.[1];
  if (!letters) return undefined;
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** Formulas are their values; a cell with a fault (#N/A) is that text, so that it is not taken for an empty one. */
function cellOf(xml: string, attributes: string, prefix: string, sheet: Sheet): Cell {
  const type = attribute(attributes, 't') ?? 'n';
  if (type === 'inlineStr') return richText(xml, prefix).trim() || null;
  const tag = nextTag(xml, prefix, 'v', 0);
  const end = tag && !tag.closed ? xml.indexOf(`</${prefix}v>`, tag.end) : -1;
  if (!tag || end < 0) return null;
  const said = textOf(xml.slice(tag.end, end));
  if (type === 's') return sheet.shared[Number(said)]?.trim() || null;
  if (type === 'b') return said === '1' || said === 'true';
  if (type !== 'n') return said.trim() || null;
  if (said.trim() === '') return null;
  const value = Number(said);
  if (!Number.isFinite(value)) return said;
  const isDate = sheet.dates[Number(attribute(attributes, 's') ?? 0)] === true;
  return isDate && value >= 0 && value < 2_958_466 ? sheet.moment(value, sheet.from1904) : value;
}

function momentOf(serial: number, from1904: boolean): Cell {
  if (serial < 1) return serial;
  const seconds = Math.round((serial - Math.floor(serial)) * 86_400);
  const date = dateOfSerial(serial, from1904);
  if (seconds === 0 || seconds === 86_400) return date;
  const pad = (part: number) => String(Math.floor(part)).padStart(2, '0');
  return `${date} ${pad(seconds / 3_600)}:${pad((seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

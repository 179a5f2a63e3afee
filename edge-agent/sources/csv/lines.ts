// From bytes to rows for the CSV parser, line by line, each with its line number in front: a row that the parser would
// stumble over, and with it swallow the rows after it, is taken out and reported in its place.
import { isUtf8 } from 'node:buffer';
import { JieyueError } from '../../../core/domain/errors.ts';

/** Bytes that one row may have; what is longer is no table, or not in lines. */
export const maxRowBytes = 64 * 1024;
/** Characters of a bad row that are shown. */
const shownChars = 100;
const newline = 0x0a;
const byteOrderMark = '\uFEFF';

export const notUtf8 = 'the bytes are not UTF-8 (GBK, perhaps?); save the file as "CSV UTF-8"';

/**
 * Yields text of whole rows, `line number, cells…`; for a bad row `-line number, "reason", "its beginning"`. Rows that
 * hold nothing but blanks are left out. Holds one chunk and at most `maxRowBytes` at a time.
 * The first row, the header, may have line breaks within quotes; every other row is one line.
 * @throws JieyueError `import.file` for a header that is not UTF-8 or has no end.
 */
export async function* numberedRows(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
): AsyncGenerator<string> {
  const rows = new RowWriter(delimiter);
  let rest: Buffer = Buffer.alloc(0);
  /** The line in `rest` has grown too long; only its beginning is kept, and reported when it ends. */
  let overlong = false;
  for await (const chunk of chunks) {
    const first = chunk.indexOf(newline);
    if (overlong && first < 0) continue;
    const data = overlong
      ? chunk.subarray(first + 1)
      : rest.length === 0
        ? chunk
        : Buffer.concat([rest, chunk]);
    if (overlong) rows.add(rest, true);
    overlong = false;
    const end = data.lastIndexOf(newline) + 1;
    rows.addAll(data.subarray(0, end));
    rest = data.subarray(end);
    if (rest.length > maxRowBytes) {
      overlong = true;
      rest = Buffer.from(rest.subarray(0, shownChars * 4));
    }
    const text = rows.take();
    if (text !== '') yield text;
  }
  if (rest.length > 0) rows.add(rest, overlong);
  rows.end();
  const text = rows.take();
  if (text !== '') yield text;
}

class RowWriter {
  readonly #delimiter: string;
  readonly #wellFormed: RegExp;
  #out = '';
  #line = 0;
  /** The header as far as it was read; `undefined` once it is complete. */
  #header: { text: string; readonly line: number } | undefined;
  #headerDone = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    const d = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const cell = `(?:"[^"]*(?:""[^"]*)*"|[^"${d}]*)`;
    this.#wellFormed = new RegExp(`^${cell}(?:${d}${cell})*$`);
  }

  /** Whole lines, the last newline included. */
  addAll(lines: Buffer): void {
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(newline, start);
      this.add(lines.subarray(start, end), end - start > maxRowBytes);
      start = end + 1;
    }
  }

  add(bytes: Buffer, overlong: boolean): void {
    this.#line++;
    const utf8 = isUtf8(bytes);
    let text = bytes.toString(utf8 || overlong ? 'utf8' : 'latin1');
    if (text.endsWith('\r')) text = text.slice(0, -1);
    if (this.#line === 1 && text.startsWith(byteOrderMark)) text = text.slice(1);
    if (!this.#headerDone) this.#addToHeader(text, utf8, overlong);
    else if (text.trim() !== '') this.#addRow(text, utf8, overlong);
  }

  #addRow(text: string, utf8: boolean, overlong: boolean): void {
    if (overlong)
      this.#refuse(text, `longer than ${maxRowBytes} bytes: no row of a table, or a line without end`);
    else if (!utf8) this.#refuse(text.replaceAll(/[\x80-\xff]/g, '?'), notUtf8);
    else if (text.includes('"') && !this.#wellFormed.test(text)) {
      this.#refuse(
        text,
        'the quotes do not pair up (a row is one line; a quote within a cell is written "")',
      );
    } else this.#write(this.#line, text);
  }

  /** @throws JieyueError `import.file` when the header did not end. */
  end(): void {
    if (this.#header !== undefined) throw headerFault(this.#header.line, 'a quote is opened and not closed');
  }

  take(): string {
    const text = this.#out;
    this.#out = '';
    return text;
  }

  #addToHeader(text: string, utf8: boolean, overlong: boolean): void {
    if (this.#header === undefined && text.trim() === '') return;
    const header = {
      text: this.#header ? `${this.#header.text}\n${text}` : text,
      line: this.#header?.line ?? this.#line,
    };
    if (!utf8) throw headerFault(this.#line, notUtf8);
    if (overlong || header.text.length > maxRowBytes) {
      throw headerFault(
        header.line,
        `the first row is longer than ${maxRowBytes} bytes; this is no CSV file`,
      );
    }
    if (this.#wellFormed.test(header.text)) {
      this.#headerDone = true;
      this.#header = undefined;
      this.#write(header.line, header.text);
    } else this.#header = header;
  }

  #write(line: number, text: string): void {
    this.#out += `${line}${this.#delimiter}${text}\n`;
  }

  #refuse(text: string, reason: string): void {
    const cells = [reason, text.slice(0, shownChars)].map((cell) => `"${cell.replaceAll('"', '""')}"`);
    this.#write(-this.#line, cells.join(this.#delimiter));
  }
}

function headerFault(line: number, reason: string): JieyueError {
  return new JieyueError('import.file', `line ${line}: ${reason}`);
}

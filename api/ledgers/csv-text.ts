// Writes CSV that spreadsheets open without running anything: text that begins like a formula gets an apostrophe before it, which
// the reader takes off again.

const formula = /^[=+\-@\t\r]/;
const quoted = /[",;\n\r\t]/;

/** UTF-8 with BOM, so that Excel reads Chinese; lines end with CRLF. */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

export function csvCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const safe = formula.test(cell) && !isPlain(cell) ? `'${cell}` : cell;
  return quoted.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A number, a per cent or the sign that clears a cell does nothing. */
function isPlain(cell: string): boolean {
  return /^-?(\d+(\.\d+)?%?)?$/.test(cell);
}

// Rows that come as one text, since a row at a time costs three times as much: fields end with a tab, rows with a line end.
// Neither ever stands in a field: ids have none, and JSON escapes them.

export const tab = '\t';
export const lineEnd = '\n';

/** Goes through the fields of the rows; each row is taken to its end before the next begins. */
export class PackedRows {
  readonly #text: string;
  #at = 0;

  constructor(text: string | null | undefined) {
    this.#text = text ?? '';
  }

  get more(): boolean {
    return this.#at < this.#text.length;
  }

  /** Whether the next field is this text; then it is taken. */
  takes(text: string): boolean {
    const stop = this.#at + text.length;
    if (this.#text.charCodeAt(stop) !== 9 || !this.#text.startsWith(text, this.#at)) return false;
    this.#at = stop + 1;
    return true;
  }

  /** A field that is not the last of its row. */
  text(): string {
    const stop = this.#text.indexOf(tab, this.#at);
    const field = this.#text.slice(this.#at, stop);
    this.#at = stop + 1;
    return field;
  }

  /** A whole number, likewise; `undefined` where the field is empty. */
  whole(): number | undefined {
    let code = this.#text.charCodeAt(this.#at++);
    if (code === 9) return undefined;
    const negative = code === 45;
    if (negative) code = this.#text.charCodeAt(this.#at++);
    let number = 0;
    for (; code >= 48 && code <= 57; code = this.#text.charCodeAt(this.#at++))
      number = number * 10 + code - 48;
    return negative ? -number : number;
  }

  /** A number, likewise; NaN where the field is none. Digits of a plain decimal are put together exactly, the rest is left to `Number`. */
  decimal(): number {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    const negative = code === 45;
    if (negative) code = this.#text.charCodeAt(++this.#at);
    let digits = 0;
    let point = -1;
    let number = 0;
    for (
      ;
      (code >= 48 && code <= 57) || (code === 46 && point < 0);
      code = this.#text.charCodeAt(++this.#at)
    ) {
      if (code === 46) point = digits;
      else {
        number = number * 10 + code - 48;
        digits++;
      }
    }
    if (code === 9 && digits > 0 && digits <= 15) {
      this.#at++;
      // Both are exact below 2^53, so that the quotient is the number nearest to the decimal: what `Number` gives.
      const value = point < 0 ? number : number / (powersOfTen[digits - point] ?? 1);
      return negative ? -value : value;
    }
    this.#at = start;
    return Number(this.text());
  }

  /** Whether the row is at its end; then it is taken. */
  ends(): boolean {
    if (this.more && this.#text.charCodeAt(this.#at) !== 10) return false;
    this.#at++;
    return true;
  }

  /** The last field of a row. */
  rest(): string {
    const found = this.#text.indexOf(lineEnd, this.#at);
    const stop = found < 0 ? this.#text.length : found;
    const field = this.#text.slice(this.#at, stop);
    this.#at = stop + 1;
    return field;
  }
}

const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power);

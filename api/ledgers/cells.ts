// Readers of cells: numbers, yes and no, choices by code or name, texts. None throws; what cannot be read is a CellFault.
import { checkCharacter, creditCodeFault } from '../../core/registry/attributes/credit-code.ts';
import { CellFault, type Days, type Read } from './column.ts';

/** A cell of control characters is a damaged file, not a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const exactDigits = 15;
/** What a spreadsheet writes into CSV for a long number: 1.00011E+18 of a card, 1.39E+10 of a phone. */
const shortened = /^\d(?:\.\d+)?E\+\d{2,3}$/i;

export function text(most = 200): Read<string> {
  return (cell) => plainText(cell, most);
}

function plainText(cell: string | number | boolean, most: number): string | CellFault {
  if (typeof cell === 'number' && Math.abs(cell) >= 10 ** exactDigits) return new CellFault('digits-lost');
  // What was written so that no spreadsheet takes it for a formula (csv-text.ts).
  const said = String(cell)
    .trim()
    .replace(/^'(?=[=+\-@\t\r])/, '');
  if (typeof cell === 'string' && shortened.test(said)) return new CellFault('digits-lost');
  if (said.length > most) return new CellFault('too-long', { most });
  return controls.test(said) ? new CellFault('control-characters') : said;
}

/** Thousands separators, ¥, full-width digits and accountants' (1,234.50) are understood. */
export function numeric(min: number, max: number): Read<number> {
  return (cell) => {
    const value = typeof cell === 'number' ? cell : typeof cell === 'string' ? numberOf(cell) : Number.NaN;
    if (!Number.isFinite(value)) return new CellFault('not-a-number');
    return value < min || value > max ? new CellFault('out-of-range', { min, max }) : value;
  };
}

/** -6 % as -0.06. */
export const change: Read<number> = (cell) => {
  const value = partOf(cell);
  return Number.isNaN(value) || Math.abs(value) > 1 ? new CellFault('not-a-change') : value;
};

const number = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/;

/** NaN for text that is no number. */
export function numberOf(said: string): number {
  const plain = said
    .normalize('NFKC')
    .trim()
    .replaceAll('−', '-')
    .replace(/^[¥￥]/, '')
    .trim();
  const inBrackets = /^\(([^()+-]+)\)$/.exec(plain);
  const digits = inBrackets ? `-${inBrackets[1]}` : plain;
  if (!number.test(digits) || !/\d/.test(digits)) return Number.NaN;
  return Number(digits.replaceAll(',', ''));
}

/** A number, or one with %; NaN for others. */
export function partOf(cell: string | number | boolean): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return Number.NaN;
  const percent = /^(.*?)\s*[%％]$/.exec(cell.trim());
  // Through text, so that 6 % is 0.06 and not 0.060000000000000005.
  return percent ? Number((numberOf(percent[1] ?? '') / 100).toPrecision(15)) : numberOf(cell);
}

export const date: Read<Days> = (cell, days) => days.read(cell);

export const yearNumber: Read<number> = (cell, days) => {
  const read = days.read(cell);
  if (read instanceof CellFault || read.bucket !== 'year') return new CellFault('not-a-year');
  const year = Number(days.calendar.format(read.from).slice(0, 4));
  return year < 2000 || year > 2100 ? new CellFault('not-a-year') : year;
};

/** `YYYY-MM` */
export const monthText: Read<string> = (cell, days) => {
  const read = days.read(cell);
  if (read instanceof CellFault || read.bucket === 'year') return new CellFault('not-a-month');
  return days.calendar.format(read.from).slice(0, 7);
};

const yes = new Set(['是', '有', '√', '✓', '1', 'yes', 'y', 'true', '在用', '纳入', '在册', '列入']);
const no = new Set(['否', '无', '×', '✗', '0', 'no', 'n', 'false', '停用', '不纳入', '未列入', '销户']);

export const flag: Read<boolean> = (cell) => {
  if (typeof cell === 'boolean') return cell;
  const said = String(cell).normalize('NFKC').trim().toLowerCase();
  if (yes.has(said)) return true;
  return no.has(said) ? false : new CellFault('not-a-flag');
};

type Named = Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

/** One of a table, by code or by name in either language. */
export function choice<const T extends Named>(
  table: T,
  also: Readonly<Record<string, keyof T & string>> = {},
): Read<keyof T & string> {
  const codes = codesOf(table, also);
  return (cell) => codes.get(normal(String(cell))) ?? notAChoice(table);
}

/** Several of a table, between commas, semicolons or 、. */
export function choices<const T extends Named>(table: T): Read<readonly (keyof T & string)[]> {
  const codes = codesOf(table, {});
  return (cell) => {
    const found: (keyof T & string)[] = [];
    // Names hold no separators but a comma ("…, register"), so a cell that is one name as a whole is taken first.
    const whole = codes.get(normal(String(cell)));
    if (whole !== undefined) return [whole];
    for (const part of String(cell).split(/[;；、，|\n]|,(?! (?:register|interval))/)) {
      if (part.trim() === '') continue;
      const code = codes.get(normal(part));
      if (code === undefined) return notAChoice(table);
      if (!found.includes(code)) found.push(code);
    }
    return found.length === 0 ? notAChoice(table) : found;
  };
}

function codesOf<T extends Named>(table: T, also: Readonly<Record<string, keyof T & string>>) {
  const codes = new Map<string, keyof T & string>();
  for (const [code, { zh, en }] of Object.entries(table)) {
    for (const name of [code, zh, en]) codes.set(normal(name), code as keyof T & string);
  }
  for (const [name, code] of Object.entries(also)) codes.set(normal(name), code);
  return codes;
}

const mostNamed = 14;

function notAChoice(table: Named): CellFault {
  const names = Object.entries(table).map(([code, { zh }]) => `${zh} ${code}`);
  const more = names.length > mostNamed ? ' …' : '';
  return new CellFault('not-a-choice', { known: names.slice(0, mostNamed).join(', ') + more });
}

function normal(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  秒: 1_000,
  m: 60_000,
  min: 60_000,
  分: 60_000,
  分钟: 60_000,
  h: 3_600_000,
  小时: 3_600_000,
  时: 3_600_000,
  d: 86_400_000,
  天: 86_400_000,
  日: 86_400_000,
};

/** Milliseconds of 15m, 1小时, 1d; a bare number is minutes. */
export const duration: Read<number> = (cell) => {
  const said = /^(\d+(?:\.\d+)?)\s*(\D*)$/.exec(String(cell).normalize('NFKC').trim());
  const unit = said?.[2] === '' ? 60_000 : units[(said?.[2] ?? '?').trim().toLowerCase()];
  const length = unit === undefined ? Number.NaN : Number(said?.[1]) * unit;
  const fits = length >= 1_000 && length <= 366 * 86_400_000 && Number.isInteger(length);
  return fits ? length : new CellFault('not-a-duration');
};

export const creditCode: Read<string> = (cell) => {
  const said = plainText(cell, 200);
  if (said instanceof CellFault) return said;
  const code = said.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
  if (creditCodeFault(code) === undefined) return code;
  if (code.length !== 18) return new CellFault('credit-code-length', { length: code.length });
  const expected = checkCharacter(code.slice(0, 17));
  const formed = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code);
  return formed ? new CellFault('credit-code-check', { expected }) : new CellFault('credit-code-form');
};

export const definitionId: Read<string> = (cell) => {
  const said = String(cell).trim();
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(said) ? said : new CellFault('not-a-definition');
};

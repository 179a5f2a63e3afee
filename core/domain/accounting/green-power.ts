// Green power (绿电) against the electricity that it is a part of: in a year no more than was used, and of every use alike.
// Certificates are bought by the year, so that a month does not count against its own electricity but against the year's.
import type { Basis } from './bases.ts';
import type { Book, BookLine } from './book.ts';
import { grouped } from './grouped.ts';
import { windowOfYear, yearOfMonth } from './months.ts';
import type { Use } from './uses.ts';

const made = new WeakMap<Book, Map<Basis, readonly BookLine[]>>();

/**
 * The lines of a basis with green power as it takes carbon away: of each use and month its electricity × the green part of the
 * institution's year (green ÷ electricity, at most 1; months in which a bill of green power is missing are left out of both). What is
 * bought beyond the electricity used takes nothing away. Times stay in sum as they were.
 */
export function greenByUse(book: Book, basis: Basis): readonly BookLine[] {
  const known = made.get(book)?.get(basis);
  if (known !== undefined) return known;
  const lines = computed(book, basis);
  const ofBook = made.get(book) ?? new Map<Basis, readonly BookLine[]>();
  made.set(book, ofBook.set(basis, lines));
  return lines;
}

function computed(book: Book, basis: Basis): readonly BookLine[] {
  const all = book.lines.filter((line) => line.basis === basis);
  const isGreen = ({ commodity }: BookLine) => commodity === 'green_power';
  const green = grouped(all.filter(isGreen), ({ institution }) => institution);
  if (green.size === 0) return all;
  const lines = all.filter((line) => !isGreen(line));
  const power = grouped(
    lines.filter(({ commodity, institution }) => commodity === 'electricity' && green.has(institution)),
    ({ institution }) => institution,
  );
  for (const [institution, own] of green) lines.push(...sorted(book, own, power.get(institution) ?? []));
  return lines;
}

/** The green lines of an institution by the uses of its electricity. */
function sorted(book: Book, green: readonly BookLine[], power: readonly BookLine[]): BookLine[] {
  const months = book.months.starts.length;
  const used = Float64Array.from({ length: months }, (_, month) => sumAt(power, month));
  const bought = Float64Array.from({ length: months }, (_, month) => boughtIn(green, month));
  const part = greenParts(book, used, bought);
  const lines = new Map<Use, BookLine>();
  const lineOf = (use: Use): BookLine => {
    const line = lines.get(use) ?? emptyLine(green[0], use, months);
    lines.set(use, line);
    return line;
  };
  for (const { use, quantity } of power) {
    for (let month = 0; month < months; month++) {
      const ofUse = Math.max(0, quantity[month] ?? Number.NaN);
      // Unknown electricity has no known green part.
      if (Number.isNaN(ofUse) || Number.isNaN(part[month])) continue;
      const line = lineOf(use);
      line.quantity[month] = ofUse * (part[month] ?? 0);
      const share = ofUse / (used[month] || 1);
      for (const own of green) addTimes(line, own, month, share);
    }
  }
  for (let month = 0; month < months; month++) {
    if (!Number.isNaN(part[month]) && (used[month] ?? 0) > 0) continue;
    for (const own of green) addTimes(lineOf(own.use), own, month, 1);
  }
  return [...lines.values()];
}

/** By month; NaN where nothing is known of the year's green power. */
function greenParts(book: Book, used: Float64Array, bought: Float64Array): Float64Array {
  const parts = new Float64Array(used.length).fill(Number.NaN);
  for (let from = 0, to = 0; from < used.length; from = to) {
    to = windowOfYear(book.months, yearOfMonth(book.months, from)).to;
    let [electricity, green, isKnown] = [0, 0, false];
    for (let month = from; month < to; month++) {
      if (!((used[month] ?? 0) > 0) || Number.isNaN(bought[month])) continue;
      electricity += used[month] ?? 0;
      green += bought[month] ?? 0;
      isKnown = true;
    }
    if (isKnown) parts.fill(Math.min(1, green / electricity), from, to);
  }
  return parts;
}

/** NaN: a bill or report is expected and not there. Before a contract began, and after it ended, nothing is bought. */
function boughtIn(green: readonly BookLine[], month: number): number {
  const sum = Math.max(0, sumAt(green, month));
  const expected = green.some(({ expectedMs }) => (expectedMs[month] ?? 0) > 0);
  return Number.isNaN(sum) && !expected ? 0 : sum;
}

/** Sum of what is known in a month, electricity never below zero; NaN: nothing is. */
function sumAt(lines: readonly BookLine[], month: number): number {
  let sum = Number.NaN;
  for (const { commodity, quantity } of lines) {
    const value = quantity[month] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum = (Number.isNaN(sum) ? 0 : sum) + (commodity === 'electricity' ? Math.max(0, value) : value);
  }
  return sum;
}

function emptyLine(green: BookLine | undefined, use: Use, months: number): BookLine {
  if (green === undefined) throw new RangeError('there is no green power to be sorted');
  const { institution, commodity, basis } = green;
  const unknown = () => new Float64Array(months).fill(Number.NaN);
  const times = () => new Float64Array(months);
  return {
    institution,
    commodity,
    use,
    basis,
    quantity: unknown(),
    amountCny: unknown(),
    expectedMs: times(),
    measuredMs: times(),
    estimatedMs: times(),
    amountMs: times(),
  };
}

function addTimes(line: BookLine, from: BookLine, month: number, share: number): void {
  for (const column of ['expectedMs', 'measuredMs', 'estimatedMs', 'amountMs'] as const) {
    line[column][month] = (line[column][month] ?? 0) + (from[column][month] ?? 0) * share;
  }
}

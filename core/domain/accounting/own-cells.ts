// What each institution itself adds to a measure in each month under a boundary and basis, and how much of it is known.
import type { Basis } from './bases.ts';
import type { Book, BookLine } from './book.ts';
import type { Months } from './census.ts';
import { type Commodity, commodityNames } from './commodities.ts';
import { greenByUse } from './green-power.ts';
import type { Coefficient, MeasureRule } from './kpi/measure-rule.ts';
import { type Window, windowOfYear, yearOfMonth } from './months.ts';
import type { Terms } from './terms.ts';

/** Cells are `institution * months + month`. */
export interface OwnCells {
  /** Sum of what is known. */
  readonly value: Float64Array;
  /** Number of lines of which something is known. */
  readonly known: Uint16Array;
  /**
   * Covered and expected time of the lines that count, each weighted by what the line uses in that time: its quantity per
   * covered time over the year's months, times the coefficient; of a line that is wholly unknown in a year the mean of its
   * commodity. Years are weighed one by one, so that the answer does not depend on how many of them a book holds.
   */
  readonly expected: Float64Array;
  readonly measured: Float64Array;
  readonly estimated: Float64Array;
  /** 1 where the institution has lines for the measure, of whatever use, and among them what the measure asks for. */
  readonly hasLines: Uint8Array;
  /** 1 where it has any line for the measure. */
  readonly hasAny: Uint8Array;
  /** Number of lines that used something for which there is no coefficient. */
  readonly lacking: Uint16Array;
  /** 1 where a coefficient that something was multiplied by is provisional. */
  readonly provisional: Uint8Array;
}

export function ownCells(book: Book, terms: Terms, rule: MeasureRule): OwnCells {
  const size = book.institutions.length;
  const months = book.months.starts.length;
  const cells: OwnCells = {
    value: new Float64Array(size * months),
    known: new Uint16Array(size * months),
    expected: new Float64Array(size * months),
    measured: new Float64Array(size * months),
    estimated: new Float64Array(size * months),
    hasLines: new Uint8Array(size * months),
    hasAny: new Uint8Array(size * months),
    lacking: new Uint16Array(size * months),
    provisional: new Uint8Array(size * months),
  };
  const coefficients = coefficientsByMonth(book, rule);
  const taken = new Set<string>(terms.boundary.value.uses);
  const counting: BookLine[] = [];
  for (const line of linesOf(book, terms.basis, rule)) {
    const part = coefficients.get(line.commodity);
    if (part !== undefined || !rule.universal) {
      markLines(cells.hasAny, line, rule);
      if (rule.needs === undefined || line.commodity === rule.needs) markLines(cells.hasLines, line, rule);
    }
    if (part === undefined || !taken.has(line.use)) continue;
    counting.push(line);
    addLine(cells, line, rule, part);
  }
  addCoverage(cells, counting, rule, coefficients, book.months);
  return cells;
}

/** Commodities that are part of the measure → coefficient by month. */
export function coefficientsByMonth(
  book: Book,
  rule: MeasureRule,
): ReadonlyMap<Commodity, readonly Coefficient[]> {
  const years = Array.from(book.months.starts, (_, month) => yearOfMonth(book.months, month));
  const result = new Map<Commodity, Coefficient[]>();
  for (const commodity of commodityNames) {
    const byYear = new Map(years.map((year) => [year, rule.coefficient(commodity, year)]));
    const list = years.map((year) => byYear.get(year)).filter((coefficient) => coefficient !== undefined);
    if (list.length === years.length && list.length > 0) result.set(commodity, list);
  }
  return result;
}

/** The lines of a basis as a measure reads them. */
export function linesOf(book: Book, basis: Basis, rule: MeasureRule): readonly BookLine[] {
  return rule.greenByUse ? greenByUse(book, basis) : book.lines.filter((line) => line.basis === basis);
}

function addLine(
  cells: OwnCells,
  line: BookLine,
  rule: MeasureRule,
  coefficients: readonly Coefficient[],
): void {
  const column = line[rule.column];
  let cell = line.institution * column.length;
  for (let month = 0; month < column.length; month++, cell++) {
    const quantity = column[month] ?? Number.NaN;
    if (Number.isNaN(quantity)) continue;
    const coefficient = coefficients[month];
    if (coefficient === undefined) continue;
    if (Number.isNaN(coefficient.value)) {
      if (quantity !== 0) cells.lacking[cell] = (cells.lacking[cell] ?? 0) + 1;
      continue;
    }
    cells.value[cell] = (cells.value[cell] ?? 0) + quantity * coefficient.value;
    cells.known[cell] = (cells.known[cell] ?? 0) + 1;
    if (coefficient.provisional && quantity !== 0) cells.provisional[cell] = 1;
  }
}

function markLines(hasLines: Uint8Array, line: BookLine, rule: MeasureRule): void {
  const column = line[rule.column];
  let cell = line.institution * column.length;
  for (let month = 0; month < column.length; month++, cell++) {
    if ((line.expectedMs[month] ?? 0) > 0 || !Number.isNaN(column[month] ?? Number.NaN)) hasLines[cell] = 1;
  }
}

/** A line that used nothing weighs this part of its commodity's mean: enough for a share of nothing but such lines. */
const leastWeight = 1e-6;

function addCoverage(
  cells: OwnCells,
  lines: readonly BookLine[],
  rule: MeasureRule,
  coefficients: ReadonlyMap<Commodity, readonly Coefficient[]>,
  months: Months,
): void {
  for (let from = 0, to = 0; from < months.starts.length; from = to) {
    to = windowOfYear(months, yearOfMonth(months, from)).to;
    addYear(cells, lines, rule, coefficients, { from, to });
  }
}

function addYear(
  cells: OwnCells,
  lines: readonly BookLine[],
  rule: MeasureRule,
  coefficients: ReadonlyMap<Commodity, readonly Coefficient[]>,
  year: Window,
): void {
  const used = new Float64Array(lines.length);
  const covered = new Float64Array(lines.length);
  const money = rule.column === 'amountCny';
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place] as BookLine;
    const column = line[rule.column];
    const known = money ? line.amountMs : line.measuredMs;
    const factors = coefficients.get(line.commodity);
    let ofYear = 0;
    let time = 0;
    for (let month = year.from; month < year.to; month++) {
      const quantity = column[month] ?? Number.NaN;
      const part = quantity * (factors?.[month]?.value ?? Number.NaN);
      if (!Number.isNaN(part)) ofYear += part;
      // Metered time is of quantities: nobody knows what it cost.
      if (money && Number.isNaN(quantity)) continue;
      time += (known[month] ?? 0) + (line.estimatedMs[month] ?? 0);
    }
    used[place] = Math.abs(ofYear);
    covered[place] = time;
  }
  const means = meanRates(lines, used, covered);
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place] as BookLine;
    const mean = means.get(line.commodity) ?? 1;
    const time = covered[place] ?? 0;
    const weight = time > 0 ? Math.max((used[place] ?? 0) / time, mean * leastWeight) : mean;
    const known = money ? line.amountMs : line.measuredMs;
    const first = line.institution * line.expectedMs.length;
    for (let month = year.from; month < year.to; month++) {
      const cell = first + month;
      const expected = line.expectedMs[month] ?? 0;
      if (expected === 0) continue;
      cells.expected[cell] = (cells.expected[cell] ?? 0) + weight * expected;
      if (money && Number.isNaN(line.amountCny[month] ?? Number.NaN)) continue;
      cells.measured[cell] = (cells.measured[cell] ?? 0) + weight * (known[month] ?? 0);
      cells.estimated[cell] = (cells.estimated[cell] ?? 0) + weight * (line.estimatedMs[month] ?? 0);
    }
  }
}

/** Commodity → mean of what its known lines use in a covered millisecond; of none known: of all, or 1. */
function meanRates(
  lines: readonly BookLine[],
  used: Float64Array,
  covered: Float64Array,
): ReadonlyMap<Commodity, number> {
  const sums = new Map<Commodity, { used: number; covered: number }>();
  const all = { used: 0, covered: 0 };
  for (let place = 0; place < lines.length; place++) {
    const { commodity } = lines[place] as BookLine;
    let sum = sums.get(commodity);
    if (sum === undefined) {
      sum = { used: 0, covered: 0 };
      sums.set(commodity, sum);
    }
    sum.used += used[place] ?? 0;
    sum.covered += covered[place] ?? 0;
    all.used += used[place] ?? 0;
    all.covered += covered[place] ?? 0;
  }
  const rateOf = (sum: typeof all) => (sum.used > 0 && sum.covered > 0 ? sum.used / sum.covered : undefined);
  const overall = rateOf(all) ?? 1;
  return new Map([...sums].map(([commodity, sum]) => [commodity, rateOf(sum) ?? overall]));
}

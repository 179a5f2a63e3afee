// What each institution itself adds to a measure in each month under a boundary and basis, and how much of it is known.
import type { Book, BookLine } from './book.ts';
import { type Commodity, commodityNames } from './commodities.ts';
import type { Coefficient, MeasureRule } from './kpi/measure-rule.ts';
import { yearOfMonth } from './months.ts';
import type { Terms } from './terms.ts';

/** Cells are `institution * months + month`. */
export interface OwnCells {
  /** Sum of what is known. */
  readonly value: Float64Array;
  /** Number of lines of which something is known. */
  readonly known: Uint16Array;
  /**
   * Covered and expected time of the lines that count, each weighted by what the line uses in that time: its quantity per
   * covered time over the book's months, times the coefficient; of a line that is wholly unknown the mean of its commodity.
   */
  readonly expected: Float64Array;
  readonly measured: Float64Array;
  readonly estimated: Float64Array;
  /** 1 where the institution has lines for the measure at all, of whatever use. */
  readonly hasLines: Uint8Array;
  /** Number of lines that used something for which there is no coefficient. */
  readonly lacking: Uint16Array;
  /** By month: a coefficient that was used is provisional. */
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
    lacking: new Uint16Array(size * months),
    provisional: new Uint8Array(months),
  };
  const coefficients = coefficientsByMonth(book, rule);
  const taken = new Set<string>(terms.boundary.value.uses);
  const counting: BookLine[] = [];
  for (const line of book.lines) {
    if (line.basis !== terms.basis) continue;
    const part = coefficients.get(line.commodity);
    if (part !== undefined || !rule.universal) markLines(cells.hasLines, line, rule);
    if (part === undefined || !taken.has(line.use)) continue;
    counting.push(line);
    addLine(cells, line, rule, part);
  }
  addCoverage(cells, counting, rule, coefficients);
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

/** Time of a cell that is covered in the column that the measure reads: a bill without a sum covers no cost. */
export function coveredMs(line: BookLine, rule: MeasureRule, month: number): number {
  if (rule.column === 'amountCny' && Number.isNaN(line.amountCny[month] ?? Number.NaN)) return 0;
  return (line.measuredMs[month] ?? 0) + (line.estimatedMs[month] ?? 0);
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
    if (coefficient.provisional) cells.provisional[month] = 1;
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
): void {
  const uses = lines.map((line) => useOf(line, rule, coefficients.get(line.commodity) ?? []));
  const means = meanRates(lines, uses);
  for (const [place, line] of lines.entries()) {
    const mean = means.get(line.commodity) ?? 1;
    const { used, coveredMs: covered } = uses[place] ?? nothing;
    const weight = covered > 0 ? Math.max(used / covered, mean * leastWeight) : mean;
    const money = rule.column === 'amountCny';
    let cell = line.institution * line.expectedMs.length;
    for (let month = 0; month < line.expectedMs.length; month++, cell++) {
      const expected = line.expectedMs[month] ?? 0;
      if (expected === 0) continue;
      cells.expected[cell] = (cells.expected[cell] ?? 0) + weight * expected;
      if (money && Number.isNaN(line.amountCny[month] ?? Number.NaN)) continue;
      cells.measured[cell] = (cells.measured[cell] ?? 0) + weight * (line.measuredMs[month] ?? 0);
      cells.estimated[cell] = (cells.estimated[cell] ?? 0) + weight * (line.estimatedMs[month] ?? 0);
    }
  }
}

interface LineUse {
  readonly used: number;
  readonly coveredMs: number;
}
const nothing: LineUse = { used: 0, coveredMs: 0 };

function useOf(line: BookLine, rule: MeasureRule, coefficients: readonly Coefficient[]): LineUse {
  const column = line[rule.column];
  let used = 0;
  let covered = 0;
  for (let month = 0; month < column.length; month++) {
    covered += coveredMs(line, rule, month);
    const part = (column[month] ?? Number.NaN) * (coefficients[month]?.value ?? Number.NaN);
    if (!Number.isNaN(part)) used += part;
  }
  return { used: Math.abs(used), coveredMs: covered };
}

/** Commodity → mean of what its known lines use in a covered millisecond; of none known: of all, or 1. */
function meanRates(lines: readonly BookLine[], uses: readonly LineUse[]): ReadonlyMap<Commodity, number> {
  const sums = new Map<Commodity, { used: number; covered: number }>();
  for (const [place, { commodity }] of lines.entries()) {
    const sum = sums.get(commodity) ?? { used: 0, covered: 0 };
    const { used, coveredMs: covered } = uses[place] ?? nothing;
    sum.used += used;
    sum.covered += covered;
    sums.set(commodity, sum);
  }
  let used = 0;
  let covered = 0;
  for (const sum of sums.values()) {
    used += sum.used;
    covered += sum.covered;
  }
  const overall = used > 0 && covered > 0 ? used / covered : 1;
  const rates = new Map<Commodity, number>();
  for (const [commodity, sum] of sums) {
    rates.set(commodity, sum.used > 0 && sum.covered > 0 ? sum.used / sum.covered : overall);
  }
  return rates;
}

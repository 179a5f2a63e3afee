// Bills and reports in a book: spread evenly over their days (按天分摊), and which days they should have covered.
import type { Census, Months, ReportStretch, Statement } from './census.ts';
import { grouped } from './grouped.ts';
import { type LineTable, lineKey } from './line-table.ts';
import { daysBetween, monthAt, monthEnd, monthStart } from './months.ts';

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Adds bills and reports. Expected: every day in which an account is open; of reports, every day from the first report of a
 * (commodity, use) on, while its institution exists. Covered, of quantities and of amounts apart: days of a statement that says
 * one; two bills of the same days cover them once. The order of statements is irrelevant to the last digit.
 */
export function addStatements(table: LineTable, census: Census, asOf: number): void {
  const { months } = census;
  const lines = grouped(census.statements, ({ institution, commodity, use, basis }) =>
    lineKey(institution, commodity, use, basis),
  );
  for (const stretch of census.reporting) addReporting(table, census, stretch, asOf);
  const accounts = grouped(census.accounts, ({ account }) => account);
  const billed = new Map<string, Statement[]>();
  for (const [key, statements] of lines) {
    sortIfNeeded(statements);
    const line = table.line(key);
    for (const statement of statements) {
      spread(table, months, line * table.months, statement);
      if (statement.basis !== 'billed') continue;
      const list = billed.get(statement.account);
      if (list) list.push(statement);
      else billed.set(statement.account, [statement]);
    }
    if (statements[0]?.basis === 'reported') reportTimes(table, census, line, statements, asOf);
  }

  for (const [account, stretches] of accounts) {
    const bills = knownDays(billed.get(account) ?? []);
    for (const { institution, commodity, use, from, to, byArea } of stretches) {
      const line = table.line(lineKey(institution, commodity, use, 'billed'));
      addTime(table.expectedMs, months, line * table.months, { from, to }, asOf);
      const known = byArea === true ? { ...bills, quantity: bills.any } : bills;
      addCovered(table, months, line, known, { from, to: Math.min(to, asOf) });
    }
  }
  for (const [account, bills] of billed) {
    if (!accounts.has(account)) withoutAccount(table, months, bills, asOf);
  }
}

/** Bills of an account that the census does not know expect what they cover. */
function withoutAccount(table: LineTable, months: Months, bills: readonly Statement[], asOf: number): void {
  const byLine = grouped(bills, (bill) => lineKey(bill.institution, bill.commodity, bill.use, 'billed'));
  for (const [key, own] of byLine) {
    const line = table.line(key);
    const known = knownDays(own);
    for (const days of known.any) addTime(table.expectedMs, months, line * table.months, days, asOf);
    addCovered(table, months, line, known, { from: Number.NEGATIVE_INFINITY, to: asOf });
  }
}

function addReporting(table: LineTable, census: Census, stretch: ReportStretch, asOf: number): void {
  const { institution, commodity, use, from, to } = stretch;
  const line = table.line(lineKey(institution, commodity, use, 'reported'));
  for (const life of census.institutions[institution]?.lives ?? []) {
    const days = { from: Math.max(from, life.from), to: Math.min(to, life.to) };
    addTime(table.expectedMs, census.months, line * table.months, days, asOf);
  }
}

function reportTimes(
  table: LineTable,
  census: Census,
  line: number,
  reports: readonly Statement[],
  asOf: number,
): void {
  const known = knownDays(reports);
  for (const { from, to } of census.institutions[reports[0]?.institution ?? -1]?.lives ?? []) {
    addCovered(table, census.months, line, known, { from, to: Math.min(to, asOf) });
  }
}

/** Days of which statements say something, each once. */
interface KnownDays {
  readonly any: readonly Interval[];
  readonly quantity: readonly Interval[];
  readonly amount: readonly Interval[];
}

function knownDays(statements: readonly Statement[]): KnownDays {
  const any = joined(statements);
  const of = (column: 'quantity' | 'amountCny') =>
    statements.some((one) => Number.isNaN(one[column]))
      ? joined(statements.filter((one) => !Number.isNaN(one[column])))
      : any;
  return { any, quantity: of('quantity'), amount: of('amountCny') };
}

/** @param within with its end at `asOf` at the latest */
function addCovered(
  table: LineTable,
  months: Months,
  line: number,
  { quantity, amount }: KnownDays,
  within: Interval,
): void {
  const together = quantity === amount;
  forMonths(months, quantity, within, (month, ms) => table.addCovered(line, month, ms, together ? ms : 0));
  if (!together) forMonths(months, amount, within, (month, ms) => table.addCovered(line, month, 0, ms));
}

function forMonths(
  months: Months,
  intervals: readonly Interval[],
  within: Interval,
  visit: (month: number, ms: number) => void,
): void {
  for (const interval of intervals) {
    const from = Math.max(interval.from, within.from);
    const to = Math.min(interval.to, within.to);
    if (from >= to) continue;
    for (let month = Math.max(0, monthAt(months, from)); month < months.starts.length; month++) {
      const time = Math.min(to, monthEnd(months, month)) - Math.max(from, monthStart(months, month));
      if (time <= 0) break;
      visit(month, time);
    }
  }
}

function spread(table: LineTable, months: Months, first: number, statement: Statement): void {
  const { from, to, quantity, amountCny } = statement;
  const days = daysBetween(from, to);
  if (!(days > 0)) return;
  for (let month = Math.max(0, monthAt(months, from)); month < table.months; month++) {
    const start = Math.max(from, monthStart(months, month));
    const end = Math.min(to, monthEnd(months, month));
    if (start >= end) break;
    const part = daysBetween(start, end) / days;
    table.addQuantity(first + month, quantity * part);
    table.addAmount(first + month, amountCny * part);
  }
}

function addTime(
  column: Float64Array,
  months: Months,
  first: number,
  { from, to }: Interval,
  asOf: number,
): void {
  const within = { from, to: Math.min(to, asOf) };
  forMonths(months, [within], within, (month, ms) => {
    column[first + month] = (column[first + month] ?? 0) + ms;
  });
}

/** The days that are covered at all, each once. */
function joined(intervals: readonly Interval[]): Interval[] {
  const result: { from: number; to: number }[] = [];
  const sorted = isAscending(intervals) ? intervals : intervals.toSorted((a, b) => a.from - b.from);
  for (const { from, to } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

function isAscending(intervals: readonly Interval[]): boolean {
  return intervals.every(({ from }, index) => index === 0 || (intervals[index - 1]?.from ?? from) <= from);
}

function sortIfNeeded(statements: Statement[]): void {
  const ordered = statements.every((statement, index) => {
    const before = statements[index - 1];
    return before === undefined || inOrder(before, statement) <= 0;
  });
  if (!ordered) statements.sort(inOrder);
}

function inOrder(a: Statement, b: Statement): number {
  return (
    a.from - b.from ||
    a.to - b.to ||
    compare(a.account, b.account) ||
    compare(a.id, b.id) ||
    a.quantity - b.quantity ||
    a.amountCny - b.amountCny ||
    0
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

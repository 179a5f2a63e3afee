// Bills and reports in a book: spread evenly over their days (按天分摊), and which days they should have covered.
import type { AccountStretch, Census, Months, Statement } from './census.ts';
import { type LineKey, type LineTable, lineKey } from './line-table.ts';
import { daysBetween, monthAt, monthEnd, monthStart } from './months.ts';

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Adds bills and reports. Expected: every day in which an account is open; of reports, every day from the first report of a
 * line on, while its institution exists. Two bills of the same days cover them once. The order of statements is irrelevant
 * to the last digit.
 */
export function addStatements(table: LineTable, census: Census, asOf: number): void {
  const lines = new Map<LineKey, Statement[]>();
  for (const statement of census.statements) {
    const key = lineKey(statement.institution, statement.commodity, statement.use, statement.basis);
    const list = lines.get(key);
    if (list) list.push(statement);
    else lines.set(key, [statement]);
  }
  const accounts = openStretches(census.accounts);
  const billed = new Map<string, Statement[]>();
  for (const [key, statements] of lines) {
    sortIfNeeded(statements);
    const first = table.line(key) * table.months;
    for (const statement of statements) {
      spread(table, census.months, first, statement);
      if (statement.basis !== 'billed') continue;
      const list = billed.get(statement.account);
      if (list) list.push(statement);
      else billed.set(statement.account, [statement]);
    }
    if (statements[0]?.basis === 'reported') reportTimes(table, census, first, statements, asOf);
  }

  for (const [account, stretches] of accounts) {
    const bills = joined(billed.get(account) ?? []);
    for (const { institution, commodity, use, from, to } of stretches) {
      const first = table.line(lineKey(institution, commodity, use, 'billed')) * table.months;
      addTime(table, table.expectedMs, census.months, first, { from, to }, asOf);
      for (const bill of bills) {
        const days = { from: Math.max(bill.from, from), to: Math.min(bill.to, to) };
        addTime(table, table.measuredMs, census.months, first, days, asOf);
      }
    }
  }
  for (const [account, bills] of billed) {
    if (!accounts.has(account)) withoutAccount(table, census.months, bills, asOf);
  }
}

/** Bills of an account that the census does not know expect what they cover. */
function withoutAccount(table: LineTable, months: Months, bills: readonly Statement[], asOf: number): void {
  const lines = new Map<LineKey, Statement[]>();
  for (const bill of bills) {
    const key = lineKey(bill.institution, bill.commodity, bill.use, 'billed');
    lines.set(key, [...(lines.get(key) ?? []), bill]);
  }
  for (const [key, own] of lines) {
    const first = table.line(key) * table.months;
    for (const days of joined(own)) {
      addTime(table, table.expectedMs, months, first, days, asOf);
      addTime(table, table.measuredMs, months, first, days, asOf);
    }
  }
}

function reportTimes(
  table: LineTable,
  census: Census,
  first: number,
  reports: readonly Statement[],
  asOf: number,
): void {
  const { months } = census;
  const exists = census.institutions[reports[0]?.institution ?? -1]?.exists;
  const begin = reports[0]?.from ?? months.to;
  for (let month = Math.max(0, monthAt(months, begin)); month < table.months; month++) {
    if (exists?.[month] !== 1) continue;
    const from = Math.max(begin, monthStart(months, month));
    addTime(table, table.expectedMs, months, first, { from, to: monthEnd(months, month) }, asOf);
  }
  for (const days of joined(reports)) {
    for (let month = Math.max(0, monthAt(months, days.from)); month < table.months; month++) {
      const part = {
        from: Math.max(days.from, monthStart(months, month)),
        to: Math.min(days.to, monthEnd(months, month)),
      };
      if (part.from >= part.to) break;
      if (exists?.[month] === 1) addTime(table, table.measuredMs, months, first, part, asOf);
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
  table: LineTable,
  column: Float64Array,
  months: Months,
  first: number,
  { from, to }: Interval,
  asOf: number,
): void {
  const until = Math.min(to, asOf);
  if (from >= until) return;
  for (let month = Math.max(0, monthAt(months, from)); month < table.months; month++) {
    const time = Math.min(until, monthEnd(months, month)) - Math.max(from, monthStart(months, month));
    if (time <= 0) return;
    column[first + month] = (column[first + month] ?? 0) + time;
  }
}

function openStretches(accounts: readonly AccountStretch[]): Map<string, AccountStretch[]> {
  const result = new Map<string, AccountStretch[]>();
  for (const stretch of accounts) {
    const list = result.get(stretch.account);
    if (list) list.push(stretch);
    else result.set(stretch.account, [stretch]);
  }
  return result;
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

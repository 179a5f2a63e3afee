// Consumption of one account over a span, beside the same a year before: sums of the API, and rows of boards made of them.
import type { BoardRow } from '../../core/domain/board-series.ts';
import { type ConsumptionSum, coverageOf } from '../../core/domain/energy/consumption.ts';
import { tidy } from '../http/numbers.ts';
import type { ConsumptionQuery } from '../queries/consumption.ts';
import type { Account } from './accounts.ts';
import type { Span } from './spans.ts';

/** Places of the numbers of one bucket in a row of `Float64Array`. A value that is not known is 0 and says so. */
const columns = {
  value: 0,
  known: 1,
  coverage: 2,
  estimatedShare: 3,
  lastYear: 4,
  lastYearKnown: 5,
  change: 6,
  changeKnown: 7,
} as const;
const width = Object.keys(columns).length;

/** By bucket of the span: `columns`. */
export type AccountNumbers = Float64Array;

export async function sumAccount(
  query: Pick<ConsumptionQuery, 'sumsOf'>,
  { members }: Pick<Account, 'members'>,
  span: Span,
  asOf: number,
): Promise<AccountNumbers> {
  const { bucket, starts, to, before, toBefore, running } = span;
  const sum = async (from: readonly number[], end: number) =>
    from.length === 0 ? [] : (await query.sumsOf({ members, starts: from, to: end, bucket, asOf })).rows();
  const rows = await sum(starts, to);
  const lastYear = new Map((await sum(before, toBefore)).map((row) => [row.from, row.value]));
  const soFar =
    running === undefined || running.from >= running.to
      ? undefined
      : (await sum([running.from], running.to))[0];
  const numbers = new Float64Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    const start = span.startsBefore[index];
    const isRunning = running?.start === row.from;
    const valueBefore = isRunning ? soFar?.value : start === undefined ? null : lastYear.get(start);
    setNumbers(numbers, index * width, row, valueBefore ?? null);
  }
  return numbers;
}

function setNumbers(numbers: AccountNumbers, at: number, row: ConsumptionSum, before: number | null): void {
  const shares = coverageOf(row);
  const value = row.value === null ? null : tidy(row.value);
  const lastYear = before === null ? null : tidy(before);
  const change = value === null || lastYear === null || lastYear <= 0 ? null : (value - lastYear) / lastYear;
  numbers[at + columns.value] = value ?? 0;
  numbers[at + columns.known] = value === null ? 0 : 1;
  numbers[at + columns.coverage] = tidy(shares?.coverage ?? 0);
  numbers[at + columns.estimatedShare] = tidy(shares?.estimatedShare ?? 0);
  numbers[at + columns.lastYear] = lastYear ?? 0;
  numbers[at + columns.lastYearKnown] = lastYear === null ? 0 : 1;
  numbers[at + columns.change] = change ?? 0;
  numbers[at + columns.changeKnown] = change === null ? 0 : 1;
}

/** Whether a bucket's consumption is known, and how much it is. */
export function valueAt(numbers: AccountNumbers, index: number): { value: number; known: number } {
  const at = index * width;
  return { value: numbers[at + columns.value] ?? 0, known: numbers[at + columns.known] ?? 0 };
}

export function* consumptionRows(account: Account, span: Span, numbers: AccountNumbers): Generator<BoardRow> {
  const { of, kind, carrier, item, words } = account;
  const tags = { of, kind, carrier, item, bucket: span.bucket };
  const { name, parent, path } = words;
  for (const [index, ts] of span.starts.entries()) {
    const at = index * width;
    const period = span.periods[index];
    const fields = {
      name,
      parent,
      path,
      ...(period === undefined ? {} : { period }),
      value: numbers[at + columns.value] ?? 0,
      known: numbers[at + columns.known] ?? 0,
      coverage: numbers[at + columns.coverage] ?? 0,
      estimated_share: numbers[at + columns.estimatedShare] ?? 0,
      last_year: numbers[at + columns.lastYear] ?? 0,
      last_year_known: numbers[at + columns.lastYearKnown] ?? 0,
      change: numbers[at + columns.change] ?? 0,
      change_known: numbers[at + columns.changeKnown] ?? 0,
    };
    yield { measurement: 'consumption', tags, ts, fields };
  }
}

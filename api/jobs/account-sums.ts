// Consumption of one account over a span, beside the same a year before: sums of the API, and rows of boards made of them.
import type { BoardRow } from '../../core/domain/board-series.ts';
import { type ConsumptionSum, coverageOf } from '../../core/domain/energy/consumption.ts';
import { tidy } from '../http/numbers.ts';
import type { ConsumptionQuery } from '../queries/consumption.ts';
import type { Account } from './accounts.ts';
import type { Span } from './spans.ts';

/** Numbers of one bucket in a row of `Float64Array`, in this order. A value that is not known is 0 and says so. */
const columns = [
  'value',
  'known',
  'coverage',
  'estimated_share',
  'last_year',
  'last_year_known',
  'change',
  'change_known',
] as const;
const width = columns.length;

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
    numbers.set(numbersOf(row, valueBefore ?? null), index * width);
  }
  return numbers;
}

function numbersOf(row: ConsumptionSum, before: number | null): number[] {
  const shares = coverageOf(row);
  const value = row.value === null ? null : tidy(row.value);
  const lastYear = before === null ? null : tidy(before);
  const change = value === null || lastYear === null || lastYear <= 0 ? null : (value - lastYear) / lastYear;
  return [
    value ?? 0,
    value === null ? 0 : 1,
    tidy(shares?.coverage ?? 0),
    tidy(shares?.estimatedShare ?? 0),
    lastYear ?? 0,
    lastYear === null ? 0 : 1,
    change ?? 0,
    change === null ? 0 : 1,
  ];
}

/** Whether a bucket's consumption is known, and how much it is. */
export function valueAt(numbers: AccountNumbers, index: number): { value: number; known: number } {
  return { value: numbers[index * width] ?? 0, known: numbers[index * width + 1] ?? 0 };
}

export function* consumptionRows(account: Account, span: Span, numbers: AccountNumbers): Generator<BoardRow> {
  const { of, kind, carrier, item, words } = account;
  const tags = { of, kind, carrier, item, bucket: span.bucket };
  for (const [index, ts] of span.starts.entries()) {
    const fields: Record<string, number | string> = { ...words };
    const period = span.periods[index];
    if (period !== undefined) fields['period'] = period;
    for (const [column, name] of columns.entries()) fields[name] = numbers[index * width + column] ?? 0;
    yield { measurement: 'consumption', tags, ts, fields };
  }
}

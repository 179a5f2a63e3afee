// What routes of bills and of reports have in common: the period asked about, whose rows they are, taking rows back, pages.
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Authorship } from '../../core/registry/authorship.ts';
import { json } from '../http/answers.ts';
import { cursorParameter, encodeCursor, limitParameter, timeParameter } from '../http/parameters.ts';
import { sayOfRequests } from '../http/said.ts';
import type { TimeText } from '../http/time-text.ts';
import { mostRows, reasonField } from './writing.ts';

/** Owner, beginning, id: where the next page begins. */
const place = z.tuple([z.string(), z.number(), z.string()]);

export function rowsQuestion(calendar: Calendar) {
  return {
    from: timeParameter(calendar, 'Rows that touch the time from here …'),
    to: timeParameter(calendar, '… to here.'),
    superseded: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'Whether rows that were replaced or withdrawn are shown.' }),
    limit: limitParameter({ max: 5_000, default: 500 }),
    cursor: cursorParameter(place),
  };
}

/** Fields of every row in answers. */
export const rowFields = {
  id: z.string(),
  from: z.string(),
  to: z.string().describe('The midnight after the last day.'),
  recordedAt: z.string(),
  author: z.string(),
  reason: z.string(),
  supersededAt: z.string().nullable().describe('Since when it does not count.'),
  withdrawn: z
    .object({ author: z.string(), reason: z.string() })
    .nullable()
    .describe('Who took it back, and why.'),
};

interface Row {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly recordedAt: number;
  readonly supersededAt: number | null;
  readonly withdrawn?: Authorship;
}

export function describeRow<R extends Row>(row: R, times: TimeText) {
  return {
    ...row,
    from: times.of(row.from),
    to: times.of(row.to),
    recordedAt: times.of(row.recordedAt),
    supersededAt: times.orNull(row.supersededAt),
    withdrawn: row.withdrawn ?? null,
  };
}

const ownersAtOnce = 200;

/**
 * A page of rows by owner (account or institution), beginning and id. Owners are asked a few at a time, so a page costs what it holds.
 * @param read rows of these owners that the caller may see
 */
export async function pageOfRows<R extends Row>(
  owners: Iterable<string>,
  ownerOf: (row: R) => string,
  question: { readonly limit: number; readonly cursor?: readonly [string, number, string] | undefined },
  read: (owners: readonly string[]) => Promise<readonly R[]>,
): Promise<{ rows: R[]; next: string | null }> {
  const { limit, cursor } = question;
  const wanted = [...new Set(owners)].sort().filter((owner) => cursor === undefined || owner >= cursor[0]);
  const rows: R[] = [];
  for (let start = 0; start < wanted.length && rows.length <= limit; start += ownersAtOnce) {
    const found = await read(wanted.slice(start, start + ownersAtOnce));
    const sorted = [...found].sort(
      (a, b) => compare(ownerOf(a), ownerOf(b)) || a.from - b.from || compare(a.id, b.id),
    );
    for (const row of sorted) {
      if (cursor !== undefined && !isAfter([ownerOf(row), row.from, row.id], cursor)) continue;
      rows.push(row);
    }
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, next: more ? encodeCursor([ownerOf(last), last.from, last.id]) : null };
}

function isAfter(a: readonly [string, number, string], b: readonly [string, number, string]): boolean {
  return (compare(a[0], b[0]) || a[1] - b[1] || compare(a[2], b[2])) > 0;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** @throws JieyueError `api.bad-request` */
export function requirePeriod({ from, to }: { from: number; to: number }): void {
  if (from < to) return;
  throw new JieyueError('api.bad-request', sayOfRequests('time.order'));
}

export const withdrawalBody = z.strictObject({
  reason: reasonField,
  ids: z
    .array(z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'an id is letters and digits'))
    .min(1)
    .max(mostRows)
    .describe('Ids of rows, as lists show them.'),
});

export const withdrawalAnswer = {
  200: json('Taken back.', z.object({ withdrawn: z.int().describe('How many.') })),
};

/** What a list that was recorded changed. */
export const recordedAnswer = {
  200: json(
    'Recorded; rows that say what was known already change nothing.',
    z.object({
      recorded: z.int().describe('Rows that are new.'),
      replaced: z.int().describe('Rows that took the place of one before.'),
      unchanged: z.int(),
    }),
  ),
};

export function countsOf(entered: readonly { readonly replaces: boolean }[], rows: number) {
  const replaced = entered.filter(({ replaces }) => replaces).length;
  return { recorded: entered.length - replaced, replaced, unchanged: rows - entered.length };
}

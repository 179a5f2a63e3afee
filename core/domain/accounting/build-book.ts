// From census and metered months to the book: a line for each (institution, commodity, use, basis), by month.
import type { Book, MeteredMonths } from './book.ts';
import type { Census } from './census.ts';
import { LineTable } from './line-table.ts';
import { addMetered, type PartialMonth } from './metered-lines.ts';
import { elapsedMs } from './months.ts';
import { moveBilled } from './moves.ts';
import { addStatements } from './statement-lines.ts';

/**
 * @param metered by place in `census.series`; columns by place in `census.months`; `undefined`: nothing stored
 * @param asOf nothing is expected after it, epoch ms
 * @param partials answers to `cutMonths(census)`; a cut month without one is spread over its days and counts as estimated
 */
export function buildBook(
  census: Census,
  metered: readonly (MeteredMonths | undefined)[],
  asOf: number,
  partials: readonly PartialMonth[] = [],
): Book {
  const { months, institutions } = census;
  const room = census.series.length + census.accounts.length;
  const table = new LineTable(months.starts.length, room);
  const moved = addMetered(table, census, metered, asOf, partials);
  addStatements(table, census, asOf);
  moveBilled(table, moved, elapsedMs(months, asOf));
  return { months, asOf, institutions, lines: table.bookLines() };
}

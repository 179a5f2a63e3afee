// Checks of a time range that concern both of its ends.
import { JieyueError } from '../../core/domain/errors.ts';
import type { Calendar } from '../../core/domain/time.ts';

/** @throws JieyueError `api.bad-request` unless from < to. */
export function requireOrder(from: number, to: number, calendar: Calendar): void {
  if (from < to) return;
  throw new JieyueError(
    'api.bad-request',
    `from ${calendar.format(from)} must be before to ${calendar.format(to)}, which is not part of the range`,
  );
}

// The period that a bill or a report is of: whole local days, and not so long that a mistyped year passes.
import { JieyueError } from '../domain/errors.ts';
import type { Message, MessageValue } from '../domain/message.ts';
import { dayMs } from '../domain/time.ts';
import { requireMidnight } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { sayOfLedgers } from './words/ledgers.ts';

/** Three years and a little: what touches a moment began no earlier than this before it. */
export const longestPeriodMs = 1_100 * dayMs;

export interface Period {
  readonly from: number;
  readonly to: number;
}

/** @throws JieyueError `registry.invalid` */
export function checkPeriod(
  { calendar }: Pick<RegistryContext, 'calendar'>,
  name: MessageValue,
  { from, to }: Period,
): void {
  requireMidnight(calendar, sayOfLedgers('period.from', { name }), from);
  requireMidnight(calendar, sayOfLedgers('period.to', { name }), to);
  if (to <= from) {
    const values = { name, from: dateOf({ calendar }, from), to: dateOf({ calendar }, to) };
    throw new JieyueError('registry.invalid', sayOfLedgers('period.ends-first', values));
  }
  if (to - from > longestPeriodMs) {
    const values = { name, dates: datesOf({ calendar }, { from, to }), most: longestPeriodMs / dayMs };
    throw new JieyueError('registry.invalid', sayOfLedgers('period.too-long', values));
  }
}

export function dateOf({ calendar }: Pick<RegistryContext, 'calendar'>, at: number): string {
  return calendar.format(at).slice(0, 10);
}

/** The last day is not part of it. */
export function datesOf(context: Pick<RegistryContext, 'calendar'>, { from, to }: Period): Message {
  return sayOfLedgers('period.dates', { from: dateOf(context, from), to: dateOf(context, to) });
}

/** Neighbours in a list by `from` of which one begins before an earlier one ends. */
export function* overlaps<T extends Period>(list: readonly T[]): Generator<readonly [T, T]> {
  let furthest: T | undefined;
  for (const next of list) {
    if (furthest && next.from < furthest.to) yield [furthest, next];
    if (!furthest || next.to > furthest.to) furthest = next;
  }
}

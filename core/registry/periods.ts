// The period that a bill or a report is of: whole local days, and not so long that a mistyped year passes.
import { JieyueError } from '../domain/errors.ts';
import { dayMs } from '../domain/time.ts';
import { requireMidnight } from './check-facts.ts';
import type { RegistryContext } from './context.ts';

/** Three years and a little: what touches a moment began no earlier than this before it. */
export const longestPeriodMs = 1_100 * dayMs;

export interface Period {
  readonly from: number;
  readonly to: number;
}

/** @throws JieyueError `registry.invalid` */
export function checkPeriod(
  { calendar }: Pick<RegistryContext, 'calendar'>,
  name: string,
  { from, to }: Period,
): void {
  requireMidnight(calendar, `${name}: from`, from);
  requireMidnight(calendar, `${name}: to`, to);
  const fault =
    to <= from
      ? `to ${dateOf({ calendar }, to)} is not after from ${dateOf({ calendar }, from)}; to is the day after the last one`
      : to - from > longestPeriodMs
        ? `${datesOf({ calendar }, { from, to })} is longer than ${longestPeriodMs / dayMs} days; check the years, or split it`
        : undefined;
  if (fault !== undefined) throw new JieyueError('registry.invalid', `${name}: ${fault}`);
}

export function dateOf({ calendar }: Pick<RegistryContext, 'calendar'>, at: number): string {
  return calendar.format(at).slice(0, 10);
}

/** The last day is not part of it. */
export function datesOf(context: Pick<RegistryContext, 'calendar'>, { from, to }: Period): string {
  return `${dateOf(context, from)} until ${dateOf(context, to)}`;
}

/** Neighbours in a list by `from` of which one begins before an earlier one ends. */
export function* overlaps<T extends Period>(list: readonly T[]): Generator<readonly [T, T]> {
  let furthest: T | undefined;
  for (const next of list) {
    if (furthest && next.from < furthest.to) yield [furthest, next];
    if (!furthest || next.to > furthest.to) furthest = next;
  }
}

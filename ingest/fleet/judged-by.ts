// By what tracks are judged, as a text that is kept: where it differs from the last one, tracks are judged anew from the first day on
// that it concerns. Pure.
import { z } from 'zod';
import type { Calendar } from '../../core/domain/time.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';

/** Counted up where code judges otherwise than before: an update looks at all tracks again. */
const version = 3;

const textSchema = z.object({
  rules: z.unknown(),
  days: z.record(z.string(), z.string()),
  noticedYears: z.array(z.number()),
});

/** @param noticedYears years of which the State Council's notice is known */
export function judgedByText(config: FleetConfig, noticedYears: readonly number[]): string {
  const { limitKmh, marginKmh, hours, graceMinutes, idleMinutes, silentHours, days } = config;
  const rules = { version, limitKmh, marginKmh, hours, graceMinutes, idleMinutes, silentHours };
  const sorted = Object.fromEntries(Object.entries(days).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ rules, days: sorted, noticedYears: [...noticedYears].sort((a, b) => a - b) });
}

/** @returns epoch ms of the first day that is judged otherwise; `null`: none is */
export function judgedFrom(before: string | null, now: string, calendar: Calendar): number | null {
  if (before === now) return null;
  const [last, next] = [before === null ? undefined : parsed(before), parsed(now)];
  if (last === undefined || next === undefined) return 0;
  if (JSON.stringify(last.rules) !== JSON.stringify(next.rules)) return 0;
  const days = [...new Set([...Object.keys(last.days), ...Object.keys(next.days)])];
  const dates = [
    ...days.filter((day) => last.days[day] !== next.days[day]),
    ...differing(last.noticedYears, next.noticedYears).map((year) => `${year}-01-01`),
  ];
  const [first] = dates.sort();
  return first === undefined ? null : (calendar.parse(first) ?? 0);
}

function parsed(text: string): z.infer<typeof textSchema> | undefined {
  try {
    return textSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function differing(some: readonly number[], others: readonly number[]): number[] {
  return [...some.filter((each) => !others.includes(each)), ...others.filter((each) => !some.includes(each))];
}

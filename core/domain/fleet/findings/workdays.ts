// Working time: which stretches of a trip lie outside working hours, on weekends or on public holidays.
// The days come as a function (core/domain/workdays.ts reads the notices, `dayKindsWith` puts overrides above them). What a dispatch
// order allows is no finding, at any hour.
import type { DayKindOf } from '../../workdays.ts';
import type { Segment } from '../trips/model.ts';
import { type Cover, uncovered } from './covers.ts';
import type { Finding, FindingKind } from './episodes.ts';

export interface WorkingTime {
  readonly dayKindOf: DayKindOf;
  /** Local minutes of the day, [from, to), on working days: [[510, 720], [840, 1080]] is 8:30 to 12:00 and 14:00 to 18:00. */
  readonly hours: readonly (readonly [number, number])[];
  /** Local time less UTC, ms. China has one zone without changes of clocks: 8 h. */
  readonly offsetMs: number;
  /** A trip may begin so much before or end so much after working hours, ms. 30 min: the way to a meeting and back. */
  readonly graceMs: number;
}

export const chinaOffsetMs = 8 * 3_600_000;
export const workingDefaults = {
  hours: [[480, 1_110]],
  offsetMs: chinaOffsetMs,
  graceMs: 30 * 60_000,
} as const satisfies Omit<WorkingTime, 'dayKindOf'>;

const dayMs = 86_400_000;

/**
 * One finding for each stretch of a trip and kind of time. A day without a notice is judged by its weekday alone.
 * Peak: minutes; the evidence are the trip's ends. @param covers what orders allow, at any hour; left out: nothing
 */
export function outOfHours(
  segments: readonly Segment[],
  working: WorkingTime,
  covers: readonly Cover[] = [],
): Finding[] {
  const found: Finding[] = [];
  for (const trip of segments) {
    if (trip.kind !== 'trip') continue;
    const stretches = uncovered(trip.start, trip.end, covers);
    for (const { kind, start, end } of stretches.flatMap(([from, to]) => offStretches(from, to, working)))
      found.push({
        kind,
        start,
        end,
        peak: (end - start) / 60_000,
        limit: 0,
        evidence: [
          { ts: trip.start, ...trip.from, speedKmh: 0 },
          { ts: trip.end, ...trip.to, speedKmh: 0 },
        ],
        open: trip.endsBy === 'data' && end === trip.end,
      });
  }
  return found;
}

interface Off {
  kind: FindingKind;
  start: number;
  end: number;
}

/** The stretches of [from, to) that are not working time, by kind of time; neighbours of one kind are joined. */
export function offStretches(from: number, to: number, working: WorkingTime): readonly Readonly<Off>[] {
  const found: Off[] = [];
  const add = (kind: FindingKind, start: number, end: number) => {
    const [a, b] = [Math.max(start, from), Math.min(end, to)];
    if (a >= b) return;
    const before = found.at(-1);
    if (before?.kind === kind && before.end === a) before.end = b;
    else found.push({ kind, start: a, end: b });
  };
  const firstDay = Math.floor((from + working.offsetMs) / dayMs);
  for (let day = firstDay; day * dayMs - working.offsetMs < to; day++) {
    const begin = day * dayMs - working.offsetMs;
    const kind = kindOf(day, working.dayKindOf);
    if (kind !== 'workday') {
      add(kind, begin, begin + dayMs);
      continue;
    }
    let free = begin;
    for (const [open, close] of working.hours) {
      const opens = begin + open * 60_000 - working.graceMs;
      if (opens > free) add('out-of-hours', free, opens);
      free = Math.max(free, begin + close * 60_000 + working.graceMs);
    }
    add('out-of-hours', free, begin + dayMs);
  }
  return found;
}

function kindOf(day: number, dayKindOf: DayKindOf): 'workday' | 'weekend' | 'holiday' {
  const date = new Date(day * dayMs);
  return dayKindOf(date.toISOString().slice(0, 10)) ?? (date.getUTCDay() % 6 === 0 ? 'weekend' : 'workday');
}

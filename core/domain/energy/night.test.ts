import { describe, expect, it } from 'vitest';
import { Calendar, hourMs } from '../time.ts';
import { type NightSpan, nightOf, nightsOf } from './night.ts';

const shanghai = new Calendar('Asia/Shanghai');
const berlin = new Calendar('Europe/Berlin');

function text(span: NightSpan, calendar: Calendar): string[] {
  return [span.dayFrom, span.from, span.to].map((ts) => calendar.format(ts).slice(5, 16));
}
const spanOf = (date: string, calendar = shanghai) => nightOf(calendar.parse(date) ?? 0, calendar);

/** Nights that follow each other from `date` on. */
function spansFrom(date: string, count: number): NightSpan[] {
  const first = shanghai.parse(date) ?? 0;
  return Array.from({ length: count }, (_, day) => nightOf(first + day * 24 * hourMs, shanghai));
}
const isNight = (ts: number) => {
  const hour = Number(shanghai.format(ts).slice(11, 13));
  return hour >= 22 || hour < 6;
};

describe('a night', () => {
  it('goes from 22:00 to 06:00 of its date, across the end of a month, a year and a February', () => {
    expect(text(spanOf('2024-03-01'), shanghai)).toEqual(['02-29T06:00', '02-29T22:00', '03-01T06:00']);
    expect(text(spanOf('2025-01-01'), shanghai)).toEqual(['12-31T06:00', '12-31T22:00', '01-01T06:00']);
    expect(text(spanOf('2025-03-01'), shanghai)).toEqual(['02-28T06:00', '02-28T22:00', '03-01T06:00']);
  });

  it('is an hour shorter or longer where clocks change in it', () => {
    const hours = (date: string) => {
      const span = spanOf(date, berlin);
      expect(text(span, berlin).map((time) => time.slice(6))).toEqual(['06:00', '22:00', '06:00']);
      return (span.to - span.from) / hourMs;
    };
    expect([hours('2024-03-31'), hours('2024-04-01'), hours('2024-10-27')]).toEqual([7, 8, 9]);
  });

  it('has what it used, its least hour, and its mean to that of the day before', () => {
    const [night] = nightsOf(spansFrom('2024-03-01', 1), (ts) => {
      if (shanghai.format(ts).slice(8, 13) === '01T03') return 0.5;
      return isNight(ts) ? 2 : 8;
    });
    expect(night).toMatchObject({ value: 14.5, leastHour: 0.5, usual: null });
    expect(night?.ratio).toBeCloseTo(14.5 / 8 / 8, 12);
  });

  it('is not known where one of its hours is not; its ratio not where the day before is not, or used nothing', () => {
    const spans = spansFrom('2024-03-01', 1);
    const [first] = spans;
    const without = (missing: number | undefined) => nightsOf(spans, (ts) => (ts === missing ? null : 1))[0];
    expect(without(first?.from)).toMatchObject({ value: null, leastHour: null, ratio: null });
    expect(without(first?.dayFrom)).toMatchObject({ value: 8, leastHour: 1, ratio: null });
    expect(nightsOf(spans, (ts) => (isNight(ts) ? 1 : 0))[0]).toMatchObject({ value: 8, ratio: null });
    expect(nightsOf(spans, () => 0)[0]).toMatchObject({ value: 0, ratio: null });
  });

  it('is measured by the median of the 28 before it that are known', () => {
    const spans = spansFrom('2024-03-01', 40);
    const usedIn = (index: number) => (index % 2 === 0 ? index : 100);
    const indexOf = (ts: number) => spans.findIndex((span) => ts < span.to);
    const nights = nightsOf(spans, (ts) => (indexOf(ts) === 20 ? null : usedIn(indexOf(ts)) / 8));
    expect(nights[0]?.usual).toBeNull();
    expect(nights[1]?.usual).toBe(0);
    expect(nights[2]?.usual).toBe(50);
    // Of the nights 11 to 38: 14 at 100, and 13 below since the 20th is not known.
    expect(nights[39]?.usual).toBe(100);
    expect(nights[20]?.value).toBeNull();
  });
});

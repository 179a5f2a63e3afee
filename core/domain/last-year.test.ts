import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LastYear } from './last-year.ts';
import { type Bucket, Calendar, hourMs } from './time.ts';

const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Pacific/Apia'];

function world(zone: string) {
  const calendar = new Calendar(zone);
  const lastYear = new LastYear(calendar);
  const at = (text: string) => calendar.parse(text) ?? Number.NaN;
  const of = (text: string, bucket: Bucket) => {
    const before = lastYear.of(at(text), bucket);
    return before === undefined ? undefined : calendar.format(before).slice(0, 16);
  };
  return { calendar, lastYear, at, of };
}

describe('the same bucket a year before', () => {
  it('is the same month, the same date and the same local hour', () => {
    const { of } = world('Asia/Shanghai');
    expect(of('2025-01-01', 'year')).toBe('2024-01-01T00:00');
    expect(of('2025-03-01', 'month')).toBe('2024-03-01T00:00');
    expect(of('2025-03-01', 'day')).toBe('2024-03-01T00:00');
    expect(of('2025-02-28', 'day')).toBe('2024-02-28T00:00');
    expect(of('2025-12-31T23:00', 'hour')).toBe('2024-12-31T23:00');
  });

  it('of 29 February there is none, of the days around it and of the month there is', () => {
    const { of } = world('Asia/Shanghai');
    expect(of('2024-02-29', 'day')).toBeUndefined();
    expect(of('2024-02-29T13:00', 'hour')).toBeUndefined();
    expect(of('2024-02-28', 'day')).toBe('2023-02-28T00:00');
    expect(of('2024-03-01', 'day')).toBe('2023-03-01T00:00');
    expect(of('2025-03-01', 'day')).toBe('2024-03-01T00:00');
    expect(of('2024-02-01', 'month')).toBe('2023-02-01T00:00');
  });

  it('a stretch that ends on 29 February ended with the month', () => {
    const { lastYear, at, calendar } = world('Asia/Shanghai');
    expect(calendar.format(lastYear.endOf(at('2024-02-29T13:00')) ?? 0)).toBe('2023-03-01T00:00:00+08:00');
    expect(calendar.format(lastYear.endOf(at('2025-02-28T13:00')) ?? 0)).toBe('2024-02-28T13:00:00+08:00');
  });

  it('where clocks change it is the hour of the same name, once', () => {
    const { of, lastYear, calendar, at } = world('Europe/Berlin');
    // 2024-03-31 and 2025-03-30 have no 02:00.
    expect(of('2025-03-31T02:00', 'hour')).toBeUndefined();
    expect(of('2025-03-31T03:00', 'hour')).toBe('2024-03-31T03:00');
    expect(of('2025-03-30T04:00', 'hour')).toBe('2024-03-30T04:00');
    // 2025-10-26 has 02:00 twice, 2024-10-26 once.
    const first = at('2025-10-26T01:00') + hourMs;
    expect(calendar.format(first).slice(11, 16)).toBe('02:00');
    expect(calendar.format(lastYear.of(first, 'hour') ?? 0).slice(0, 16)).toBe('2024-10-26T02:00');
    expect(lastYear.of(first + hourMs, 'hour')).toBeUndefined();
  });

  it('has the same date in every zone, never of two days the same, and lies in the year before', () => {
    for (const zone of zones) {
      const { calendar, lastYear } = world(zone);
      const from = calendar.parse('2009-01-01') ?? 0;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 15 * 366 * 24 }), (hours) => {
          for (const bucket of ['day', 'hour'] as const) {
            const start = calendar.floor(from + hours * hourMs, bucket);
            const before = lastYear.of(start, bucket);
            const [year, rest] = split(calendar.format(start));
            if (before === undefined) continue;
            expect(calendar.floor(before, bucket)).toBe(before);
            const [yearBefore, restBefore] = split(calendar.format(before));
            expect(yearBefore).toBe(year - 1);
            // A day may begin later than at midnight.
            const length = bucket === 'day' ? 5 : 8;
            expect(restBefore.slice(0, length)).toBe(rest.slice(0, length));
            const next = lastYear.of(calendar.next(start, bucket), bucket);
            if (next !== undefined) expect(next).toBeGreaterThan(before);
          }
        }),
        { numRuns: 60, seed: 3 },
      );
    }
  });
});

function split(text: string): [number, string] {
  return [Number(text.slice(0, 4)), text.slice(5, 13)];
}

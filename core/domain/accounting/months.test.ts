import { describe, expect, it } from 'vitest';
import { midnight, monthsFrom } from '../../testing/census-builder.ts';
import {
  daysBetween,
  elapsedMs,
  monthAt,
  rollingTwelve,
  sameMonthsOf,
  windowOfYear,
  yearOfMonth,
  yearToDate,
} from './months.ts';

const months = monthsFrom(2024, 24);

describe('months of a book', () => {
  it('hold a time from their first instant to their last', () => {
    expect(monthAt(months, midnight('2024-03-01'))).toBe(2);
    expect(monthAt(months, midnight('2024-03-01') - 1)).toBe(1);
    expect(monthAt(months, midnight('2023-12-31'))).toBe(-1);
    expect(monthAt(months, midnight('2026-01-01'))).toBe(24);
  });

  it('know their local year, although January begins in December by UTC', () => {
    expect(yearOfMonth(months, 0)).toBe(2024);
    expect(yearOfMonth(months, 11)).toBe(2024);
    expect(yearOfMonth(months, 12)).toBe(2025);
  });

  it('make years, years to date, rolling twelve months and the same months of another year', () => {
    expect(windowOfYear(months, 2025)).toEqual({ from: 12, to: 24 });
    expect(windowOfYear(months, 2023)).toEqual({ from: 0, to: 0 });
    expect(yearToDate(months, 14)).toEqual({ from: 12, to: 15 });
    expect(rollingTwelve(14)).toEqual({ from: 3, to: 15 });
    expect(rollingTwelve(10)).toBeUndefined();
    expect(sameMonthsOf(months, { from: 12, to: 15 }, 2024)).toEqual({ from: 0, to: 3 });
    expect(sameMonthsOf(months, { from: 12, to: 15 }, 2023)).toBeUndefined();
  });

  it('have elapsed as far as the book was made', () => {
    const elapsed = elapsedMs(monthsFrom(2025, 3), midnight('2025-02-11'));
    expect(Array.from(elapsed, (ms) => ms / 86_400_000)).toEqual([31, 10, 0]);
  });

  it('count days whole where a day has 23 or 25 hours', () => {
    const hour = 3_600_000;
    expect(daysBetween(0, 30 * 24 * hour - hour)).toBe(30);
    expect(daysBetween(0, 31 * 24 * hour + hour)).toBe(31);
    expect(daysBetween(0, 12 * hour)).toBe(0.5);
  });
});

// Periods that end with the last month that is over.
import { describe, expect, it } from 'vitest';
import { midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { rollingTwelveOf, yearToDateOf } from './periods.ts';

const period = (from: string, to: string) => ({ from: midnight(from), to: midnight(to) });

describe('a year to date', () => {
  it('ends with the last month that is over, also in its last second and in the first one of the next', () => {
    const end = midnight('2025-03-01');
    expect(yearToDateOf(end - 1, testCalendar)).toEqual(period('2025-01-01', '2025-02-01'));
    expect(yearToDateOf(end, testCalendar)).toEqual(period('2025-01-01', '2025-03-01'));
    expect(yearToDateOf(midnight('2025-12-31'), testCalendar)).toEqual(period('2025-01-01', '2025-12-01'));
  });

  it('is the whole year before in January, when no month of the new one is over', () => {
    for (const at of [midnight('2025-01-01'), midnight('2025-01-31')]) {
      expect(yearToDateOf(at, testCalendar)).toEqual(period('2024-01-01', '2025-01-01'));
    }
  });
});

describe('rolling twelve months', () => {
  it('are twelve that are over', () => {
    expect(rollingTwelveOf(midnight('2025-03-10'), testCalendar)).toEqual(period('2024-03-01', '2025-03-01'));
    expect(rollingTwelveOf(midnight('2025-01-31'), testCalendar)).toEqual(period('2024-01-01', '2025-01-01'));
    expect(rollingTwelveOf(midnight('2025-12-01'), testCalendar)).toEqual(period('2024-12-01', '2025-12-01'));
  });
});

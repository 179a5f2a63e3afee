import { expect, test } from 'vitest';
import { comparedMonths, comparedYears, placeOfCompared, type YearMonths } from './compared.ts';

const nan = Number.NaN;
const column = (...values: number[]) => Float64Array.from({ length: 12 }, (_, month) => values[month] ?? nan);
const months = (year: number, amount: number[], more: Partial<YearMonths> = {}): YearMonths => ({
  year,
  amount: column(...amount),
  coverage: new Float64Array(12).fill(1),
  provisional: new Uint8Array(12),
  ...more,
});
const target = { baseYear: 2020, endYear: 2030, change: -0.2 };
const running = (now: YearMonths, base: YearMonths, through: number, wholeBase = true) =>
  placeOfCompared(target, comparedMonths(now, base, through), 2025, { wholeBase }, {});

test('a year that runs is held against the line of its own months, and told no rate for the years to come', () => {
  const place = running(months(2025, [85, nan, 95]), months(2020, [100, 100, 100, 100]), 4);
  expect(place).toMatchObject({ state: 'on-line', line: 180, gap: 0, progress: 1, remaining: null });
  const whole = { value: 180, coverage: 1, provisional: false };
  const ended = placeOfCompared(target, comparedYears({ ...whole, value: 200 }, whole), 2025, undefined, {});
  expect(ended).toMatchObject({ state: 'on-line', remaining: { years: 5 } });
});

test('months compared say how well the worst of them is covered, and whether a factor stands in', () => {
  const coverage = column(0.99, 0.5, 0.93);
  const base = months(2020, [100, 100, 100], { provisional: Uint8Array.of(0, 1, 0) });
  const now = months(2025, [85, nan, 95], { coverage, provisional: Uint8Array.of(0, 0, 1) });
  expect(comparedMonths(now, base, 3)).toEqual({
    months: [1, 3],
    base: { value: 200, coverage: 1, provisional: false },
    figure: { value: 180, coverage: 0.93, provisional: true },
  });
  expect(running(now, base, 3).provisional).toBe(true);
  expect(running(now, base, 2).provisional).toBe(false);
});

test('without a month to compare it is the months that are missing, or the base year altogether', () => {
  const base = months(2020, [100]);
  expect(running(months(2025, []), base, 0)).toMatchObject({ state: 'not-known', reason: 'no-months' });
  expect(running(months(2025, [nan, 90]), base, 2)).toMatchObject({ reason: 'no-months' });
  expect(running(months(2025, [90]), months(2020, []), 1, false)).toMatchObject({ reason: 'no-base' });
  expect(running(months(2025, [90]), months(2020, [0]), 1)).toMatchObject({ reason: 'no-base' });
});

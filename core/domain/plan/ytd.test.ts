import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameMonths, yearToDate } from './ytd.ts';

const nan = Number.NaN;
const months = (...values: number[]) => Float64Array.from({ length: 12 }, (_, month) => values[month] ?? nan);

test('only months known in both years are compared, and the others are named', () => {
  const now = { year: 2025, amount: months(10, 20, nan, 40) };
  const then = { year: 2024, amount: months(8, nan, 30, 50, 60, 70, 80, 90) };
  expect(sameMonths(now, then, 5)).toEqual({
    year: 2025,
    against: 2024,
    months: [1, 4],
    leftOut: [
      { month: 2, unknownIn: [2024] },
      { month: 3, unknownIn: [2025] },
      { month: 5, unknownIn: [2025] },
    ],
    value: 50,
    valueThen: 58,
    change: 50 / 58 - 1,
  });
});

test('an intensity is the sum of the months by the mean of the users of those months', () => {
  const now = { year: 2025, amount: months(10, 20, 30), per: months(5, 5, 10) };
  const then = { year: 2024, amount: months(10, 20, 30), per: months(5, nan, 5) };
  const compared = sameMonths(now, then, 3);
  expect(compared.months).toEqual([1, 3]);
  expect(compared.value).toBeCloseTo(40 / 7.5, 12);
  expect(compared.valueThen).toBeCloseTo(40 / 5, 12);
});

test('the mean of users weighs months by their days, where they are handed in', () => {
  const days = months(31, 28, 31);
  const now = { year: 2025, amount: months(10, 20), per: months(5, 10), weight: days };
  const then = { year: 2024, amount: months(10, 20), per: months(5, 10) };
  const compared = sameMonths(now, then, 2);
  expect(compared.value).toBeCloseTo(30 / ((5 * 31 + 10 * 28) / 59), 12);
  expect(compared.valueThen).toBeCloseTo(30 / 7.5, 12);
});

test('last year and the base year each have their own months; a year not handed in is null', () => {
  const year = (number: number, ...values: number[]) => ({ year: number, amount: months(...values) });
  const both = yearToDate(year(2025, 1, 2, 3), 3, {
    lastYear: year(2024, 1, 2, nan),
    baseYear: year(2020, nan, 2, 6),
  });
  expect(both.lastYear).toMatchObject({ against: 2024, months: [1, 2], value: 3, change: 0 });
  expect(both.baseYear).toMatchObject({ against: 2020, months: [2, 3], value: 5 });
  expect(yearToDate(year(2025, 1), 1, {})).toEqual({ lastYear: null, baseYear: null });
});

test('without a common month there is no figure, and no change from nothing', () => {
  const empty = sameMonths({ year: 2025, amount: months(1) }, { year: 2024, amount: months(nan, 1) }, 2);
  expect(empty).toMatchObject({ months: [], value: null, valueThen: null, change: null });
  const none = sameMonths({ year: 2025, amount: months(1) }, { year: 2024, amount: months(0) }, 1);
  expect(none).toMatchObject({ value: 1, valueThen: 0, change: null });
});

test('compared and left-out months are all months of the year to date, and comparing backwards turns the figures round', () => {
  const column = fc.array(fc.oneof(fc.constant(nan), fc.double({ min: 0.1, max: 1e6, noNaN: true })), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(column, column, fc.integer({ min: 1, max: 12 }), (a, b, through) => {
      const now = { year: 2025, amount: months(...a) };
      const then = { year: 2024, amount: months(...b) };
      const compared = sameMonths(now, then, through);
      const all = [...compared.months, ...compared.leftOut.map(({ month }) => month)].toSorted(
        (x, y) => x - y,
      );
      expect(all).toEqual(Array.from({ length: through }, (_, index) => index + 1));
      const back = sameMonths(then, now, through);
      expect([back.value, back.valueThen]).toEqual([compared.valueThen, compared.value]);
    }),
    { seed: 3 },
  );
});

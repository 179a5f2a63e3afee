import { expect, test } from 'vitest';
import { placeOnLine } from './line.ts';
import { type Placed, ranksOf } from './rank.ts';

const placed = (value: number | null, change = -0.06, coverage = 1): Placed => {
  const figure = { value, coverage, provisional: false };
  const base = { value: 100, coverage: 1, provisional: false };
  return { figure, place: placeOnLine({ baseYear: 2020, endYear: 2025, change }, base, figure, 2025) };
};

test('the most of what is due comes first, equals share a rank, and the next one counts on', () => {
  expect(ranksOf([placed(98), placed(90), placed(98 + 1e-12), placed(99)], 'less')).toEqual([2, 1, 2, 4]);
  // Three of four per cent due are more than four of eight.
  expect(ranksOf([placed(97, -0.04), placed(96, -0.08)], 'less')).toEqual([1, 2]);
});

test('whoever is not known, or known in part, has no rank and takes none away', () => {
  expect(ranksOf([placed(null), placed(98), placed(120, -0.06, 0.5), placed(90)], 'less')).toEqual([
    null,
    2,
    null,
    1,
  ]);
});

test('where some targets allow a rise it is the distance from the line that counts', () => {
  expect(ranksOf([placed(104, 0.1), placed(93), placed(94, 0)], 'less')).toEqual([2, 3, 1]);
});

test('of solar the most comes first', () => {
  const solar = (value: number): Placed => {
    const figure = { value, coverage: 1, provisional: false };
    const target = { baseYear: 2020, endYear: 2025, change: 0 };
    return {
      figure,
      place: placeOnLine(target, { ...figure, value: 100 }, figure, 2025, { wanted: 'more' }),
    };
  };
  expect(ranksOf([solar(100), solar(130), solar(90)], 'more')).toEqual([2, 1, 3]);
});

import { describe, expect, it } from 'vitest';
import { compare } from './same-figures.ts';

describe('compare', () => {
  const rows = { rows: [{ ts: 5, value: 1e9, coverage: 0.5, partial: null }], of: Float64Array.of(1, 2) };

  it('finds nothing where figures differ by less than a billionth', () => {
    const near = { ...rows, rows: [{ ts: 5, value: 1e9 + 0.5, coverage: 0.5, partial: null }] };
    expect(compare(rows, near)).toEqual({ found: [], compared: 6 });
  });

  it.each([
    ['a figure', { ts: 5, value: 1e9 + 2, coverage: 0.5, partial: null }, /^rows\.0\.value: 1000000000 and/],
    ['coverage, however little', { ts: 5, value: 1e9, coverage: 0.5 + 1e-12, partial: null }, /coverage/],
    ['null and zero', { ts: 5, value: 1e9, coverage: 0.5, partial: 0 }, /partial: null and 0/],
    ['a number and none', { ts: 5, value: Number.NaN, coverage: 0.5, partial: null }, /value/],
    ['what is missing', { ts: 5, value: 1e9, coverage: 0.5 }, /rows\.0: 4 entries and 3/],
    [
      'what has another name',
      { ts: 5, value: 1e9, coverage: 0.5, part: null },
      /partial: null and undefined/,
    ],
  ])('finds %s', (_, other, message) => {
    const { found } = compare(rows, { ...rows, rows: [other] });
    expect(found).toEqual([expect.stringMatching(message)]);
  });

  it('looks into lists of numbers', () => {
    expect(compare(rows, { ...rows, of: Float64Array.of(1, 3) }).found).toEqual(['of.1: 2 and 3']);
    expect(compare(rows, { ...rows, of: Float64Array.of(1) }).found).toHaveLength(1);
  });
});

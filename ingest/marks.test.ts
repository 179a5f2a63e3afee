import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMs } from '../core/domain/time.ts';
import { marksOf } from './marks.ts';

function columns(rows: readonly (readonly [number, number])[]) {
  return {
    series: rows.map(([series]) => series),
    ts: rows.map(([, ts]) => ts),
    value: rows.map(() => 1),
    length: rows.length,
  };
}

test('a series gets one mark from its first to its last time where that is a day at most', () => {
  const marks = marksOf(
    columns([
      [7, 300],
      [8, 50],
      [7, 100],
      [7, 100 + dayMs],
    ]),
  );
  expect(marks).toEqual(
    expect.arrayContaining([
      { series: 7, from: 100, to: 100 + dayMs },
      { series: 8, from: 50, to: 50 },
    ]),
  );
  expect(marks).toHaveLength(2);
});

test('a long series without a gap of more than a day stays one mark, scattered rows get one each', () => {
  const hourly = Array.from({ length: 200 }, (_, hour) => [1, hour * 3_600_000] as const);
  const scattered = [5, 1, 3].map((month) => [2, month * 30 * dayMs] as const);
  expect(marksOf(columns([...hourly, ...scattered]))).toEqual([
    { series: 1, from: 0, to: 199 * 3_600_000 },
    { series: 2, from: 30 * dayMs, to: 30 * dayMs },
    { series: 2, from: 90 * dayMs, to: 90 * dayMs },
    { series: 2, from: 150 * dayMs, to: 150 * dayMs },
  ]);
});

test('every row lies in a mark of its series, marks begin and end at rows, and none spans a gap of more than a day', () => {
  const row = fc.tuple(fc.nat(3), fc.nat(10 * dayMs));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      const marks = marksOf(columns(rows));
      for (const [series, ts] of rows) {
        expect(marks.filter((m) => m.series === series && m.from <= ts && ts <= m.to)).toHaveLength(1);
      }
      for (const mark of marks) {
        const times = rows
          .filter(([series, ts]) => series === mark.series && ts >= mark.from && ts <= mark.to)
          .map(([, ts]) => ts)
          .sort((a, b) => a - b);
        expect([times[0], times.at(-1)]).toEqual([mark.from, mark.to]);
        times.forEach((ts, at) => {
          expect(ts - (times[at - 1] ?? ts)).toBeLessThanOrEqual(dayMs);
        });
      }
    }),
  );
});

// Days and months of hours: the same as filtering all rows for each bucket, but one walk over both lists.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumByCalendar } from '../../core/domain/energy/calendar-sums.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { hourSpans, largerSpans, type Span, uncovered, wholeBuckets } from './spans.ts';

const t0 = midnight('2024-01-30');

function row(hour: number, value: number): RollupRow {
  return { ts: t0 + hour * hourMs, value, min: null, max: null, measuredMs: hourMs, estimatedMs: 0 };
}

function rowsOf(hours: readonly number[], value: number): RollupRow[] {
  return hours.map((hour) => row(hour, value + hour));
}

describe('hourSpans', () => {
  it('lays a later change over an earlier one that it overlaps', () => {
    const change = { exclusions: [], exclusionsFrom: 0, exclusionsTo: 0 };
    const [a, b] = [rowsOf([0, 1, 2], 0), rowsOf([1], 100)];
    const at = (hour: number) => t0 + hour * hourMs;
    const spans = hourSpans([
      { ...change, from: at(0), to: at(3), hours: a },
      { ...change, from: at(1), to: at(2), hours: b },
      { ...change, from: at(9), to: at(10), hours: [] },
    ]);
    expect(spans).toEqual([
      { from: at(0), to: at(3), rows: [row(0, 0), row(1, 101), row(2, 2)] },
      { from: at(9), to: at(10), rows: [] },
    ]);
  });
});

describe('largerSpans', () => {
  const hours = fc
    .uniqueArray(fc.integer({ min: 0, max: 90 * 24 }), { maxLength: 200 })
    .map((list) => list.toSorted((a, b) => a - b));
  const bucket = fc.constantFrom('day' as const, 'month' as const);

  it('gives each whole bucket the sum of stored rows outside the spans and of theirs inside', () => {
    fc.assert(
      fc.property(
        hours,
        fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 8 }),
        bucket,
        (list, days, size) => {
          const spans = [...new Set(days)]
            .sort((a, b) => a - b)
            .map((day): Span => {
              const [from, to] = [t0 + day * dayMs + 5 * hourMs, t0 + day * dayMs + 8 * hourMs];
              return { from, to, rows: rowsOf([day * 24 + 5, day * 24 + 7], 1_000) };
            });
          const wholes = wholeBuckets(spans, size, testCalendar);
          const parts = wholes.flatMap((whole) => uncovered(whole, spans));
          const stored = rowsOf(list, 0).filter((each) =>
            parts.some((part) => each.ts >= part.from && each.ts < part.to),
          );
          const all = [...stored, ...spans.flatMap((span) => span.rows)].sort((a, b) => a.ts - b.ts);
          const plain = wholes.map(({ from, to }) => {
            const rows = all.filter((each) => each.ts >= from && each.ts < to);
            return { from, to, rows: sumByCalendar(rows, size, testCalendar, 'register') };
          });
          expect(largerSpans(wholes, spans, stored, size, testCalendar, 'register')).toEqual(plain);
        },
      ),
      { seed: 5 },
    );
  });

  it('looks at each row a few times only, however many buckets there are', () => {
    let looks = 0;
    const counted = Array.from({ length: 4_000 }, (_, index) => {
      const each = row(index * 24, 1);
      return Object.defineProperty({ ...each }, 'ts', {
        enumerable: true,
        get() {
          looks++;
          return each.ts;
        },
      });
    });
    const wholes = counted.map((_, index) => ({ from: t0 + index * dayMs, to: t0 + (index + 1) * dayMs }));
    largerSpans(wholes, [], counted, 'day', testCalendar, 'register');
    expect(looks).toBeLessThan(20 * counted.length);
  });
});

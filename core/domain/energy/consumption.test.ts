import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, Calendar, dayMs, hourMs } from '../time.ts';
import {
  type ConsumptionSum,
  ConsumptionSums,
  coverageOf,
  isPartial,
  type StoredSum,
} from './consumption.ts';
import {
  groupMembers,
  type MemberGroup,
  type MemberStretch,
  type StoredRange,
  storedRanges,
} from './consumption-plan.ts';

const calendar = new Calendar('Asia/Shanghai');
const at = (text: string) => {
  const ts = calendar.parse(text);
  if (ts === undefined) throw new Error(`no time: ${text}`);
  return ts;
};
const never = Number.MAX_SAFE_INTEGER;

interface HourOfSeries {
  readonly value: number | null;
  readonly measuredMs: number;
  readonly estimatedMs: number;
}
/** Hours of one point by start; an hour without entry is unknown. */
type Hours = ReadonlyMap<number, HourOfSeries>;
type World = ReadonlyMap<string, Hours>;

/** What a store answers for a group: sums by stored bucket, nothing where nothing is known. */
function stored(world: World, group: MemberGroup, range: StoredRange, zone: Calendar): StoredSum[] {
  return zone.starts(range.from, range.to, range.bucket).flatMap((ts) => {
    const end = zone.next(ts, range.bucket);
    const sum = { ts, value: null as number | null, known: 0, measuredMs: 0, estimatedMs: 0 };
    for (const { point } of group.members) {
      let known = false;
      for (const [hour, entry] of world.get(point) ?? []) {
        if (hour < ts || hour >= end || entry.value === null) continue;
        known = true;
        sum.value = (sum.value ?? 0) + entry.value;
        sum.measuredMs += entry.measuredMs;
        sum.estimatedMs += entry.estimatedMs;
      }
      if (known) sum.known++;
    }
    return sum.value === null ? [] : [sum];
  });
}

function consumption(
  world: World,
  stretches: readonly MemberStretch[],
  range: { from: number; to: number; bucket: Bucket; asOf?: number },
  zone = calendar,
) {
  const { from, to, bucket } = range;
  const sums = new ConsumptionSums(zone.starts(from, to, bucket), to, range.asOf ?? never);
  for (const group of groupMembers(stretches, from, to)) {
    const ranges = storedRanges(group.from, group.to, bucket, zone);
    sums.add(
      group,
      ranges.flatMap((each) => stored(world, group, each, zone)),
    );
  }
  return { rows: sums.rows(), total: sums.total() };
}

function steady(from: number, to: number, value: number): Hours {
  const hours = new Map<number, HourOfSeries>();
  for (let ts = from; ts < to; ts += hourMs) hours.set(ts, { value, measuredMs: hourMs, estimatedMs: 0 });
  return hours;
}

const member = (point: string, from: number, to: number, quantity = 'electricity'): MemberStretch => ({
  point,
  quantity,
  from,
  to,
});

describe('a sum of consumption', () => {
  const from = at('2024-01-01');
  const to = at('2024-04-01');

  it('has a row for every bucket, null where nothing is known', () => {
    const world = new Map([['a/1', steady(from, at('2024-02-01'), 2)]]);
    const { rows, total } = consumption(world, [member('a/1', from, to)], { from, to, bucket: 'month' });
    expect(rows.map((row) => row.value)).toEqual([2 * 24 * 31, null, null]);
    expect(rows.map((row) => row.points)).toEqual([
      { known: 1, expected: 1 },
      { known: 0, expected: 1 },
      { known: 0, expected: 1 },
    ]);
    expect(total.value).toBe(2 * 24 * 31);
    expect(rows.map(isPartial)).toEqual([false, true, true]);
    expect(coverageOf(total)?.coverage).toBeCloseTo(31 / 91, 12);
  });

  it('is partial with an unknown child and still says what is known', () => {
    const world = new Map([['a/1', steady(from, to, 1)]]);
    const { total } = consumption(world, [member('a/1', from, to), member('a/2', from, to)], {
      from,
      to,
      bucket: 'month',
    });
    expect(total.value).toBe(24 * 91);
    expect(total.points).toEqual({ known: 1, expected: 2 });
    expect(isPartial(total)).toBe(true);
    expect(coverageOf(total)).toEqual({
      coverage: 0.5,
      measuredShare: 0.5,
      estimatedShare: 0,
      missingShare: 0.5,
    });
  });

  it('expects no time after now, so that a running month does not lack its future', () => {
    const asOf = at('2024-03-11');
    const world = new Map([['a/1', steady(from, asOf, 1)]]);
    const { rows, total } = consumption(world, [member('a/1', from, never)], {
      from,
      to: at('2024-06-01'),
      bucket: 'month',
      asOf,
    });
    expect(rows.map((row) => coverageOf(row)?.coverage ?? null)).toEqual([1, 1, 1, null, null]);
    expect(rows.map((row) => row.value)).toEqual([24 * 31, 24 * 29, 24 * 10, null, null]);
    expect(isPartial(total)).toBe(false);
  });

  it('counts a point from the day it joins, in a month that is cut', () => {
    const joined = at('2024-01-20');
    const world = new Map([
      ['a/1', steady(from, to, 1)],
      ['a/2', steady(from, to, 10)],
    ]);
    const { rows } = consumption(world, [member('a/1', from, to), member('a/2', joined, to)], {
      from,
      to,
      bucket: 'month',
    });
    expect(rows[0]?.value).toBe(24 * 31 + 10 * 24 * 12);
    expect(rows[0]?.expectedMs).toBe(31 * dayMs + 12 * dayMs);
    expect(isPartial(rows[0] as ConsumptionSum)).toBe(false);
  });

  it('expects a point that left and came back once', () => {
    const world = new Map([['a/1', steady(from, to, 1)]]);
    const stretches = [
      member('a/1', from, at('2024-01-10')),
      member('a/1', at('2024-01-20'), at('2024-02-01')),
    ];
    const { rows, total } = consumption(world, stretches, { from, to, bucket: 'month' });
    expect(rows[0]?.points).toEqual({ known: 1, expected: 1 });
    expect(total.points).toEqual({ known: 1, expected: 1 });
    expect(rows[0]?.value).toBe(24 * (9 + 12));
    expect(rows[1]?.points).toEqual({ known: 0, expected: 0 });
    expect(coverageOf(rows[1] as ConsumptionSum)).toBeNull();
  });

  it('counts a point with register and interval readings of one carrier once', () => {
    const groups = groupMembers(
      [
        member('a/1', from, to, 'electricity_interval'),
        member('a/1', at('2024-02-01'), to, 'electricity'),
        member('a/1', at('2024-02-01'), to, 'electricity'),
      ],
      from,
      to,
    );
    expect(groups.map((group) => [group.from, group.to, group.members.map((each) => each.quantity)])).toEqual(
      [
        [from, at('2024-02-01'), ['electricity_interval']],
        [at('2024-02-01'), to, ['electricity']],
      ],
    );
  });

  it('takes adjoining stretches of a point as one', () => {
    const move = at('2024-02-10');
    expect(groupMembers([member('a/1', from, move), member('a/1', move, to)], from, to)).toHaveLength(1);
  });

  it('expects at least what is covered', () => {
    const world = new Map([['a/1', steady(from, from + 2 * hourMs, 1)]]);
    const { total } = consumption(world, [member('a/1', from, to)], {
      from,
      to: from + 2 * hourMs,
      bucket: 'hour',
      asOf: from + hourMs,
    });
    expect(coverageOf(total)?.coverage).toBe(1);
  });

  it('refuses a stored bucket outside of the range', () => {
    const sums = new ConsumptionSums([from], to, never);
    const group = { from, to, members: [member('a/1', from, to)] };
    const outside = { ts: to, value: 1, known: 1, measuredMs: 0, estimatedMs: 0 };
    expect(() => sums.add(group, [outside])).toThrow(RangeError);
  });
});

describe('the ranges to read', () => {
  it('are whole months with days at the ends', () => {
    const ranges = storedRanges(at('2023-12-30'), at('2024-03-03'), 'year', calendar);
    expect(ranges).toEqual([
      { bucket: 'day', from: at('2023-12-30'), to: at('2024-01-01') },
      { bucket: 'month', from: at('2024-01-01'), to: at('2024-03-01') },
      { bucket: 'day', from: at('2024-03-01'), to: at('2024-03-03') },
    ]);
  });

  it('are only hours for an answer by hour, and hours at the ends of stretches that are not on midnight', () => {
    const from = at('2024-01-01T05:20');
    expect(storedRanges(from, at('2024-01-03'), 'hour', calendar)).toEqual([
      { bucket: 'hour', from: at('2024-01-01T05:00'), to: at('2024-01-03') },
    ]);
    expect(storedRanges(from, at('2024-01-03'), 'day', calendar)).toEqual([
      { bucket: 'hour', from: at('2024-01-01T05:00'), to: at('2024-01-02') },
      { bucket: 'day', from: at('2024-01-02'), to: at('2024-01-03') },
    ]);
  });

  it('adjoin and fill the stretch exactly, in zones with 23 and 25 hour days too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'UTC'),
        fc.integer({ min: 0, max: 24 * 800 }),
        fc.integer({ min: 0, max: 24 * 800 }),
        fc.constantFrom<Bucket>('hour', 'day', 'month', 'year'),
        (zoneName, start, length, bucket) => {
          const zone = new Calendar(zoneName);
          const from = zone.floor(at('2023-01-01'), 'hour') + start * hourMs;
          const to = from + length * hourMs;
          const ranges = storedRanges(from, to, bucket, zone);
          let reached = from;
          for (const range of ranges) {
            expect(range.from).toBe(reached);
            expect(zone.floor(range.from, range.bucket)).toBe(range.from);
            expect(zone.floor(range.to, range.bucket)).toBe(range.to);
            expect(range.to).toBeGreaterThan(range.from);
            reached = range.to;
          }
          expect(reached).toBe(to);
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('consumption is additive', () => {
  const first = at('2023-12-01');
  const days = 70;
  const hour = fc.option(
    fc.record({
      value: fc.double({ min: 0, max: 1e5, noNaN: true }),
      measuredMs: fc.integer({ min: 0, max: hourMs / 2 }),
      estimatedMs: fc.integer({ min: 1, max: hourMs / 2 }),
    }),
    { freq: 4 },
  );
  const point = fc.record({
    hours: fc.array(fc.tuple(fc.integer({ min: 0, max: days * 24 - 1 }), hour), { maxLength: 60 }),
    joins: fc.integer({ min: 0, max: days }),
    stays: fc.integer({ min: 1, max: days }),
    always: fc.boolean(),
  });
  const points = fc.array(point, { minLength: 1, maxLength: 5 });
  type DrawnPoint = typeof points extends fc.Arbitrary<(infer P)[]> ? P : never;

  function build(drawn: readonly DrawnPoint[]) {
    const world = new Map<string, Hours>();
    const members: MemberStretch[] = [];
    for (const [index, each] of drawn.entries()) {
      const key = `a/${index}`;
      const hours = new Map<number, HourOfSeries>();
      for (const [offset, entry] of each.hours) if (entry) hours.set(first + offset * hourMs, entry);
      world.set(key, hours);
      const from = each.always ? first - dayMs : first + each.joins * dayMs;
      members.push(member(key, from, each.always ? never : from + each.stays * dayMs));
    }
    return { world, members };
  }
  const range = { from: at('2023-01-01'), to: at('2025-01-01') };
  const close = (a: number | null, b: number | null) => {
    if (a === null || b === null) return expect(a).toBe(b);
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-9));
  };

  it('hours sum to days, days to months, months to years, with the same time covered and expected', () => {
    fc.assert(
      fc.property(points, (drawn) => {
        const { world, members } = build(drawn);
        const totals = (['hour', 'day', 'month', 'year'] as const).map((bucket) => {
          const { rows, total } = consumption(world, members, { ...range, bucket });
          const known = rows.filter((row) => row.value !== null);
          close(
            total.value,
            known.length === 0 ? null : known.reduce((sum, row) => sum + (row.value ?? 0), 0),
          );
          return total;
        });
        for (const total of totals) {
          close(total.value, totals[0]?.value ?? null);
          expect(total.expectedMs).toBe(totals[0]?.expectedMs);
          expect(total.measuredMs).toBe(totals[0]?.measuredMs);
          expect(total.estimatedMs).toBe(totals[0]?.estimatedMs);
        }
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  it('the sum over points is the sum of each alone, and unknown only if all are', () => {
    fc.assert(
      fc.property(points, fc.constantFrom<Bucket>('day', 'month', 'year'), (drawn, bucket) => {
        const { world, members } = build(drawn);
        const together = consumption(world, members, { ...range, bucket });
        const alone = members.map((each) => consumption(world, [each], { ...range, bucket }));
        for (const [index, row] of together.rows.entries()) {
          const parts = alone.map((each) => each.rows[index] as ConsumptionSum);
          const known = parts.filter((part) => part.value !== null);
          close(
            row.value,
            known.length === 0 ? null : known.reduce((sum, part) => sum + (part.value ?? 0), 0),
          );
          expect(row.expectedMs).toBe(parts.reduce((sum, part) => sum + part.expectedMs, 0));
          expect(row.points.expected).toBe(parts.reduce((sum, part) => sum + part.points.expected, 0));
          expect(isPartial(row)).toBe(parts.some(isPartial));
        }
      }),
      { numRuns: 40, seed: 8 },
    );
  });

  it('shares are within 0 and 1 and sum to 1', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: days * 24 }), (drawn, now) => {
        const { world, members } = build(drawn);
        const { rows } = consumption(world, members, {
          ...range,
          bucket: 'day',
          asOf: first + now * hourMs,
        });
        for (const row of rows) {
          const shares = coverageOf(row);
          if (shares === null) continue;
          const { coverage, measuredShare, estimatedShare, missingShare } = shares;
          for (const share of [coverage, measuredShare, estimatedShare, missingShare]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          expect(measuredShare + estimatedShare + missingShare).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: 30, seed: 9 },
    );
  });
});

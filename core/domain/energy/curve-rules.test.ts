import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar, hourMs } from '../time.ts';
import type { Quantity } from '../units.ts';
import { sumByCalendar } from './calendar-sums.ts';
import { type Installation, noFacts, type SeriesFacts } from './facts.ts';
import { createScan, headChange, headEdges } from './recompute.ts';

const t0 = Date.UTC(2026, 0, 1);
const quarter = 15 * 60_000;

function facts(installation: Partial<Installation> = {}, more: Partial<SeriesFacts> = {}): SeriesFacts {
  return { ...noFacts, installations: [{ from: t0 - hourMs, multiplier: 1, ...installation }], ...more };
}

function scan(
  rows: readonly (readonly [number, number])[],
  given: SeriesFacts = facts(),
  quantity: Quantity = 'electricity',
) {
  const series = createScan(quantity, given);
  for (const [ts, value] of rows) series.push(ts, value);
  const { hours, exclusions } = headChange(series, 0, 0);
  const known = hours.filter((row) => row.value !== null);
  return {
    hours,
    total: known.length === 0 ? null : known.reduce((sum, row) => sum + (row.value ?? 0), 0),
    measuredH: hours.reduce((sum, row) => sum + row.measuredMs, 0) / hourMs,
    estimatedH: hours.reduce((sum, row) => sum + row.estimatedMs, 0) / hourMs,
    exclusions: exclusions.map((entry) => [(entry.ts - t0) / quarter, entry.code] as const),
    withheld: exclusions.reduce((sum, entry) => sum + entry.withheld, 0),
  };
}

/** Readings every quarter of an hour from t0. */
function every(values: readonly number[]): [number, number][] {
  return values.map((value, index) => [t0 + index * quarter, value]);
}

describe('the consumption curve of a register', () => {
  it('takes a first reading for no consumption', () => {
    expect(scan(every([53_000]))).toMatchObject({ total: null, hours: [], exclusions: [] });
  });

  it('spreads the rise between readings evenly over time', () => {
    const { hours } = scan(
      [
        [t0 + hourMs / 2, 10],
        [t0 + 2 * hourMs, 40],
      ],
      facts({}, { expectedIntervalMs: [{ from: 0, value: hourMs }] }),
    );
    expect(hours.map((row) => [row.value, row.measuredMs / hourMs])).toEqual([
      [10, 0.5],
      [20, 1],
    ]);
  });

  it('applies the multiplier (CT x PT) to the rise', () => {
    expect(scan(every([10, 11, 12]), facts({ multiplier: 80 })).total).toBe(160);
  });

  it.each([
    ['a transient zero', [100, 101, 0, 102, 103], 3, [[2, 'dip']]],
    [
      'two zeros',
      [100, 101, 0, 0, 102, 103],
      3,
      [
        [2, 'dip'],
        [3, 'dip'],
      ],
    ],
    ['a dip', [100, 101, 90, 102, 103], 3, [[2, 'dip']]],
    ['a spike', [100, 101, 900, 102, 103, 104, 105], 5, [[2, 'spike']]],
    ['a jitter by a digit', [100.5, 100.4, 100.6, 101], 0.5, [[1, 'dip']]],
    ['a leading zero', [0, 53_000, 53_001, 53_002, 53_003], 3, [[0, 'dip']]],
    ['a long run of zeros', [100, 101, ...new Array(30).fill(0), 133, 134], 34, null],
  ] as const)('lets %s leave no trace', (_name, values, total, exclusions) => {
    const result = scan(every(values));
    expect(result.total).toBeCloseTo(total, 9);
    if (exclusions !== null) expect(result.exclusions).toEqual(exclusions);
    else expect(result.exclusions).toHaveLength(30);
  });

  it('believes a meter that starts at zero and counts on', () => {
    expect(scan(every([0, 1.2, 2.5, 3.6, 4.9]))).toMatchObject({ exclusions: [], measuredH: 1 });
  });

  it('explains a fall by the width of the register', () => {
    const given = facts({ wrapsAt: 10_000 });
    expect(scan(every([9_990, 9_996, 2, 8]), given)).toMatchObject({ total: 18, exclusions: [] });
  });

  it('does not take a dip in the middle of the register for a roll-over', () => {
    const given = facts({ wrapsAt: 10_000, ratingPerHour: 100 });
    expect(scan(every([5_000, 5_001, 0, 5_002]), given)).toMatchObject({
      total: 2,
      exclusions: [[2, 'dip']],
    });
  });

  it('leaves out a reading beyond the width of the register', () => {
    expect(scan(every([10, 11, 10_000, 12]), facts({ wrapsAt: 10_000 }))).toMatchObject({
      total: 2,
      exclusions: [[2, 'out-of-range']],
    });
  });

  it('suspects a reset until later readings confirm it, and invents nothing across it', () => {
    const suspected = scan(every([1_000, 1_001, 5, 6]));
    expect(suspected).toMatchObject({
      total: 1,
      exclusions: [
        [2, 'reset-suspected'],
        [3, 'reset-suspected'],
      ],
    });
    const confirmed = scan(every([1_000, 1_001, 5, 6, 7, 8, 9]));
    expect(confirmed).toMatchObject({ total: 5, exclusions: [[2, 'reset-confirmed']], measuredH: 1.25 });
  });

  it('does not confirm a reset by readings that stay at zero', () => {
    const { exclusions, total } = scan(every([1_000, 1_001, ...new Array(40).fill(0)]));
    expect(total).toBe(1);
    expect(new Set(exclusions.map(([, code]) => code))).toEqual(new Set(['reset-suspected']));
  });

  it('shows a rise faster than the rating as suspect and withholds it', () => {
    const given = facts({ ratingPerHour: 400, multiplier: 2 });
    expect(scan(every([100, 110, 5_000, 5_010, 5_020, 5_030]), given)).toMatchObject({
      total: 80,
      withheld: 9_780,
      exclusions: [[2, 'above-rating']],
      measuredH: 1,
    });
  });

  it('counts a replaced meter from its final and first values', () => {
    const given: SeriesFacts = {
      ...noFacts,
      installations: [
        { from: t0 - hourMs, multiplier: 1 },
        { from: t0 + 1.5 * quarter, multiplier: 10, previousFinalValue: 5_003, firstValue: 7 },
      ],
    };
    // 2 + 1 of the old device, (9 - 7) x 10 + 10 of the new one
    expect(scan(every([5_000, 5_002, 9, 10]), given)).toMatchObject({
      total: 33,
      exclusions: [],
      measuredH: 0.75,
    });
  });

  it('counts nothing across a replacement whose values nobody recorded', () => {
    const given: SeriesFacts = {
      ...noFacts,
      installations: [
        { from: t0 - hourMs, multiplier: 1 },
        { from: t0 + 1.5 * quarter, multiplier: 1 },
      ],
    };
    expect(scan(every([5_000, 5_002, 90_000, 90_004]), given)).toMatchObject({ total: 6, measuredH: 0.5 });
  });

  it('goes on across an entry that only changes the parameters of a device, each stretch by its own multiplier', () => {
    const given: SeriesFacts = {
      ...noFacts,
      installations: [
        { from: t0 - hourMs, serial: '40213', multiplier: 1, wrapsAt: 10_000 },
        { from: t0 + 1.5 * quarter, serial: '40213', multiplier: 10, wrapsAt: 100_000 },
      ],
    };
    // 4, then 6 of which half before the change, then 2: 4 + 3 + 3 x 10 + 2 x 10
    expect(scan(every([5_000, 5_004, 5_010, 5_012]), given)).toMatchObject({
      total: 57,
      exclusions: [],
      measuredH: 0.75,
    });
    // A roll-over is by the width that held when it happened, although it is settled when another holds.
    expect(scan(every([9_998, 1, 2, 3, 4, 5, 6]), given)).toMatchObject({ total: 3 + 0.5 + 0.5 * 10 + 40 });
  });

  it('takes another serial number, or none, for another device', () => {
    for (const serial of ['40214', undefined]) {
      const installations = [
        { from: t0 - hourMs, serial: '40213', multiplier: 1 },
        { from: t0 + 1.5 * quarter, serial, multiplier: 1 },
      ];
      const { total } = scan(every([5_000, 5_002, 5_010, 5_014]), { ...noFacts, installations });
      expect(total).toBe(6);
    }
  });

  it('counts the first rise of a device whose first reading is of the moment it was put in', () => {
    const given = facts({ from: t0, firstValue: 0 });
    expect(scan(every([50, 51, 52]), given).total).toBe(52);
  });

  it.each([
    ['dead at zero', (index: number) => (index < 10 ? 100 + index : 0)],
    ['fluttering near zero', (index: number) => (index < 10 ? 100 + index : (index * 7) % 3)],
    ['sending what is out of range', (index: number) => (index < 10 ? 100 + index : -1)],
  ])('lists a register %s for a month in a few entries that cover all of it', (_name, value) => {
    const rows = every(Array.from({ length: 3_000 }, (_, index) => value(index)));
    const series = createScan('electricity', facts());
    let entries: readonly { ts: number; until: number }[] = [];
    for (const [ts, shown] of rows) {
      const edges = headEdges(series);
      series.push(ts, shown);
      const change = headChange(series, edges.from, edges.exclusionsFrom);
      expect(change.exclusions.length).toBeLessThan(60);
      entries = [...entries.filter((entry) => entry.ts < change.exclusionsFrom), ...change.exclusions];
    }
    for (const [ts] of rows.slice(10)) {
      expect(entries.some((entry) => entry.ts <= ts && entry.until >= ts)).toBe(true);
    }
    expect(entries.some((entry) => entry.ts < t0 + 10 * quarter)).toBe(false);
  });

  it('loses nothing in a gap and marks its hours as estimated', () => {
    const result = scan([
      [t0, 100],
      [t0 + 5 * hourMs, 150],
    ]);
    expect(result).toMatchObject({ total: 50, measuredH: 0, estimatedH: 5 });
    expect(result.hours.map((row) => row.value)).toEqual([10, 10, 10, 10, 10]);
  });

  it('takes three expected intervals for no gap', () => {
    const given = facts({}, { expectedIntervalMs: [{ from: 0, value: 24 * hourMs }] });
    expect(
      scan(
        [
          [t0, 100],
          [t0 + 48 * hourMs, 148],
        ],
        given,
      ),
    ).toMatchObject({ total: 48, measuredH: 48, estimatedH: 0 });
  });

  it('follows authored corrections', () => {
    const corrected = (action: 'exclude' | 'replace' | 'accept', value?: number) =>
      facts({ ratingPerHour: 100 }, { corrections: [{ ts: t0 + quarter, action, value }] });
    expect(scan(every([100, 105, 110]), corrected('exclude'))).toMatchObject({
      total: 10,
      exclusions: [[1, 'correction']],
    });
    expect(scan(every([100, 9_999, 110]), corrected('replace', 104))).toMatchObject({
      total: 10,
      exclusions: [],
    });
    expect(scan(every([100, 600, 610]), corrected('accept'))).toMatchObject({ total: 510, exclusions: [] });
  });

  it('is additive: hours sum to the rise of the register, cut at any reading', () => {
    const increments = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), {
      minLength: 2,
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        increments,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 200, maxLength: 200 }),
        (rises, minutes) => {
          let ts = t0;
          let value = 12_345;
          const rows = rises.map((rise, index): [number, number] => {
            ts += (minutes[index] ?? 1) * 60_000;
            value += rise;
            return [ts, value];
          });
          const { total } = scan(rows);
          const rise = (rows.at(-1)?.[1] ?? 0) - (rows[0]?.[1] ?? 0);
          expect(Math.abs((total ?? 0) - rise)).toBeLessThanOrEqual(1e-9 * Math.max(1, value));
          const days = sumByCalendar(scan(rows).hours, 'day', new Calendar('Asia/Shanghai'), 'register');
          const months = sumByCalendar(days, 'month', new Calendar('Asia/Shanghai'), 'register');
          const sum = months.reduce((all, row) => all + (row.value ?? 0), 0);
          expect(Math.abs(sum - (total ?? 0))).toBeLessThanOrEqual(1e-9 * Math.max(1, sum));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe('interval quantities', () => {
  const hourly = facts({}, { intervalLengthMs: [{ from: 0, value: hourMs }] });
  const rows = (values: readonly (number | null)[]) =>
    values.flatMap((value, index): [number, number][] =>
      value === null ? [] : [[t0 + index * hourMs, value]],
    );

  it('keeps a missing interval missing', () => {
    const { hours } = scan(rows([1, null, 3]), hourly, 'electricity_interval');
    expect(hours.map((row) => [(row.ts - t0) / hourMs, row.value])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('lists a month of negative intervals in a few entries', () => {
    const { exclusions, total } = scan(
      rows([1, ...new Array(700).fill(-1), 2]),
      hourly,
      'electricity_interval',
    );
    expect(total).toBe(3);
    expect(exclusions).toHaveLength(17);
  });

  it('leaves out a negative interval and one that overlaps', () => {
    const given = [...rows([1, -2, 3]), [t0 + 2.5 * hourMs, 9] as [number, number]];
    expect(scan(given, hourly, 'electricity_interval')).toMatchObject({
      total: 4,
      exclusions: [
        [4, 'negative'],
        [10, 'overlap'],
      ],
    });
  });
});

describe('a gauge', () => {
  it('keeps mean, minimum and maximum of its hour and no more', () => {
    const { hours } = scan(
      every([1, 5, 3, 3, 8]),
      facts({}, { expectedIntervalMs: [{ from: 0, value: quarter }] }),
      'power',
    );
    expect(hours).toEqual([
      { ts: t0, value: 3, min: 1, max: 5, measuredMs: hourMs, estimatedMs: 0 },
      { ts: t0 + hourMs, value: 8, min: 8, max: 8, measuredMs: quarter, estimatedMs: 0 },
    ]);
  });
});

const school = new URL('../../../../shared/data/school-2018-hourly.csv', import.meta.url);

describe.skipIf(!existsSync(school))(
  'a real school in 2018 (../shared/data; skipped where that folder is absent)',
  () => {
    it('adds up to 266 103.8 kWh with the right months and 13 missing hours', () => {
      const calendar = new Calendar('Asia/Shanghai');
      const rows = readFileSync(school, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .flatMap((line): [number, number][] => {
          const [time = '', energy = ''] = line.split(',');
          return energy === '' ? [] : [[calendar.parse(time) ?? 0, Number(energy)]];
        });
      const given = facts({}, { intervalLengthMs: [{ from: 0, value: hourMs }] });
      const { hours, total, measuredH } = scan(rows, given, 'electricity_interval');
      expect(total).toBeCloseTo(266_103.8, 6);
      expect(measuredH).toBe(8_747);
      const months = sumByCalendar(
        sumByCalendar(hours, 'day', calendar, 'interval'),
        'month',
        calendar,
        'interval',
      );
      expect(months[0]?.value).toBeCloseTo(21_244.8, 6);
      expect(months[7]?.value).toBeCloseTo(28_336.0, 6);
    });
  },
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar, dayMs } from '../time.ts';
import type { ReconciledBill } from './bill-groups.ts';
import { type DailyMetered, DaySums } from './daily-metered.ts';
import { reconcile, reconcileAll } from './reconcile.ts';
import type { ReconcileAccount } from './reconcile-model.ts';

const calendar = new Calendar('Asia/Shanghai');
const options = { from: at('2025-01-01'), to: at('2026-01-01'), asOf: at('2026-03-01') };

const full = metered({});

describe('reconciling bills with meters', () => {
  it('compares a bill with the days that it is of, across months', () => {
    const { rows, findings } = reconcile(
      account({ bills: [bill('2025-01-18', '2025-02-18', 310), bill('2025-02-18', '2025-03-18', 290)] }),
      { ...options, from: at('2025-01-18'), to: at('2025-03-18') },
    );
    expect(rows.map(({ metered, difference, verdict }) => [metered, difference, verdict])).toEqual([
      [310, 0, 'within-tolerance'],
      [280, 10, 'differs'],
    ]);
    expect(rows[1]?.relative).toBeCloseTo(10 / 280, 12);
    expect(findings).toMatchObject([
      { kind: 'differs', document: '2025-02-18', quantity: 10, amountCny: 10 },
    ]);
  });

  it('tells a difference without the noise of sums', () => {
    const noisy = metered({ perDay: 46_480.00000001 / 31 });
    const bills = [bill('2025-01-01', '2025-02-01', 46_485)];
    expect(reconcile(account({ bills, metered: noisy }), options).rows[0]?.difference).toBe(5);
  });

  it('takes the wider of the two tolerances', () => {
    const just = (quantity: number) =>
      reconcile(account({ bills: [bill('2025-01-01', '2025-02-01', quantity)] }), options).rows[0]?.verdict;
    expect([just(316.2), just(316.3), just(303.8), just(303.7)]).toEqual([
      'within-tolerance',
      'differs',
      'within-tolerance',
      'differs',
    ]);
    const small = account({ bills: [bill('2025-01-01', '2025-01-02', 10.9)] });
    expect(reconcile(small, options).rows[0]?.verdict).toBe('within-tolerance');
  });

  it('adds supplements to the bill whose days they touch', () => {
    const credit = {
      ...bill('2025-01-01', '2025-02-01', -90),
      id: 'credit',
      supplement: true,
      amountCny: -45,
    };
    const { rows } = reconcile(account({ bills: [bill('2025-01-01', '2025-02-01', 400), credit] }), options);
    expect(rows).toMatchObject([
      { billed: 310, amountCny: 355, bills: ['2025-01-01', 'credit'], difference: 0 },
    ]);
  });

  it('cannot say without meters, without enough of their data, or without a quantity', () => {
    const one = [bill('2025-01-01', '2025-02-01', 500)];
    const holes = metered({ unknownFrom: '2025-01-11' });
    expect(reconcile(account({ bills: one, metered: null }), options).rows).toMatchObject([
      { verdict: 'cannot-say', reason: 'no-meter', metered: null, coverage: 0 },
    ]);
    expect(reconcile(account({ bills: one, metered: holes }), options).rows).toMatchObject([
      { verdict: 'cannot-say', reason: 'coverage', metered: 100 },
    ]);
    const flat = [{ ...bill('2025-01-01', '2025-02-01', 0), quantity: null }];
    expect(reconcile(account({ bills: flat }), options).rows).toMatchObject([
      { verdict: 'cannot-say', reason: 'no-quantity', difference: null },
    ]);
  });

  it('says that a bill is too low as soon as the meters saw more, whatever they missed', () => {
    const holes = metered({ unknownFrom: '2025-01-11' });
    const { rows } = reconcile(
      account({ bills: [bill('2025-01-01', '2025-02-01', 60)], metered: holes }),
      options,
    );
    expect(rows).toMatchObject([{ verdict: 'differs', difference: -40 }]);
  });

  it('takes days outside the metered columns for not covered', () => {
    const { rows } = reconcile(account({ bills: [bill('2025-12-01', '2026-02-01', 620)] }), options);
    expect(rows[0]?.coverage).toBeCloseTo(0.5, 12);
    expect(rows[0]?.verdict).toBe('cannot-say');
  });

  it('finds the gap between two bills, with what it should have cost', () => {
    const bills = [bill('2025-01-01', '2025-02-01', 310), bill('2025-03-01', '2025-04-01', 310)];
    const { findings } = reconcile(account({ bills }), { ...options, to: at('2025-04-01') });
    expect(findings).toEqual([
      {
        kind: 'missing',
        account: 'A',
        document: null,
        from: at('2025-02-01'),
        to: at('2025-03-01'),
        quantity: 280,
        amountCny: expect.closeTo(280, 6),
      },
    ]);
  });

  it('does not miss a bill before it is due, nor one of days in which the account was not open', () => {
    const bills = year().slice(0, 10);
    const until = (asOf: string, close = '2100-01-01') =>
      reconcile(account({ bills, open: [{ from: at('2025-01-01'), to: at(close) }] }), {
        ...options,
        asOf: at(asOf),
      }).findings;
    expect(until('2025-12-20')).toEqual([]);
    expect(until('2026-01-05')).toMatchObject([
      { kind: 'missing', from: at('2025-11-01'), to: at('2025-12-06') },
    ]);
    expect(until('2026-06-01')).toMatchObject([{ kind: 'missing', to: at('2026-01-01') }]);
    expect(until('2026-06-01', '2025-11-01')).toEqual([]);
  });

  it('misses bills of heat in the heating season alone', () => {
    const seasons = [
      { from: at('2024-11-15'), to: at('2025-03-16') },
      { from: at('2025-11-15'), to: at('2026-03-16') },
    ];
    const bills = [{ ...bill('2024-11-15', '2025-03-16', 0), quantity: null }];
    const { findings } = reconcile(account({ bills, byQuantity: false, expected: seasons }), {
      ...options,
      asOf: at('2026-06-01'),
    });
    expect(findings).toMatchObject([
      { kind: 'missing', from: at('2025-11-15'), to: at('2026-01-01'), quantity: null },
    ]);
  });

  it('finds overlaps, odd lengths and bills of a closed account', () => {
    const bills = [...year().slice(0, 6), bill('2025-06-21', '2025-08-01', 410)];
    const open = [{ from: at('2025-01-01'), to: at('2025-07-22') }];
    const { findings } = reconcile(account({ bills, open }), { ...options, to: at('2025-08-01') });
    expect(findings.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['odd-length', at('2025-06-21'), at('2025-08-01')],
      ['overlap', at('2025-06-21'), at('2025-07-01')],
      ['outside-open', at('2025-06-21'), at('2025-08-01')],
    ]);
  });

  it('puts the findings of all accounts in the order of what is at stake', () => {
    const cheap = account({
      account: 'B',
      bills: [bill('2025-01-01', '2025-02-01', 400)],
      metered: metered({}),
    });
    const dear = account({ bills: [{ ...bill('2025-01-01', '2025-02-01', 400), amountCny: 40_000 }] });
    const found = reconcileAll([cheap, dear], { ...options, to: at('2025-02-01') });
    expect(found.rows.map((row) => row.account)).toEqual(['B', 'A']);
    expect(found.findings.map((one) => [one.account, one.kind])).toEqual([
      ['A', 'differs'],
      ['B', 'differs'],
    ]);
  });

  it('does not depend on the order of bills', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(year(), { minLength: 3 }), (bills) => {
        const inOrder = [...bills].sort((a, b) => a.from - b.from);
        expect(reconcile(account({ bills }), options)).toEqual(
          reconcile(account({ bills: inOrder }), options),
        );
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('bills and gaps together are every open day, none twice', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(year(), { minLength: 1 }), (bills) => {
        const { rows, findings } = reconcile(account({ bills }), options);
        const gaps = findings.filter(({ kind }) => kind === 'missing');
        const length = [...rows, ...gaps].reduce((sum, { from, to }) => sum + to - from, 0);
        expect(length).toBe(options.to - options.from);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe('sums of days', () => {
  it('equal a walk over all of them', () => {
    const all = metered({ unknownFrom: '2025-07-01' });
    const sums = new DaySums(all);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 364 }), fc.integer({ min: 1, max: 100 }), (first, length) => {
        const from = options.from + first * dayMs;
        const to = from + length * dayMs;
        const inside = [...all.starts.keys()].filter(
          (day) => (all.starts[day] ?? 0) >= from && (all.starts[day] ?? 0) < to,
        );
        const known = inside
          .map((day) => all.values[day] ?? Number.NaN)
          .filter((value) => !Number.isNaN(value));
        expect(sums.over(from, to)).toEqual({
          value: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0),
          coverage: expect.closeTo(known.length / length, 9),
        });
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});

function account(given: Partial<ReconcileAccount> & Pick<ReconcileAccount, 'bills'>): ReconcileAccount {
  return {
    account: 'A',
    byQuantity: true,
    open: [{ from: at('2020-01-01'), to: at('2100-01-01') }],
    metered: full,
    ...given,
  };
}

/** 10 a day in 2025. */
function metered({
  unknownFrom = '2099-01-01',
  perDay = 10,
}: {
  unknownFrom?: string;
  perDay?: number;
}): DailyMetered {
  const starts = Float64Array.from(calendar.starts(options.from, options.to, 'day'));
  const known = starts.map((start) => (start < at(unknownFrom) ? 1 : 0));
  return {
    starts,
    to: options.to,
    values: known.map((one) => (one ? perDay : Number.NaN)),
    expectedMs: starts.map(() => 2 * dayMs),
    coveredMs: known.map((one) => one * 2 * dayMs),
  };
}

/** A bill a month, right to the unit. */
function year(): ReconciledBill[] {
  return calendar.starts(options.from, options.to, 'month').map((from) => {
    const to = calendar.next(from, 'month');
    return bill(
      calendar.format(from).slice(0, 10),
      calendar.format(to).slice(0, 10),
      (10 * (to - from)) / dayMs,
    );
  });
}

/** 1 CNY a unit. */
function bill(from: string, to: string, quantity: number): ReconciledBill {
  return { id: from, document: from, from: at(from), to: at(to), quantity, amountCny: quantity };
}

function at(date: string): number {
  return calendar.parse(date) ?? Number.NaN;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExclusionCode, exclusionCodes } from '../energy/rollup.ts';
import { Calendar, dayMs, hourMs } from '../time.ts';
import { type QualityInput, type QualityPoint, qualityOf } from './quality.ts';
import { qualityParts } from './quality-texts.ts';

const calendar = new Calendar('Asia/Shanghai');
const from = calendar.parse('2025-06-01') ?? 0;
const to = calendar.parse('2025-07-01') ?? 0;
const month = to - from;

describe('the data quality of a month', () => {
  it('is 100 where everything is there', () => {
    expect(qualityOf(institution({}))).toMatchObject({
      score: 100,
      coverage: 1,
      estimatedShare: 0,
      findings: [],
    });
  });

  it('names what was due for calibration before its end, and scores the meter no lower for it', () => {
    const due = [calendar.parse('2024-03-01') ?? 0, to - dayMs, to, null];
    const found = qualityOf(
      institution({
        points: due.map((calibrationDue, number) => ({
          ...point({}),
          point: `agent/meter-${number}`,
          calibrationDue,
        })),
      }),
    );
    expect(found.score).toBe(100);
    expect(found.findings).toEqual(
      [0, 1].map((number) => ({
        kind: 'calibration-overdue',
        subject: { kind: 'point', id: `agent/meter-${number}` },
        since: due[number],
        value: null,
      })),
    );
  });

  it('is the weighted mean that its formula states', () => {
    const found = qualityOf(
      institution({
        points: [
          point({}),
          point({ measuredMs: month / 2, estimatedMs: month / 4, lastReadingAt: to - 3 * dayMs }),
        ],
        accounts: [{ account: 'A', expectedMs: month, billedMs: month / 2, missingSince: from }],
        users: Number.NaN,
      }),
    );
    expect(found.parts).toEqual({
      coverage: 0.875,
      measured: 6 / 7,
      meters: 0.5,
      bills: 0.5,
      denominators: 0.5,
    });
    const expected = (0.4 * 0.875 + (0.1 * 6) / 7 + 0.2 * 0.5 + 0.1 * 0.5 + 0.1 * 0.5) / 0.9;
    expect(found.score).toBeCloseTo(expected * 100, 1);
    expect(found.findings.map(({ kind, subject }) => [kind, subject.kind])).toEqual([
      ['no-users', 'institution'],
      ['low-coverage', 'institution'],
      ['bill-missing', 'account'],
      ['silent', 'point'],
    ]);
  });

  it('has weights that add up to one', () => {
    const sum = Object.values(qualityParts).reduce((total, { weight }) => total + weight, 0);
    expect(sum).toBeCloseTo(1, 12);
  });

  it('has no score where neither points nor accounts are', () => {
    expect(qualityOf(institution({ points: [], balances: [], accounts: [] })).score).toBeNull();
  });

  it.each([
    ['silent since its last reading', { lastReadingAt: to - 25 * hourMs }, 'silent', to - 25 * hourMs],
    ['silent, never heard of', { lastReadingAt: null }, 'silent', null],
    ['stuck for more than a week', { stillSince: to - 8 * dayMs }, 'stuck', to - 8 * dayMs],
  ] as const)('names a meter that is %s', (_, given, kind, since) => {
    const { findings } = qualityOf(institution({ points: [point(given)] }));
    expect(findings).toEqual([{ kind, subject: { kind: 'point', id: 'a/p' }, since, value: null }]);
  });

  it.each([
    ['heard of within a day', { lastReadingAt: to - 23 * hourMs }],
    ['still for less than a week', { stillSince: to - 6 * dayMs }],
    ['still, and may be', { stillSince: from, mayStandStill: true }],
    ['not in use', { expectedMs: 0, measuredMs: 0, lastReadingAt: null }],
    ['replaced on record', { exclusions: [{ code: 'correction' as const, count: 1, first: from }] }],
  ])('does not blame a meter that is %s', (_, given) => {
    expect(qualityOf(institution({ points: [point(given)] })).findings).toEqual([]);
  });

  it('judges a month that runs by now, and a past one by its end', () => {
    const now = from + 10 * dayMs;
    const running = point({ lastReadingAt: now - hourMs, expectedMs: 10 * dayMs, measuredMs: 10 * dayMs });
    expect(qualityOf(institution({ asOf: now, points: [running] })).findings).toEqual([]);
    expect(qualityOf(institution({ asOf: to + 90 * dayMs })).findings).toEqual([]);
  });

  it('counts negative and too fast readings apart, since the first', () => {
    const exclusions = [
      { code: 'negative' as const, count: 2, first: from + 5 },
      { code: 'dip' as const, count: 1, first: from + 3 },
      { code: 'above-rating' as const, count: 7, first: from + 9 },
    ];
    expect(qualityOf(institution({ points: [point({ exclusions })] })).findings).toMatchObject([
      { kind: 'negative', since: from + 3, value: 3 },
      { kind: 'above-rating', since: from + 9, value: 7 },
    ]);
  });

  it('names the meter whose sub-meters show more, and the one whose residual jumped', () => {
    const children = (value: number | null) => [
      { point: 'a/x', value: 60 },
      { point: 'a/y', value },
    ];
    const balance = (id: string, value: number | null, earlierShares: number[] = []) => ({
      point: id,
      value: 100,
      children: children(value),
      earlierShares,
    });
    const { balances, findings, parts } = qualityOf(
      institution({
        balances: [
          balance('a/even', 41),
          balance('a/over', 43),
          balance('a/jump', 20, [0.02, 0.05, 0.08, 0.06]),
          balance('a/short', 20, [0.02, 0.05]),
          balance('a/unknown', null),
        ],
      }),
    );
    expect(
      balances.map(({ verdict, residual, residualShare }) => [verdict, residual, residualShare]),
    ).toEqual([
      ['balanced', -1, -0.01],
      ['children-exceed', -3, -0.03],
      ['residual-jump', 20, 0.2],
      ['balanced', 20, 0.2],
      ['cannot-say', null, null],
    ]);
    expect(findings.map(({ kind, subject }) => [kind, subject.id])).toEqual([
      ['residual-jump', 'a/jump'],
      ['children-exceed', 'a/over'],
    ]);
    expect(parts.balance).toBe(0.5);
  });

  it('sees sub-meters exceed although another is not known', () => {
    const balances = [
      {
        point: 'a/m',
        value: 50,
        children: [
          { point: 'a/x', value: 60 },
          { point: 'a/y', value: null },
        ],
        earlierShares: [],
      },
    ];
    expect(qualityOf(institution({ balances })).balances[0]).toMatchObject({
      verdict: 'children-exceed',
      residual: null,
    });
  });

  it('has a score from 0 to 100 that does not rise when readings are lost', () => {
    const codes = Object.keys(exclusionCodes) as ExclusionCode[];
    const points = fc.array(
      fc.record({
        measured: fc.integer({ min: 1, max: 720 }),
        estimated: fc.integer({ min: 0, max: 720 }),
        silentFor: fc.integer({ min: 0, max: 100 }),
        code: fc.constantFrom(...codes),
        count: fc.nat({ max: 3 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(points, fc.boolean(), (list, known) => {
        const made = list.map(({ measured, estimated, silentFor, code, count }, index) =>
          point({
            point: `a/${index}`,
            measuredMs: measured * hourMs,
            estimatedMs: Math.min(720 - measured, estimated) * hourMs,
            lastReadingAt: to - silentFor * hourMs,
            exclusions: count > 0 ? [{ code, count, first: from }] : [],
          }),
        );
        const users = known ? 10 : Number.NaN;
        const score = qualityOf(institution({ points: made, users })).score ?? Number.NaN;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        const [first, ...others] = made;
        const lost = first ? [{ ...first, measuredMs: first.measuredMs - hourMs }, ...others] : others;
        expect(qualityOf(institution({ points: lost, users })).score).toBeLessThanOrEqual(score);
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});

function institution(given: Partial<QualityInput>): QualityInput {
  return {
    institution: 'I',
    from,
    to,
    asOf: to,
    points: [point({})],
    balances: [],
    accounts: [{ account: 'A', expectedMs: month, billedMs: month, missingSince: null }],
    users: 120,
    areaM2: 5_000,
    ...given,
  };
}

function point(given: Partial<QualityPoint>): QualityPoint {
  return {
    point: 'a/p',
    expectedMs: month,
    measuredMs: month,
    estimatedMs: 0,
    lastReadingAt: to - hourMs,
    stillSince: null,
    exclusions: [],
    ...given,
  };
}

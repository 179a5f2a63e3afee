import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capUse } from './caps.ts';
import { lineTable, lineValue, placeOnLine, type Target, wantedDirection } from './line.ts';

const sixPercent: Target = { baseYear: 2020, endYear: 2025, change: -0.06 };
const figure = (value: number | null, provisional = false) => ({ value, coverage: 1, provisional });
const at = (base: number | null, value: number | null, year: number, target = sixPercent) =>
  placeOnLine(target, figure(base), figure(value), year);

const targets = fc.record({
  baseYear: fc.constant(2020),
  endYear: fc.integer({ min: 2021, max: 2030 }),
  change: fc.double({ min: -0.9, max: -0.001, noNaN: true }),
});
const positive = fc.double({ min: 0.1, max: 1e6, noNaN: true });

describe('target line', () => {
  test('it falls by the same amount every year and is level outside the plan', () => {
    expect(lineTable(sixPercent, 100).map(({ value }) => Number(value.toFixed(9)))).toEqual([
      100, 98.8, 97.6, 96.4, 95.2, 94,
    ]);
    expect(lineValue(sixPercent, 100, 2019)).toBe(100);
    expect(lineValue(sixPercent, 100, 2031)).toBeCloseTo(94, 12);
  });

  test('progress is reduction achieved by reduction due, and the state follows it', () => {
    expect(at(100, 96.4, 2023)).toMatchObject({ state: 'on-line', reason: null });
    expect(at(100, 96.4, 2023).progress).toBeCloseTo(1, 12);
    expect(at(100, 98, 2023)).toMatchObject({ state: 'behind' });
    expect(at(100, 98, 2023).progress).toBeCloseTo(2 / 3.6, 12);
    expect(at(100, 99, 2023)).toMatchObject({ state: 'far-behind' });
    expect(at(100, 101, 2023).progress).toBeLessThan(0);
  });

  test('what is left is shared over the years to the end, by amount and by rate', () => {
    const { remaining } = at(100, 98, 2023);
    expect(remaining?.years).toBe(2);
    expect(remaining?.perYear).toBeCloseTo(2, 9);
    expect(98 * (1 - (remaining?.ratePerYear ?? 0)) ** 2).toBeCloseTo(94, 9);
    expect(at(100, 93, 2023).remaining).toEqual({ years: 2, perYear: 0, ratePerYear: 0 });
    expect(at(100, 98, 2025).remaining).toBeNull();
  });

  test('nothing is concluded without a base, without a value, or in the base year', () => {
    expect(at(null, 98, 2023)).toMatchObject({
      state: 'not-known',
      reason: 'no-base',
      line: null,
      progress: null,
    });
    expect(at(0, 98, 2023)).toMatchObject({ reason: 'no-base' });
    expect(at(100, null, 2023)).toMatchObject({ state: 'not-known', reason: 'no-value', target: 94 });
    expect(at(100, 98, 2020)).toMatchObject({ state: 'not-known', reason: 'nothing-due', progress: null });
  });

  test('a target of no change or an allowed rise has a line but no progress', () => {
    const hold = { ...sixPercent, change: 0 };
    const rise = { ...sixPercent, change: 0.1 };
    expect(at(100, 100, 2023, hold)).toMatchObject({ state: 'on-line', progress: null });
    expect(at(100, 104, 2023, hold)).toMatchObject({ state: 'behind', progress: null });
    expect(at(100, 107, 2023, hold)).toMatchObject({ state: 'far-behind', progress: null });
    expect(at(100, 106, 2023, rise)).toMatchObject({ state: 'on-line', progress: null });
    expect(at(100, 108, 2023, rise)).toMatchObject({ state: 'behind', progress: null });
  });

  test('solar is to rise: more is better, and progress counts the rise', () => {
    expect(wantedDirection('solar')).toBe('more');
    expect(wantedDirection('energyPerPerson')).toBe('less');
    const target = { ...sixPercent, change: 0.5 };
    const solar = (value: number) =>
      placeOnLine(target, figure(100), figure(value), 2023, { wanted: 'more' });
    expect(solar(130)).toMatchObject({ state: 'on-line' });
    expect(solar(120).progress).toBeCloseTo(20 / 30, 12);
    expect(solar(120)).toMatchObject({ state: 'behind' });
    expect(solar(120).remaining?.perYear).toBeCloseTo(15, 9);
  });

  test('a figure with an unpublished factor makes its place provisional', () => {
    expect(placeOnLine(sixPercent, figure(100), figure(97, true), 2023).provisional).toBe(true);
    expect(at(100, 97, 2023).provisional).toBe(false);
  });

  test('a total known in part is on the line for nobody, and behind for certain where that part alone is over it', () => {
    const part = (value: number, coverage: number, options = {}) =>
      placeOnLine(sixPercent, figure(100), { ...figure(value), coverage }, 2023, options);
    expect(part(60, 0.6)).toEqual({
      year: 2023,
      state: 'not-known',
      reason: 'coverage',
      line: expect.closeTo(96.4, 9),
      target: expect.closeTo(94, 9),
      gap: null,
      change: null,
      progress: null,
      remaining: null,
      provisional: false,
    });
    expect(part(98, 0.6)).toMatchObject({ state: 'behind', reason: null, gap: expect.closeTo(1.6, 9) });
    expect(part(120, 0.6)).toMatchObject({ state: 'far-behind' });
    expect(part(60, 0.9 - 1e-12)).toMatchObject({ state: 'on-line' });
    expect(part(60, 0.6, { coverageThreshold: 0.5 })).toMatchObject({ state: 'on-line' });
  });

  test('solar known in part is on the line for certain where that part alone is over it, and behind for nobody', () => {
    const target = { ...sixPercent, change: 0.5 };
    const part = (value: number) =>
      placeOnLine(target, figure(100), { ...figure(value), coverage: 0.6 }, 2023, { wanted: 'more' });
    expect(part(131)).toMatchObject({ state: 'on-line' });
    expect(part(120)).toMatchObject({ state: 'not-known', reason: 'coverage', progress: null });
  });

  test('a base known in part has no line', () => {
    const base = { ...figure(100), coverage: 0.8 };
    expect(placeOnLine(sixPercent, base, figure(98), 2023)).toMatchObject({
      state: 'not-known',
      reason: 'base-coverage',
      line: null,
      gap: null,
      progress: null,
    });
  });

  test('a figure at its base has progress 0, one at its target in the end year 1', () => {
    fc.assert(
      fc.property(targets, positive, fc.integer({ min: 2021, max: 2030 }), (target, base, year) => {
        expect(placeOnLine(target, figure(base), figure(base), year).progress).toBeCloseTo(0, 9);
        const reached = placeOnLine(target, figure(base), figure(base * (1 + target.change)), target.endYear);
        expect(reached.progress).toBeCloseTo(1, 6);
        expect(reached.state).toBe('on-line');
      }),
      { seed: 1 },
    );
  });

  test('less used is more progress, never a worse state; the line itself is always on the line', () => {
    const rank = { 'on-line': 3, behind: 2, 'far-behind': 1, 'not-known': 0 };
    fc.assert(
      fc.property(
        targets,
        positive,
        positive,
        positive,
        fc.integer({ min: 2021, max: 2030 }),
        (target, base, a, b, year) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((value) =>
            placeOnLine(target, figure(base), figure(value), year),
          );
          expect(low?.progress ?? 0).toBeGreaterThanOrEqual(high?.progress ?? 0);
          expect(rank[low?.state ?? 'not-known']).toBeGreaterThanOrEqual(rank[high?.state ?? 'on-line']);
          const onIt = placeOnLine(target, figure(base), figure(lineValue(target, base, year)), year);
          expect(onIt.state).toBe('on-line');
        },
      ),
      { seed: 2 },
    );
  });
});

describe('cap on a total', () => {
  test('share and room are told; over the cap before its year is a warning', () => {
    const use = capUse(200, 2025, figure(150), 2023);
    expect(use).toMatchObject({ state: 'within', share: 0.75, room: 50, due: false });
    expect(capUse(200, 2025, figure(210), 2025)).toMatchObject({ state: 'over', room: -10, due: true });
    expect(capUse(200, 2025, figure(null), 2025)).toMatchObject({ state: 'not-known', share: null });
  });

  test('a total known in part can be over for certain, but not within', () => {
    expect(capUse(200, 2025, { ...figure(150), coverage: 0.6 }, 2025)).toMatchObject({
      state: 'not-known',
      share: 0.75,
    });
    expect(capUse(200, 2025, { ...figure(201), coverage: 0.6 }, 2025)).toMatchObject({ state: 'over' });
  });

  test('a year that runs can be over for certain, but not within, whatever share of the cap is used', () => {
    const running = (value: number) => capUse(200, 2025, figure(value), 2025, { running: true });
    expect(running(30)).toMatchObject({ state: 'not-known', reason: 'running', share: 0.15, room: 170 });
    expect(running(201)).toMatchObject({ state: 'over', reason: null });
    expect(capUse(200, 2025, figure(null), 2025, { running: true })).toMatchObject({ reason: 'no-value' });
    const part = { ...figure(150), coverage: 0.6 };
    expect(capUse(200, 2025, part, 2025).reason).toBe('coverage');
    expect(capUse(200, 2025, part, 2025, { coverageThreshold: 0.5 }).state).toBe('within');
  });
});

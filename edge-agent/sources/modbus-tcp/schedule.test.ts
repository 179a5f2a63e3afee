import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, maxBackoffMs, nextSlot, phaseOf } from './schedule.ts';

const now = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 });
const period = fc.integer({ min: 500, max: 86_400_000 });

describe('nextSlot', () => {
  it('is the first moment after now that lies a whole number of periods after the phase', () => {
    fc.assert(
      fc.property(now, period, fc.nat(86_399_999), (at, everyMs, anyPhase) => {
        const phase = anyPhase % everyMs;
        const slot = nextSlot(at, everyMs, phase);
        expect((slot - phase) % everyMs).toBe(0);
        expect(slot - at).toBeGreaterThan(0);
        expect(slot - at).toBeLessThanOrEqual(everyMs);
      }),
    );
  });

  it('stands on the quarter minute of the wall clock for a period of 15 s', () => {
    const at = Date.parse('2024-03-01T10:00:07.300+08:00');
    expect(nextSlot(at, 15_000, 0)).toBe(Date.parse('2024-03-01T10:00:15+08:00'));
  });

  it('does not serve a slot twice when its timer fired a moment early', () => {
    const slot = 1_700_000_010_000;
    expect(nextSlot(slot - 1, 15_000, 0, slot)).toBe(slot + 15_000);
    expect(nextSlot(slot, 15_000, 0, slot)).toBe(slot + 15_000);
  });

  it('goes on within a period when the clock was set back by an hour', () => {
    const slot = 1_700_000_010_000;
    expect(nextSlot(slot - 3_600_000, 15_000, 0, slot) - (slot - 3_600_000)).toBeLessThanOrEqual(15_000);
  });
});

it('phaseOf spreads devices evenly over the period', () => {
  const phases = Array.from({ length: 500 }, (_, index) => phaseOf(index, 500, 15_000));
  expect(phases[0]).toBe(0);
  expect(phases.every((phase, index) => index === 0 || phase - (phases[index - 1] ?? 0) === 30)).toBe(true);
  expect(phases.at(-1)).toBeLessThan(15_000);
});

describe('backoffMs', () => {
  it('doubles with each failure and takes a random part of up to a half off', () => {
    expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 15_000, () => 0))).toEqual([
      15_000, 30_000, 60_000, 120_000,
    ]);
    expect(backoffMs(3, 15_000, () => 0.999_999)).toBeCloseTo(30_000, 0);
  });

  it('stays within 5 minutes, or the period where that is longer, however long the silence', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), period, chance, (failures, everyMs, random) => {
        const wait = backoffMs(failures, everyMs, () => random);
        expect(wait).toBeGreaterThanOrEqual(everyMs / 2);
        expect(wait).toBeLessThanOrEqual(Math.max(maxBackoffMs, everyMs));
      }),
    );
  });
});

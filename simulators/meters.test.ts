import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScan } from '../core/domain/energy/recompute.ts';
import { hourMs } from '../core/domain/time.ts';
import { createCity } from './city/city.ts';
import { type Fault, faultKindNames, plantFaults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { Meters } from './meters.ts';

const at = (text: string): number => Date.parse(`${text}+08:00`);
const from = at('2026-01-01T00:00');
const to = at('2026-07-01T00:00');
const city = createCity({ seed: 8, from, to, hourlyFrom: from, size: 'small' });
const main = city.point('jgdl.main');
const registers = city.points.filter(({ register }) => register !== null);
const fault = (kind: Fault['kind'], start: string, end: string | null, size = 0): Fault => ({
  kind,
  point: 'jgdl.main',
  from: at(start),
  to: end === null ? null : at(end),
  size,
});
const shown = (meters: Meters, text: string): number | undefined =>
  meters.show(main, 'electricity', at(text));

test('a register times its multiplier is the integral, within its resolution', () => {
  const meters = new Meters(city);
  fc.assert(
    fc.property(
      fc.constantFrom(...registers),
      fc.integer({ min: from, max: to }),
      fc.integer({ min: 0, max: to - from }),
      (point, a, length) => {
        const { device } = point;
        const b = Math.min(to, a + length);
        const start = point.installation?.from ?? from;
        if (device === null || a < start) return;
        const [first, last] = [meters.register(point, a), meters.register(point, b)];
        const rise = (last - first) * device.multiplier;
        const truth = city.energyAt(point, b) - city.energyAt(point, a);
        const coarseness = point.layout === 'float32' ? 0.05 : 0;
        expect(Math.abs(rise - truth)).toBeLessThanOrEqual(
          (device.multiplier * 1.001) / device.perUnit + coarseness,
        );
        expect(last).toBeGreaterThanOrEqual(first);
      },
    ),
    { seed: 6, numRuns: 400 },
  );
});

describe('faults change what is shown', () => {
  const clean = new Meters(city);

  test('a silent meter does not answer, before and after it does', () => {
    const meters = new Meters(city, [fault('silence', '2026-03-01T00:00', '2026-03-02T00:00')]);
    expect(shown(meters, '2026-03-01T12:00')).toBeUndefined();
    expect(meters.show(main, 'power', at('2026-03-01T12:00'))).toBeUndefined();
    expect(shown(meters, '2026-03-02T00:00')).toBe(shown(clean, '2026-03-02T00:00'));
  });

  test('a stuck meter repeats itself, then catches up', () => {
    const meters = new Meters(city, [fault('stuck', '2026-03-01T00:00', '2026-03-03T00:00')]);
    expect(shown(meters, '2026-03-02T17:00')).toBe(shown(clean, '2026-03-01T00:00'));
    expect(shown(meters, '2026-03-03T00:00')).toBe(shown(clean, '2026-03-03T00:00'));
  });

  test('a spike and a dip leave at once', () => {
    const meters = new Meters(city, [
      fault('spike', '2026-03-01T10:00', '2026-03-01T11:00', 53_000),
      fault('dip', '2026-03-02T10:00', '2026-03-02T11:00'),
    ]);
    expect((shown(meters, '2026-03-01T10:00') ?? 0) - (shown(clean, '2026-03-01T10:00') ?? 0)).toBeCloseTo(
      53_000,
      1,
    );
    expect(shown(meters, '2026-03-02T10:00')).toBe(0);
    for (const text of ['2026-03-01T09:00', '2026-03-01T11:00', '2026-03-02T11:00'])
      expect(shown(meters, text)).toBe(shown(clean, text));
  });

  test('a reset starts again from nothing and goes on counting', () => {
    const meters = new Meters(city, [fault('reset', '2026-03-01T00:00', null)]);
    expect(shown(meters, '2026-03-01T00:00')).toBe(0);
    const rise = (shown(meters, '2026-03-09T00:00') ?? 0) * (main.device?.multiplier ?? 1);
    expect(rise).toBeCloseTo(
      city.trueConsumption('jgdl.main', 'electricity', at('2026-03-01T00:00'), at('2026-03-09T00:00')),
      -2,
    );
  });

  test('a register rolls over at the moment asked for', () => {
    const meters = new Meters(city, [fault('roll-over', '2026-03-04T10:00', null)]);
    const wrapsAt = main.device?.wrapsAt ?? 0;
    expect(shown(meters, '2026-03-04T09:59')).toBeGreaterThan(wrapsAt - 1);
    expect(shown(meters, '2026-03-04T10:01')).toBeLessThan(1);
  });

  test('a replacement is told by the installations: final reading of the old device, first of the new', () => {
    const meters = new Meters(city, [fault('replacement', '2026-03-04T00:00', null, 2)]);
    const [first, second] = meters.installations('jgdl.main');
    expect(second).toMatchObject({ from: at('2026-03-04T00:00'), firstValue: 2, serial: 'JGDL-MAIN-2' });
    expect(second?.previousFinalValue).toBe(shown(clean, '2026-03-04T00:00'));
    expect(first?.serial).toBe('JGDL-MAIN-1');
    expect(shown(meters, '2026-03-04T00:00')).toBe(2);
  });

  test('drift counts a share too much, a clock that drifts stamps wrongly', () => {
    const [start, end] = [at('2026-03-01T00:00'), at('2026-04-01T00:00')];
    const drifting = new Meters(city, [fault('value-drift', '2026-03-01T00:00', '2026-04-01T00:00', 0.06)]);
    const truth = city.trueConsumption('jgdl.main', 'electricity', start, end);
    expect((drifting.meteredAt(main, end) - drifting.meteredAt(main, start)) / truth).toBeCloseTo(1.06, 9);
    const late = new Meters(city, [fault('clock-drift', '2026-03-01T00:00', '2026-03-11T00:00', 600_000)]);
    expect(late.reading(main, 'electricity', at('2026-03-06T00:00'))?.[2]).toBe(at('2026-03-06T00:05'));
    expect(late.reading(main, 'electricity', at('2026-03-11T00:00'))?.[2]).toBe(at('2026-03-11T00:00'));
  });

  test('a fault on a point that does not exist is an error', () => {
    expect(() => new Meters(city, [{ kind: 'stuck', point: 'nowhere', from, to: null, size: 0 }])).toThrow(
      /nowhere/,
    );
  });
});

describe('the ledger', () => {
  test('counts what became of each reading', () => {
    const entries = new Ledger(
      new Meters(city, [
        fault('silence', '2026-03-01T00:00', '2026-03-01T06:00'),
        fault('stuck', '2026-04-01T00:00', '2026-04-01T06:00'),
        fault('spike', '2026-05-01T00:00', '2026-05-01T01:00', 500),
      ]),
    ).entries(hourMs);
    expect(entries.map(({ readings }) => readings)).toEqual([
      { true: 0, lost: 6, falsified: 0, shifted: 0 },
      { true: 1, lost: 0, falsified: 5, shifted: 0 },
      { true: 0, lost: 0, falsified: 1, shifted: 0 },
    ]);
  });

  test('plants by seed, one fault a point, every kind', () => {
    const planted = plantFaults(city, 4, 12);
    expect(plantFaults(city, 4, 12)).toEqual(planted);
    expect(plantFaults(city, 5, 12)).not.toEqual(planted);
    expect(new Set(planted.map(({ point }) => point)).size).toBe(12);
    expect(new Set(planted.map(({ kind }) => kind))).toEqual(new Set(faultKindNames));
  });

  test('without faults expects the truth', () => {
    const expected = new Ledger(new Meters(city)).expect('jgdl.main', from, to, hourMs);
    expect(expected.shown).toBeCloseTo(expected.trueConsumption, 3);
    expect(expected.withheld).toEqual([]);
  });

  test('what is shown and what is withheld make up the truth, for every fault that hides nothing by drift', () => {
    const kinds = faultKindNames.filter((kind) => kind !== 'value-drift');
    for (let seed = 1; seed <= 4; seed++) {
      const faults = plantFaults(city, seed, 10, kinds);
      const ledger = new Ledger(new Meters(city, faults));
      for (const { point } of faults) {
        const expected = ledger.expect(
          point,
          Math.max(from, city.point(point).installation?.from ?? 0),
          to,
          hourMs,
        );
        const withheld = expected.withheld.reduce((sum, each) => sum + each.trueConsumption, 0);
        expect(expected.shown + withheld).toBeCloseTo(expected.trueConsumption, 3);
      }
    }
  });

  test('agrees with the consumption curve, fault by fault', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const faults = plantFaults(city, seed, 11);
      const meters = new Meters(city, faults);
      const ledger = new Ledger(meters);
      for (const { kind, point: name } of faults) {
        const point = city.point(name);
        if (point.register === null) continue;
        const start = Math.max(from, point.installation?.from ?? 0);
        const scan = createScan(point.register, {
          installations: meters.installations(name),
          expectedIntervalMs: point.expectedIntervals,
          intervalLengthMs: [],
          corrections: [],
        });
        const rows = [...meters.readings(name, start, to + 1, hourMs)].filter(
          ([, quantity]) => quantity === point.register,
        );
        for (const [, , ts, value] of rows) scan.push(ts, value);
        const { settled, provisional } = scan.snapshot();
        const curve = [...settled, ...provisional].reduce((sum, row) => sum + (row.value ?? 0), 0);
        const expected = ledger.expect(name, start, to, hourMs);
        const rounding = point.layout === 'float32' ? 0.1 : 0;
        expect(Math.abs(curve - expected.shown), `${kind} at ${name}, seed ${seed}`).toBeLessThanOrEqual(
          expected.tolerance + rounding,
        );
      }
    }
  });
});

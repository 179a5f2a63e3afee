import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powertrainNames, vehicleCategoryNames } from '../vehicles.ts';
import { replacementShare, stockShare } from './new-energy.ts';
import { permitTable, type RosterVehicle, renewals } from './roster.ts';

let count = 0;
const car = (more: Partial<RosterVehicle> = {}): RosterVehicle => ({
  id: `car-${String(++count).padStart(5, '0')}`,
  institution: 'office',
  category: 'other',
  vehicleClass: 'sedan',
  powertrain: 'petrol',
  leased: false,
  purchasedOn: '2020-05-01',
  disposedOn: null,
  replaces: null,
  ...more,
});
const cars = (number: number, more: Partial<RosterVehicle> = {}) =>
  Array.from({ length: number }, () => car(more));
const replacing = { purchasedOn: '2025-03-01', replaces: 'old' } as const;

describe('permitted numbers', () => {
  it('are held against cars that are there at the date; leased ones are shown apart', () => {
    const permits = new Map([['office', { emergency: 1, other: 3 }]]);
    const there = [
      ...cars(2, { category: 'emergency' }),
      ...cars(1, { category: 'emergency', leased: true }),
      ...cars(1, { disposedOn: '2025-06-01' }),
      ...cars(1, { purchasedOn: '2025-06-02' }),
      ...cars(1, { purchasedOn: null }),
    ];
    const { rows, total } = permitTable(there, permits, '2025-06-01');
    expect(rows).toEqual([
      { institution: 'office', category: 'emergency', permitted: 1, actual: 2, leased: 1, over: 1, free: 0 },
      { institution: 'office', category: 'other', permitted: 3, actual: 1, leased: 0, over: 0, free: 2 },
    ]);
    expect(total).toEqual({ permitted: 4, actual: 3, leased: 1, over: 1, free: 2, withoutNumber: 0 });
  });

  it('that nobody recorded are unknown, and nobody is over them', () => {
    const { rows, total } = permitTable(cars(2), new Map(), '2025-06-01');
    expect(rows).toMatchObject([{ permitted: null, actual: 2, over: null, free: null }]);
    expect(total).toMatchObject({ permitted: null, over: null, withoutNumber: 2 });
    expect(permitTable([], new Map(), '2025-06-01').total).toMatchObject({ permitted: null, actual: 0 });
  });

  it('of Wenzhou leave 29 places: 1 427 cars of 1 456', () => {
    const permits = new Map([['wenzhou', { other: 1_456 }]]);
    const { total } = permitTable(cars(1_427, { institution: 'wenzhou' }), permits, '2025-12-31');
    expect(total).toMatchObject({ permitted: 1_456, actual: 1_427, free: 29, over: 0 });
  });

  it('of categories and of institutions sum to the same whole', () => {
    const fleet = fc.array(
      fc.record({
        institution: fc.constantFrom('a', 'b', 'c'),
        category: fc.constantFrom(...vehicleCategoryNames),
        leased: fc.boolean(),
        disposedOn: fc.constantFrom(null, '2025-01-01'),
      }),
      { maxLength: 40 },
    );
    const permits = fc.dictionary(
      fc.constantFrom('a', 'b', 'd'),
      fc.dictionary(fc.constantFrom(...vehicleCategoryNames), fc.nat(8)),
    );
    fc.assert(
      fc.property(fleet, permits, (list, numbers) => {
        const all = list.map((more) => car(more));
        const table = permitTable(all, new Map(Object.entries(numbers)), '2025-06-01');
        expect(permitTable([...all].reverse(), new Map(Object.entries(numbers)), '2025-06-01')).toEqual(
          table,
        );
        for (const parts of [[...table.byCategory.values()], [...table.byInstitution.values()]])
          for (const name of ['permitted', 'actual', 'leased', 'over', 'free', 'withoutNumber'] as const)
            expect(parts.reduce((sum, part) => sum + (part[name] ?? 0), 0)).toBe(table.total[name] ?? 0);
        const there = all.filter(({ disposedOn }) => disposedOn === null);
        expect(table.total.actual + table.total.leased).toBe(there.length);
      }),
      { seed: 5 },
    );
  });
});

describe('renewal', () => {
  const of = (
    more: Partial<RosterVehicle>,
    date: string,
    rule?: Parameters<typeof renewals>[3],
    km: number | null = null,
  ) => renewals([car(more)], () => km, date, rule)[0];

  it('may be after more than eight years, by the national rule', () => {
    expect(of({ purchasedOn: '2017-11-23' }, '2025-11-23')).toMatchObject({
      state: 'not-yet',
      from: '2025-11-24',
    });
    expect(of({ purchasedOn: '2017-11-23' }, '2025-11-24')).toMatchObject({
      state: 'may-be-renewed',
      by: ['age'],
    });
    expect(of({ purchasedOn: '2016-02-29' }, '2024-03-01')).toMatchObject({ from: '2024-03-01' });
  });

  it('may be by mileage where a rule says so, and is unknown where the facts are', () => {
    const rule = { years: 8, km: 200_000, source: 'a city' };
    expect(of({}, '2025-01-01', rule, 200_000)).toMatchObject({ state: 'may-be-renewed', by: ['mileage'] });
    expect(of({}, '2025-01-01', rule, 1_000)).toMatchObject({ state: 'not-yet' });
    expect(of({}, '2025-01-01', rule)).toMatchObject({ state: 'unknown' });
    expect(of({ purchasedOn: null }, '2025-01-01')).toMatchObject({ state: 'unknown', from: null });
  });

  it('does not concern leased cars, or those that are gone', () => {
    expect(
      renewals([car({ leased: true }), car({ disposedOn: '2024-01-01' })], () => null, '2025-01-01'),
    ).toEqual([]);
  });
});

describe('new-energy cars', () => {
  it('of Wenzhou were 77 of 109 cars replaced, which is 70.64 %: the target of one half is met', () => {
    const fleet = [
      ...cars(60, { ...replacing, powertrain: 'battery-electric' }),
      ...cars(17, { ...replacing, powertrain: 'plug-in-hybrid' }),
      ...cars(25, { ...replacing, powertrain: 'petrol' }),
      ...cars(7, { ...replacing, powertrain: 'hybrid' }),
      // Neither bought in place of another, nor owned, nor in that year.
      ...cars(5, { purchasedOn: '2025-04-01', powertrain: 'battery-electric' }),
      ...cars(5, { ...replacing, leased: true, powertrain: 'battery-electric' }),
      ...cars(5, { ...replacing, purchasedOn: '2024-04-01', powertrain: 'battery-electric' }),
    ];
    const year = replacementShare(fleet, 2025, 0.5);
    expect(year).toMatchObject({ cars: 109, newEnergy: 77, battery: 60, plugIn: 17, fuelCell: 0 });
    expect(year).toMatchObject({ additions: 5, met: true, missing: 0 });
    expect(((year.share ?? 0) * 100).toFixed(2)).toBe('70.64');
  });

  it('of Wenzhou can be counted in no other way that gives 70.64 % with 77', () => {
    const published = (part: number, whole: number) => ((part / whole) * 100).toFixed(2) === '70.64';
    const counts = Array.from({ length: 1_456 }, (_, index) => index + 1);
    // 77 are the new-energy cars, and 109 all that were replaced …
    expect(counts.filter((whole) => published(77, whole))).toEqual([109]);
    // … since 77 are not all that were bought, whatever part of them is new-energy, halves for plug-ins included, …
    expect(counts.filter((part) => published(part / 2, 77))).toEqual([]);
    // … and not the part of the stock, or of what is permitted.
    expect([1_427, 1_456].some((whole) => published(77, whole))).toBe(false);
  });

  it('of the stock are another share than those of a year, and hybrids without a plug are none', () => {
    const fleet = [
      ...cars(1, { ...replacing, powertrain: 'battery-electric' }),
      ...cars(2, { powertrain: 'hybrid' }),
      ...cars(1, { powertrain: 'fuel-cell', disposedOn: '2025-02-01' }),
      ...cars(1, { powertrain: 'plug-in-hybrid' }),
    ];
    expect(replacementShare(fleet, 2025).share).toBe(1);
    expect(stockShare(fleet, '2025-12-31', 0.6)).toMatchObject({
      cars: 4,
      newEnergy: 2,
      share: 0.5,
      met: false,
      missing: 1,
    });
    expect(stockShare(fleet, '2025-12-31')).toMatchObject({
      batteryShare: 0.25,
      plugInShare: 0.25,
      met: null,
    });
  });

  it('meet a target that they meet exactly', () => {
    const fleet = [...cars(7, { powertrain: 'battery-electric' }), ...cars(93)];
    expect(stockShare(fleet, '2025-12-31', 0.07)).toMatchObject({ met: true, missing: 0 });
  });

  it('of nothing have no share', () => {
    expect(replacementShare([], 2025, 0.5)).toMatchObject({ share: null, met: null, missing: null });
  });

  it('are the sum of their kinds', () => {
    const fleet = fc.array(fc.constantFrom(...powertrainNames), { maxLength: 50 });
    fc.assert(
      fc.property(fleet, fc.double({ min: 0, max: 1, noNaN: true }), (list, target) => {
        const all = list.map((powertrain) => car({ powertrain }));
        const of = stockShare(all, '2025-01-01', target);
        expect(of.battery + of.plugIn + of.fuelCell).toBe(of.newEnergy);
        if (of.cars === 0) return;
        expect(of.met).toBe(of.missing === 0);
        expect((of.newEnergy + (of.missing ?? 0)) / of.cars).toBeGreaterThanOrEqual(target - 1e-9);
      }),
      { seed: 5 },
    );
  });
});

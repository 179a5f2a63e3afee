import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../time.ts';
import { energyByMonth, energyEntries } from './energy.ts';
import type { AccountVehicle, CardEntry } from './model.ts';

const calendar = new Calendar('Asia/Shanghai');
const local = (text: string) => Date.parse(`${text}+08:00`);
const year = local('2025-01-01T00:00');
const next = local('2026-01-01T00:00');
const entry = (ts: number, more: Partial<CardEntry> = {}): CardEntry => ({
  id: `${ts}`,
  card: 'card',
  vehicle: 'car',
  kind: 'fuel',
  ts,
  quantity: 40,
  amountCny: 300,
  fullTank: true,
  onSite: false,
  ...more,
});

describe('what enters the energy accounts', () => {
  const vehicleAt = (id: string): AccountVehicle | undefined =>
    id === 'gone'
      ? undefined
      : {
          id,
          institution: 'office',
          category: 'other',
          vehicleClass: 'sedan',
          powertrain: id === 'diesel' ? 'diesel' : id === 'electric' ? 'battery-electric' : 'plug-in-hybrid',
          tankL: 50,
          batteryKwh: 20,
        };

  it('is fuel, and charging away from home, for official vehicles', () => {
    const { entries, leftOut } = energyEntries(
      [
        entry(year, { id: '1', vehicle: 'diesel' }),
        entry(year, { id: '2' }),
        entry(year, { id: '3', kind: 'charging' }),
        entry(year, { id: '4', kind: 'charging', onSite: true }),
        entry(year, { id: '5', vehicle: 'electric' }),
        entry(year, { id: '6', vehicle: 'gone' }),
      ],
      vehicleAt,
    );
    expect(entries.map(({ commodity, use }) => [commodity, use])).toEqual([
      ['diesel', 'vehicle'],
      ['gasoline', 'vehicle'],
      ['electricity', 'vehicle'],
    ]);
    expect(leftOut).toEqual([
      { entry: '4', reason: 'on-site' },
      { entry: '5', reason: 'no-fuel' },
      { entry: '6', reason: 'no-vehicle' },
    ]);
  });

  it('has each entry once, in or out, and months sum to the whole', () => {
    const some = fc.uniqueArray(
      fc
        .tuple(
          fc.integer({ min: year, max: next - 1 }),
          fc.nat(60),
          fc.boolean(),
          fc.constantFrom('fuel' as const, 'charging' as const),
          fc.constantFrom('car', 'diesel', 'electric', 'gone'),
        )
        .map(([ts, quantity, onSite, kind, vehicle]) => entry(ts, { quantity, onSite, kind, vehicle })),
      { selector: ({ id }) => id, maxLength: 40 },
    );
    fc.assert(
      fc.property(some, (list) => {
        const { entries, leftOut } = energyEntries(list, vehicleAt);
        expect([...entries, ...leftOut].map((row) => row.entry).sort()).toEqual(
          list.map(({ id }) => id).sort(),
        );
        expect(
          entries.some(({ entry: id }) =>
            list.some((row) => row.id === id && row.kind === 'charging' && row.onSite),
          ),
        ).toBe(false);
        const sum = (rows: readonly { quantity: number }[]) =>
          rows.reduce((all, { quantity }) => all + quantity, 0);
        expect(sum(energyByMonth(entries, calendar))).toBe(sum(entries));
        expect(energyByMonth([...entries].reverse(), calendar)).toEqual(energyByMonth(entries, calendar));
      }),
      { seed: 5 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Powertrain } from '../vehicles.ts';
import { type CardFacts, cardFindings } from './card-findings.ts';
import type { AccountVehicle, CardEntry } from './model.ts';

const hour = 3_600_000;
const yard = { lat: 30, lon: 114 };
const station = { lat: 30.005, lon: 114 };
const car = (id: string, powertrain: Powertrain = 'petrol'): AccountVehicle => ({
  id,
  institution: 'office',
  category: 'other',
  vehicleClass: 'sedan',
  powertrain,
  tankL: 50,
  batteryKwh: 60,
});
let count = 0;
const fill = (hours: number, quantity: number, more: Partial<CardEntry> = {}): CardEntry => ({
  id: `entry-${String(++count).padStart(4, '0')}`,
  card: `card of ${more.vehicle ?? 'car'}`,
  vehicle: 'car',
  kind: 'fuel',
  ts: hours * hour,
  quantity,
  amountCny: quantity * 8,
  fullTank: true,
  ...station,
  onSite: false,
  ...more,
});
const facts = (entries: readonly CardEntry[], more: Partial<CardFacts> = {}): CardFacts => ({
  entries,
  vehicleAt: (id) => car(id, id.startsWith('electric') ? 'battery-electric' : 'petrol'),
  kmBetween: () => (from, to) => ((to - from) / hour) * 10,
  placeAt: () => () => yard,
  ...more,
});
const found = (entries: readonly CardEntry[], more: Partial<CardFacts> = {}) =>
  cardFindings(facts(entries, more)).findings.map(({ kind, peak, limit }) => [kind, peak, limit]);
/** 10 km and 0.8 L an hour; a fill of 40 L every 50 hours. */
const steady = (times: number) => Array.from({ length: times }, (_, at) => fill(at * 50, 40));

describe('cards', () => {
  it('of a car that is filled as it burns show nothing', () => {
    const { findings, unknowns } = cardFindings(facts(steady(6)));
    expect(findings).toEqual([]);
    expect(unknowns).toEqual([]);
  });

  it('show a fill larger than the tank, with some tolerance', () => {
    expect(found([fill(0, 55)])).toEqual([]);
    expect(found([fill(0, 56)])).toEqual([['fill-over-tank', 56, 50 * 1.1]]);
  });

  it('show a fill larger than what was burnt since the last full one', () => {
    const entries = [...steady(5), fill(210, 40)];
    // 100 km at 8 L, half as much again, and 5 L.
    expect(found(entries)).toEqual([['fill-over-room', 40, expect.closeTo(17, 9)]]);
  });

  it('count what was filled in part since, and do not let a span excuse itself', () => {
    const part = [...steady(5), fill(230, 20, { fullTank: false }), fill(240, 25)];
    // 400 km make room for 32 L, half as much again, and 5 L; 20 L are in.
    expect(found(part)).toEqual([]);
    expect(found([...steady(5), fill(230, 20, { fullTank: false }), fill(240, 40)])).toEqual([
      ['fill-over-room', 40, expect.closeTo(33, 9)],
    ]);
    const few = cardFindings(facts([...steady(3), fill(110, 40)]));
    expect(few.findings).toEqual([]);
    expect(few.unknowns.at(-1)).toMatchObject({ about: 'fill-over-room', reason: 'no-rate' });
    // Three honest spans, and three that drink: those before and after do not make the rate of the one in question.
    const thirsty = [...steady(4), fill(165, 40), fill(180, 40)];
    expect(found(thirsty).map(([kind]) => kind)).toEqual(['fill-over-room', 'fill-over-room']);
  });

  it('leave the room in the tank of a plug-in hybrid unknown', () => {
    const vehicleAt = (id: string) => car(id, 'plug-in-hybrid');
    const { findings, unknowns } = cardFindings(facts([...steady(5), fill(210, 40)], { vehicleAt }));
    expect(findings).toEqual([]);
    expect(new Set(unknowns.map(({ reason }) => reason))).toEqual(new Set(['no-rate']));
  });

  it('do not judge the room in a tank before the car has a rate, or without kilometres', () => {
    const { findings, unknowns } = cardFindings(facts([fill(0, 40), fill(1, 40)]));
    expect(findings).toEqual([]);
    expect(unknowns).toMatchObject([{ about: 'fill-over-room', reason: 'no-rate' }]);
    const blind = cardFindings(facts([...steady(5), fill(210, 40)], { kmBetween: () => () => null }));
    expect(blind.findings).toEqual([]);
    expect(blind.unknowns.map(({ reason }) => reason)).toContain('no-rate');
  });

  it('do not know the tank of a car that has none recorded', () => {
    const vehicleAt = (id: string) => ({ ...car(id), tankL: null });
    const { findings, unknowns } = cardFindings(facts([fill(0, 500)], { vehicleAt }));
    expect(findings).toEqual([]);
    expect(unknowns).toMatchObject([{ about: 'fill-over-tank', reason: 'no-tank' }]);
  });

  it('show a card that was used while the car was far away', () => {
    const away = { placeAt: () => () => ({ lat: 30.2, lon: 114 }) };
    const [[kind, metres, limit] = []] = found([fill(1, 40)], away);
    expect([kind, limit]).toEqual(['card-far-from-car', 2_000]);
    expect(metres).toBeCloseTo(21_683, -2);
  });

  it('do not, when the car was there within a quarter of an hour, or nobody knows', () => {
    const came = (ts: number) => (ts >= hour + 14 * 60_000 ? yard : { lat: 30.2, lon: 114 });
    expect(found([fill(1, 40)], { placeAt: () => came })).toEqual([]);
    const partly = (ts: number) => (ts < hour ? ('unknown' as const) : { lat: 30.2, lon: 114 });
    const { findings, unknowns } = cardFindings(facts([fill(1, 40)], { placeAt: () => partly }));
    expect(findings).toEqual([]);
    expect(unknowns).toMatchObject([{ about: 'card-far-from-car', reason: 'no-positions' }]);
    expect(cardFindings(facts([fill(1, 40, { lat: null })])).unknowns).toMatchObject([
      { reason: 'no-coordinates' },
    ]);
  });

  it('serve one car each', () => {
    const shared = [fill(0, 40, { card: 'A' }), fill(9, 40, { card: 'A', vehicle: 'other' })];
    expect(found(shared)).toEqual([['card-on-several-cars', 2, 1]]);
    expect(cardFindings(facts(shared)).findings[0]).toMatchObject({
      vehicles: ['car', 'other'],
      cards: ['A'],
    });
  });

  it('are one for each car, unless one was replaced', () => {
    const of = (cards: string) => [...cards].map((card, at) => fill(at * 60, 40, { card }));
    expect(found(of('AAABBB'))).toEqual([]);
    expect(found(of('AABABB'))).toEqual([['car-with-several-cards', 2, 1]]);
    const both = [
      fill(0, 40, { card: 'A' }),
      fill(1, 40, { card: 'B', kind: 'charging' }),
      fill(60, 40, { card: 'A' }),
    ];
    const plugIn = (id: string) => car(id, 'plug-in-hybrid');
    expect(found(both, { vehicleAt: plugIn })).toEqual([]);
  });

  it('show fuel for an electric car, and a charge for one without a plug', () => {
    expect(found([fill(0, 40, { vehicle: 'electric' })])).toEqual([['fuel-for-electric-car', 40, 0]]);
    expect(found([fill(0, 40, { kind: 'charging' })])).toEqual([['charge-for-car-without-plug', 40, 0]]);
    expect(found([fill(0, 40, { kind: 'charging', vehicle: 'electric' })])).toEqual([]);
  });

  it('show the same, in whatever order entries come', () => {
    const entry = fc
      .record({
        hours: fc.integer({ min: 0, max: 400 }),
        quantity: fc.integer({ min: 1, max: 70 }),
        card: fc.constantFrom('A', 'B', 'C'),
        vehicle: fc.constantFrom('car', 'other', 'electric'),
        kind: fc.constantFrom('fuel' as const, 'charging' as const),
        fullTank: fc.constantFrom(true, true, false),
      })
      .map(({ hours, quantity, ...more }) => fill(hours, quantity, more));
    const placeAt = () => (ts: number) =>
      ts % 7 < 3 ? ('unknown' as const) : ts % 7 < 5 ? yard : { lat: 31, lon: 114 };
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 25 }), fc.integer(), (entries, salt) => {
        const shuffled = entries
          .map((row, index) => ({ row, key: Math.imul(index + salt, 0x9e3779b1) >>> 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        expect(cardFindings(facts(shuffled, { placeAt }))).toEqual(cardFindings(facts(entries, { placeAt })));
      }),
      { seed: 5 },
    );
  });
});

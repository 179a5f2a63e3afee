// What is found over one stretch of track by the rules of that stretch: how the kinds come together.
import { expect, it } from 'vitest';
import { workingDefaults } from '../../core/domain/fleet/findings/workdays.ts';
import { at, car, type Leg, minute, order } from '../../core/testing/driven-car.ts';
import { judge, type Rules } from './judge.ts';

const rules: Rules = {
  limitsKmh: [],
  marginKmh: 10,
  possibleKmh: 220,
  fences: [],
  regions: [],
  working: { ...workingDefaults, dayKindOf: () => 'workday', hours: [[0, 1_440]] },
  idleMs: 1_000 * minute,
  silentMs: 10_000 * minute,
  seals: [],
  orders: [],
  ordersKept: [],
};
const unplugged: readonly Leg[] = [
  [60, 0],
  [840, 100, 'silent'],
  [900, 100],
];
const judged = (more: Partial<Rules>, legs = unplugged) => {
  const { track, segments, until } = car(legs);
  const unknown = { ...track, flags: new Uint8Array(track.length) };
  return judge({ good: unknown, heard: unknown, segments, until }, { ...rules, ...more }).filter(
    ({ kind }) => kind !== 'silent',
  );
};

it('a car that was moved while nobody saw it is found, unless an order is near', () => {
  expect(judged({})).toMatchObject([
    { kind: 'moved-unseen', start: at(60), end: at(840), noted: false, orders: [] },
  ]);
  expect(judged({ orders: [order(300, 400)] }).map(({ kind }) => kind)).not.toContain('moved-unseen');
});

it('what nobody can say of a sealed car is noted, and is no finding', () => {
  const seal = { id: 'holiday', from: at(300), to: at(900), dutyExempt: false };
  expect(judged({ seals: [seal], orders: [order(0, 900)] })).toContainEqual(
    expect.objectContaining({ kind: 'moved-unseen', where: 'holiday', start: at(300), noted: true }),
  );
});

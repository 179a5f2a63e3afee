import { describe, expect, it } from 'vitest';
import type { ChangeEntry, Said } from '../../core/registry/change-contracts.ts';
import { testCalendar } from '../../core/testing/test-registry.ts';
import type { Reach } from '../auth/access.ts';
import { TimeText } from '../http/time-text.ts';
import { type ChangeSight, shownChange } from './change-view.ts';

const times = new TimeText(testCalendar);
const nothing: Reach = { everything: false, institutions: new Set() };
const of = (...ids: string[]): Reach => ({ everything: false, institutions: new Set(ids) });

/** Sees entries of a, and by these permissions more. */
const sight = (values: Partial<ChangeSight['values']> = {}, isMasked = false): ChangeSight => ({
  entries: of('a'),
  values: {
    'accounts:read': nothing,
    'vehicles:read': nothing,
    'energy:read': nothing,
    'positions:read': nothing,
    ...values,
  },
  isMasked: () => isMasked,
});

function entry(kind: ChangeEntry['kind'], after: Said | null, before: readonly Said[] = []): ChangeEntry {
  const sides = after === null ? before : [after, ...before];
  return {
    at: 0,
    kind,
    action: 'recorded',
    id: '1',
    attribute: null,
    author: 'wang',
    reason: 'test',
    after,
    before,
    institutions: [...new Set(sides.flatMap(({ institutions }) => institutions))],
    mentions: new Map(
      sides.map(({ entity, institutions }) => [
        entity.id,
        { kind: 'vehicle' as const, name: `name of ${entity.id}`, institutions },
      ]),
    ),
  };
}
const bill: Said = {
  entity: { kind: 'account', id: 'account' },
  from: 0,
  to: null,
  value: { document: 'N1', quantity: 1, amountCny: 9.5, supplement: false },
  institutions: ['a'],
};
const fuelled = (car: string, institution: string): Said => ({
  entity: { kind: 'vehicle', id: car },
  from: 0,
  to: null,
  value: { card: '1', vehicle: car, kind: 'fuel', ts: 0, station: 'Harbour', lat: null, lon: null },
  institutions: [institution],
});

describe('what is shown of a change', () => {
  it('has no values, costs and names without the permission that the lists of its kind take', () => {
    const hidden = shownChange(entry('bill', bill), sight({ 'accounts:read': of('b') }), times);
    expect(hidden.withheld).toEqual(new Map([['values', 'accounts:read']]));
    expect(hidden).toMatchObject({ after: { value: null }, entity: { id: 'account', name: null } });
    const shown = shownChange(entry('bill', bill), sight({ 'accounts:read': of('a') }), times);
    expect(shown).toMatchObject({ after: { value: bill.value }, entity: { name: 'name of account' } });
    expect(shown.withheld.size).toBe(0);
    const withdrawn = shownChange(entry('bill', null, [bill]), sight(), times);
    expect(JSON.stringify([withdrawn.after, withdrawn.before])).not.toContain('9.5');
  });

  it('has nothing of a car that is of another institution, though the record came from one of its own', () => {
    const both = entry('card', fuelled('theirs', 'b'), [fuelled('ours', 'a')]);
    const shown = shownChange(both, sight({ 'vehicles:read': of('a', 'b') }), times);
    expect(shown).toMatchObject({
      entity: { id: 'ours' },
      after: null,
      before: [{ value: { vehicle: 'ours' } }],
      names: {},
      others: 1,
    });
    expect([...shown.withheld.keys()]).toEqual(['foreign', 'places']);
    expect(JSON.stringify(shown)).not.toContain('theirs');
  });

  it('has places for who sees positions of all whose it was, and of masked cars none', () => {
    const one = entry('card', fuelled('ours', 'a'));
    const supervisor = { 'vehicles:read': of('a'), 'positions:read': of('a') };
    const stationOf = (said: ChangeSight, change = one) => {
      const { after, withheld } = shownChange(change, said, times);
      return [Object(after?.value).station as unknown, [...withheld.keys()]];
    };
    expect(stationOf(sight(supervisor))).toEqual(['Harbour', []]);
    expect(stationOf(sight(supervisor, true))).toEqual([null, ['masked']]);
    const shared = entry('card', { ...fuelled('ours', 'a'), institutions: ['a', 'b'] });
    expect(stationOf(sight(supervisor), shared)).toEqual([null, ['places']]);
  });
});

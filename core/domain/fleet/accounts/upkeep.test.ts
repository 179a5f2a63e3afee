import { describe, expect, it } from 'vitest';
import { dues, undesignatedRepairs } from './upkeep.ts';

const year = Date.parse('2025-01-01T00:00+08:00');

describe('upkeep', () => {
  const repair = { id: 'r', vehicle: 'car', kind: 'repair', at: year, amountCny: 100 } as const;

  it('at a workshop that is known not to be designated is found; one that is not told accuses nobody', () => {
    const entries = [
      repair,
      { ...repair, id: 's', designated: false, workshop: 'Wang' },
      { ...repair, id: 't', designated: true },
    ];
    expect(undesignatedRepairs(entries)).toMatchObject([{ entry: 's', workshop: 'Wang' }]);
    expect(undesignatedRepairs([{ ...repair, kind: 'insurance', designated: false }])).toEqual([]);
  });

  it('says until when insurance and inspection hold, by the latest entry', () => {
    const insurance = (dueOn: string) => ({ ...repair, kind: 'insurance', dueOn }) as const;
    const states = (date: string) =>
      dues(['car'], [insurance('2025-06-30'), insurance('2024-06-30')], date).map(({ state, days }) => [
        state,
        days,
      ]);
    expect(states('2025-05-30')).toEqual([
      ['valid', 31],
      ['unknown', null],
    ]);
    expect(states('2025-05-31')[0]).toEqual(['due-soon', 30]);
    expect(states('2025-06-30')[0]).toEqual(['due-soon', 0]);
    expect(states('2025-07-01')[0]).toEqual(['overdue', -1]);
  });
});

import { describe, expect, it } from 'vitest';
import { subItems } from './sub-items.ts';

describe('consumption by sub-item', () => {
  it('adds meters of a code, and shows what none of them explains', () => {
    const { byCode, explained, rest } = subItems(
      [
        { code: 'A1', quantity: 10 },
        { code: 'C1', quantity: 5 },
        { code: 'A1', quantity: 20 },
      ],
      50,
    );
    expect([...byCode]).toEqual([
      ['A1', 30],
      ['C1', 5],
    ]);
    expect({ explained, rest }).toEqual({ explained: 35, rest: 15 });
  });

  it('shows sub-meters that exceed the meter above as a rest below 0', () => {
    expect(subItems([{ code: 'A1', quantity: 60 }], 50).rest).toBe(-10);
  });

  it('knows no rest while a meter is unknown, and no sum of unknown meters', () => {
    const { byCode, explained, rest } = subItems(
      [
        { code: 'A1', quantity: 60 },
        { code: 'B1', quantity: Number.NaN },
      ],
      100,
    );
    expect(byCode.get('B1')).toBeNull();
    expect({ explained, rest }).toEqual({ explained: 60, rest: null });
    expect(subItems([], Number.NaN)).toMatchObject({ explained: null, rest: null });
  });
});

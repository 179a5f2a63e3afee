import { describe, expect, it } from 'vitest';
import { carrierNames, quantities, quantitiesOfCarrier, quantityEntry, quantityNames } from './units.ts';

describe('the table of quantities', () => {
  it('has a register and an interval quantity for every carrier, in the unit of the carrier', () => {
    for (const carrier of carrierNames) {
      const kinds = quantitiesOfCarrier(carrier).map((name) => quantities[name].kind);
      expect(kinds).toEqual(['register', 'interval']);
      expect(new Set(quantitiesOfCarrier(carrier).map((name) => quantities[name].unit)).size).toBe(1);
    }
  });

  it('states a range and both names for every quantity', () => {
    for (const name of quantityNames) {
      const entry = quantityEntry(name);
      expect(entry?.min).toBeLessThan(entry?.max ?? 0);
      expect(entry?.zh).toMatch(/\p{Script=Han}/u);
      expect(entry?.en).toMatch(/[a-z]/);
    }
  });

  it('knows no quantity by the names of object properties', () => {
    expect(quantityEntry('constructor')).toBeUndefined();
    expect(quantityEntry('__proto__')).toBeUndefined();
  });
});

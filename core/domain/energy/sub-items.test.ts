import { describe, expect, it } from 'vitest';
import { itemNames } from './items.ts';
import { itemOfSubItem, subItemNames } from './sub-items.ts';

describe('sub-items', () => {
  it('are lettered in the order of the kinds of use that they are parts of', () => {
    for (const name of subItemNames) {
      expect(itemOfSubItem(name)).toBe(itemNames['ABCD'.indexOf(name.charAt(0))]);
    }
    expect(subItemNames.join(' ')).toBe('A1 A2 A3 B1 B2 C1 C2 C3 D1 D2 D3 D4 D5 D6');
  });
});

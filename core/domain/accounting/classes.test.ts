import { describe, expect, it } from 'vitest';
import { sectorNames, sectorOf, sectors } from './classes.ts';

describe('the sector of an institution', () => {
  it('is known by its code and by its name in either language', () => {
    for (const code of sectorNames) {
      const { zh, en } = sectors[code];
      expect([sectorOf(code), sectorOf(zh), sectorOf(` ${en.toUpperCase()} `)]).toEqual([code, code, code]);
    }
  });

  it('is not guessed from any other text', () => {
    for (const text of ['', '教育系统', 'toString', 'schools']) expect(sectorOf(text)).toBeUndefined();
  });
});

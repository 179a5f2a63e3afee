import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../domain/message.ts';
import { checkCharacter, creditCodeFault } from './credit-code.ts';

const english = (code: string) => wordsOf(creditCodeFault(code) ?? '', 'en');

const characters = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];

describe('the unified social credit code', () => {
  it('is taken where its last character is that of the standard', () => {
    // The example of the standard, and codes that firms and universities publish of themselves.
    const published = [
      '91350100M000100Y43',
      '91330100716105852F',
      '9144030071526726XG',
      '914403001922038216',
      '12100000400002259P',
      '12100000400000624D',
    ];
    for (const code of published) expect([code, creditCodeFault(code)]).toEqual([code, undefined]);
  });

  it('is refused with the character that it should end with', () => {
    expect(english('91350100M000100Y44')).toBe(
      'the last character of 91350100M000100Y44 should be 3: one of them was mistyped',
    );
  });

  it('is refused for a wrong length, letters that look like digits, and letters in the place of the region', () => {
    expect(english('91350100M000100Y4')).toMatch(/18 characters, not 17/);
    for (const code of [
      '9135O100M000100Y43',
      '91350100M000I00Y43',
      '91350100m000100y43',
      '91A50100M000100Y43',
    ]) {
      expect(english(code)).toMatch(/without I, O, S, V, Z/);
    }
  });

  it('shows every single mistyped character and every swap of neighbours that differ', () => {
    const code = '91350100M000100Y43';
    for (let place = 0; place < 18; place++) {
      for (const other of characters) {
        if (other === code[place]) continue;
        expect(creditCodeFault(code.slice(0, place) + other + code.slice(place + 1))).toBeDefined();
      }
      const swapped =
        code.slice(0, place) + code.charAt(place + 1) + code.charAt(place) + code.slice(place + 2);
      if (place < 17 && code[place] !== code[place + 1]) expect(creditCodeFault(swapped)).toBeDefined();
    }
  });

  it('has one last character for any first 17, and with it a weighted sum that 31 divides', () => {
    const letter = fc.constantFrom(...characters);
    fc.assert(
      fc.property(fc.array(letter, { minLength: 17, maxLength: 17 }), (letters) => {
        const last = checkCharacter(letters.join(''));
        let weight = 1n;
        let sum = BigInt(characters.indexOf(last));
        for (const each of letters) {
          sum += BigInt(characters.indexOf(each)) * weight;
          weight *= 3n;
        }
        return last.length === 1 && sum % 31n === 0n;
      }),
    );
  });
});

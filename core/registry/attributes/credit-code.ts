// The unified social credit code (统一社会信用代码) of an institution: 18 characters, the last one checks the others.
// [GB 32100-2015 §5]
import type { Message } from '../../domain/message.ts';
import { sayOfValues } from '../words/facts.ts';

/** 31 characters: digits and capitals without I, O, S, V, Z. A character's value is its place. */
const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const form = /^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/** What is wrong with a code, capitals and no spaces; `undefined`: nothing. */
export function creditCodeFault(code: string): Message | undefined {
  if (code.length !== 18) return sayOfValues('credit-code.length', { length: code.length });
  if (!form.test(code)) return sayOfValues('credit-code.form');
  const expected = checkCharacter(code.slice(0, 17));
  if (code.endsWith(expected)) return undefined;
  return sayOfValues('credit-code.check', { code, expected });
}

/** Of the first 17 characters; each weighs 3 to the power of its place, modulo 31. */
export function checkCharacter(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += characters.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return characters.charAt((31 - (sum % 31)) % 31);
}

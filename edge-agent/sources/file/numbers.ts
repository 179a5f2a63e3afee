// Numbers as they stand in cells. Pure.
import type { Quantity } from '../../../core/domain/units.ts';
import { outOfRange } from '../value-range.ts';

/** A value in the unit of its quantity, or the reason why the text is none. */
export type ParsedValue = { readonly value: number } | { readonly reason: string };

/**
 * Digits with a decimal point, `1.5e3` too. Nothing is guessed: `1,234` could be a thousand or a decimal comma and is
 * refused. The text is trimmed and not empty (an empty cell is a missing value, which the caller knows).
 */
export function parseValue(text: string, quantity: Quantity): ParsedValue {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    if (/^[+-]?\d{1,3}([,，' ]\d{3})+(\.\d*)?$/.test(text)) {
      return { reason: 'a number with thousands separators; write it without' };
    }
    if (/^[+-]?\d+[,，]\d*$/.test(text)) return { reason: 'a number with a comma; write a decimal point' };
    return { reason: 'not a number' };
  }
  const value = Number(text) + 0;
  const reason = outOfRange(quantity, value);
  return reason === undefined ? { value } : { reason };
}

// Dates of spreadsheets are counts of days. Pure.

/** Days from Excel's day 0 to 1970-01-01. */
const serialOf1970 = 25_569;

/** `2025-01-02` of Excel's serial number, in its calendar from 1900 (or 1904). */
export function dateOfSerial(value: number, from1904: boolean): string {
  const at = (Math.floor(value) - serialOf1970 + (from1904 ? 1_462 : 0)) * 86_400_000;
  return new Date(at).toISOString().slice(0, 10);
}

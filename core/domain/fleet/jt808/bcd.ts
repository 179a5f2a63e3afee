// Numbers and times as decimal digits, two to a byte.
import { JieyueError } from '../../errors.ts';

const utc8 = 8 * 3_600_000;
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The digits of `count` bytes without leading zeros; `undefined` where a half byte is none. All zeros: "0". */
export function readPhone(bytes: Uint8Array, at: number, count: number): string | undefined {
  // Up to 14 digits fit a number; the 20 of 2019 are put together of two.
  const split = count > 7 ? count - 7 : 0;
  let head = 0;
  let tail = 0;
  for (let i = 0; i < count; i++) {
    const byte = bytes[at + i] as number;
    if (byte > 0x99 || (byte & 15) > 9) return undefined;
    const pair = (byte >> 4) * 10 + (byte & 15);
    if (i < split) head = head * 100 + pair;
    else tail = tail * 100 + pair;
  }
  return head === 0 ? String(tail) : `${head}${String(tail).padStart(14, '0')}`;
}

/** Writes the digits to the right of `count` bytes. @throws JieyueError `config.invalid` where they are no digits or too many. */
export function writePhone(bytes: Uint8Array, at: number, count: number, phone: string): void {
  if (!/^\d+$/.test(phone) || phone.length > 2 * count) {
    throw new JieyueError('config.invalid', `phone "${phone}" is not 1 to ${2 * count} digits`);
  }
  const digits = phone.padStart(2 * count, '0');
  for (let i = 0; i < count; i++) {
    bytes[at + i] = ((digits.charCodeAt(2 * i) - 48) << 4) | (digits.charCodeAt(2 * i + 1) - 48);
  }
}

/** Epoch ms of YYMMDDhhmmss in UTC+8, years 2000 to 2099; `undefined` where there is no such time. */
export function readTime(bytes: Uint8Array, at: number): number | undefined {
  const year = readPair(bytes[at] as number);
  const month = readPair(bytes[at + 1] as number);
  const day = readPair(bytes[at + 2] as number);
  const hour = readPair(bytes[at + 3] as number);
  const minute = readPair(bytes[at + 4] as number);
  const second = readPair(bytes[at + 5] as number);
  if (year < 0 || month < 1 || month > 12 || hour < 0 || hour > 23) return undefined;
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  const leap = (year & 3) === 0;
  const last = leap && month === 2 ? 29 : (daysOf[month - 1] as number);
  if (day < 1 || day > last) return undefined;
  // 10 957 days from 1970 to 2000, a leap year each fourth from then on.
  const days = 10_957 + year * 365 + ((year + 3) >> 2) + (daysBefore[month - 1] as number) + (day - 1);
  const seconds = (days + (leap && month > 2 ? 1 : 0)) * 86_400 + hour * 3_600 + minute * 60 + second;
  return seconds * 1_000 - utc8;
}

/** Writes epoch ms (fractions of a second cut off) as YYMMDDhhmmss in UTC+8. */
export function writeTime(bytes: Uint8Array, at: number, ts: number): void {
  const local = new Date(ts + utc8);
  const parts = [
    local.getUTCFullYear() % 100,
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ];
  parts.forEach((part, i) => {
    bytes[at + i] = (Math.floor(part / 10) << 4) | (part % 10);
  });
}

/** 0 to 99, or -1. */
function readPair(byte: number): number {
  const [high, low] = [byte >> 4, byte & 15];
  return high > 9 || low > 9 ? -1 : high * 10 + low;
}

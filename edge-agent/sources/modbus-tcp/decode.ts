// From the bytes of registers to a value of a quantity. Pure; what cannot be a value says why.
import type { ModbusRegister } from '../../../core/runtime/config.ts';
import { type RegisterType, registerWords } from '../../../core/runtime/source-checks.ts';
import { outOfRange } from '../value-range.ts';
import { scaler } from './decimal.ts';

/** A value in the unit of its quantity, or the reason why there is none. */
export type Decoded = { readonly value: number } | { readonly reason: string };

/** Reads the value that starts at byte `at` of `data`, registers as they came (high byte of the first one first). */
export type Decoder = (data: Buffer, at: number) => Decoded;

/**
 * "No value", with a reason: a float that is not finite, BCD digits above 9, 64-bit numbers beyond ±(2^53 − 1), which a
 * double cannot hold exactly, and a result outside the quantity's range.
 */
export function decoderOf(register: ModbusRegister): Decoder {
  const { type, byteOrder, wordOrder, quantity } = register;
  const bytes = registerWords[type] * 2;
  const read = readers[type];
  const scale = scaler(register.scale, register.offset);
  return (data, at) => {
    if (at < 0 || at + bytes > data.length) return { reason: `the reply ends before its ${bytes} bytes` };
    const ordered = Buffer.from(data.subarray(at, at + bytes));
    if (wordOrder === 'little') reverseWords(ordered);
    if (byteOrder === 'little') ordered.swap16();
    const raw = read(ordered);
    if (typeof raw === 'string') return { reason: raw };
    const value = scale(raw);
    const reason = outOfRange(quantity, value);
    return reason === undefined ? { value } : { reason };
  };
}

type Reader = (bigEndian: Buffer) => number | bigint | string;

const readers: Readonly<Record<RegisterType, Reader>> = {
  uint16: (bytes) => bytes.readUInt16BE(0),
  int16: (bytes) => bytes.readInt16BE(0),
  uint32: (bytes) => bytes.readUInt32BE(0),
  int32: (bytes) => bytes.readInt32BE(0),
  uint64: (bytes) => exact(bytes.readBigUInt64BE(0)),
  int64: (bytes) => exact(bytes.readBigInt64BE(0)),
  float32: (bytes) => finite(bytes.readFloatBE(0)),
  float64: (bytes) => finite(bytes.readDoubleBE(0)),
  bcd32: (bytes) => {
    const digits = bytes.toString('hex');
    return /^\d+$/.test(digits) ? Number(digits) : `0x${digits} is not BCD`;
  },
};

function exact(raw: bigint): bigint | string {
  const held = raw >= Number.MIN_SAFE_INTEGER && raw <= Number.MAX_SAFE_INTEGER;
  return held ? raw : `${raw} is beyond 2^53 and cannot be held exactly`;
}

function finite(raw: number): number | string {
  return Number.isFinite(raw) ? raw : `the device reports ${raw}`;
}

function reverseWords(bytes: Buffer): void {
  for (let low = 0, high = bytes.length - 2; low < high; low += 2, high -= 2) {
    const word = bytes.readUInt16BE(low);
    bytes.writeUInt16BE(bytes.readUInt16BE(high), low);
    bytes.writeUInt16BE(word, high);
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModbusRegister } from '../../../core/runtime/config.ts';
import { type RegisterType, registerWords } from '../../../core/runtime/source-checks.ts';
import { scaler } from './decimal.ts';
import { decoderOf } from './decode.ts';

const limit = 1e12;
const safe = Number.MAX_SAFE_INTEGER;

/** How a device writes a value, high byte and high word first; and what values the type has within ±1e12. */
const types: Record<RegisterType, { encode: (value: number) => Buffer; values: fc.Arbitrary<number> }> = {
  uint16: { encode: (v) => bytes(2, (b) => b.writeUInt16BE(v)), values: fc.integer({ min: 0, max: 0xffff }) },
  int16: {
    encode: (v) => bytes(2, (b) => b.writeInt16BE(v)),
    values: fc.integer({ min: -32768, max: 32767 }),
  },
  uint32: {
    encode: (v) => bytes(4, (b) => b.writeUInt32BE(v)),
    values: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  int32: { encode: (v) => bytes(4, (b) => b.writeInt32BE(v)), values: fc.integer() },
  uint64: {
    encode: (v) => bytes(8, (b) => b.writeBigUInt64BE(BigInt(v))),
    values: fc.integer({ min: 0, max: limit }),
  },
  int64: {
    encode: (v) => bytes(8, (b) => b.writeBigInt64BE(BigInt(v))),
    values: fc.integer({ min: -limit, max: limit }),
  },
  float32: {
    encode: (v) => bytes(4, (b) => b.writeFloatBE(v)),
    values: fc.float({ min: Math.fround(-1e11), max: Math.fround(1e11), noNaN: true }),
  },
  float64: {
    encode: (v) => bytes(8, (b) => b.writeDoubleBE(v)),
    values: fc.double({ min: -limit, max: limit, noNaN: true }),
  },
  bcd32: {
    encode: (v) => Buffer.from(String(v).padStart(8, '0'), 'hex'),
    values: fc.integer({ min: 0, max: 99_999_999 }),
  },
};
const orders = fc.constantFrom('big' as const, 'little' as const);

describe('decoderOf', () => {
  for (const [type, { encode, values }] of Object.entries(types)) {
    it(`reads back every ${type} in each byte and word order, wherever it stands`, () => {
      fc.assert(
        fc.property(values, orders, orders, fc.nat(10), (value, byteOrder, wordOrder, before) => {
          const wire = Buffer.concat([
            Buffer.alloc(before, 0xee),
            arrange(encode(value), byteOrder, wordOrder),
          ]);
          const decode = decoderOf(register({ type: type as RegisterType, byteOrder, wordOrder }));
          expect(decode(wire, before)).toEqual({ value: value + 0 });
          expect(wire.subarray(before)).toEqual(arrange(encode(value), byteOrder, wordOrder));
        }),
      );
    });
  }

  it('agrees with what a meter of each order documents for 305419896 (0x12345678)', () => {
    const wire = {
      'big/big': '12345678',
      'big/little': '56781234',
      'little/big': '34127856',
      'little/little': '78563412',
    };
    for (const [order, hex] of Object.entries(wire)) {
      const [byteOrder, wordOrder] = order.split('/') as ['big', 'big'];
      const decode = decoderOf(register({ type: 'uint32', byteOrder, wordOrder }));
      expect(decode(Buffer.from(hex, 'hex'), 0)).toEqual({ value: 0x12345678 });
    }
  });

  it('gives no value, with a reason, for what is none', () => {
    const cases: [RegisterType, string, RegExp][] = [
      ['float32', '7fc00000', /NaN/],
      ['float32', '7f800000', /Infinity/],
      ['float64', 'fff0000000000000', /-Infinity/],
      ['bcd32', '1234567a', /0x1234567a is not BCD/],
      ['uint64', '0020000000000000', /9007199254740992 is beyond 2\^53/],
      ['uint64', 'ffffffffffffffff', /beyond 2\^53/],
      ['int64', 'ffdfffffffffffff', /beyond 2\^53/],
      ['float32', '7f7fffff', /not in the range of electricity/],
      ['uint32', '1234', /ends before its 4 bytes/],
    ];
    for (const [type, hex, reason] of cases) {
      expect(decoderOf(register({ type }))(Buffer.from(hex, 'hex'), 0)).toEqual({
        reason: expect.stringMatching(reason),
      });
    }
  });

  it('holds a result to the range of its quantity', () => {
    const decode = decoderOf(register({ type: 'int16', quantity: 'power_factor', scale: 0.001 }));
    expect(decode(Buffer.from('03e7', 'hex'), 0)).toEqual({ value: 0.999 });
    expect(decode(Buffer.from('03e9', 'hex'), 0)).toEqual({ reason: expect.stringContaining('1.001') });
  });

  it('never throws and gives only finite numbers, whatever the bytes and the scale', () => {
    const kinds = fc.constantFrom(...(Object.keys(types) as RegisterType[]));
    const wire = fc.uint8Array({ maxLength: 12 });
    fc.assert(
      fc.property(kinds, wire, fc.double({ noNaN: true, noDefaultInfinity: true }), (type, data, scale) => {
        const decoded = decoderOf(register({ type, scale }))(Buffer.from(data), 0);
        expect('value' in decoded ? Number.isFinite(decoded.value) : decoded.reason !== '').toBe(true);
      }),
    );
  });
});

describe('scaler', () => {
  it('gives the number whose decimals a person would write', () => {
    expect(scaler(0.01, 0)(12345)).toBe(123.45);
    expect(scaler(0.1, 0.2)(1)).toBe(0.3);
    expect(scaler(0.001, 0)(4_294_967_295)).toBe(4294967.295);
    expect(scaler(1e-7, 0)(3)).toBe(3e-7);
    expect(scaler(100, -40)(1.1)).toBe(70);
    expect(scaler(-1, 0)(0)).toBe(0);
    expect(scaler(0.1, 0)(BigInt(safe))).toBe(Number('900719925474099.1'));
  });

  it('shifts the decimal point exactly for every register value and power of ten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 1, max: 9 }), (raw, places) => {
        expect(scaler(Number(`1e-${places}`), 0)(raw)).toBe(Number(`${raw}e-${places}`));
      }),
    );
  });
});

function bytes(size: number, write: (buffer: Buffer) => unknown): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

/** From high byte and word first to the order of a device. */
function arrange(buffer: Buffer, byteOrder: string, wordOrder: string): Buffer {
  const words = Array.from({ length: buffer.length / 2 }, (_, i) => [...buffer.subarray(i * 2, i * 2 + 2)]);
  if (wordOrder === 'little') words.reverse();
  return Buffer.from(words.flatMap((word) => (byteOrder === 'little' ? word.toReversed() : word)));
}

function register(settings: Partial<ModbusRegister> & { type: RegisterType }): ModbusRegister {
  return {
    quantity: 'electricity',
    address: 0,
    table: 'holding',
    byteOrder: 'big',
    wordOrder: 'big',
    scale: 1,
    offset: 0,
    ...settings,
  };
}

// A table that forgot a type would not be tested.
it('knows the width of each type it tests', () => {
  for (const [type, { encode }] of Object.entries(types)) {
    expect(encode(0).length).toBe(registerWords[type as RegisterType] * 2);
  }
});

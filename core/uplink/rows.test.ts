import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionSchema, readingSchema, type WireReading } from '../domain/telemetry.ts';
import { quantityNames } from '../domain/units.ts';
import { encodeRows, keyPrint, positionFault, readingFault } from './rows.ts';

const anyReading = fc.tuple(
  fc.oneof(
    fc.constantFrom('a', 'b1.meter_main-2', '', 'ü', 'x'.repeat(65), 'a b'),
    fc.string(),
    fc.integer(),
  ),
  fc.oneof(fc.constantFrom(...quantityNames), fc.string(), fc.constantFrom('toString', '__proto__')),
  fc.oneof(fc.integer({ min: 0, max: 2 ** 42 }), fc.constantFrom(2 ** 60, 1.5, NaN, -1, 631_152_000_000)),
  fc.oneof(fc.double(), fc.constantFrom(Infinity, NaN, -0, 1e-9), fc.string(), fc.constant(null)),
);

const goodReading: fc.Arbitrary<WireReading> = fc.tuple(
  fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
  fc.constantFrom(...quantityNames),
  fc.integer({ min: 631_152_000_000, max: 4_000_000_000_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

test('a reading is accepted exactly when the wire schema accepts it', () => {
  const rows = fc.oneof(anyReading, goodReading, fc.array(fc.anything()), fc.anything());
  fc.assert(
    fc.property(rows, (row) => {
      expect(readingFault(row) === undefined).toBe(readingSchema.safeParse(row).success);
    }),
    { numRuns: 2_000 },
  );
});

test('encoded readings parse to what was pushed', () => {
  fc.assert(
    fc.property(fc.array(goodReading), (readings) => {
      const encoded = encodeRows(readings);
      const parsed: unknown[][] = JSON.parse(`[${encoded.readings.join(',')}]`);
      // JSON has no negative zero.
      expect(parsed).toEqual(
        readings.map(([point, quantity, ts, value]) => [point, quantity, ts, value + 0 || 0]),
      );
      expect(encoded.ts).toEqual(readings.map(([, , ts]) => ts));
    }),
  );
});

test('a fault names the row by list and index and says what is wrong', () => {
  const good = ['m1', 'electricity', 1_700_000_000_000, 1] as const satisfies WireReading;
  expect(() => encodeRows([[...good], ['m 1', 'electricity', 1_700_000_000_000, 1]])).toThrow(
    /readings\[1\]: point "m 1"/,
  );
  expect(() => encodeRows([['m1', 'electricity', 1_700_000_000_000, Number.NaN]])).toThrow(/value NaN/);
  expect(() => encodeRows([], [['car', 1_700_000_000_000, 91, 0, 0, 0, {}]])).toThrow(/positions\[0\]/);
});

test('a position with unknown extras is refused, one with known extras is not', () => {
  const position = ['car', 1_700_000_000_000, 28, 120.6, 60, 90, { fuelL: 40, ignition: true }];
  expect(positionSchema.safeParse(position).success).toBe(true);
  expect(positionFault(position)).toBeUndefined();
  expect(positionFault([...position.slice(0, 6), { colour: 'red' }])?.code).toBe('row.position');
});

test('equal keys have equal fingerprints, and 300 000 realistic keys have different ones', () => {
  const prints = new Set<number>();
  for (let i = 0; i < 300_000; i++) {
    const [point, quantity] = [`b${i % 500}.meter`, i % 2 === 0 ? 'electricity' : 'power'] as const;
    const print = keyPrint(point, quantity, 1_700_000_000_000 + Math.floor(i / 500) * 15_000 + (i % 2));
    prints.add(print);
  }
  expect(prints.size).toBe(300_000);
  expect([...prints].every((print) => Number.isSafeInteger(print) && print > 0)).toBe(true);
  expect(keyPrint('ab', 'c', 5)).not.toBe(keyPrint('a', 'bc', 5));
  expect(keyPrint('ab', 'c', 5)).toBe(keyPrint('ab', 'c', 5));
});

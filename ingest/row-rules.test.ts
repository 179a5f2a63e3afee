import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../core/domain/errors.ts';
import { limits, positionSchema, readingSchema } from '../core/domain/telemetry.ts';
import { quantities, quantityEntry, quantityNames } from '../core/domain/units.ts';
import { faultMessage, positionFault, readingFault } from './row-rules.ts';

const now = Date.UTC(2025, 5, 1);
const latest = now + limits.futureMs;

/** What the schemas of the wire say, put together with the two rules they do not hold: the future and the range. */
function readingOracle(row: unknown): ErrorCode | undefined {
  const parsed = readingSchema.safeParse(row);
  const faults = new Set<ErrorCode>();
  if (!parsed.success) {
    for (const { path } of parsed.error.issues) faults.add(readingCodes[Number(path[0])] ?? 'row.malformed');
  }
  const cells: unknown[] = Array.isArray(row) ? row : [];
  if (Number.isSafeInteger(cells[2]) && (cells[2] as number) > latest) faults.add('row.future');
  const entry = typeof cells[1] === 'string' ? quantityEntry(cells[1]) : undefined;
  const value = cells[3];
  if (entry !== undefined && typeof value === 'number' && (value < entry.min || value > entry.max)) {
    faults.add('row.value');
  }
  const order: ErrorCode[] = [
    'row.malformed',
    'row.point',
    'row.quantity',
    'row.ts',
    'row.future',
    'row.value',
  ];
  return order.find((code) => faults.has(code));
}
const readingCodes: Record<number, ErrorCode> = {
  0: 'row.point',
  1: 'row.quantity',
  2: 'row.ts',
  3: 'row.value',
};

function positionOracle(row: unknown): ErrorCode | undefined {
  const parsed = positionSchema.safeParse(row);
  const faults = new Set<ErrorCode>();
  if (!parsed.success) {
    for (const { path } of parsed.error.issues) {
      const cell = path[0];
      faults.add(
        cell === undefined
          ? 'row.malformed'
          : cell === 0
            ? 'row.point'
            : cell === 1
              ? 'row.ts'
              : 'row.position',
      );
    }
  }
  const ts: unknown = Array.isArray(row) ? row[1] : undefined;
  if (Number.isSafeInteger(ts) && (ts as number) > latest) faults.add('row.future');
  const order: ErrorCode[] = ['row.malformed', 'row.point', 'row.ts', 'row.future', 'row.position'];
  return order.find((code) => faults.has(code));
}

const point = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const goodReading = fc
  .tuple(point, fc.constantFrom(...quantityNames), fc.integer({ min: limits.earliestTs, max: latest }))
  .chain(([name, quantity, ts]) => {
    const { min, max } = quantities[quantity];
    return fc.double({ min, max, noNaN: true }).map((value): unknown[] => [name, quantity, ts, value]);
  });
const goodExtras = fc.record(
  {
    altitudeM: fc.double({ min: -1_000, max: 20_000, noNaN: true }),
    satellites: fc.integer({ min: 0, max: 255 }),
    ignition: fc.boolean(),
    alarms: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  { requiredKeys: [] },
);
const goodPosition = fc
  .tuple(
    point,
    fc.integer({ min: limits.earliestTs, max: latest }),
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: 0, max: 500, noNaN: true }),
    fc.double({ min: 0, max: 360, noNaN: true }),
    goodExtras,
  )
  .map((row): unknown[] => row);

/** Values that sit on edges, and values of every type. */
const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    '',
    'a'.repeat(64),
    'a'.repeat(65),
    'a/b',
    '表',
    'a\n',
    'Electricity',
    'toString',
    '__proto__',
    -1,
    0,
    1.5,
    limits.earliestTs,
    limits.earliestTs - 1,
    latest,
    latest + 1,
    2 ** 53,
    1e12,
    1e12 + 1,
    -1e13,
    1e300,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    90.1,
    180.1,
    500.5,
    361,
    null,
    true,
    {},
    [],
    { colour: 'red' },
    { satellites: 3.5 },
    { ignition: 1 },
    JSON.parse('{"__proto__":{"satellites":3}}'),
    JSON.parse('{"constructor":1}'),
  ),
);

/** A good row with up to two cells replaced, added or taken away. */
function mutated(good: fc.Arbitrary<unknown[]>): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.constantFrom('replace', 'insert', 'remove'), fc.nat(7), strange);
  return fc.tuple(good, fc.array(change, { maxLength: 2 })).map(([row, changes]) => {
    const result = [...row];
    for (const [kind, at, value] of changes) {
      if (kind === 'replace' && at < result.length) result[at] = value;
      else if (kind === 'insert') result.splice(at, 0, value);
      else if (kind === 'remove') result.splice(at, 1);
    }
    return result;
  });
}

describe('readings', () => {
  test('are accepted and refused, with the same code, as the wire schema has it', () => {
    fc.assert(
      fc.property(fc.oneof(goodReading, mutated(goodReading), strange), (row) => {
        expect(readingFault(row, latest)).toBe(readingOracle(row));
      }),
      { numRuns: 3_000, seed: 20_250_601 },
    );
  });

  test('within their ranges are never refused', () => {
    fc.assert(fc.property(goodReading, (row) => readingFault(row, latest) === undefined));
  });
});

describe('positions', () => {
  test('are accepted and refused, with the same code, as the wire schema has it', () => {
    fc.assert(
      fc.property(fc.oneof(goodPosition, mutated(goodPosition), strange), (row) => {
        expect(positionFault(row, latest)).toBe(positionOracle(row));
      }),
      { numRuns: 3_000, seed: 20_250_602 },
    );
  });
});

test('the words for a fault stay short whatever the row holds', () => {
  const huge = 'x'.repeat(100_000);
  const rows: unknown[] = [
    [huge, huge, huge, huge],
    [huge],
    [[huge], { huge }, [huge], null],
    huge,
    [huge, 1, huge, huge, huge, huge, { huge }],
  ];
  const codes: ErrorCode[] = [
    'row.malformed',
    'row.point',
    'row.quantity',
    'row.ts',
    'row.future',
    'row.value',
    'row.position',
    'row.unknown-points',
  ];
  for (const row of rows) {
    for (const code of codes) {
      expect(faultMessage('readings', row, code, now).length).toBeLessThan(400);
      expect(faultMessage('positions', row, code, now).length).toBeLessThan(400);
    }
  }
});

test('the words name the thing and the value', () => {
  const row = ['meter-7', 'electricity', now, 1e300];
  expect(faultMessage('readings', row, 'row.value', now)).toBe(
    'value 1e+300 of "meter-7" "electricity" is not a number from -1000000000000 to 1000000000000 kWh',
  );
  const future = ['meter-7', 'electricity', now + 3_600_000, 1];
  expect(faultMessage('readings', future, 'row.future', now)).toContain('60 minutes ahead of ingest');
});

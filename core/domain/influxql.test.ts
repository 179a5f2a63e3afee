// Quoting: whatever the text, the language reads it back as itself, and nothing after it becomes a statement.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifier, isOneOf, isTag, lastMs, literal, moment, select, within } from './influxql.ts';

/**
 * One quoted text at the beginning, as the language's scanner reads it (influxdata/influxql, scanner.go, ScanString):
 * `\n`, `\\`, `\"` and `\'` are escapes, any other is an error, and so are a line break and a missing end.
 */
function scan(text: string): { readonly text: string; readonly rest: string } {
  const quote = text[0];
  let read = '';
  for (let at = 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === quote) return { text: read, rest: text.slice(at + 1) };
    if (character === '\n') throw new Error('a line break in a quoted text');
    if (character !== '\\') {
      read += character;
      continue;
    }
    const escaped = text[++at] ?? '';
    if (!['n', '\\', '"', "'"].includes(escaped)) throw new Error(`bad escape ${escaped}`);
    read += escaped === 'n' ? '\n' : escaped;
  }
  throw new Error('no end of a quoted text');
}

/** Mostly the characters that could end a text early. */
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', "'", '\\', '\n', ';', '-', ' ', 'n', 'a', '能') }),
  fc.string({ unit: 'binary' }),
);

describe('quoting', () => {
  it('gives every text back, and nothing is left over', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(scan(identifier(text))).toEqual({ text, rest: '' });
        expect(scan(literal(text))).toEqual({ text, rest: '' });
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it('keeps a condition a condition', () => {
    fc.assert(
      fc.property(hostile, hostile, (tag, value) => {
        const name = scan(isTag(tag, value));
        expect(name.text).toBe(tag);
        expect(name.rest.startsWith(' = ')).toBe(true);
        expect(scan(name.rest.slice(3))).toEqual({ text: value, rest: '' });
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });
});

describe('conditions', () => {
  it('are joined by OR in brackets, where there are several', () => {
    expect(isOneOf('point', ['a/m'])).toBe(`"point" = 'a/m'`);
    expect(isOneOf('point', ['a/m', 'a/n'])).toBe(`("point" = 'a/m' OR "point" = 'a/n')`);
  });

  it('name whole moments that the server can hold', () => {
    expect(within(1_000, 2_000)).toBe('time >= 1000ms AND time < 2000ms');
    expect(within(0.5, 1.5)).toBe('time >= 1ms AND time < 2ms');
    expect(moment(Number.NEGATIVE_INFINITY)).toBe(`${-lastMs}ms`);
    expect(moment(8.64e15)).toBe(`${lastMs}ms`);
  });
});

describe('select', () => {
  it('puts the parts in the order of the language', () => {
    expect(
      select({
        fields: ['sum("value")'],
        from: 'hours',
        where: [isTag('quantity', 'energy'), within(0, 10)],
        groupBy: ['time(1ms)', '"point"'],
        fill: 'none',
        newestFirst: true,
        limit: 5,
      }),
    ).toBe(
      `SELECT sum("value") FROM "hours" WHERE "quantity" = 'energy' AND time >= 0ms AND time < 10ms GROUP BY time(1ms), "point" fill(none) ORDER BY time DESC LIMIT 5`,
    );
    expect(select({ fields: ['"value"'], from: 'a"b', where: [] })).toBe('SELECT "value" FROM "a\\"b"');
  });

  it('writes a limit that the language reads, whatever number comes', () => {
    const limitOf = (limit: number) =>
      select({ fields: ['"value"'], from: 'm', where: [], limit }).split('LIMIT ')[1];
    expect([0, 1.9, 1e30, Number.POSITIVE_INFINITY].map(limitOf)).toEqual([
      '1',
      '1',
      '9007199254740991',
      '9007199254740991',
    ]);
  });
});

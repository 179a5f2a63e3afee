// Ids as tag values: every id comes back, and no tag value needs an escape.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOfTag, tagOf } from './tag-text.ts';

const id = fc.oneof(
  fc.string({ unit: fc.constantFrom('%', '2', '5', 'f', 'a', '/', ' ', ',', '=', '\\', '"', '\n', '局') }),
  fc.string({ unit: 'binary' }),
);

describe('tag text', () => {
  it('gives every id back, in characters that the line protocol leaves alone', () => {
    fc.assert(
      fc.property(id, (text) => {
        const tag = tagOf(text);
        expect(tag).toMatch(/^[A-Za-z0-9._\-/%]*$/);
        expect(idOfTag(tag)).toBe(text);
      }),
      { seed: 5, numRuns: 3_000 },
    );
  });

  it('never gives two ids one tag', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        fc.pre(a !== b);
        expect(tagOf(a)).not.toBe(tagOf(b));
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });

  it('leaves the ids of the wire as they are', () => {
    expect(tagOf('agent-1/meter_2.total')).toBe('agent-1/meter_2.total');
  });

  it('survives tags that others wrote', () => {
    for (const tag of ['%', '%%', '%zz%', '%ffffffff%', '%110000%']) expect(idOfTag(tag)).toBe(tag);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyLimit, bodyOf, decodeFrame, encodeFrame, encodeMessage, type FrameHeader } from './frame.ts';
import { FrameSplitter } from './frames.ts';

const header: FrameHeader = { id: 0x0200, version: '2013', phone: '13800000001', serial: 7 };

const headers = fc.record({
  id: fc.nat(0xffff),
  version: fc.constantFrom('2013' as const, '2019' as const),
  phone: fc.bigInt({ min: 0n, max: 999_999_999_999n }).map(String),
  serial: fc.nat(0xffff),
  packages: fc.option(
    fc
      .tuple(fc.integer({ min: 1, max: 0xffff }), fc.nat())
      .map(([total, at]) => ({ total, number: 1 + (at % total) })),
    { nil: undefined },
  ),
});

describe('a frame', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: bodyLimit }), (wanted, body) => {
        const frame = decodeFrame(contentOf(encodeFrame(wanted, body)));
        if (typeof frame === 'string') throw new Error(frame);
        expect(frame).toMatchObject(wanted);
        expect(frame.encryption).toBe(0);
        expect(bodyOf(frame)).toEqual(body);
      }),
      { seed: 808, numRuns: 300 },
    );
  });

  it('is never decoded from other bytes than its own: a flipped bit is refused', () => {
    const content = contentOf(encodeFrame(header, new Uint8Array(28)));
    for (let bit = 0; bit < content.length * 8; bit++) {
      const flipped = content.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeFrame(flipped)).toBe('checksum');
    }
  });

  it('of a 2013 device that sets bit 14 is read as one of 2013', () => {
    const content = contentOf(encodeFrame(header, Uint8Array.of(1, 2, 3)));
    const set = flip(content, 2, 0x40);
    expect(decodeFrame(set)).toMatchObject({ version: '2013', phone: header.phone, serial: 7 });
  });

  it('keeps the twenty digits of 2019, zeros in the middle included', () => {
    const phone = '12345600000000000009';
    const frame = decodeFrame(contentOf(encodeFrame({ ...header, version: '2019', phone })));
    expect(frame).toMatchObject({ version: '2019', phone });
  });

  it('is refused by name', () => {
    const content = contentOf(encodeFrame(header, Uint8Array.of(1, 2, 3)));
    expect(decodeFrame(content.subarray(0, 12))).toBe('too-short');
    expect(decodeFrame(flip(content, 3, 1))).toBe('length');
    expect(decodeFrame(flip(content, 5, 0x06))).toBe('phone');
    const packed = { ...header, packages: { total: 2, number: 3 } };
    expect(decodeFrame(contentOf(encodeFrame(packed)))).toBe('package');
  });

  it('says so when it is encrypted', () => {
    const content = contentOf(encodeFrame(header, Uint8Array.of(1, 2, 3)));
    expect(decodeFrame(flip(content, 2, 0x04))).toMatchObject({ encryption: 1 });
  });

  it('with a phone that is none, or a body too long, is not encoded', () => {
    expect(() => encodeFrame({ ...header, phone: '1380000000123' })).toThrow(/phone "1380000000123"/);
    expect(() => encodeFrame({ ...header, phone: '+86138' })).toThrow(/digits/);
    expect(() => encodeFrame(header, new Uint8Array(1_024))).toThrow(/encodeMessage/);
  });
});

describe('a long message', () => {
  it('goes in packages with consecutive serials, over the end of the counter too', () => {
    const body = Uint8Array.from({ length: 250 }, (_, at) => at);
    const frames = encodeMessage({ ...header, serial: 0xffff }, body, 100).map((wire) =>
      decodeFrame(contentOf(wire)),
    );
    expect(frames).toMatchObject([
      { serial: 0xffff, packages: { total: 3, number: 1 } },
      { serial: 0, packages: { total: 3, number: 2 } },
      { serial: 1, packages: { total: 3, number: 3 } },
    ]);
    expect(encodeMessage(header, body)).toEqual([encodeFrame(header, body)]);
  });
});

function contentOf(wire: Uint8Array): Uint8Array {
  const [content] = new FrameSplitter().push(wire);
  if (content === undefined) throw new Error('no frame');
  return content;
}

/** Flips bits and repairs the checksum. */
function flip(content: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = content.slice();
  copy[at] = (copy[at] ?? 0) ^ bits;
  const last = copy.length - 1;
  copy[last] = (copy[last] ?? 0) ^ bits;
  return copy;
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeFrame, FrameSplitter, frameLimit } from './frames.ts';

const content = fc.uint8Array({ minLength: 1, maxLength: 200 });

it('any content comes back, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(content, { maxLength: 8 }), fc.array(fc.nat(40)), (contents, cuts) => {
      const stream = Buffer.concat(contents.map((one) => escapeFrame(one)));
      const splitter = new FrameSplitter();
      const found: Uint8Array[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        found.push(...splitter.push(stream.subarray(at, at + cut)));
        at += cut;
      }
      expect(found).toEqual(contents);
    }),
    { seed: 808, numRuns: 300 },
  );
});

it('garbage, half a frame, a bad escape and an endless frame cost nothing but themselves', () => {
  const good = escapeFrame(Uint8Array.of(1, 0x7e, 2));
  const endless = new Uint8Array(5_000).fill(9);
  const stream = Buffer.concat([
    Uint8Array.of(5, 6, 7),
    good,
    good.subarray(0, 2),
    good,
    Uint8Array.of(0x7e, 1, 0x7d, 3, 4, 0x7e),
    good,
    Uint8Array.of(0x7e, 1, 0x7d, 0x7e),
    good,
    Uint8Array.of(0x7e),
    endless,
    good,
  ]);
  const splitter = new FrameSplitter();
  const found = splitter.push(stream).map((frame) => [...frame].join());
  expect(found.filter((frame) => frame === '1,126,2')).toHaveLength(5);
  // The half frame ends at the next flag: for its reader to refuse.
  expect(splitter.counts).toEqual({ frames: found.length, oversized: 1, badEscapes: 2, garbageBytes: 3 });
});

it('one flag may end a frame and begin the next', () => {
  const [first, second] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
  const wire = Buffer.concat([escapeFrame(first), escapeFrame(second).subarray(1)]);
  expect(new FrameSplitter().push(wire)).toEqual([first, second]);
});

it('the longest frame passes, one byte more does not, escaped or plain', () => {
  for (const byte of [9, 0x7e]) {
    const longest = new Uint8Array(frameLimit).fill(byte);
    const longer = new Uint8Array(frameLimit + 1).fill(byte);
    const splitter = new FrameSplitter();
    expect(splitter.push(Buffer.concat([escapeFrame(longest), escapeFrame(longer)]))).toEqual([longest]);
    expect(splitter.counts.oversized).toBe(1);
  }
});

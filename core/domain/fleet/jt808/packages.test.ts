import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeMessage, type Frame } from './frame.ts';
import { FrameSplitter } from './frames.ts';
import { PackageStore, packageLimits } from './packages.ts';

describe('messages in packages', () => {
  it('are whole when the last package is there, in any order, each repeated or not', () => {
    const store = new PackageStore();
    const { frames, body } = message(10, 250);
    const [one, two, three] = frames as [Frame, Frame, Frame];
    expect(store.take(three, 0)).toBe('waiting');
    expect(store.take(one, 1)).toBe('waiting');
    expect(store.take(one, 2)).toBe('waiting');
    expect(store.take(two, 3)).toEqual({ body, serials: [10, 11, 12] });
    expect([store.size, store.bytes]).toEqual([0, 0]);
    expect(store.counts).toEqual({ completed: 1, dropped: 0, refused: 0, repeated: 1 });
  });

  it('of several kinds and serials do not mix', () => {
    const store = new PackageStore();
    const [first, second] = [message(10, 150), message(65_535, 150)];
    store.take(first.frames[0] as Frame, 0);
    store.take(second.frames[0] as Frame, 0);
    expect(store.take(second.frames[1] as Frame, 0)).toEqual({ body: second.body, serials: [65_535, 0] });
    expect(store.take(first.frames[1] as Frame, 0)).toMatchObject({ body: first.body });
  });

  it('that lack packages are asked for a few times, then let go', () => {
    const store = new PackageStore();
    const { frames } = message(10, 450);
    store.take(frames[0] as Frame, 0);
    store.take(frames[3] as Frame, 0);
    expect(store.due(4_999)).toEqual([]);
    const missing = [{ version: '2013', serial: 10, numbers: [2, 3, 5] }];
    expect(store.due(5_000)).toEqual(missing);
    expect(store.due(9_999)).toEqual([]);
    expect(store.due(10_000)).toEqual(missing);
    expect(store.due(15_000)).toEqual(missing);
    expect(store.due(20_000)).toEqual([]);
    expect(store.due(packageLimits.keepMs + 1)).toEqual([]);
    expect([store.size, store.bytes, store.counts.dropped]).toEqual([0, 0, 1]);
  });

  it('never take more than their limits: the one that was quiet longest gives way', () => {
    const store = new PackageStore({ ...packageLimits, messages: 2, bytes: 250, packages: 4 });
    for (let serial = 0; serial < 1_000; serial += 100) {
      store.take(message(serial, 150).frames[0] as Frame, serial);
      expect(store.size).toBeLessThanOrEqual(2);
      expect(store.bytes).toBeLessThanOrEqual(250);
    }
    expect(store.counts.dropped).toBe(8);
    expect(store.take(message(5_000, 450).frames[0] as Frame, 1_000)).toBe('refused');
    const large = message(7_000, 400).frames;
    expect(large.map((frame) => store.take(frame, 2_000))).toEqual([
      'waiting',
      'waiting',
      'refused',
      'waiting',
    ]);
    expect(store.bytes).toBeLessThanOrEqual(250);
  });
});

it('whatever packages come, no more is held than the limits say', () => {
  const limits = { messages: 3, packages: 20, bytes: 2_000, keepMs: 1_000, askAfterMs: 100, asks: 2 };
  const arrivals = fc.array(
    fc.record({
      id: fc.constantFrom(0x0704, 0x0801),
      serial: fc.nat(40),
      total: fc.integer({ min: 1, max: 25 }),
      at: fc.nat(25),
      length: fc.nat(1_023),
      after: fc.nat(300),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(arrivals, (frames) => {
      const store = new PackageStore(limits);
      let now = 0;
      for (const { id, serial, total, at, length, after } of frames) {
        now += after;
        const packages = { total, number: 1 + (at % total) };
        const frame = { version: '2013' as const, phone: '1', encryption: 0, bytes: new Uint8Array(length) };
        const taken = store.take({ ...frame, id, serial, packages, start: 0, end: length }, now);
        if (typeof taken !== 'string') expect(taken.serials).toHaveLength(total);
        for (const { numbers } of store.due(now)) expect(numbers.length).toBeGreaterThan(0);
        expect(store.size).toBeLessThanOrEqual(limits.messages);
        expect(store.bytes).toBeLessThanOrEqual(limits.bytes);
      }
      store.due(now + 2_000);
      expect([store.size, store.bytes]).toEqual([0, 0]);
    }),
    { seed: 808, numRuns: 200 },
  );
});

function message(serial: number, length: number): { frames: Frame[]; body: Uint8Array } {
  const body = Uint8Array.from({ length }, (_, at) => (at * 7 + serial) & 0xff);
  const wires = encodeMessage({ id: 0x0704, version: '2013', phone: '1', serial }, body, 100);
  const frames = new FrameSplitter().push(Buffer.concat(wires)).map((content) => {
    const frame = decodeFrame(content);
    if (typeof frame === 'string') throw new Error(frame);
    return frame;
  });
  return { frames, body };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectPacket, packetsOf, publishPacket } from '../../core/testing/ingest/wire.ts';
import { FrameGuard } from './frame-guard.ts';

const limits = { packetBytes: 300, hardBytes: 5_000, connectBytes: 100 };
const connect = connectPacket('a');
const publish = (payload: Buffer) => publishPacket('jieyue/v1/a/batch', payload);

/** Sends `bytes` in pieces of these sizes, over and over; what comes out. */
function through(guard: FrameGuard, bytes: Buffer, sizes: readonly number[]): Buffer {
  const out: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    out.push(guard.filter(bytes.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat(out);
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('the frame guard', () => {
  test('passes on unchanged whatever stays within the limits, however it is cut into pieces', () => {
    const payload = fc.uint8Array({ maxLength: 270 });
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), sizes, (payloads, pieces) => {
        const bytes = Buffer.concat([connect, ...payloads.map((bytes) => publish(Buffer.from(bytes)))]);
        const guard = new FrameGuard(limits);
        expect(through(guard, bytes, pieces)).toEqual(bytes);
        expect(guard.fault).toBeUndefined();
        expect(guard.shortened).toBe(0);
      }),
    );
  });

  test('hands on the very chunk that came when nothing has to be changed', () => {
    const guard = new FrameGuard(limits);
    const chunk = Buffer.concat([connect, publish(Buffer.from('x'))]);
    expect(guard.filter(chunk)).toBe(chunk);
  });

  test('shortens a long message and keeps the packets around it whole', () => {
    const long = fc.integer({ min: 301, max: 4_900 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(long, fc.nat(200)), { minLength: 1, maxLength: 6 }),
        sizes,
        (lengths, pieces) => {
          const bytes = Buffer.concat([
            connect,
            ...lengths.map((length) => publish(Buffer.alloc(length, 'x'))),
          ]);
          const guard = new FrameGuard(limits);
          const packets = packetsOf(through(guard, bytes, pieces));
          expect(packets[0]?.first).toBe(0x10);
          // 2 + 17 bytes of topic and 2 of the message id stand before the payload
          const expected = lengths.map((length) => Math.min(length, limits.packetBytes - 21));
          expect(packets.slice(1).map(({ body }) => body.length - 21)).toEqual(expected);
          expect(guard.shortened).toBe(lengths.filter((length) => length > limits.packetBytes - 21).length);
        },
      ),
      { seed: 7 },
    );
  });

  test.each([
    [
      'a message longer than the hard limit',
      Buffer.concat([connect, Buffer.from([0x32, 0x89, 0x27])]),
      /5001 bytes/,
    ],
    [
      'another packet longer than the limit',
      Buffer.concat([connect, Buffer.from([0x82, 0xad, 0x02])]),
      /301 bytes/,
    ],
    ['a first packet that is not CONNECT', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /no MQTT/],
    ['a long CONNECT', Buffer.from([0x10, 0x65]), /CONNECT of 101 bytes/],
    [
      'a length without an end',
      Buffer.concat([connect, Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff])]),
      /malformed/,
    ],
  ])('ends at %s as soon as the header is there', (_case, bytes, reason) => {
    const guard = new FrameGuard(limits);
    guard.filter(bytes);
    expect(guard.fault).toMatch(reason);
    expect(guard.filter(Buffer.from('more'))).toHaveLength(0);
  });
});

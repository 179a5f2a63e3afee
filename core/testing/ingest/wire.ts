// MQTT packets as bytes, for tests that talk to a broker's port without a client library in between.
import { passwords } from './passwords.ts';

export function connectPacket(user: string, { clean = true } = {}): Buffer {
  const flags = clean ? 0xc2 : 0xc0; // user name, password, clean session
  const variable = Buffer.concat([text('MQTT'), Buffer.from([4, flags, 0, 60])]);
  return packet(0x10, Buffer.concat([variable, text('bare'), text(user), text(passwords[user] ?? '')]));
}

/** A PUBLISH with QoS 1. */
export function publishPacket(topic: string, payload: Buffer | string, messageId = 1): Buffer {
  return packet(0x32, Buffer.concat([text(topic), int16(messageId), Buffer.from(payload)]));
}

export function subscribePacket(filter: string): Buffer {
  return packet(0x82, Buffer.concat([int16(1), text(filter), Buffer.from([1])]));
}

/** The bodies of whole packets, one after the other, each with its first byte. */
export function packetsOf(bytes: Buffer): { first: number; body: Buffer }[] {
  const found: { first: number; body: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at++);
    let length = 0;
    for (let power = 1, more = true; more; power *= 128) {
      const byte = bytes.readUInt8(at++);
      length += (byte & 0x7f) * power;
      more = byte >= 0x80;
    }
    if (at + length > bytes.length) throw new Error(`a packet of ${length} bytes is cut off`);
    found.push({ first, body: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

function packet(first: number, body: Buffer): Buffer {
  const header = [first];
  for (let rest = body.length, more = true; more; ) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    more = rest > 0;
    header.push(low + (more ? 128 : 0));
  }
  return Buffer.concat([Buffer.from(header), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

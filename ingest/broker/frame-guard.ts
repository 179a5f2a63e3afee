// Watches the bytes of one connection before the MQTT parser sees them, so that nobody can make it collect a packet of
// any size: the parser waits for a whole packet however long it says it is.
import type { Duplex } from 'node:stream';

export interface FrameLimits {
  /** Bytes after the fixed header that a packet may have. A longer PUBLISH is cut short to this, the rest is skipped. */
  readonly packetBytes: number;
  /** A packet that announces more ends the connection. */
  readonly hardBytes: number;
  /** The same for the first packet, before anybody has said who he is. */
  readonly connectBytes: number;
}

const connect = 1;
const publish = 3;
const maxHeaderBytes = 5;
const nothing = Buffer.alloc(0);

/**
 * Passes packets on as they come. A PUBLISH between `packetBytes` and `hardBytes` arrives shortened to `packetBytes`
 * (which is more than a batch may have, so that whoever reads it refuses it by code and the connection lives on).
 * Holds back at most an unfinished header of four bytes.
 */
export class FrameGuard {
  readonly #limits: FrameLimits;
  #held: Buffer = nothing;
  #pass = 0;
  #skip = 0;
  #connected = false;
  /** Packets that were cut short. */
  shortened = 0;
  /** Set when the connection must end: what came is no MQTT, or too much. */
  fault: string | undefined;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** The bytes to hand on; nothing more comes once there is a `fault`. */
  filter(chunk: Buffer): Buffer {
    if (this.fault !== undefined) return nothing;
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = nothing;
    const pieces: Buffer[] = [];
    let from = 0;
    let at = 0;
    while (at < data.length) {
      if (this.#pass > 0) {
        const step = Math.min(this.#pass, data.length - at);
        this.#pass -= step;
        at += step;
      } else if (this.#skip > 0) {
        if (at > from) pieces.push(data.subarray(from, at));
        const step = Math.min(this.#skip, data.length - at);
        this.#skip -= step;
        at += step;
        from = at;
      } else {
        const first = data[at] ?? 0;
        const length = readLength(data, at + 1);
        if (length === 'unfinished') {
          this.#held = Buffer.from(data.subarray(at));
          break;
        }
        if (length === 'malformed') {
          this.fault = 'malformed packet length';
          return nothing;
        }
        this.fault = this.#faultOf(first, length.value);
        if (this.fault !== undefined) return nothing;
        this.#connected = true;
        if (length.value > this.#limits.packetBytes) {
          if (at > from) pieces.push(data.subarray(from, at));
          pieces.push(header(first, this.#limits.packetBytes));
          this.#pass = this.#limits.packetBytes;
          this.#skip = length.value - this.#limits.packetBytes;
          this.shortened++;
          from = at + 1 + length.bytes;
        } else {
          this.#pass = length.value;
        }
        at += 1 + length.bytes;
      }
    }
    if (from === 0 && at === data.length && pieces.length === 0) return data;
    if (at > from) pieces.push(data.subarray(from, at));
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  #faultOf(first: number, length: number): string | undefined {
    const { packetBytes, hardBytes, connectBytes } = this.#limits;
    const command = first >> 4;
    if (!this.#connected) {
      if (command !== connect) return 'the first packet is not CONNECT: this is no MQTT client';
      if (length > connectBytes) return `CONNECT of ${length} bytes (at most ${connectBytes})`;
    }
    const limit = command === publish ? hardBytes : packetBytes;
    return length > limit ? `packet of ${length} bytes (at most ${limit})` : undefined;
  }
}

/** Lets everything that is read from `socket` go through `guard`; at its fault the socket is destroyed. */
export function guardReads(socket: Duplex, guard: FrameGuard, onFault: (reason: string) => void): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk)) return chunk;
    const passed = guard.filter(chunk);
    if (guard.fault !== undefined && !socket.destroyed) {
      onFault(guard.fault);
      socket.destroy();
    }
    return passed.length > 0 ? passed : null;
  };
}

/** The variable-length number of MQTT: seven bits a byte, at most four bytes [MQTT 3.1.1 §2.2.3]. */
function readLength(data: Buffer, at: number): { value: number; bytes: number } | 'unfinished' | 'malformed' {
  let value = 0;
  for (let index = 0; index < maxHeaderBytes - 1; index++) {
    const byte = data[at + index];
    if (byte === undefined) return 'unfinished';
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { value, bytes: index + 1 };
  }
  return 'malformed';
}

function header(first: number, length: number): Buffer {
  const bytes = [first];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

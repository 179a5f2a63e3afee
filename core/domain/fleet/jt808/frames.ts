// Frames out of a stream of bytes: between two flags 7e, with 7d 02 and 7d 01 standing for 7e and 7d. [JT/T 808 §4.4.2]

/** Bytes of the longest frame without flags and escapes: header of 21, body of 1 023, checksum. */
export const frameLimit = 21 + 1_023 + 1;

export interface SplitCounts {
  /** Frames handed on; whether they are right is for `decodeFrame` to say. */
  frames: number;
  /** Frames longer than any may be, skipped to their end. */
  oversized: number;
  /** Frames with 7d before something else than 01 or 02, skipped to their end. */
  badEscapes: number;
  /** Bytes before the first flag. */
  garbageBytes: number;
}

const [flagByte, escapeByte] = [0x7e, 0x7d];
const [before, inside, escaped, skipping] = [0, 1, 2, 3];

/**
 * One per connection; holds `frameLimit` bytes whatever arrives. A flag always begins anew, so that garbage, half a frame or a
 * flag that serves as end and as beginning cost nothing but themselves.
 */
export class FrameSplitter {
  readonly counts: SplitCounts = { frames: 0, oversized: 0, badEscapes: 0, garbageBytes: 0 };
  readonly #frame = new Uint8Array(frameLimit);
  #length = 0;
  #state = before;

  /** Calls `take` for each frame that ends in `bytes`; the array is the splitter's own and holds it during the call alone. */
  each(bytes: Uint8Array, take: (frame: Uint8Array, length: number) => void): void {
    const frame = this.#frame;
    let length = this.#length;
    let state = this.#state;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === flagByte) {
        if (state === escaped) this.counts.badEscapes++;
        else if (state === inside && length > 0) {
          this.counts.frames++;
          take(frame, length);
        }
        length = 0;
        state = inside;
      } else if (state === inside) {
        if (byte === escapeByte) state = escaped;
        else if (length === frameLimit) {
          this.counts.oversized++;
          state = skipping;
        } else frame[length++] = byte;
      } else if (state === escaped) {
        if ((byte !== 1 && byte !== 2) || length === frameLimit) {
          if (length === frameLimit) this.counts.oversized++;
          else this.counts.badEscapes++;
          state = skipping;
        } else {
          frame[length++] = byte + 0x7c;
          state = inside;
        }
      } else if (state === before) this.counts.garbageBytes++;
    }
    this.#length = length;
    this.#state = state;
  }

  /** The frames that end in `bytes`, as copies. */
  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    this.each(bytes, (frame, length) => frames.push(frame.slice(0, length)));
    return frames;
  }
}

/** What goes over the line for the first `length` bytes of a frame with its checksum: escaped, between flags. */
export function escapeFrame(frame: Uint8Array, length = frame.length): Uint8Array {
  let extra = 2;
  for (let at = 0; at < length; at++) if (frame[at] === flagByte || frame[at] === escapeByte) extra++;
  const wire = new Uint8Array(length + extra);
  wire[0] = flagByte;
  let to = 1;
  for (let at = 0; at < length; at++) {
    const byte = frame[at] as number;
    if (byte === flagByte || byte === escapeByte) {
      wire[to++] = escapeByte;
      wire[to++] = byte - 0x7c;
    } else wire[to++] = byte;
  }
  wire[to] = flagByte;
  return wire;
}

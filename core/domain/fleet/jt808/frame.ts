// One frame: header of 2011, 2013 or 2019, body and checksum. [JT/T 808 §4.4.3]
import { readPhone, writePhone } from './bcd.ts';
import { escapeFrame } from './frames.ts';

/** Form of the header; that of 2011 is the one of 2013. */
export type HeaderVersion = '2013' | '2019';

export interface FrameHeader {
  /** Message id, see `messageIds`. */
  readonly id: number;
  readonly version: HeaderVersion;
  /** The terminal's phone number: digits, leading zeros off. */
  readonly phone: string;
  /** 0 to 65 535, counted up by the sender. */
  readonly serial: number;
  /** Of a message in several frames: how many, and which this is, from 1 on. */
  readonly packages?: { readonly total: number; readonly number: number } | undefined;
}

/** The body is `bytes` from `start` to `end`; `bytes` is the array that was decoded, so it lives as long as that. */
export interface Frame extends FrameHeader {
  readonly packages: { readonly total: number; readonly number: number } | undefined;
  /** 0: none; anything else cannot be read here. */
  readonly encryption: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export const frameFaults = ['too-short', 'checksum', 'length', 'phone', 'package'] as const;
export type FrameFault = (typeof frameFaults)[number];

const [lengthMask, packagesBit, versionBit] = [0x3ff, 0x2000, 0x4000];
/** Bytes of a body at most; more goes in several packages. */
export const bodyLimit = lengthMask;

/**
 * Reads the first `length` bytes, as they came from `FrameSplitter`. The length of the body must be what the header says; bit 14 is
 * believed only if it fits that, since there are devices of 2013 that set it.
 */
export function decodeFrame(bytes: Uint8Array, length = bytes.length): Frame | FrameFault {
  if (length < 13) return 'too-short';
  let sum = 0;
  for (let at = 0; at < length; at++) sum ^= bytes[at] as number;
  if (sum !== 0) return 'checksum';
  const attributes = ((bytes[2] as number) << 8) | (bytes[3] as number);
  const body = attributes & lengthMask;
  const inPackages = (attributes & packagesBit) !== 0;
  const rest = body + (inPackages ? 4 : 0) + 1;
  const is2019 = (attributes & versionBit) !== 0 && length === 17 + rest;
  if (!is2019 && length !== 12 + rest) return 'length';
  const phone = is2019 ? readPhone(bytes, 5, 10) : readPhone(bytes, 4, 6);
  if (phone === undefined) return 'phone';
  const at = is2019 ? 15 : 10;
  let packages: Frame['packages'];
  if (inPackages) {
    const total = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    const number = ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number);
    if (number < 1 || number > total) return 'package';
    packages = { total, number };
  }
  return {
    id: ((bytes[0] as number) << 8) | (bytes[1] as number),
    version: is2019 ? '2019' : '2013',
    phone,
    serial: ((bytes[at] as number) << 8) | (bytes[at + 1] as number),
    packages,
    encryption: (attributes >> 10) & 7,
    bytes,
    start: length - 1 - body,
    end: length - 1,
  };
}

/** A copy of the frame's body. */
export function bodyOf(frame: Frame): Uint8Array {
  return frame.bytes.slice(frame.start, frame.end);
}

/**
 * What goes over the line for one frame. @throws JieyueError `config.invalid` for a phone that is no digits or too long; RangeError
 * for a body above `bodyLimit` (see `encodeMessage`).
 */
export function encodeFrame(header: FrameHeader, body: Uint8Array = none): Uint8Array {
  if (body.length > bodyLimit) {
    throw new RangeError(`a body of ${body.length} bytes: a frame holds ${bodyLimit}; use encodeMessage`);
  }
  const { id, version, phone, serial, packages } = header;
  const is2019 = version === '2019';
  const headerLength = (is2019 ? 17 : 12) + (packages ? 4 : 0);
  const frame = new Uint8Array(headerLength + body.length + 1);
  const attributes = body.length | (packages ? packagesBit : 0) | (is2019 ? versionBit : 0);
  writeWord(frame, 0, id);
  writeWord(frame, 2, attributes);
  if (is2019) frame[4] = 1;
  writePhone(frame, is2019 ? 5 : 4, is2019 ? 10 : 6, phone);
  const at = is2019 ? 15 : 10;
  writeWord(frame, at, serial);
  if (packages) {
    writeWord(frame, at + 2, packages.total);
    writeWord(frame, at + 4, packages.number);
  }
  frame.set(body, headerLength);
  let sum = 0;
  for (const byte of frame) sum ^= byte;
  frame[frame.length - 1] = sum;
  return escapeFrame(frame);
}

/**
 * The frames of a message: one, or as many packages as its body needs, `header.serial` and those that follow it.
 * `packageBytes`: what a package holds at most.
 */
export function encodeMessage(
  header: Omit<FrameHeader, 'packages'>,
  body: Uint8Array = none,
  packageBytes = bodyLimit,
): Uint8Array[] {
  if (body.length <= packageBytes) return [encodeFrame(header, body)];
  const total = Math.ceil(body.length / packageBytes);
  return Array.from({ length: total }, (_, index) =>
    encodeFrame(
      { ...header, serial: (header.serial + index) & 0xffff, packages: { total, number: index + 1 } },
      body.subarray(index * packageBytes, (index + 1) * packageBytes),
    ),
  );
}

const none = new Uint8Array(0);

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >> 8;
  bytes[at + 1] = word;
}

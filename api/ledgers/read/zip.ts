// Parts of a zip archive, unpacked one by one and never beyond a limit, whatever the archive says of itself.
import { inflateRawSync } from 'node:zlib';
import { type Budget, readLimits, tooLarge, unreadable } from './limits.ts';

export interface ZipPart {
  readonly name: string;
  /** @throws JieyueError `import.file`, `import.too-large` */
  unpack(most?: number): Buffer;
}

const endRecord = 0x06054b50;
const centralRecord = 0x02014b50;
const localRecord = 0x04034b50;
const endBytes = 22;
const longestComment = 65_535;
const mostParts = 5_000;
const stored = 0;
const deflated = 8;

/** Parts by name, as the central directory lists them. @throws JieyueError `import.file` */
export function openZip(file: string, bytes: Buffer, budget: Budget): Map<string, ZipPart> {
  const end = findEnd(bytes);
  if (end === undefined) throw unreadable(file, 'is cut off or damaged: it has no directory of its parts');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count > mostParts) throw unreadable(file, `has ${count} parts; save it again as a plain workbook`);
  const parts = new Map<string, ZipPart>();
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralRecord) {
      throw unreadable(file, 'is damaged: the directory of its parts breaks off');
    }
    const nameBytes = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes).replaceAll('\\', '/');
    const entry = {
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      size: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    };
    parts.set(name, {
      name,
      unpack: (most = readLimits.unpackedBytes) => unpack({ file, name, bytes, budget, most, ...entry }),
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return parts;
}

function findEnd(bytes: Buffer): number | undefined {
  const first = Math.max(0, bytes.length - endBytes - longestComment);
  for (let at = bytes.length - endBytes; at >= first; at--) {
    if (bytes.readUInt32LE(at) === endRecord) return at;
  }
  return undefined;
}

interface Packed {
  readonly file: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly budget: Budget;
  readonly most: number;
  readonly flags: number;
  readonly method: number;
  readonly size: number;
  readonly offset: number;
}

function unpack({ file, name, bytes, budget, most, flags, method, size, offset }: Packed): Buffer {
  if ((flags & 1) !== 0) throw unreadable(file, 'is protected by a password; save it without one');
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localRecord) {
    throw unreadable(file, `is damaged: its part ${name} is not where it should be`);
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + size > bytes.length) throw unreadable(file, `is cut off within its part ${name}`);
  const packed = bytes.subarray(start, start + size);
  const limit = Math.min(most, budget.bytesLeft);
  const content =
    method === stored ? packed : method === deflated ? inflate(file, name, packed, limit) : undefined;
  if (!content) throw unreadable(file, `packs its part ${name} in a way that is not known (${method})`);
  if (content.length > limit) throw tooLarge(file, `a part ${name} of more than ${limit} bytes`);
  budget.unpacked(file, content.length);
  return content;
}

function inflate(file: string, name: string, packed: Buffer, limit: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(file, `a part ${name} of more than ${limit} bytes unpacked`);
    throw unreadable(file, `is damaged: its part ${name} cannot be unpacked`, error);
  }
}

// Parts of a zip archive, unpacked one by one and never beyond a limit, whatever the archive says of itself.
import { inflateRawSync } from 'node:zlib';
import { type Budget, readLimits, tooLarge, unreadable } from './limits.ts';
import { sayOfFiles, sayOfLimits } from './words.ts';

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
  if (end === undefined) throw unreadable(sayOfFiles('file.no-directory', { file }));
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count > mostParts) throw unreadable(sayOfFiles('file.many-parts', { file, count }));
  const parts = new Map<string, ZipPart>();
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralRecord) {
      throw unreadable(sayOfFiles('file.cut-directory', { file }));
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
  if ((flags & 1) !== 0) throw unreadable(sayOfFiles('file.password', { file }));
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localRecord) {
    throw unreadable(sayOfFiles('file.misplaced-part', { file, part: name }));
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + size > bytes.length) throw unreadable(sayOfFiles('file.cut-part', { file, part: name }));
  const packed = bytes.subarray(start, start + size);
  const limit = Math.min(most, budget.bytesLeft);
  const content =
    method === stored ? packed : method === deflated ? inflate(file, name, packed, limit) : undefined;
  if (!content) throw unreadable(sayOfFiles('file.packed-part', { file, part: name, method }));
  if (content.length > limit) throw tooLarge(file, sayOfLimits('limit.part', { part: name, most: limit }));
  budget.unpacked(file, content.length);
  return content;
}

function inflate(file: string, name: string, packed: Buffer, limit: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(file, sayOfLimits('limit.unpacked-part', { part: name, most: limit }));
    throw unreadable(sayOfFiles('file.damaged-part', { file, part: name }), error);
  }
}

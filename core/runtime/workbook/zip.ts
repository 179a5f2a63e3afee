// Parts of a zip archive, unpacked one by one and never beyond a limit, whatever the archive says of itself.
import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib';
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
const zip64Field = 1;
const inExtraField = 0xffffffff;
const gzipHeader = Buffer.from('1f8b0800000000000003', 'hex');

/** Parts by name, as the central directory lists them; `checked`: each against its checksum. @throws JieyueError `import.file` */
export function openZip(file: string, bytes: Buffer, budget: Budget, checked = false): Map<string, ZipPart> {
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
    const { full, size, offset } = extentOf(bytes, at, nameBytes);
    const entry = {
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      size,
      trailer: checked ? trailerOf(bytes, at, full) : undefined,
      offset,
    };
    if (checked && !isNamedAt(bytes, offset, bytes.subarray(at + 46, at + 46 + nameBytes))) {
      throw unreadable(sayOfFiles('file.misplaced-part', { file, part: name }));
    }
    parts.set(name, {
      name,
      unpack: (most = readLimits.unpackedBytes) => unpack({ file, name, bytes, budget, most, ...entry }),
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (checked && at + 4 <= bytes.length && bytes.readUInt32LE(at) === centralRecord) {
    throw unreadable(sayOfFiles('file.cut-directory', { file }));
  }
  return parts;
}

/** Writers that stream put sizes and places into an extra field of 64-bit numbers, however small they are. [APPNOTE 4.5.3] */
function extentOf(bytes: Buffer, at: number, nameBytes: number) {
  let full = bytes.readUInt32LE(at + 24);
  let size = bytes.readUInt32LE(at + 20);
  let offset = bytes.readUInt32LE(at + 42);
  let field = at + 46 + nameBytes;
  const end = Math.min(field + bytes.readUInt16LE(at + 30), bytes.length);
  while (field + 4 <= end && bytes.readUInt16LE(field) !== zip64Field) {
    field += 4 + bytes.readUInt16LE(field + 2);
  }
  let value = field + 4;
  const next = () => {
    value += 8;
    return value <= end ? Number(bytes.readBigUInt64LE(value - 8)) : inExtraField;
  };
  if (full === inExtraField) full = next();
  if (size === inExtraField) size = next();
  if (offset === inExtraField) offset = next();
  return { full, size, offset };
}

function trailerOf(bytes: Buffer, at: number, full: number): Buffer {
  const trailer = Buffer.alloc(8);
  bytes.copy(trailer, 0, at + 16, at + 20);
  trailer.writeUInt32LE(full % 2 ** 32, 4);
  return trailer;
}

/** Whether a part of this name begins there. */
function isNamedAt(bytes: Buffer, offset: number, name: Buffer): boolean {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localRecord) return false;
  const start = offset + 30;
  return bytes.subarray(start, start + bytes.readUInt16LE(offset + 26)).equals(name);
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
  /** Checksum and size unpacked, as gzip has them at its end; left out: not checked. */
  readonly trailer: Buffer | undefined;
  readonly offset: number;
}

function unpack(part: Packed): Buffer {
  const { file, name, bytes, budget, most, flags, method, size, offset, trailer } = part;
  if ((flags & 1) !== 0) throw unreadable(sayOfFiles('file.password', { file }));
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== localRecord) {
    throw unreadable(sayOfFiles('file.misplaced-part', { file, part: name }));
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + size > bytes.length) throw unreadable(sayOfFiles('file.cut-part', { file, part: name }));
  const packed = bytes.subarray(start, start + size);
  const limit = Math.min(most, budget.bytesLeft);
  const content =
    method === stored
      ? trailer
        ? inflate(file, name, deflateRawSync(packed, { level: 0 }), limit, trailer)
        : packed
      : method === deflated
        ? inflate(file, name, packed, limit, trailer)
        : undefined;
  if (!content) throw unreadable(sayOfFiles('file.packed-part', { file, part: name, method }));
  if (content.length > limit) throw tooLarge(file, sayOfLimits('limit.part', { part: name, most: limit }));
  budget.unpacked(file, content.length);
  return content;
}

function inflate(
  file: string,
  name: string,
  packed: Buffer,
  limit: number,
  trailer: Buffer | undefined,
): Buffer {
  const options = { maxOutputLength: Math.max(1, limit) };
  try {
    // As a gzip file, zlib checks it on the way.
    if (trailer) return gunzipSync(Buffer.concat([gzipHeader, packed, trailer]), options);
    return inflateRawSync(packed, options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(file, sayOfLimits('limit.unpacked-part', { part: name, most: limit }));
    throw unreadable(sayOfFiles('file.damaged-part', { file, part: name }), error);
  }
}

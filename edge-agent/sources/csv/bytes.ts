// The bytes of a file, unpacked when it is gzip; what is plainly no CSV is refused with a word on what it is.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JieyueError } from '../../../core/domain/errors.ts';

const formats: readonly { readonly starts: readonly number[]; readonly advice: string }[] = [
  {
    starts: [0x50, 0x4b, 0x03, 0x04],
    advice: 'is a ZIP or Excel (.xlsx) file; save the table as CSV (UTF-8)',
  },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], advice: 'is an old Excel (.xls) file; save the table as CSV (UTF-8)' },
  { starts: [0xff, 0xfe], advice: 'is UTF-16 text; save it as UTF-8' },
  { starts: [0xfe, 0xff], advice: 'is UTF-16 text; save it as UTF-8' },
];
const gzip = [0x1f, 0x8b];

/**
 * Whether to unpack is told by the first bytes, not by the name.
 * @throws JieyueError `import.file` when the file cannot be opened or is of another format.
 */
export async function openBytes(path: string): Promise<Readable> {
  const head = await firstBytes(path);
  const begins = (starts: readonly number[]) => starts.every((byte, index) => head[index] === byte);
  if (head.length === 0) throw new JieyueError('import.file', `${path} is empty`);
  for (const { starts, advice } of formats) {
    if (begins(starts)) throw new JieyueError('import.file', `${path} ${advice}`);
  }
  const file = createReadStream(path);
  // The callback is there because a pipeline needs one; whoever reads the last stream gets the error.
  return begins(gzip) ? pipeline(file, createGunzip(), () => {}) : file;
}

/** At most four. @throws JieyueError `import.file` */
export async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): JieyueError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new JieyueError('import.file', `${path} ${reason}`, { cause: error });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
  Z_BUF_ERROR: 'ends in the middle of its compressed data: the .gz file is cut off',
  Z_DATA_ERROR: 'holds damaged compressed data',
};

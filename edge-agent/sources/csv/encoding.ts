// Bytes of a text file to UTF-8: exports of Chinese platforms are often in GBK.
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

export const encodings = ['auto', 'utf-8', 'gbk'] as const;
export type Encoding = (typeof encodings)[number];

/** Bytes of the beginning by which `auto` decides. */
const sampleBytes = 64 * 1024;

/**
 * `auto`: GBK when the beginning (64 KiB) is not UTF-8, and UTF-8 otherwise. GBK is read as its superset GB 18030; bytes that are
 * no character become U+FFFD. UTF-8 passes as it is. Holds a chunk and at most the beginning.
 */
export async function* inUtf8(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const head: Buffer[] = [];
  let headBytes = 0;
  let decoder = encoding === 'gbk' ? newDecoder() : undefined;
  let decided = encoding !== 'auto';
  for await (const chunk of chunks) {
    if (decided) {
      yield decoded(chunk, decoder);
      continue;
    }
    head.push(chunk);
    headBytes += chunk.length;
    if (headBytes < sampleBytes) continue;
    const sample = Buffer.concat(head);
    decoder = looksUtf8(sample, false) ? undefined : newDecoder();
    decided = true;
    yield decoded(sample, decoder);
  }
  if (!decided) {
    const sample = Buffer.concat(head);
    decoder = looksUtf8(sample, true) ? undefined : newDecoder();
    yield decoded(sample, decoder);
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest);
}

function newDecoder(): TextDecoder {
  return new TextDecoder('gb18030');
}

function decoded(bytes: Buffer, decoder: TextDecoder | undefined): Buffer {
  return decoder ? Buffer.from(decoder.decode(bytes, { stream: true })) : bytes;
}

/** A sample may end within a character, of 4 bytes at most. */
function looksUtf8(bytes: Buffer, complete: boolean): boolean {
  const cuts = complete ? [0] : [0, 1, 2, 3];
  return cuts.some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}

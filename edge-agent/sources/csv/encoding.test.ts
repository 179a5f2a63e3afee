import { describe, expect, it } from 'vitest';
import { type Encoding, inUtf8 } from './encoding.ts';

/** 车牌号,鲁A 😀 in GB 18030; the last character takes four bytes. */
const gbk = Buffer.from([
  0xb3, 0xb5, 0xc5, 0xc6, 0xba, 0xc5, 0x2c, 0xc2, 0xb3, 0x41, 0x20, 0x94, 0x39, 0xfc, 0x36,
]);
const text = '车牌号,鲁A 😀';

describe('inUtf8', () => {
  it('reads GBK and UTF-8, told or found out, wherever the chunks are cut', async () => {
    for (let cut = 0; cut <= gbk.length; cut++) {
      expect(await all([gbk.subarray(0, cut), gbk.subarray(cut)], 'gbk')).toBe(text);
      expect(await all([gbk.subarray(0, cut), gbk.subarray(cut)], 'auto')).toBe(text);
    }
    const utf8 = Buffer.from(text);
    for (let cut = 0; cut <= utf8.length; cut++) {
      expect(await all([utf8.subarray(0, cut), utf8.subarray(cut)], 'auto')).toBe(text);
      expect(await all([utf8.subarray(0, cut), utf8.subarray(cut)], 'utf-8')).toBe(text);
    }
  });

  it('decides by the first 64 KiB, though they end within a character', async () => {
    for (const pad of [0, 1, 2]) {
      const long = 'x'.repeat(pad) + '车'.repeat(50_000);
      expect(
        await all([Buffer.from(long).subarray(0, 65_536), Buffer.from(long).subarray(65_536)], 'auto'),
      ).toBe(long);
    }
  });

  it('leaves bytes that are no character of GBK as U+FFFD, and the line break after them', async () => {
    expect(await all([Buffer.from([0xb3, 0x0a, 0x41])], 'gbk')).toBe('\uFFFD\nA');
  });
});

async function all(chunks: Buffer[], encoding: Encoding): Promise<string> {
  const parts: Buffer[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const part of inUtf8(source(), encoding)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

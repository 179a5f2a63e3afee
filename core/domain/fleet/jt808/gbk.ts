// Text in GBK, as plates and codes are sent.

const decoder = new TextDecoder('gbk');
let codes: ReadonlyMap<string, number> | undefined;

/** Text up to the first zero byte; what is no GBK becomes U+FFFD. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  let last = start;
  while (last < end && bytes[last] !== 0) last++;
  return decoder.decode(bytes.subarray(start, last));
}

/** GBK; a character that GBK lacks becomes "?". */
export function textBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const unit = character.charCodeAt(0);
    if (unit < 0x80) bytes.push(unit);
    else {
      const code = codeOf(character);
      if (code === undefined) bytes.push(0x3f);
      else bytes.push(code >> 8, code & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

/** The platform decodes GBK only, so the table of the other direction is made from that, once. */
function codeOf(character: string): number | undefined {
  if (codes === undefined) {
    const table = new Map<string, number>();
    for (let high = 0x81; high <= 0xfe; high++) {
      for (let low = 0x40; low <= 0xfe; low++) {
        const text = decoder.decode(Uint8Array.of(high, low));
        if (text.length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, high * 256 + low);
      }
    }
    codes = table;
  }
  return codes.get(character);
}

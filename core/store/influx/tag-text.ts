// Ids as tag values. Those of the wire (A-Z a-z 0-9 . _ - /) stand as they are; any other character is written as
// %hex%, since versions of InfluxDB do not agree on how a backslash is escaped.
const plain = /^[A-Za-z0-9._\-/]+$/;
const special = /[^A-Za-z0-9._\-/]/gu;
const written = /%([0-9a-f]{1,6})%/g;
const lastCodePoint = 0x10_ff_ff;

export function tagOf(id: string): string {
  if (plain.test(id)) return id;
  return id.replace(special, (character) => `%${(character.codePointAt(0) ?? 0).toString(16)}%`);
}

/** Text that is not of our making stands as it is. */
export function idOfTag(tag: string): string {
  return tag.includes('%')
    ? tag.replace(written, (found, hex: string) => {
        const codePoint = Number.parseInt(hex, 16);
        return codePoint <= lastCodePoint ? String.fromCodePoint(codePoint) : found;
      })
    : tag;
}

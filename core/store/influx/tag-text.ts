// Ids as tag values. Those of the wire (A-Z a-z 0-9 . _ - /) stand as they are; any other character is written as
// %hex%, since versions of InfluxDB do not agree on how a backslash is escaped.
const plain = /^[A-Za-z0-9._\-/]+$/;
const special = /[^A-Za-z0-9._\-/]/gu;
const written = /%([0-9a-f]+)%/g;

export function tagOf(id: string): string {
  if (plain.test(id)) return id;
  return id.replace(special, (character) => `%${(character.codePointAt(0) ?? 0).toString(16)}%`);
}

export function idOfTag(tag: string): string {
  return tag.includes('%')
    ? tag.replace(written, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    : tag;
}

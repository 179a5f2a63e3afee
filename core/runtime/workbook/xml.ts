// Just enough XML for workbooks: tags found by plain searches, so that no input takes more than one pass. No entity is ever
// looked up but the five of XML itself.

export interface Tag {
  /** What stands between the name and `>`. */
  readonly attributes: string;
  /** Where the content begins. */
  readonly end: number;
  /** `<c/>` */
  readonly closed: boolean;
}

/** The next opening tag of a name, with or without a prefix such as `x:` in `prefix`. */
export function nextTag(xml: string, prefix: string, name: string, from: number): Tag | undefined {
  const opening = `<${prefix}${name}`;
  for (let at = xml.indexOf(opening, from); at >= 0; at = xml.indexOf(opening, at + 1)) {
    const next = xml.charCodeAt(at + opening.length);
    if (next !== 62 && next !== 47 && !(next <= 32)) continue;
    const close = xml.indexOf('>', at);
    if (close < 0) return undefined;
    const closed = xml.charCodeAt(close - 1) === 47;
    return {
      attributes: xml.slice(at + opening.length, closed ? close - 1 : close),
      end: close + 1,
      closed,
    };
  }
  return undefined;
}

/** All opening tags of a name. */
export function* tags(xml: string, prefix: string, name: string): Generator<Tag> {
  for (let tag = nextTag(xml, prefix, name, 0); tag; tag = nextTag(xml, prefix, name, tag.end)) yield tag;
}

/** The value of an attribute, by its name with its prefix. */
export function attribute(attributes: string, name: string): string | undefined {
  for (const quote of ['"', "'"]) {
    const opening = `${name}=${quote}`;
    let at = attributes.indexOf(opening);
    while (at > 0 && attributes.charCodeAt(at - 1) > 32) at = attributes.indexOf(opening, at + 1);
    if (at < 0) continue;
    const start = at + opening.length;
    const end = attributes.indexOf(quote, start);
    if (end >= 0) return unescaped(attributes.slice(start, end));
  }
  return undefined;
}

/** The texts of all `<t>` of a rich text, those of its phonetic guide (`<rPh>`) left out. */
export function richText(xml: string, prefix: string): string {
  let found = '';
  let guide = nextTag(xml, prefix, 'rPh', 0);
  for (let tag = nextTag(xml, prefix, 't', 0); tag; tag = nextTag(xml, prefix, 't', tag.end)) {
    if (guide && tag.end > guide.end) {
      const end = xml.indexOf(`</${prefix}rPh>`, guide.end);
      const inside = end < 0 || tag.end < end;
      if (!inside) guide = nextTag(xml, prefix, 'rPh', end);
      if (inside) continue;
    }
    if (tag.closed) continue;
    const end = xml.indexOf(`</${prefix}t>`, tag.end);
    if (end < 0) break;
    found += textOf(xml.slice(tag.end, end));
  }
  return found;
}

/** Text between tags, as it was meant; `_x000D_` is how workbooks write what XML cannot hold. */
export function textOf(xml: string): string {
  const plain = xml.includes('<![CDATA[')
    ? xml.replaceAll('<![CDATA[', '').replaceAll(']]>', '')
    : unescaped(xml);
  return plain.includes('_x')
    ? plain.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => character(code))
    : plain;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(xml: string): string {
  if (!xml.includes('&')) return xml;
  return xml.replace(/&(#x[0-9A-Fa-f]{1,6}|#\d{1,7}|\w{1,8});/g, (whole, name: string) => {
    if (name.startsWith('#x')) return character(name.slice(2));
    return name.startsWith('#') ? character(Number(name.slice(1)).toString(16)) : (entities[name] ?? whole);
  });
}

function character(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '�';
}

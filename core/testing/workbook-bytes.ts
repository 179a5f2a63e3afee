// Workbooks byte by byte, for tests of what a reader is given by strangers.
import { deflateRawSync, gzipSync } from 'node:zlib';

/** A zip of parts; `lie` says another size than is true. */
export function zip(parts: Readonly<Record<string, string | Buffer>>, lie?: number): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const central = Buffer.alloc(46 + name.length);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(8, 10);
    // The checksum, as gzip has it before its last four bytes.
    gzipSync(raw).subarray(-8, -4).copy(central, 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(lie ?? raw.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    central.write(name, 46);
    bodies.push(local, packed);
    directory.push(central);
    offset += local.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** A workbook with one sheet, called 票据. */
export function book(
  sheet: string | Buffer,
  more: Record<string, string | Buffer> = {},
  lie?: number,
): Buffer {
  return zip(
    {
      'xl/workbook.xml': '<workbook><sheets><sheet name="票据" sheetId="1" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
      'xl/worksheets/sheet1.xml': sheet,
      ...more,
    },
    lie,
  );
}

/** A sheet with these rows, as XML. */
export const sheetOf = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;

/** The same zip with its sizes and places in 64 bits, as writers that stream have them. */
export function inZip64(bytes: Buffer): Buffer {
  const end = bytes.length - 22;
  const from = bytes.readUInt32LE(end + 16);
  const directory: Buffer[] = [];
  for (let at = from; at < end; ) {
    const length = 46 + bytes.readUInt16LE(at + 28);
    const entry = Buffer.from(bytes.subarray(at, at + length));
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1);
    extra.writeUInt16LE(24, 2);
    for (const [index, place] of [24, 20, 42].entries()) {
      extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(place)), 4 + 8 * index);
      entry.writeUInt32LE(0xffffffff, place);
    }
    entry.writeUInt16LE(28, 30);
    directory.push(entry, extra);
    at += length;
  }
  return Buffer.concat([bytes.subarray(0, from), ...directory, bytes.subarray(end)]);
}

// Workbooks as platforms export them: made by another program's writer, or byte by byte where that one would not.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { positionSchema } from '../../../core/domain/telemetry.ts';
import { positionFileSchema } from '../../../core/runtime/position-config.ts';
import { Budget } from '../../../core/runtime/workbook/limits.ts';
import { openWorkbook } from '../../../core/runtime/workbook/xlsx.ts';
import { book, inZip64, sheetOf } from '../../../core/testing/workbook-bytes.ts';
import { type LineFault, type Mark, readPositions } from './read-positions.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-position-workbook-'));
  path = join(folder, 'a.xlsx');
});
afterAll(() => rm(folder, { recursive: true }));

const settings = {
  type: 'position-file',
  name: 'exports',
  path: 'a.xlsx',
  time: { column: '定位时间' },
  vehicle: { column: '车牌号' },
  points: { 鄂A12345: 'car-1', 鄂A12346: 'car-2', '13800000001': 'car-3' },
  lat: '纬度',
  lon: '经度',
  speed: { column: '速度' },
};
const headings = ['车牌号', '定位时间', '经度', '纬度', '速度'];
const at = (iso: string) => Date.parse(`${iso}+08:00`);
const utc = (iso: string) => new Date(`${iso}Z`);

describe('a workbook of positions', () => {
  it('gives the cars of a platform under its title: times as text or as dates, numbers as text or as numbers', async () => {
    await save([
      ['车辆轨迹报表', null, null, null, null],
      headings,
      ['鄂A12345', '2026-05-06 08:00:00', '114.3', '30.5', '12.5'],
      ['鄂A12346', utc('2026-05-06T08:00:10'), 114.31, 30.51, 0],
      [13800000001, utc('2026-05-07T00:00:00'), 114.32, '30.52', 40],
      ['鄂A12345', '2026/5/6 8:00:20', 114.33, 30.53, null],
    ]);
    const { positions, faults } = await read();
    expect(faults).toEqual([]);
    expect(positions).toEqual([
      ['car-1', at('2026-05-06T08:00:00'), 30.5, 114.3, 12.5, 0, {}],
      ['car-2', at('2026-05-06T08:00:10'), 30.51, 114.31, 0, 0, {}],
      ['car-3', at('2026-05-07T00:00:00'), 30.52, 114.32, 40, 0, {}],
      ['car-1', at('2026-05-06T08:00:20'), 30.53, 114.33, 0, 0, {}],
    ]);
  });

  it('gives dates of cells in the zone, whatever the format of texts is', async () => {
    await save([
      headings,
      ['鄂A12345', utc('2026-05-06T08:00:00'), 114.3, 30.5, 1],
      ['鄂A12345', '06/05/2026 09:00', 114.3, 30.5, 1],
    ]);
    const time = { column: '定位时间', format: 'dd/MM/yyyy HH:mm', zone: 'Asia/Urumqi' };
    const { positions, faults } = await read({ time });
    expect([positions.map(([, ts]) => ts), faults]).toEqual([
      [Date.UTC(2026, 4, 6, 2), Date.UTC(2026, 4, 6, 3)],
      [],
    ]);
  });

  it('gives whole seconds of serial numbers, of a date and a time of day apart, and of calendars from 1904', async () => {
    const styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>';
    const cells = (...values: number[]) => values.map((value) => `<c s="1"><v>${value}</v></c>`).join('');
    const rows = (...of: string[]) => sheetOf(of.map((row) => `<row>${row}</row>`).join(''));
    const head = ['日期', '时间', '纬度', '经度'].map((name) => `<c t="str"><v>${name}</v></c>`).join('');
    const place = '<c><v>30.5</v></c><c><v>114.3</v></c>';
    // 46148 is 2026-05-06.
    const sheet = rows(head, cells(46_148, 1 / 3) + place, cells(46_148, 0.999_999_9) + place);
    await writeFile(path, book(sheet, { 'xl/styles.xml': styles }));
    const apart = { time: { column: ['日期', '时间'] }, vehicle: { point: 'car-1' }, speed: undefined };
    const { positions } = await read(apart);
    expect(positions.map(([, ts]) => ts)).toEqual([at('2026-05-06T08:00:00'), at('2026-05-07T00:00:00')]);
    const whole = rows(head, cells(46_148.999_999_9, 0) + place, cells(46_148.333_333, 0) + place);
    await writeFile(path, book(whole, { 'xl/styles.xml': styles }));
    const one = { ...apart, time: { column: '日期' } };
    expect((await read(one)).positions.map(([, ts]) => ts)).toEqual([
      at('2026-05-07T00:00:00'),
      at('2026-05-06T08:00:00'),
    ]);
    const old = rows(head, cells(46_148 - 1_462 + 0.5, 0) + place);
    const workbook =
      '<workbook><workbookPr date1904="1"/><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>';
    await writeFile(path, book(old, { 'xl/styles.xml': styles, 'xl/workbook.xml': workbook }));
    expect((await read(one)).positions.map(([, ts]) => ts)).toEqual([at('2026-05-06T12:00:00')]);
  });

  it('is read from its first sheet or from the one that is named, and says which there are', async () => {
    const row = (vehicle: string) => [vehicle, '2026-05-06 08:00:00', 114.3, 30.5, 1];
    const sheets = [
      { sheet: '一车', data: [headings, row('鄂A12345')] },
      { sheet: '二车', data: [headings, row('鄂A12346')] },
    ];
    await writeFile(path, await writeXlsxFile(sheets as never).toBuffer());
    expect((await read()).positions.map(([point]) => point)).toEqual(['car-1']);
    expect((await read({ sheet: '二车' })).positions.map(([point]) => point)).toEqual(['car-2']);
    await expect(read({ sheet: '三车' })).rejects.toThrow('has no sheet "三车"; its sheets: "一车", "二车"');
  });

  it('names bad rows by the numbers that the spreadsheet shows, and minds nothing beside the table', async () => {
    await save([
      headings,
      ['鄂A12345', '2026-05-06 08:00:00', 114.3, 30.5, 1, 'a remark'],
      [null, null, null, null, null],
      ['鄂A12345', 'soon', 114.3, 30.5, 1],
      ['鄂B00000', '2026-05-06 08:00:00', 114.3, 30.5, 1],
      ['鄂A12345', '2026-05-06 08:00:01', 114.3],
      ['鄂A12346', '2026-05-06 08:00:00', 114.3, 30.5],
    ]);
    const { positions, faults } = await read();
    expect(positions.map(([point]) => point)).toEqual(['car-1', 'car-2']);
    expect(faults.map(({ line, column }) => [line, column])).toEqual([
      [4, '定位时间'],
      [5, '车牌号'],
      [6, '纬度'],
    ]);
  });

  it('may have 120 000 rows, and gives those after a mark when it has grown', async () => {
    const start = Date.UTC(2026, 4, 6);
    const row = (n: number) =>
      `<row><c t="str"><v>鄂A12345</v></c><c><v>${start + n * 1_000}</v></c><c><v>114.3</v></c><c><v>30.5</v></c><c><v>9</v></c></row>`;
    const head = `<row>${headings.map((name) => `<c t="str"><v>${name}</v></c>`).join('')}</row>`;
    const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n)).join('');
    await writeFile(path, book(sheetOf(head + rows(120_000))));
    const whole = await read();
    expect([whole.positions.length, whole.faults, whole.mark?.line]).toEqual([120_000, [], 120_000]);
    expect(whole.positions.at(-1)?.[1]).toBe(start + 119_999_000);
    await writeFile(path, book(sheetOf(head + rows(120_002))));
    const more = await read({}, whole.mark);
    expect(more.anew).toBe(false);
    expect(more.positions.map(([, ts]) => (ts - start) / 1_000)).toEqual([119_999, 120_000, 120_001]);
    await writeFile(path, book(sheetOf(head + row(7) + rows(3))));
    const other = await read({}, whole.mark);
    expect([other.anew, other.positions.length]).toEqual([true, 4]);
  });

  it('is refused when it unpacks to more than it may, whatever it says, and when it is old or no workbook', async () => {
    await writeFile(path, book(Buffer.alloc(301 * 1024 ** 2, ' ')));
    await expect(read()).rejects.toThrow(/bytes unpacked; split it into several files/);
    await writeFile(path, book(sheetOf(''), {}, 10));
    await expect(read()).rejects.toThrow('cannot be unpacked');
    await writeFile(path, Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]));
    await expect(read()).rejects.toThrow('save it as .xlsx without one, or as CSV');
    await writeFile(path, 'PK\u0003\u0004 and no more');
    await expect(read()).rejects.toThrow('no directory of its parts');
  });

  it('is read when its writer streamed it: sizes and places in 64 bits', async () => {
    const row = (...cells: string[]) =>
      `<row>${cells.map((cell) => `<c t="str"><v>${cell}</v></c>`).join('')}</row>`;
    const rows = row(...headings) + row('鄂A12345', '2026-05-06 08:00:00', '114.3', '30.5', '1');
    await writeFile(path, inZip64(book(sheetOf(rows))));
    expect((await read()).positions).toEqual([['car-1', at('2026-05-06T08:00:00'), 30.5, 114.3, 1, 0, {}]]);
  });

  it('counts rows and cells against limits of its own', () => {
    const bytes = book(sheetOf('<row><c><v>1</v></c><c><v>1</v></c></row>'.repeat(3)));
    const count = (rows: number, cells: number) =>
      openWorkbook({ name: 'a', bytes }, new Budget({ rows, cells })).flatMap((table) => [
        ...(table.rows() as Iterable<unknown>),
      ]).length;
    expect(count(3, 6)).toBe(3);
    expect(() => count(2, 6)).toThrow('more than 2 rows');
    expect(() => count(3, 5)).toThrow('more than 5 cells');
  });

  it('that is cut off or has a bit turned gives its own rows or none, and says why', async () => {
    await save([
      headings,
      ...Array.from({ length: 30 }, (_, n) => [
        '鄂A12345',
        utc(`2026-05-06T08:00:${String(n).padStart(2, '0')}`),
        114.3 + n / 100,
        30.5,
        n,
      ]),
    ]);
    const good = await readFile(path);
    const expected = await read();
    expect(expected.positions.length).toBe(30);
    let refused = 0;
    const check = async (bytes: Buffer) => {
      await writeFile(path, bytes);
      try {
        const { positions, faults } = await read();
        expect({ positions, faults }).toEqual({ positions: expected.positions, faults: [] });
      } catch (error) {
        // Where the first bytes are gone it is taken for a text, and is none.
        if (!isJieyueError(error, 'import.file')) throw error;
        refused++;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), (end) => check(good.subarray(0, end))),
      { numRuns: 150, seed: 31 },
    );
    expect(refused).toBe(150);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), (place, bit) => {
        const bytes = Buffer.from(good);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        return check(bytes);
      }),
      { numRuns: 600, seed: 37 },
    );
    expect(refused).toBeGreaterThan(400);
  });
});

async function save(rows: readonly (readonly unknown[])[]): Promise<void> {
  const options = { dateFormat: 'yyyy-mm-dd hh:mm:ss' };
  await writeFile(path, await writeXlsxFile(rows as never, options as never).toBuffer());
}

async function read(more: Record<string, unknown> = {}, after?: Mark) {
  const config = positionFileSchema.parse({ ...settings, ...more });
  const positions: ReturnType<typeof positionSchema.parse>[] = [];
  const faults: LineFault[] = [];
  let mark: Mark | undefined;
  let anew = false;
  for await (const chunk of readPositions(path, config, after)) {
    for (const position of chunk.positions) positions.push(positionSchema.parse(position));
    faults.push(...chunk.faults);
    mark = chunk.mark;
    anew ||= chunk.anew;
  }
  return { positions, faults, mark, anew };
}

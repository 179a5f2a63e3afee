// Reading files from outside: what they may be, and what they may not do.
import readXlsx from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { isJieyueError } from '../../../core/domain/errors.ts';
import { testCalendar } from '../../../core/testing/test-registry.ts';
import { book, sheetOf, zip } from '../../../core/testing/workbook-bytes.ts';
import type { Cell } from '../column.ts';
import { csvCell } from '../csv-text.ts';
import { dayReader } from '../dates.ts';
import { readRows } from '../rows.ts';
import { Budget, readLimits } from './limits.ts';
import { openLedgerFile } from './open.ts';

async function cellsOf(bytes: Buffer, name = 'file'): Promise<(readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  for (const table of openLedgerFile({ name, bytes }, new Budget())) {
    for await (const { cells } of table.rows()) rows.push(cells);
  }
  return rows;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'read';
  } catch (error) {
    return isJieyueError(error) ? error.code : String(error);
  }
}

describe('a workbook', () => {
  it('is read as another reader reads it', async () => {
    const data = [
      ['名称', 'a & <b>', "it's", null, 'x'],
      [1.5, -2, 1e-7, 123456789012, true],
      [new Date(Date.UTC(2024, 1, 29)), '2024/1/1', '  spaces ', '', 0],
    ];
    const bytes = await writeXlsxFile(data as never, { dateFormat: 'yyyy-mm-dd' } as never).toBuffer();
    const [other] = await readXlsx(bytes);
    const theirs = other?.data.map((cells) =>
      cells.map((cell) =>
        (cell as unknown) instanceof Date ? (cell as unknown as Date).toISOString().slice(0, 10) : cell,
      ),
    );
    expect(await cellsOf(bytes)).toEqual(theirs);
  });

  it('gives values of formulas, faults of formulas as text, rich text, inline text, dates of 1904, prefixes', async () => {
    const rows =
      '<x:row r="1"/><x:row r="2"><x:c r="B2" t="s"><x:v>0</x:v></x:c><x:c r="D2"><x:f>1+1</x:f><x:v>2</x:v></x:c>' +
      '<x:c r="E2" t="e"><x:v>#N/A</x:v></x:c><x:c t="inlineStr"><x:is><x:t>in_x0041_</x:t></x:is></x:c><x:c s="1"><x:v>0.5</x:v></x:c><x:c s="1"><x:v>43830</x:v></x:c></x:row>';
    const bytes = book(`<x:worksheet><x:sheetData>${rows}</x:sheetData></x:worksheet>`, {
      'xl/workbook.xml':
        '<workbook><workbookPr date1904="1"/><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
      'xl/sharedStrings.xml': '<sst><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>guide</t></rPh></si></sst>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>',
    });
    expect(await cellsOf(bytes)).toEqual([[null, 'rich', null, 2, '#N/A', 'inA', 0.5, '2024-01-01']]);
  });

  it('that unpacks to more than it may is refused, whatever size it says it has', async () => {
    const bomb = Buffer.alloc(readLimits.unpackedBytes + 1_000, 32);
    expect(await codeOf(cellsOf(book(bomb, {}, 100)))).toBe('import.too-large');
    const styles = { 'xl/styles.xml': Buffer.alloc(readLimits.partBytes + 1_000, 32) };
    expect(await codeOf(cellsOf(book(sheetOf(''), styles)))).toBe('import.too-large');
  });

  it('cannot make rows or columns by their numbers alone, nor one row without end', async () => {
    const far = sheetOf('<row r="999999999"><c r="ZZZ9"><v>1</v></c><c r="A9"><v>2</v></c></row>');
    expect(await cellsOf(book(far))).toEqual([[2]]);
    const long = sheetOf(`<row>${'<c '.repeat(readLimits.rowBytes / 2)}</row>`);
    expect(await codeOf(cellsOf(book(long)))).toBe('import.too-large');
    const open = sheetOf(`<row>${'<c '.repeat(200_000)}</row>`);
    expect(await codeOf(cellsOf(book(open)))).toBe('read');
  });

  it('that is an old one, protected, cut off or something else is named as such', async () => {
    const good = book(sheetOf('<row><c><v>1</v></c></row>'));
    expect(await codeOf(cellsOf(good.subarray(0, good.length - 30)))).toBe('import.file');
    expect(await codeOf(cellsOf(Buffer.from('d0cf11e0a1b11ae1', 'hex')))).toBe('import.file');
    expect(await codeOf(cellsOf(zip({ 'word/document.xml': '<w/>' })))).toBe('import.file');
    expect(await codeOf(cellsOf(Buffer.alloc(0)))).toBe('import.file');
  });
});

describe('CSV', () => {
  const text = '户号;票据号;起始日期;数量\r\n0012;"D;1";2024-01;1,5\r\n';
  const expected = [
    ['户号', '票据号', '起始日期', '数量'],
    ['0012', 'D;1', '2024-01', '1,5'],
  ];

  it('is read in UTF-8, UTF-16 and GB18030, with any separator', async () => {
    const gb18030 = Buffer.from('bba7bac53bc6b1bedd3bcaf7cabcc8d5c6da3bcafdc1bf0a313b323b333b34', 'hex');
    expect(await cellsOf(Buffer.from(text))).toEqual(expected);
    expect(await cellsOf(Buffer.from(`\uFEFF${text}`))).toEqual(expected);
    expect(await cellsOf(Buffer.from(`\uFEFF${text}`, 'utf16le'))).toEqual(expected);
    expect(await cellsOf(Buffer.from(text.replaceAll(/;(?!1")/g, '\t').replace('1,5', '1')))).toEqual([
      expected[0],
      ['0012', 'D;1', '2024-01', '1'],
    ]);
    const [heading] = await cellsOf(gb18030);
    expect(heading?.[0]).toBe('户号');
  });

  it('with a quote that is never closed ends with a coded error', async () => {
    const endless = `户号,票据号\n1,"${'x\n'.repeat(readLimits.rowBytes)}`;
    expect(['import.file', 'import.too-large']).toContain(await codeOf(cellsOf(Buffer.from(endless))));
  });

  it('is written so that no spreadsheet runs a cell, and read back as it was', async () => {
    const nasty = ['=1+1', '+1-2', '@SUM(A1)', '-2+3', '\t=1'];
    for (const cell of nasty) expect(csvCell(cell).replace(/^"/, '')).toMatch(/^'/);
    expect(csvCell('-6%')).toBe('-6%');
    const file = {
      name: '票据.csv',
      bytes: Buffer.from(`户号,票据号,起始日期\nA,${csvCell('=1+1')},2024-01\n`),
    };
    const { rows } = await readRows([file], { calendar: testCalendar });
    expect(rows[0]?.values['document']).toBe('=1+1');
  });
});

describe('whatever bytes there are', () => {
  it('they are read or refused with a code, and nothing hangs', { timeout: 60_000 }, async () => {
    let state = 20_261_123;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const good = await writeXlsxFile([
      ['户号', '票据号', '起始日期'],
      ['1', 'D', '2024-01'],
    ] as never).toBuffer();
    const csv = Buffer.from('户号,票据号,起始日期,数量\n1,D,2024-01,"5"\n'.repeat(20));
    const codes = new Set<string>();
    for (let run = 0; run < 400; run++) {
      const bytes = Buffer.from(run % 2 === 0 ? good : csv);
      const kind = run % 5;
      for (let change = 0; change < 1 + random(30); change++) bytes[random(bytes.length)] = random(256);
      const cut = kind === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      const mangled =
        kind === 1 ? Buffer.from(Array.from({ length: 1 + random(3_000) }, () => random(256))) : cut;
      codes.add(await codeOf(readRows([{ name: 'fuzz', bytes: mangled }], { calendar: testCalendar })));
    }
    expect([...codes].filter((code) => !['read', 'import.file', 'import.too-large'].includes(code))).toEqual(
      [],
    );
    expect(codes.has('import.file')).toBe(true);
  });
});

describe('a date', () => {
  it.each([
    ['2025-01-02', '2025-01-02'],
    ['2025/1/2', '2025-01-02'],
    ['2025年1月2日', '2025-01-02'],
    ['２０２５．１．２', '2025-01-02'],
    ['2025-01-02 00:00:00', '2025-01-02'],
    ['20250102', '2025-01-02'],
    [45_659, '2025-01-02'],
    ['45659', '2025-01-02'],
    ['2025年1月', '2025-01-01'],
    [202_501, '2025-01-01'],
    [2025, '2025-01-01'],
  ])('written %s is %s', (cell, date) => {
    const read = dayReader(testCalendar).read(cell);
    expect('from' in read && testCalendar.format(read.from).slice(0, 10)).toBe(date);
  });

  it.each(['2025-02-29', '2025-13-01', '29.12.2025', '2025-01-02 08:30:00', '0', 'yesterday', '12345678'])(
    'is not %s',
    (cell) => expect(dayReader(testCalendar).read(cell)).toMatchObject({ key: 'not-a-date' }),
  );
});

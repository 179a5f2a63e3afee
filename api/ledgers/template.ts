// Templates of ledgers to download: a workbook with a sheet a ledger and a sheet of help, or CSV of one. Generated from the
// tables of columns.
import writeXlsxFile, { type Cell, type Sheet } from 'write-excel-file/node';
import type { Language } from '../../core/domain/texts.ts';
import type { Column, Columns } from './column.ts';
import { csvText } from './csv-text.ts';
import type { Ledger } from './ledger.ts';
import { type LedgerKind, ledgers } from './ledgers.ts';
import { ledgerText } from './texts.ts';

const headingColour = '#DDEBF7';
const requiredColour = '#FCE4D6';
const exampleColour = '#808080';

/** An .xlsx: one sheet a kind, headings in both languages (those that are required with a star), an example row, help. */
export async function templateWorkbook(kinds: readonly LedgerKind[], language: Language): Promise<Buffer> {
  const sheets: Sheet<Buffer>[] = kinds.map((kind) => sheetOf(ledgers[kind], language));
  sheets.push(helpSheet(kinds, language));
  return writeXlsxFile(sheets as never).toBuffer();
}

/** CSV of one kind, UTF-8 with BOM. */
export function templateCsv(kind: LedgerKind, language: Language): string {
  const { columns } = ledgers[kind] as Ledger;
  const all = Object.values(columns);
  return csvText([
    [...all.map(headingOf), ledgerText(language, 'ledger.note')],
    [...all.map(({ example }) => example), ledgerText(language, 'ledger.example')],
  ]);
}

export function headingOf({ zh, en, required }: Column): string {
  return `${zh} / ${en}${required === true ? '*' : ''}`;
}

function sheetOf({ zh, en, columns }: Ledger, language: Language): Sheet<Buffer> {
  const all = Object.values(columns);
  const head = (value: string, required: boolean): Cell => ({
    value,
    type: String,
    fontWeight: 'bold',
    wrap: true,
    backgroundColor: required ? requiredColour : headingColour,
  });
  const example = (value: string | number): Cell => {
    if (value === '') return null;
    const style = { textColor: exampleColour, fontStyle: 'italic' } as const;
    return typeof value === 'number'
      ? { value, type: Number, ...style }
      : { value, type: String, format: '@', ...style };
  };
  return {
    sheet: language === 'en' ? en : zh,
    stickyRowsCount: 1,
    columns: [...all.map((column) => ({ width: Math.max(14, headingOf(column).length + 4) })), { width: 24 }],
    data: [
      [
        ...all.map((column) => head(headingOf(column), column.required === true)),
        head(ledgerText(language, 'ledger.note'), false),
      ],
      [...all.map((column) => example(column.example)), example(ledgerText(language, 'ledger.example'))],
    ],
  };
}

function helpSheet(kinds: readonly LedgerKind[], language: Language): Sheet<Buffer> {
  const t = (key: Parameters<typeof ledgerText>[1]) => ledgerText(language, key);
  const pick = ([zh, en]: readonly [string, string]) => (language === 'en' ? en : zh);
  const text = (value: string): Cell => ({ value, type: String, wrap: true, alignVertical: 'top' });
  const bold = (value: string): Cell => ({ value, type: String, fontWeight: 'bold' });
  const rows: Cell[][] = [
    [{ ...(text(t('ledger.help-intro')) as object), columnSpan: 5, height: 80 }],
    (
      [
        'ledger.help-ledger',
        'ledger.column',
        'ledger.help-required',
        'ledger.help-example',
        'ledger.help-text',
      ] as const
    ).map((key) => bold(t(key))),
  ];
  for (const kind of kinds) {
    const { zh, en, about, columns } = ledgers[kind] as {
      zh: string;
      en: string;
      about: readonly [string, string];
      columns: Columns;
    };
    rows.push([bold(language === 'en' ? en : zh), text(''), text(''), text(''), text(pick(about))]);
    for (const column of Object.values(columns)) {
      rows.push([
        null,
        text(`${column.zh} / ${column.en}`),
        text(column.required === true ? t('ledger.yes') : ''),
        text(String(column.example)),
        text(pick(column.help)),
      ]);
    }
  }
  return {
    sheet: t('ledger.help'),
    columns: [{ width: 16 }, { width: 32 }, { width: 8 }, { width: 30 }, { width: 80 }],
    data: rows,
  };
}

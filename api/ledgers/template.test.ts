// Templates, headings and docs/ledgers.md are of one table of columns: `npx vitest run api/ledgers/template.test.ts -u` writes the
// document anew.
import { describe, expect, it } from 'vitest';
import { testCalendar } from '../../core/testing/test-registry.ts';
import { CellFault, type Columns } from './column.ts';
import { dayReader } from './dates.ts';
import { findHeadings } from './headings.ts';
import type { Ledger } from './ledger.ts';
import { type LedgerKind, ledgerKinds, ledgers } from './ledgers.ts';
import { readRows } from './rows.ts';
import { headingOf, templateCsv, templateWorkbook } from './template.ts';
import { commandTexts, faultTexts } from './texts.ts';

const columnsOf = (kind: LedgerKind): Columns => ledgers[kind].columns;

describe('a template', () => {
  it.each(['zh-CN', 'en'] as const)(
    'of all ledgers (%s) is read back: every sheet known, examples left out',
    async (language) => {
      const bytes = await templateWorkbook(ledgerKinds, language);
      const read = await readRows([{ name: 'all.xlsx', bytes }], { calendar: testCalendar });
      expect(read).toMatchObject({ rows: [], faults: { count: 0 }, unknownColumns: [], skippedSheets: [] });
    },
  );

  it.each(ledgerKinds)(
    'of %s as CSV is recognised without being told, and its example is a row without faults',
    async (kind) => {
      const text = templateCsv(kind, 'zh-CN').replace('示例（导入时忽略）', '');
      const read = await readRows([{ name: 'any.csv', bytes: Buffer.from(text) }], {
        calendar: testCalendar,
      });
      expect(read.faults.kept).toEqual([]);
      expect(read.rows.map((row) => row.kind)).toEqual([kind]);
    },
  );
});

describe('columns', () => {
  it.each(ledgerKinds)(
    'of %s are told apart by each of their headings, in any order and both languages',
    (kind) => {
      const columns = Object.entries(columnsOf(kind));
      for (const of of [
        (column: Columns[string]) => column.zh,
        (column: Columns[string]) => column.en,
        headingOf,
      ]) {
        const cells = columns.map(([, column]) => of(column)).reverse();
        const found = findHeadings([['2024 年台账'], cells], kind);
        expect(found?.at).toBe(1);
        expect(found?.headings).toMatchObject({ kind, unknown: [], missing: [], twice: [] });
        for (const [place, [key]] of [...columns].reverse().entries())
          expect(found?.headings.places[key]).toBe(place);
      }
    },
  );

  it('have examples that they read', () => {
    const days = dayReader(testCalendar);
    for (const kind of ledgerKinds) {
      for (const [key, { example, read }] of Object.entries(columnsOf(kind))) {
        if (example !== '')
          expect([kind, key, read(example, days)]).not.toContainEqual(expect.any(CellFault));
      }
    }
  });

  it('have texts with the same placeholders in both languages', () => {
    const placeholders = (template: string) => [...template.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [zh, en] of Object.values({ ...faultTexts, ...commandTexts })) {
      expect(placeholders(zh)).toEqual(placeholders(en));
    }
  });

  it('are documented', async () => {
    await expect(document()).toMatchFileSnapshot('../../docs/ledgers.md');
  });
});

function document(): string {
  const sections = ledgerKinds.map((kind) => {
    const { zh, en, about, columns }: Ledger = ledgers[kind];
    const rows = Object.values(columns).map(
      ({ zh: heading, en: english, required, clearable, example, help, also }) => {
        const marks = [required === true ? 'required' : '', clearable === true ? '`-` clears' : '']
          .filter(Boolean)
          .join(', ');
        const cell = (text: string) => text.replaceAll('|', '\\|');
        return `| ${heading} | ${english} | ${marks} | ${cell(String(example))} | ${cell(help[1])} | ${also?.join('、') ?? ''} |`;
      },
    );
    return `## ${zh} — ${en} (\`${kind}\`)\n\n${about[1][0]?.toUpperCase()}${about[1].slice(1)} (${about[0]}).\n\n| heading | in English | | example | what to write | also known as |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Ledgers (台账): facts from CSV and XLSX

\`\`\`
jieyue ledger template all ledgers.xlsx        # one workbook with a sheet for each ledger, help and examples
jieyue ledger template bills bills.csv
jieyue ledger import ledgers.xlsx --dry-run    # says what would be created, changed, stay, and every bad row
jieyue ledger import ledgers.xlsx --author 王 --reason "2025 年报"
jieyue ledger import bills.csv --good-rows     # leaves the bad rows out; default: all or nothing (exit code 1 on faults)
\`\`\`

- **Order-free.** Sheets, rows and columns may stand in any order; rows may refer to what other sheets or files of the same import make.
  The same file again changes nothing.
- **Headings** are Chinese or English; units in brackets, stars and spaces do not matter; a title may stand above. Unknown columns are named and
  ignored. A sheet or file is known by its name, else by its headings, else by \`--kind\`.
- **Cells.** Empty says nothing: what is known stays. \`-\` clears, where a column can be cleared. Numbers may have thousands separators, ¥, full-width
  digits, accountants' brackets. Dates: 2025-01-01, 2025/1/1, 2025年1月1日, 20250101, Excel's own; a month or year is its first day (as a last
  day: its last). Formulas count as their values; a cell that shows #N/A and the like is a fault.
- **Names.** Institutions, buildings, zones by a path of names (云江市/市教育局/第一中学; as much of its end as is unique), institutions by credit code
  (统一社会信用代码), all by id. A name that may be several is a fault that lists them. Supply accounts (户号) by number, or supplier/number.
  Vehicles by plate (blanks, dots and case do not matter) or id.
- **Times** of orders, cards and seals are local: 2025-01-06 08:30, 2025/1/6 8:30, 2025年1月6日 8:30, or a cell of Excel; a day alone is its beginning, as
  an end its end.
- **Vehicles by the API** need \`vehicles:write\`, all else \`accounts:write\`: a file sent to the ledger of one does not bring the other. The command
  takes both.
- **What a row is about.** Id, else credit code, else name and what stands above it: another name above makes another institution, so who moves one
  names it by code or id. A row that leaves out what is above means the one there is.
- **Dates of facts.** A value holds from its date until the next entry; older rows may come later. Key energy users hold for their year alone.
- **CSV**: UTF-8, UTF-16 or GB18030; comma, semicolon, tab or bar. What is written escapes text that a spreadsheet would run (\`'=…\`); reading takes it off.
- **Faults** are told in the language of the configuration (the command) or of \`Accept-Language\` (the API), zh-CN or en: those of cells, those that the
  registry finds, and those of a file as a whole. The code (\`not-a-date\`, \`registry\`, \`import.file\` …) is the same in both.
- **Limits**: 50 MB a file, 300 MB unpacked, 100 000 rows, 2 000 000 cells and 120 000 facts, bills and reports an import (a row may be several facts); beyond: \`import.too-large\`.

Written from the tables in \`api/ledgers/kinds\`; a test compares both.

${sections.join('\n')}`;
}

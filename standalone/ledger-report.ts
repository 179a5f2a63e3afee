// What `jieyue ledger import` shows: a bar while it works, then counts by ledger and a table of faults.
import { SingleBar } from 'cli-progress';
import type { ImportPhase, ImportResult } from '../api/ledgers/import.ts';
import { ledgers } from '../api/ledgers/ledgers.ts';
import { type LedgerTextKey, ledgerText } from '../api/ledgers/texts.ts';
import type { Language } from '../core/domain/texts.ts';

/** A line a phase with the rows so far; nothing where nobody looks at it. */
export function progressOn(
  stream: NodeJS.WriteStream,
  language: Language,
  silent: boolean,
): { update(phase: ImportPhase, rows: number): void; stop(): void } {
  let bar: SingleBar | undefined;
  let current: ImportPhase | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const update = (phase: ImportPhase, rows: number) => {
    if (silent) return;
    if (phase !== current) {
      stop();
      current = phase;
      bar = new SingleBar({
        format: `${ledgerText(language, `ledger.${phase}`)} {value}`,
        stream,
        noTTYOutput: false,
        hideCursor: true,
      });
      bar.start(0, rows);
    }
    bar?.update(rows);
  };
  return { update, stop };
}

export function importLines(result: ImportResult, language: Language, seconds: number): string[] {
  const t = (key: LedgerTextKey, values?: Readonly<Record<string, string | number>>) =>
    ledgerText(language, key, values);
  const lines: string[] = [];
  for (const { kind, ...counts } of result.ledgers) {
    const { zh, en } = ledgers[kind];
    lines.push(t('ledger.rows', { ledger: language === 'en' ? en : zh, ...counts }));
    if (counts.unplaced !== undefined) lines.push(t('ledger.unplaced', { count: counts.unplaced }));
  }
  for (const where of result.skippedSheets) lines.push(t('ledger.skipped-sheet', { ...where }));
  for (const where of result.unknownColumns) lines.push(t('ledger.unknown-column', { ...where }));
  if (result.faultCount > 0) {
    lines.push(t('ledger.faults', { count: result.faultCount }));
    lines.push(...faultTable(result, t));
    const rest = result.faultCount - result.faults.length;
    if (rest > 0) lines.push(t('ledger.more', { count: rest }));
  }
  const spent = { seconds: seconds.toFixed(1) };
  if (result.applied) lines.push(t('ledger.applied', spent));
  else lines.push(result.dryRun ? t('ledger.rehearsed', spent) : t('ledger.refused'));
  return lines;
}

function faultTable({ faults }: ImportResult, t: (key: LedgerTextKey) => string): string[] {
  const head = (['file', 'sheet', 'row', 'column', 'value', 'reason'] as const).map((name) =>
    t(`ledger.${name}`),
  );
  const rows = faults.map(({ file, sheet, row, column, value, reason }) => [
    file,
    sheet,
    row === 0 ? '' : String(row),
    column ?? '',
    value,
    reason,
  ]);
  const all = [head, ...rows];
  const widths = head.map((_, place) => Math.max(...all.map((cells) => widthOf(cells[place] ?? ''))));
  return all.map((cells) =>
    `  ${cells.map((cell, place) => (place === cells.length - 1 ? cell : pad(cell, widths[place] ?? 0))).join('  ')}`.trimEnd(),
  );
}

/** Chinese characters take two columns. */
function widthOf(words: string): number {
  return [...words].reduce(
    (sum, character) => sum + (/[ᄀ-ᇿ⺀-꓏가-힣豈-﫿︰-﹏＀-｠]/.test(character) ? 2 : 1),
    0,
  );
}

function pad(words: string, width: number): string {
  return words + ' '.repeat(Math.max(0, width - widthOf(words)));
}

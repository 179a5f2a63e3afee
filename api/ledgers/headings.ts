// Recognises headings: in Chinese or English, in any order, with units and stars; and which ledger they are of.
import type { Cell, Columns } from './column.ts';
import { type LedgerKind, ledgerKinds, ledgers } from './ledgers.ts';

/** A column that says whether a row is an example; it belongs to every ledger. */
export const noteHeadings = ['备注', 'Note', '备注 / Note'];
const exampleNote = /^(示例|example)/i;
const lookedAtRows = 20;

/** Which column stands where. */
export interface Headings {
  readonly kind: LedgerKind;
  /** Place of each column's key; -1: not there. */
  readonly places: Readonly<Record<string, number>>;
  /** As they stand in the file, by place. */
  readonly names: readonly string[];
  readonly note: number;
  readonly unknown: readonly string[];
  readonly missing: readonly string[];
  readonly twice: readonly string[];
}

/** A heading as it is compared: no stars, no spaces, no case. */
function normal(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s*_-]/g, '');
}

/** The same without what stands in brackets (units). */
function bare(heading: string): string {
  return heading.replaceAll(/\([^()]*\)|\[[^[\]]*\]/g, '');
}

const notes = new Set(noteHeadings.map(normal));
const known = new Map(ledgerKinds.map((kind) => [kind, namesOf(ledgers[kind].columns)]));
const sheetNames = new Map(
  ledgerKinds.flatMap((kind) =>
    [kind, ledgers[kind].zh, ledgers[kind].en].map((name) => [normal(name), kind] as const),
  ),
);

function namesOf(columns: Columns): Map<string, string> {
  const names = new Map<string, string>();
  // Headings of the column itself go before other names of others.
  for (const [key, { also = [] }] of Object.entries(columns))
    for (const name of also) names.set(normal(name), key);
  for (const [key, { zh, en }] of Object.entries(columns)) {
    for (const name of [key, zh, en, `${zh} / ${en}`]) names.set(normal(name), key);
  }
  return names;
}

function columnOf(kind: LedgerKind, heading: string): string | undefined {
  const names = known.get(kind);
  const plain = normal(heading);
  const found = names?.get(plain) ?? names?.get(bare(plain));
  if (found !== undefined || !heading.includes('/')) return found;
  return heading
    .split('/')
    .map((part) => names?.get(bare(normal(part))))
    .find((key) => key !== undefined);
}

/** How many of these cells are headings of the ledger that they fit best. */
export function knownHeadings(cells: readonly string[]): number {
  return Math.max(
    ...ledgerKinds.map(
      (kind) => cells.filter((cell) => cell !== '' && columnOf(kind, cell) !== undefined).length,
    ),
  );
}

/** The ledger that a sheet or a file is named after. */
export function kindOfName(name: string): LedgerKind | undefined {
  const stem = name.replace(/^.*[/\\]/, '').replace(/\.(csv|xlsx|txt)$/i, '');
  return sheetNames.get(normal(stem));
}

/** Whether a sheet is the help of a template. */
export function isHelpSheet(name: string): boolean {
  return ['填写说明', '说明', 'help'].includes(name.trim().toLowerCase());
}

export function isExample(note: Cell): boolean {
  return typeof note === 'string' && exampleNote.test(note.trim());
}

/**
 * Looks for the row of headings among rows at a table's beginning, which may have a title above.
 * @param kind where it is known
 * @returns the place of that row, and its headings; `undefined` where none of them has two headings of one ledger.
 */
export function findHeadings(
  rows: readonly (readonly Cell[])[],
  kind: LedgerKind | undefined,
): { readonly at: number; readonly headings: Headings } | undefined {
  let best: { at: number; headings: Headings; score: number } | undefined;
  for (const [at, cells] of rows.slice(0, lookedAtRows).entries()) {
    for (const candidate of kind === undefined ? ledgerKinds : [kind]) {
      const headings = headingsOf(candidate, cells);
      const there = Object.values(headings.places).filter((place) => place >= 0).length;
      // What is required and missing counts against it, what is unknown a little.
      const score = there - 2 * headings.missing.length - 0.5 * headings.unknown.length;
      if (there < (kind === undefined ? 2 : 1)) continue;
      if (!best || score > best.score) best = { at, headings, score };
    }
  }
  return best;
}

function headingsOf(kind: LedgerKind, cells: readonly Cell[]): Headings {
  const { columns } = ledgers[kind] as { readonly columns: Columns };
  const places: Record<string, number> = Object.fromEntries(Object.keys(columns).map((key) => [key, -1]));
  const names = cells.map((cell) => (cell === null ? '' : String(cell).trim()));
  const unknown: string[] = [];
  const twice: string[] = [];
  let note = -1;
  for (const [place, name] of names.entries()) {
    if (name === '') continue;
    const key = columnOf(kind, name);
    if (key === undefined) {
      if (note < 0 && notes.has(normal(name))) note = place;
      else unknown.push(name.slice(0, 60));
    } else if ((places[key] ?? -1) >= 0) twice.push(name.slice(0, 60));
    else places[key] = place;
  }
  const missing = Object.entries(columns)
    .filter(([key, { required }]) => required === true && (places[key] ?? -1) < 0)
    .map(([, { zh, en }]) => `${zh} / ${en}`);
  return { kind, places, names, note, unknown, missing, twice };
}

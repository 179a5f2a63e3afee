// Imports files of ledgers: read, plan, and record through the registry in one transaction; or rehearse it, and tell what would
// happen. Bad rows are named; all or nothing, or the good rows only.
import { isJieyueError, type JieyueError } from '../../core/domain/errors.ts';
import { type Said, withValues } from '../../core/domain/message.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Authorship } from '../../core/registry/authorship.ts';
import type { BatchFault, BatchOutcome } from '../../core/registry/batch-contracts.ts';
import type { Permit } from '../../core/registry/permit-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { CellFault, titleOf } from './column.ts';
import { type FaultList, faultAt, inOrder, type LedgerFault, type ToldFault, told } from './faults.ts';
import { type Known, readKnown } from './known.ts';
import type { Ledger } from './ledger.ts';
import { type LedgerKind, ledgerKinds, ledgers } from './ledgers.ts';
import { pathOf } from './names.ts';
import { type Plan, planRows } from './plan.ts';
import type { LedgerFile } from './read/table.ts';
import { type LedgerRow, type ReadRows, readRows } from './rows.ts';
import type { RowFault } from './said.ts';

export type ImportMode = 'all-or-nothing' | 'good-rows';
export type ImportPhase = 'reading' | 'planning' | 'applying';

export interface ImportOptions {
  readonly calendar: Calendar;
  readonly by: Authorship;
  /** Default: all-or-nothing. */
  readonly mode?: ImportMode | undefined;
  /** Everything is checked and counted, and nothing is kept. */
  readonly dryRun?: boolean | undefined;
  /** Whom rows may concern; the others are faults. Default: everybody. */
  readonly permit?: Permit | undefined;
  /** For files that do not tell by the name of a sheet or file, or by their headings. */
  readonly kind?: LedgerKind | undefined;
  /** Of the reasons of faults. */
  readonly language: Language;
  /** Faults listed; the others are counted. Default 200. */
  readonly mostFaults?: number | undefined;
  readonly progress?: ((phase: ImportPhase, rows: number) => void) | undefined;
}

export interface LedgerCounts {
  readonly kind: LedgerKind;
  /** Rows that are no examples, faulty ones included. */
  readonly rows: number;
  /** Rows that made an entity, a bill or a report. */
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly faulty: number;
  /** Orders that are no bad rows, but have no destination, or places without coordinates: their way is not (fully) judged. Left out: 0. */
  readonly unplaced?: number;
}

export interface ImportResult {
  /** Whether anything was kept: not in a dry run, nor where all-or-nothing met a fault. */
  readonly applied: boolean;
  readonly dryRun: boolean;
  readonly ledgers: readonly LedgerCounts[];
  readonly faults: readonly ToldFault[];
  readonly faultCount: number;
  readonly unknownColumns: ReadRows['unknownColumns'];
  readonly skippedSheets: ReadRows['skippedSheets'];
}

const mostRounds = 12;

/**
 * The same files again change nothing; the order of rows, sheets and columns does not matter.
 * @throws JieyueError `import.file`, `import.too-large` for a file as a whole; `registry.unavailable`, `registry.invalid` (no author
 * or reason). Rows that are wrong are in the result.
 */
export async function importLedgers(
  registry: Pick<Registry, 'batches' | 'definitions' | 'facts'>,
  files: readonly LedgerFile[],
  options: ImportOptions,
): Promise<ImportResult> {
  const { calendar, kind, progress } = options;
  const read = await readRows(files, {
    calendar,
    kind,
    progress: (rows) => progress?.('reading', rows),
  });
  progress?.('planning', read.rows.length);
  const known = await readKnown(registry, options.permit);
  const sorted = await sortOut(registry, read, known, options);
  return resultOf(read, sorted, files, options);
}

type Writable = { -readonly [K in keyof Omit<LedgerCounts, 'kind'>]: LedgerCounts[K] };

interface SortedOut {
  readonly applied: boolean;
  readonly faults: FaultList;
  readonly bad: ReadonlySet<LedgerRow>;
  readonly created: ReadonlySet<LedgerRow>;
  readonly changed: ReadonlySet<LedgerRow>;
}

/** Plans, and takes faulty rows out, until what is left has no fault: then it is recorded, or rehearsed. */
async function sortOut(
  registry: Pick<Registry, 'batches' | 'facts'>,
  read: ReadRows,
  known: Known,
  options: ImportOptions,
): Promise<SortedOut> {
  const { calendar, by, mode = 'all-or-nothing', dryRun = false, permit, progress } = options;
  const { faults } = read;
  const bad = new Set<LedgerRow>();
  let rows: readonly LedgerRow[] = read.rows;
  for (let round = 0; round < mostRounds; round++) {
    const plan = planRows(rows, known, calendar, () => registry.facts.newId());
    let found = plan.faults;
    if (found.length === 0) {
      const keep = !dryRun && (mode === 'good-rows' || faults.count === 0);
      progress?.('applying', rows.length);
      try {
        const outcome = await registry.batches.record(plan.batch, by, { rehearse: !keep, permit });
        return { applied: keep, faults, bad, ...rowsOf(plan, rows, outcome) };
      } catch (error) {
        found = refusedRows(error, plan, permit !== undefined);
      }
    }
    const gone = new Set<number>();
    for (const { row, column, fault } of found) {
      const source = rows[row];
      if (!source) continue;
      gone.add(row);
      bad.add(source);
      faults.add(faultOf(source, column, fault, calendar));
    }
    rows = rows.filter((_, index) => !gone.has(index));
  }
  const [first] = read.rows;
  const place = { file: first?.file ?? '', sheet: first?.sheet ?? '', row: 0 };
  faults.add(faultAt(place, null, '', new CellFault('too-many-rounds')));
  return { applied: false, faults, bad, created: new Set(), changed: new Set() };
}

function faultOf(row: LedgerRow, column: string | null, fault: CellFault, calendar: Calendar): LedgerFault {
  const { headings } = row.source;
  const at = column === null ? -1 : (headings.places[column] ?? -1);
  const title = column === null ? null : titleOf(ledgers[row.kind].columns[column], column);
  return faultAt(
    row,
    headings.names[at] ?? title,
    column === null ? '' : shownValue(row.values[column], calendar),
    fault,
  );
}

/** A cell as it was read, in the form that it was probably written in. */
function shownValue(value: unknown, calendar: Calendar): string {
  if (value === null) return '-';
  if (typeof value !== 'object') return value === undefined ? '' : String(value);
  if ('from' in value && typeof value.from === 'number') return calendar.format(value.from).slice(0, 10);
  return JSON.stringify(value);
}

/** The rows that the registry's refusal is about. @throws what is no refusal of rows */
function refusedRows(error: unknown, plan: Plan, permitted: boolean): RowFault[] {
  if (!isJieyueError(error)) throw error;
  const faults = (error.details?.['faults'] ?? []) as readonly BatchFault[];
  const found = faults.flatMap(({ list, index, code, said }) => {
    const outside = permitted && (code === 'registry.not-found' || code === 'registry.out-of-reach');
    const fault = outside
      ? new CellFault('not-permitted')
      : new CellFault('registry', { message: withNames(said, plan) });
    if (list === 'definitions') {
      return (plan.origins.definitions[index] ?? []).map(({ row, column }) => ({ row, column, fault }));
    }
    const origin = plan.origins[list][index];
    return origin ? [{ row: origin.row, column: origin.column, fault }] : [];
  });
  if (found.length > 0) return onceARow(found);
  const circle = refusedCircle(error, plan);
  if (circle.length === 0) throw error;
  return circle;
}

/** A row that is not permitted is so as a whole, whatever it says; of one cell, that cell is named. */
function onceARow(found: readonly RowFault[]): RowFault[] {
  const kept = new Map<number, RowFault>();
  const others: RowFault[] = [];
  for (const each of found) {
    if (each.fault.key !== 'not-permitted') others.push(each);
    else if (!kept.has(each.row)) kept.set(each.row, each);
    else kept.set(each.row, { ...each, column: null });
  }
  return [...others, ...kept.values()];
}

/** A refusal of a tree names the entity that is below itself. */
function refusedCircle(error: JieyueError, plan: Plan): RowFault[] {
  const { entity, attribute } = error.details ?? {};
  const fault = new CellFault('registry', { message: withNames(error.said, plan) });
  return plan.batch.facts.flatMap((fact, index) => {
    const origin = plan.origins.facts[index];
    if (!origin || fact.entity !== entity || fact.attribute !== attribute) return [];
    return [{ row: origin.row, column: origin.column, fault }];
  });
}

/** People know entities by their paths, not by their ids. */
function withNames(said: Said, { names }: Plan): Said {
  const named = (id: string) => {
    const node =
      names.institution.get(id) ??
      names.building.get(id) ??
      names.zone.get(id) ??
      names.account.get(id) ??
      names.vehicle.get(id);
    return node ? pathOf(node) : id;
  };
  return withValues(said, (text) => text.replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, named));
}

function rowsOf(plan: Plan, rows: readonly LedgerRow[], outcome: BatchOutcome) {
  const created = new Set<LedgerRow>();
  const changed = new Set<LedgerRow>();
  const note = (index: number | undefined, set: Set<LedgerRow>) => {
    const row = index === undefined ? undefined : rows[index];
    if (row) set.add(row);
  };
  for (const index of plan.making) note(index, created);
  for (const index of outcome.facts) note(plan.origins.facts[index]?.row, changed);
  for (const index of outcome.definitions) {
    for (const { row } of plan.origins.definitions[index] ?? []) note(row, changed);
  }
  for (const list of ['bills', 'reports', 'fleet'] as const) {
    for (const { index, replaces } of outcome[list])
      note(plan.origins[list][index]?.row, replaces ? changed : created);
  }
  for (const row of created) changed.delete(row);
  return { created, changed };
}

function resultOf(
  read: ReadRows,
  { applied, faults, bad, created, changed }: SortedOut,
  files: readonly LedgerFile[],
  { dryRun = false, language, mostFaults = 200 }: ImportOptions,
): ImportResult {
  const counts = new Map(
    ledgerKinds.map((kind): [LedgerKind, Writable] => [
      kind,
      { rows: 0, created: 0, changed: 0, unchanged: 0, faulty: 0 },
    ]),
  );
  for (const [kind, faulty] of read.faulty) {
    const count = counts.get(kind);
    if (count) Object.assign(count, { rows: faulty, faulty });
  }
  for (const row of read.rows) {
    const count = counts.get(row.kind);
    if (!count) continue;
    count.rows++;
    if (bad.has(row)) count.faulty++;
    else if (created.has(row)) count.created++;
    else if (changed.has(row)) count.changed++;
    else count.unchanged++;
    if (!bad.has(row) && (ledgers[row.kind] as Ledger).partial?.(row.values as never))
      count.unplaced = (count.unplaced ?? 0) + 1;
  }
  const ordered = inOrder(
    faults.kept,
    files.map(({ name }) => name),
  );
  return {
    applied,
    dryRun,
    ledgers: [...counts].flatMap(([kind, count]) => (count.rows === 0 ? [] : [{ kind, ...count }])),
    faults: ordered.slice(0, mostFaults).map((fault) => told(fault, language)),
    faultCount: faults.count,
    unknownColumns: read.unknownColumns,
    skippedSheets: read.skippedSheets,
  };
}

// From rows of ledgers to one batch for the registry: names resolved, new entities made, contradictions within the files found.
// Pure but for the ids of new entities; the order of rows and sheets does not matter.
import type { Calendar } from '../../core/domain/time.ts';
import type { Batch } from '../../core/registry/batch-contracts.ts';
import type { BillInput, ReportInput } from '../../core/registry/ledgers.ts';
import type { Days } from './column.ts';
import { RowEntry } from './entry.ts';
import { type Known, type NamesByKind, namesOf } from './known.ts';
import type { Ledger, NamedKind, PriceInput } from './ledger.ts';
import { ledgers } from './ledgers.ts';
import type { Claim } from './names.ts';
import { pricedTariffs } from './prices.ts';
import type { LedgerRow } from './rows.ts';
import type { RowFault, Said } from './said.ts';

export interface Plan {
  readonly batch: Batch;
  /** In the order of the lists of the batch. */
  readonly origins: {
    readonly [L in 'facts' | 'bills' | 'reports' | 'fleet']: readonly Said<unknown>[];
  } & { readonly definitions: readonly (readonly Said<PriceInput>[])[] };
  readonly faults: readonly RowFault[];
  /** Rows whose entity is made. */
  readonly making: ReadonlySet<number>;
  readonly names: NamesByKind;
}

const namedKinds = ['institution', 'building', 'zone', 'account', 'vehicle'] as const;

/** @param rows their cells are read; faulty ones are left out */
export function planRows(
  rows: readonly LedgerRow[],
  known: Known,
  calendar: Calendar,
  newId: () => string,
): Plan {
  const names = namesOf(known, newId);
  const claims = claimsOf(rows, names);
  for (const kind of namedKinds) names[kind].settle();
  const measured = measuredBy(known);
  const firsts = firstDates(rows, claims);
  const entry = new RowEntry({ names, known, calendar, points: pointsOf(rows, measured) });
  const making = new Set<number>();
  const newPoints = new Set<string>();

  for (const [index, row] of rows.entries()) {
    const ledger: Ledger = ledgers[row.kind];
    entry.begin(index);
    const claim = claims[index];
    if (claim?.fault) {
      const { column, fault } = claim.fault;
      entry.fault(columnOf(row, column), fault);
      continue;
    }
    const point = ledger.point?.(row.values as never);
    const node = claim?.node;
    const isNew = node ? node.isNew : point !== undefined && !measured.has(point);
    const id = node?.id ?? point;
    const isFirst = id !== undefined && firsts.get(id) === dateOf(row);
    if (isNew) making.add(index);
    if (isNew && point !== undefined) newPoints.add(point);
    entry.own = id === undefined ? undefined : { id, isNew: isNew && isFirst };
    entry.measured = (point === undefined ? undefined : measured.get(point)) ?? [];
    ledger.plan(row.values as never, entry);
  }

  const where = (index: number) => labelOf(rows, index);
  const facts = entry.factsInOrder(where);
  const bills = entry.billsInOrder(where);
  const reports = entry.reportsInOrder(where);
  const prices = pricedTariffs(entry.prices, known.tariffs, where, (fault) => entry.faults.push(fault));
  const fleet = entry.recordsInOrder(where);
  const creating: { id: string; kind: NamedKind | 'point' }[] = [];
  for (const kind of namedKinds) {
    for (const { id } of names[kind].made) creating.push({ id, kind });
  }
  for (const id of newPoints) creating.push({ id, kind: 'point' });
  return {
    batch: {
      creating,
      facts: facts.map(({ input }) => input),
      definitions: prices.map(({ id, value }) => ({ kind: 'tariff' as const, id, value })),
      bills: bills.map(({ input }) => input as BillInput),
      reports: reports.map(({ input }) => input as ReportInput),
      fleet: fleet.map(({ input }) => input),
    },
    origins: { facts, bills, reports, fleet, definitions: prices.map(({ said }) => said) },
    faults: entry.faults,
    making,
    names,
  };
}

function claimsOf(rows: readonly LedgerRow[], names: NamesByKind): (Claim | undefined)[] {
  return rows.map((row) => {
    const { names: naming }: Ledger = ledgers[row.kind];
    return naming && names[naming.kind].claim(naming.identity(row.values as never));
  });
}

/** The claim speaks of id, name and what is above; the ledger's columns have names of their own. */
function columnOf({ kind }: LedgerRow, part: 'id' | 'name' | 'above'): string {
  if (part === 'above') {
    return (
      { institutions: 'parent', buildings: 'institution', zones: 'building' }[kind as string] ?? 'supplier'
    );
  }
  if (part !== 'name') return part;
  return { accounts: 'number', vehicles: 'plate' }[kind as string] ?? part;
}

function measuredBy({ entities }: Known): ReadonlyMap<string, readonly string[]> {
  const points = entities.filter(({ kind }) => kind === 'point');
  return new Map(points.map(({ id, values }) => [id, (values['quantities'] ?? []) as readonly string[]]));
}

/** Points that are there, and those that rows make. */
function pointsOf(rows: readonly LedgerRow[], measured: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const points = new Set(measured.keys());
  for (const row of rows) {
    const key = (ledgers[row.kind] as Ledger).point?.(row.values as never);
    if (key !== undefined) points.add(key);
  }
  return points;
}

/** Entity → the date of its first row: what is left out there has its default from then on, and not again later. */
function firstDates(rows: readonly LedgerRow[], claims: readonly (Claim | undefined)[]): Map<string, number> {
  const firsts = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const id = claims[index]?.node?.id ?? (ledgers[row.kind] as Ledger).point?.(row.values as never);
    if (id === undefined) continue;
    firsts.set(id, Math.min(firsts.get(id) ?? Number.MAX_SAFE_INTEGER, dateOf(row)));
  }
  return firsts;
}

function dateOf({ values }: LedgerRow): number {
  return (values['validFrom'] as Days | undefined)?.from ?? 0;
}

/** As another row of the same sheet or of another one is named. */
function labelOf(rows: readonly LedgerRow[], index: number): string {
  const row = rows[index];
  return row ? `${row.sheet === '' ? '' : `${row.sheet}!`}${row.row}` : '';
}
